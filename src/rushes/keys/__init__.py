"""Keys: credentials of services as their owner handles them."""
