"""`rushes` with the two test providers in their rooms: `python -m tests.generating.program worker`."""

import tempfile
from pathlib import Path

import pytest

from rushes.cli.main import main
from tests.generating.kit import put_into_rooms

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        put_into_rooms(pytest.MonkeyPatch(), Path(folder))
        main()
