"""Pictures: searched, generated, typeset or brought. One file a provider."""
