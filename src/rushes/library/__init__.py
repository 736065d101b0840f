"""The library: takes as people look at them, review them and ask for them again."""
