"""Things that make video, one file each: `<id>.py` beside this, found by its name."""
