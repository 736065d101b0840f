"""Films: a timeline of scenes, speech, music and captions made into one file. Pure data to FFmpeg."""
