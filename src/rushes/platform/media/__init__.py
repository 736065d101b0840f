"""Pictures and video: FFmpeg commands and their one runner, probing, thumbnails and drawing."""
