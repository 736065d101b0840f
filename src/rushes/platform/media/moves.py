"""The words for a camera: which move a prompt asks for, and how far it goes."""

import re
from enum import StrEnum
from random import Random


class CameraMove(StrEnum):
    """What the camera does. A pan or tilt is named after where the camera turns."""

    PUSH_IN = "push_in"
    PULL_OUT = "pull_out"
    PAN_LEFT = "pan_left"
    PAN_RIGHT = "pan_right"
    TILT_UP = "tilt_up"
    TILT_DOWN = "tilt_down"
    ORBIT = "orbit"
    HANDHELD = "handheld"
    STATIC = "static"


_ADVERB = r"(?:\w+ly )?"
_CAMERA = rf"camera {_ADVERB}(?:\w+s|\w+ing|move|glide|drift|track|fly) {_ADVERB}"
_SIDE = rf"(?:(?:pan(?:s|ning)?|truck(?:s|ing)?) {_ADVERB}|{_CAMERA})"
_TO = r"(?:to the |to |towards? the |towards? )?"
_PUSH = r"(?:push(?:es|ing)?|doll(?:y|ies|ying)|zoom(?:s|ing)?)"
_PULL = _PUSH.replace("push(?:es|ing)?", "pull(?:s|ing)?")
_TILT = r"(?:tilt(?:s|ing)?|cran(?:e|es|ing)|pedestals?)"
_WORDS: tuple[tuple[str, tuple[CameraMove, ...]], ...] = (
    (r"hand-?\s?held|shaky cam\w*|documentary[- ]style", (CameraMove.HANDHELD,)),
    (r"static(?! electric| noise| charge)|locked[- ]?(?:off|down)|tripod", (CameraMove.STATIC,)),
    (r"(?:fixed|still) (?:shot|camera)|(?:no|without) (?:any )?camera (?:move|motion)", (CameraMove.STATIC,)),
    (r"camera (?:is |stays |holds )?still", (CameraMove.STATIC,)),
    (
        r"orbit(?:s|ing)?\b|arc(?:s|ing)? (?:around|shot)|(?:circl|rotat)(?:es|ing) around",
        (CameraMove.ORBIT,),
    ),
    (rf"{_PUSH}[- ]{_ADVERB}(?:in|into|forwards?|closer)\b", (CameraMove.PUSH_IN,)),
    (
        rf"{_CAMERA}(?:in|into|forwards?|closer|towards?|through)\b(?! (?:the )?(?:left|right))",
        (CameraMove.PUSH_IN,),
    ),
    (rf"{_PULL}[- ]{_ADVERB}(?:out|back|backwards?|away)\b", (CameraMove.PULL_OUT,)),
    (rf"{_CAMERA}(?:out|back|backwards?|away)\b", (CameraMove.PULL_OUT,)),
    (rf"{_SIDE}from left to right", (CameraMove.PAN_RIGHT,)),
    (rf"{_SIDE}from right to left", (CameraMove.PAN_LEFT,)),
    (rf"{_SIDE}{_TO}right", (CameraMove.PAN_RIGHT,)),
    (rf"{_SIDE}{_TO}left", (CameraMove.PAN_LEFT,)),
    (rf"{_TILT} {_ADVERB}up|camera {_ADVERB}(?:rises|climbs)", (CameraMove.TILT_UP,)),
    (rf"{_TILT} {_ADVERB}down|camera {_ADVERB}(?:sinks|descends)", (CameraMove.TILT_DOWN,)),
)
_OPEN: tuple[tuple[str, tuple[CameraMove, ...]], ...] = (
    # Moves without a direction: the seed gives them one.
    (
        r"panning|pan\b(?=\s*(?:[,.;!]|$))|pans? (?:shot|across|over|along)",
        (CameraMove.PAN_LEFT, CameraMove.PAN_RIGHT),
    ),
    (r"(?:camera|slow|gentle|smooth|quick) (?:pans?|pan)\b", (CameraMove.PAN_LEFT, CameraMove.PAN_RIGHT)),
    (r"(?:camera|slow|gentle|smooth|quick) tilts?\b", (CameraMove.TILT_UP, CameraMove.TILT_DOWN)),
)
_TABLES = tuple(
    tuple((re.compile(rf"\b(?:{words})", re.IGNORECASE), moves) for words, moves in table)
    for table in (_WORDS, _OPEN)
)
_SLOW = re.compile(r"\b(?:slow|slowly|gentle|gently|subtle|subtly|gradual|gradually|calm)\b", re.IGNORECASE)
_FAST = re.compile(r"\b(?:fast|quick|quickly|rapid|rapidly|whip|energetic)\b", re.IGNORECASE)
_UNASKED = (
    CameraMove.PUSH_IN,
    CameraMove.PULL_OUT,
    CameraMove.PAN_LEFT,
    CameraMove.PAN_RIGHT,
    CameraMove.TILT_UP,
    CameraMove.ORBIT,
)


def move_for(prompt: str, seed: int) -> CameraMove:
    """The first move the prompt names; without one, the seed chooses."""
    chance = Random(f"move {seed}")
    for table in _TABLES:
        # Where it stands in the prompt, then how exact its words are.
        found = [
            (match.start(), place)
            for place, (words, _) in enumerate(table)
            if (match := words.search(prompt))
        ]
        if found:
            return chance.choice(table[min(found)[1]][1])
    return chance.choice(_UNASKED)


def pace_of(prompt: str) -> float:
    """How far a move goes: less for a prompt that says slow, more for one that says fast."""
    if _SLOW.search(prompt):
        return 0.75
    return 1.35 if _FAST.search(prompt) else 1.0
