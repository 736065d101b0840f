"""Jobs: a batch from its upload to its last take."""
