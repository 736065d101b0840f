"""What stands in the names of files and is not the number of a shot: dates, sizes, versions, ids, settings.

Services and cameras write such things by themselves. They are blanked out, sign for sign, so that the
places of the numbers that are left stay what they were.
"""

import re
from collections.abc import Sequence

LONGEST_NAME = 200
"""Signs of a name that are looked at, from its end: what is longer was not typed by a person."""

_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_HASH = re.compile(
    r"(?<![0-9a-z])(?=[a-z]{0,40}\d)(?=\d{0,40}[a-z])[0-9a-f]{8,64}(?![0-9a-z])", re.IGNORECASE
)
_TOKEN = re.compile(
    r"(?<![0-9A-Za-z])(?=[A-Za-z]{0,40}\d)(?=\d{0,40}[A-Za-z])[0-9A-Za-z]{12,64}(?![0-9A-Za-z])"
)
_MONTHS = (
    "jan(?:uary|uar|vier|eiro)?|feb(?:ruary|ruar)?|mar(?:ch|zo|s)?|apr(?:il)?|may|mai|jun[ei]?|jul[iy]?|aug(?:ust)?|"
    "sep(?:t|tember)?|o[ck]t(?:ober)?|nov(?:ember)?|de[cz](?:ember)?|märz?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_DATE_WORDS = re.compile(
    rf"(?<![a-z])(?:{_MONTHS})[\s._-]{{1,2}}{_DAY}(?:[\s,._-]{{1,3}}(?:19|20)\d{{2}})?(?!\d)"
    rf"|(?<!\d){_DAY}[\s._-]{{1,2}}(?:{_MONTHS})(?![a-z])(?:[\s,._-]{{1,3}}(?:19|20)\d{{2}})?(?!\d)",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?<!\d)(?:19|20)\d{2}([-_.年 ])(?:0?[1-9]|1[0-2])[-_.月 ](?:0?[1-9]|[12]\d|3[01])日?(?!\d)"
    r"|(?<!\d)(?:0?[1-9]|[12]\d|3[01])([-_.])(?:0?[1-9]|[12]\d|3[01])\2(?:19|20)\d{2}(?!\d)"
    r"|(?<!\d)(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)"
)
_CLOCK = re.compile(
    r"(?<!\d)\d{1,2}([-_.:h꞉∶])[0-5]\d[-_.:m꞉∶][0-5]\d(?:[._]\d{1,6})?s?(?:[\s_\u202f]?[ap]\.?m\.?)?(?!\d)"
    r"|(?<!\d)\d{1,2}[_:.][0-5]\d[\s_\u202f]?[ap]\.?m\.?(?![a-z])",
    re.IGNORECASE,
)
_CLOCK_DIGITS = re.compile(r"(?<!\d)(?:[01]\d|2[0-3])[0-5]\d[0-5]\d(?:\d{3})?(?!\d)")
_SIZES = re.compile(
    r"\d{1,5}\s?[x×]\s?\d{1,5}(?![a-z\d])|(?<![a-z\d])\d{1,5}(?:k|p|i|px|dpi|ppi|fps|mp|bit|ms|sec|s|mb)(?![a-z\d])|@\d{1,2}x",
    re.IGNORECASE,
)
_VERSION = re.compile(
    r"(?<![a-z])v(?:er(?:sion)?)?[ ._-]{0,2}\d{1,4}(?:\.\d{1,4}){0,3}(?![a-z\d])|"
    r"(?<![\d.])\d{1,3}\.\d{1,3}(?![\d.]|\w)"
    r"|(?<![\d.])\d{1,3}\.\d{1,3}(?=[_\s-])",
    re.IGNORECASE,
)
_MODELS = re.compile(
    r"(?<![a-z])(?:nano[ _-]?banana|seedream|seedance|flux|sdxl|sd|stable[ _-]?diffusion|gpt|"
    r"chatgpt|dall[ ._·-]?e|imagen|"
    r"gemini|midjourney|mj|niji|veo|sora|kling|gen|firefly|phoenix|qwen|wan|hunyuan|ideogram|recraft|grok|luma|ray|pika|"
    r"minimax|hailuo|lucid|leonardo|krea|model|schnell|dev|pro|ultra|turbo|mystic|cinestill|juggernaut|dreamshaper|"
    r"realvisxl|ponyxl|pony|illustrious|image[ _-]?model)"
    r"(?:[ ._-](?:pro|ultra|fast|turbo|dev|lite|mini|image|flash|alpha|vision|diffusion|phoenix|xl)){0,2}"
    r"[ ._-]{0,2}v?\d{1,3}(?:[._]\d{1,3}){0,2}[a-z]?(?![\da-z])",
    re.IGNORECASE,
)
_SETTINGS = re.compile(
    r"--?(?:ar|v|s|q|c|w|iw|sw|cw|no|seed|niji|chaos|stylize|weird|stop|quality|style|profile|p|"
    r"sref|oref|raw)[ _=-]{1,2}\d[\d._:x-]{0,14}"
    r"|(?<![a-z])(?:ar|aspect|ratio)[ _=:-]{0,2}\d{1,4}(?:[-:_x]\d{1,4})?(?!\d)"
    r"|(?<![a-z])(?:seed|steps?|cfg|scale|strength|guidance|fps|iso|qual(?:ity)?)[ "
    r"_=:-]{0,2}\d{1,15}(?:\.\d{1,4})?(?![\da-z])"
    r"|(?<!\d)(?:16[-_:]9|9[-_:]16|4[-_:]3|3[-_:]4|21[-_:]9|4[-_:]5|2[-_:]3|3[-_:]2)(?!\d)",
    re.IGNORECASE,
)
_LONG = re.compile(r"\d{6,}+")
_NOISE = (*(_UUID, _DATE_WORDS, _DATE, _CLOCK, _SETTINGS, _SIZES, _MODELS, _VERSION, _HASH, _TOKEN, _LONG),)


def without_noise(stem: str) -> str:
    """The name with everything that is no number of a shot blanked out, each sign by a space."""
    dated = bool(_DATE.search(stem))
    for pattern in _NOISE:
        stem = pattern.sub(_blank, stem)
    # Six digits are a time of day where a date stands before them; alone they are too long anyway.
    return _CLOCK_DIGITS.sub(_blank, stem) if dated else stem


def is_generated(stem: str) -> bool:
    """Whether a service wrote this name: what it has beside an id are words of the prompt."""
    return _UUID.search(stem) is not None


def differ_at_random(stems: Sequence[str]) -> bool:
    """Whether the names are alike but for an id: their order says nothing."""
    bare: set[str] = set()
    for stem in stems:
        for pattern in (_UUID, _HASH, _TOKEN):
            stem = pattern.sub("", stem)  # noqa: PLW2901 - the same name, less its ids
        bare.add(stem)
    return len(bare) == 1 < len(stems)


def _blank(match: "re.Match[str]") -> str:
    return " " * len(match[0])
