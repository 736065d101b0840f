"""Flow sign-ins: Google accounts that their owners have signed in to Flow."""
