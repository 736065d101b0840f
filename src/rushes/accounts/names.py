"""How people and spaces are called, and addresses: cleaned and bounded where they come in."""

import re

from rushes.errors import Fault, Invalid
from rushes.sanitize import clean_line

LONGEST_NAME, LONGEST_ADDRESS = 100, 254
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@[^\s@<>\"(),:;\\\[\]]{1,189}")


def person_name(given: str, where: str = "name") -> str:
    """Return a name without what cannot be seen. Raises `Invalid` for an empty or too long one."""
    name = clean_line(given, LONGEST_NAME * 4).strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise Invalid("This name cannot be used.", [Fault(where, f"Use 1 to {LONGEST_NAME} characters.")])
    return name


def mail_address(given: str) -> str:
    """Return an address in the form in which it is kept. Raises `Invalid` for what is none."""
    address = given.strip().lower()
    if len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address) or not address.isprintable():
        raise Invalid(
            "This is no mail address.", [Fault("email", "Write it as name@example.org.", "no_address")]
        )
    return address
