"""The type of texts in answers that may quote a provider; redaction itself loads without pydantic."""

from typing import Annotated

from pydantic import AfterValidator

from rushes.redaction import safe_text

ToldText = Annotated[str, AfterValidator(safe_text)]
"""Cleaned, and without secrets in use: it may have been stored by an earlier version."""
