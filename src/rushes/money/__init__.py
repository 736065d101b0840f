"""Money: budgets, and what was spent."""
