"""Google Flow: the provider, and the browser that it drives."""
