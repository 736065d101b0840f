"""Servers of ours that speak another system's protocol: for tests, and to try Rushes without an account."""
