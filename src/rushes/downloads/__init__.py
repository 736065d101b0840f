"""Downloads: takes and lists of them as files for people to keep."""
