"""The routes, one module a noun: each checks what it is given, calls one action or query, and answers."""
