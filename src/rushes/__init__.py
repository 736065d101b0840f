"""Rushes: a self-hosted studio for generated video."""

__version__ = "0.1.0"
