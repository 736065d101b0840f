"""Scripts: written, improved, translated. One file a provider."""
