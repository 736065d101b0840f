"""Voice providers, one file each; `_voice_contract.py` says what one is."""
