"""The command line: what a person types is declared here, what it does is in `work/`."""
