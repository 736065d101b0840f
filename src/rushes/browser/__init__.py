"""Pages that a person works with, worked by a real browser. Knows no database and no provider."""
