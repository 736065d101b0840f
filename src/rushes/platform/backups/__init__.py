"""Backups: one archive with the database, a description of it, and, if wanted, every stored file.

The database is dumped first and the files are read afterwards, so that a file may be there that the dump does
not know, but none is missing. What secrets are encrypted with is never in an archive.
"""
