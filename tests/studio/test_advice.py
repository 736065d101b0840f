"""The words for a person with one prompt."""

from rushes.errors import ErrorType
from rushes.studio.advice import ADVICE, CANCELLED


def test_every_failure_has_words_of_its_own():
    assert set(ADVICE) == set(ErrorType)
    every = [*ADVICE.values(), CANCELLED]
    assert len({each.kind for each in every}) == len(every)
    for each in every:
        assert each.kind[0].isupper() and not each.kind.endswith(".")
        assert each.suggestion.endswith(".")
