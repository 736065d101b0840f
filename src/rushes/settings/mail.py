"""The mail server through which notices are sent."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, Field, SecretStr


class MailSettings(BaseModel):
    """Where mail is handed over, and who it is from."""

    smtp_host: str | None = Field(
        default=None, description="Mail server for notices. Unset: no mail is sent."
    )
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Its port: 587, 465 (tls) or 25.")
    smtp_security: Literal["starttls", "tls", "none"] = Field(
        default="starttls", description="`starttls` (587), `tls` (465), or `none` on a network of one's own."
    )
    smtp_user: str | None = Field(default=None, description="User name at the mail server.")
    smtp_password: SecretStr | None = Field(default=None, description="Password at the mail server.")
    smtp_password_file: Path | None = Field(
        default=None, description="File with that password, instead of the variable."
    )
    mail_from: str | None = Field(
        default=None, description="Sender of notices (Rushes <rushes@example.org>). Unset: RUSHES_SMTP_USER."
    )
