"""Rushes for agents: a server of the Model Context Protocol, whose tools call the HTTP API as others do.

It knows no database: what a token may do, what is owned by whom and what may be spent is decided by the API.
"""
