"""The studio: one prompt, one video, and what continues from it."""
