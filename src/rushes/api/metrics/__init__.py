"""Metrics for Prometheus: numbers from the rows, the same in every replica, and of this process.

No label is a user, a job, a prompt, an address, or a name that a client sent.
"""
