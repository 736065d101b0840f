"""The command line: a file for each command, with its arguments, help and work; `_*.py` are shared parts."""
