"""Which words of a text tell what it is about, and which of its clauses says most in few words."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from rushes.providers.scripts._stop_words import stop_words
from rushes.providers.scripts._text import clauses, shortened, words

MOST_KEYWORDS = 6
LONGEST_CAPTION = 42
"""Characters of a text on the screen."""
SHORTEST_WORD = 3
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_NUMBER = re.compile(r"\d")


class Weights:
    """How much each word of a whole text tells: by how often it is said, without stop words."""

    def __init__(self, texts: Iterable[str], language: str) -> None:
        self.language = language
        self._stop = stop_words(language)
        self._counts: Counter[str] = Counter()
        self._shown: dict[str, str] = {}
        for text in texts:
            for word in words(text):
                if (key := self.key(word)) is not None:
                    self._counts[key] += 1
                    shown = self._shown.get(key)
                    # A word that is also written small is no name.
                    if shown is None or (shown[0].isupper() and word[0].islower()):
                        self._shown[key] = word

    def key(self, word: str) -> str | None:
        """Return what a word is counted as; None for one that tells nothing."""
        low = word.lower().replace("’", "'")
        short = 1 if _UNSPACED.search(word) else SHORTEST_WORD if word.isascii() else 2
        if len(low) < short or low.isdigit() or low in self._stop or low.split("'")[-1] in self._stop:
            return None
        bare = low.partition("'")[0] if low.endswith(("'s", "'")) else low
        if bare in self._stop or len(bare) < short:
            return None
        # Plural and singular are one word, as far as an ending tells.
        if (
            self.language.startswith("en")
            and len(bare) > 4
            and bare.endswith("s")
            and not bare.endswith("ss")
        ):
            bare = bare[:-3] + "y" if bare.endswith("ies") else bare[:-1]
        return bare

    def of(self, text: str) -> float:
        """Return how much a text tells: the weights of its different keywords."""
        keys = {key for word in words(text) if (key := self.key(word)) is not None}
        return sum(self._counts[key] ** 0.5 for key in keys)

    def keywords(self, texts: Sequence[str], most: int = MOST_KEYWORDS) -> list[str]:
        """Return the words that tell most of these texts, the strongest first."""
        here: Counter[str] = Counter()
        first: dict[str, int] = {}
        for index, word in enumerate(each for text in texts for each in words(text)):
            if (key := self.key(word)) is not None:
                here[key] += 1
                first.setdefault(key, index)
        # Often here, and often in the whole; a long word says more than a short one.
        order = sorted(
            here,
            key=lambda key: (
                -here[key] * (1 + self._counts[key] ** 0.5) * min(len(key), 9) ** 0.5,
                first[key],
            ),
        )
        return [self._shown.get(key, key) for key in order[:most]]


def strongest_clause(sentences: Sequence[str], weights: Weights) -> str:
    """Return the clause that tells most for its length."""
    found = [each for sentence in sentences for each in clauses(sentence)]
    if not found:
        return ""
    return max(found, key=lambda each: weights.of(each) / (len(each) + 30) ** 0.5)


def caption(sentences: Sequence[str], weights: Weights) -> str:
    """Return a few words for the screen: the shortest clause that tells something, else the keywords."""
    found = [each for sentence in sentences for each in clauses(sentence) if len(each) <= LONGEST_CAPTION]
    known = [(weights.keywords([each], 4), each) for each in found]
    telling = [each for keys, each in known if len(keys) >= 2 or (keys and _NUMBER.search(each))]
    if telling:
        short = min(telling, key=len)
        return short[0].upper() + short[1:]
    keys = weights.keywords(sentences, 3)
    if keys:
        joined = " · ".join(keys)
        return shortened(joined[0].upper() + joined[1:], LONGEST_CAPTION)
    return shortened(found[0], LONGEST_CAPTION) if found else ""
