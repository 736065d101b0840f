"""People: who signs in, of which spaces they are members, what they and their programs may do."""
