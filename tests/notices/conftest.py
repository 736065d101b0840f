"""A receiver for each test that asks for one."""

from collections.abc import Iterator

import pytest
from standins.receiver import ReceiverStandIn, receiving

from rushes.notices import deliver


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[ReceiverStandIn]:
    """A receiver; what fails is tried again soon."""
    monkeypatch.setattr(deliver, "WAITS_SECONDS", (0.05,) * len(deliver.WAITS_SECONDS))
    with receiving() as state:
        yield state
