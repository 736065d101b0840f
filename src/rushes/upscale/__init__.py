"""Upscaling: 4K copies of takes."""
