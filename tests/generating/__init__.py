"""Two providers for tests, a voice and a script writer, against a small server that answers as it is told."""
