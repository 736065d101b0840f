"""Flow's web page, worked as a person works it: real browser, real clicks, everything on the page as data."""
