"""What a film is made of, asked for one by one: scripts and pictures, without a story around them."""
