"""Which cases of a long list run by default: a few, chosen by a seed; all of them in `make test-soak`.

`RUSHES_TEST_SEED` gives another few. Use it where the cases go the same way and each takes seconds.
"""

import os
import random
from collections.abc import Iterable

import pytest
from _pytest.mark.structures import ParameterSet

SEED = int(os.environ.get("RUSHES_TEST_SEED", "20261121"))


def sample(cases: Iterable[object], count: int) -> list[ParameterSet]:
    """The cases for `parametrize`: `count` of them plain, the others marked `soak`."""
    every = list(cases)
    chosen = set(random.Random(SEED).sample(range(len(every)), count))
    return [
        pytest.param(case, marks=[] if number in chosen else [pytest.mark.soak], id=str(case))
        for number, case in enumerate(every)
    ]


def in_soak(cases: Iterable[object]) -> list[ParameterSet]:
    """The cases for `parametrize`, all of them marked `soak`."""
    return [pytest.param(case, marks=pytest.mark.soak, id=str(case)) for case in cases]
