"""Share links: a job, chosen takes or a film, for looking without an account."""
