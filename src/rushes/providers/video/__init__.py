"""Video providers: one module or package per id."""
