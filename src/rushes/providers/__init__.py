"""Providers: services and programs that make video, and what they share."""
