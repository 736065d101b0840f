"""The engine: the one owner of what a state means, of what is paid, and of who acts next."""
