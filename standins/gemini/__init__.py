"""A stand-in for the Gemini API: Interactions (Omni video), Files, models; see `remote.py`."""
