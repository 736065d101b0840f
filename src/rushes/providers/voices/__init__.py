"""Voice providers, one file each; `voice_contract.py` says what one is."""
