"""Telegram's Bot API as an archiving bot sees it: caps, waits, addresses that expire and hold the token."""
