"""What the engine runs, one verb and noun a file: reads its row, does the next thing, writes the row."""
