"""What the page looks like, as data: one TOML file a generation of it, validated; an operator's comes first.

Nothing else in Rushes names an element, a label, a text, an address or an RPC id of Flow. So when the page
changes, a newer file is all that is needed.
"""

import re
import tomllib
from enum import StrEnum
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, cast

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

from rushes.errors import Fault, Invalid

FOLDER = Path(__file__).with_name("selectors")
GENERATIONS: tuple[str, ...] = ("c", "b")
"""Newest first: the order in which they are looked for."""


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error
    return text


Pattern = Annotated[str, AfterValidator(_pattern)]
Ways = Literal["css", "icon", "label", "text"]


class Part(BaseModel):
    """Base of everything in a guide."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Alternative(Part):
    """One way to find an element; exactly one of the four is given.

    `icon` is a ligature (the same in every language), `label` an aria-label, `text` what is to be read on it,
    both in every language known.
    """

    css: str | None = None
    icon: tuple[str, ...] = ()
    label: tuple[str, ...] = ()
    text: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one(self) -> "Alternative":
        if sum(map(bool, (self.css, self.icon, self.label, self.text))) != 1:
            raise ValueError("give exactly one of css, icon, label and text")
        return self

    @property
    def way(self) -> Ways:
        """Which of the four it is."""
        if self.css:
            return "css"
        return "icon" if self.icon else "label" if self.label else "text"

    def __str__(self) -> str:
        return f"{self.way} {self.css or ' | '.join(self.icon or self.label or self.text)}"


class Element(Part):
    """One thing on the page. `alternatives` are tried in order.

    `tag` is what carries an icon, label or text (css). `within` and `outside` name elements it is in or not
    in; when the one it is in cannot be found, the whole page is searched.
    """

    alternatives: tuple[Alternative, ...] = Field(min_length=1)
    tag: str = "button"
    within: str | None = None
    outside: str | None = None


class Obstacle(StrEnum):
    """What only a person can deal with."""

    SIGNED_OUT = "signed_out"
    CONFIRM = "confirm"
    CHOOSER = "chooser"
    REJECTED = "rejected"
    TWO_FACTOR = "two_factor"
    CAPTCHA = "captcha"
    FIRST_RUN = "first_run"
    UPLOAD_CONSENT = "upload_consent"


class ObstacleSign(Part):
    """How an obstacle is recognised: by its address (a regular expression) or an element."""

    kind: Obstacle
    url: Pattern | None = None
    element: str | None = None


class FailureClass(StrEnum):
    """What a failure text means; the provider makes the error of it."""

    POLICY = "policy"
    PROMINENT_PEOPLE = "prominent_people"
    MINORS = "minors"
    COPYRIGHT = "copyright"
    THROTTLE = "throttle"
    HIGH_DEMAND = "high_demand"
    QUOTA = "quota"
    CREDITS = "credits"
    ACCESS = "access"
    FAILED = "failed"
    WAITING = "waiting"
    """No failure: the page says that it waits in the queue."""


class FailureText(Part):
    """Texts (and machine reasons) of one class. Patterns ignore case."""

    means: FailureClass
    patterns: tuple[Pattern, ...] = Field(min_length=1)


class Urls(Part):
    """Addresses, as regular expressions on path and query; the host is the one that was opened."""

    about: Pattern
    home: Pattern
    project: Pattern
    """With a group `project`."""
    viewer: Pattern
    project_path: str
    """Path of a project, to be opened: `/project/{project}`."""
    hosts: tuple[str, ...] = Field(min_length=1)
    english: str = ""
    """What is asked for in an address to have the page in English; empty: nothing."""
    media: Pattern
    """Address of a medium, with a group `media` that is its id."""


class Choice(Part):
    """How one option of the settings is recognised."""

    icon: tuple[str, ...] = ()
    text: tuple[str, ...] = ()


class Radios(Part):
    """The options in the settings. Numbers (duration, count) are read by pattern, whatever the language."""

    css: tuple[str, ...] = Field(min_length=1)
    checked: tuple[str, ...] = Field(min_length=1)
    """What an option, or what it is in, fits when it is chosen (css); any of them."""
    mode: dict[str, Choice]
    kind: dict[str, Choice]
    aspect: dict[str, Choice]
    resolution: dict[str, Choice]
    duration: Pattern
    count: Pattern
    price: Pattern | None = None
    """What the pane says a generation costs, with a group that is the number."""


class Plans(Part):
    """What the plans of accounts include. Names are as the account's button shows them, in capitals."""

    known: tuple[str, ...] = ()
    sizes: dict[str, tuple[str, ...]] = {}
    """A resolution to the plans that have it; one that is not named here any plan may have."""


class Flow(Part):
    """How the same steps differ between generations."""

    upload: Literal["menu", "picker"]
    """Through the header's menu, or inside the picker of the start frame."""


class Guide(Part):
    """One generation of the page."""

    generation: str
    marks: tuple[str, ...] = Field(min_length=1)
    """Elements (css) that no other generation has."""
    urls: Urls
    flow: Flow
    elements: dict[str, Element]
    obstacles: tuple[ObstacleSign, ...]
    radios: Radios
    models: dict[str, tuple[str, ...]]
    downloads: dict[str, tuple[str, ...]]
    """Resolution to the words that the download menu's entry has."""
    plans: Plans = Plans()
    consent: tuple[str, ...] = ()
    """Words of a dialog that asks for a person's consent, in every language known."""
    rpc: dict[str, tuple[str, ...]]
    """Ids of the page's own calls by what they do; in older generations, parts of their addresses."""
    texts: tuple[FailureText, ...]

    @model_validator(mode="after")
    def _names_hold(self) -> "Guide":
        named = {each for e in self.elements.values() for each in (e.within, e.outside) if each}
        named |= {each.element for each in self.obstacles if each.element}
        if unknown := named - set(self.elements):
            raise ValueError(f"no such elements: {', '.join(sorted(unknown))}")
        return self

    @cached_property
    def _failures(self) -> list[tuple[FailureClass, re.Pattern[str]]]:
        return [(each.means, re.compile(p, re.I)) for each in self.texts for p in each.patterns]

    def failure_of(self, text: str) -> FailureClass | None:
        """What a text of the page (or a machine reason) means; None for one that nobody has seen yet."""
        return next((means for means, pattern in self._failures if pattern.search(text)), None)


@cache
def load_guides(mine: Path | None = None) -> tuple[Guide, ...]:
    """All generations, newest first, with the operator's file (or folder of files) before ours.

    A file of the operator names its `generation`: of one we know it replaces what it gives, table by table; a
    new one comes first and has to be whole. Raises `Invalid` that says what does not hold and where.
    """
    guides = {name: _read(FOLDER / f"flow-{name}.toml") for name in GENERATIONS}
    order = list(GENERATIONS)
    where = "our own guides"
    try:
        for file in _files(mine):
            where = str(file)
            raw = _read(file)
            name = str(raw.get("generation", ""))
            if name in guides:
                guides[name] = _merged(guides[name], raw)
            else:
                guides[name] = raw
                order.insert(0, name)
            Guide.model_validate(guides[name])
        return tuple(Guide.model_validate(guides[name]) for name in order)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise _wrong(where, [Fault(where, f"{error}.", "unreadable")]) from error
    except ValidationError as error:
        faults = [
            Fault(".".join(map(str, each["loc"])), f"{each['msg']}.", str(each["type"]))
            for each in error.errors(include_url=False, include_context=False)
        ]
        raise _wrong(where, faults) from error


def _files(mine: Path | None) -> list[Path]:
    if mine is None:
        return []
    return sorted(mine.glob("*.toml")) if mine.is_dir() else [mine]


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def _merged(ours: dict[str, Any], mine: dict[str, Any]) -> dict[str, Any]:
    merged = dict(ours)
    for name, value in mine.items():
        old = merged.get(name)
        tables = isinstance(old, dict) and isinstance(value, dict)
        # An element is replaced as a whole: half an old one with half a new one is nobody's.
        whole = tables and "alternatives" in value
        merged[name] = (
            _merged(cast("dict[str, Any]", old), cast("dict[str, Any]", value))
            if tables and not whole
            else value
        )
    return merged


def _wrong(where: str, faults: list[Fault]) -> Invalid:
    hint = "Correct it, or unset RUSHES_FLOW_SELECTORS."
    return Invalid(f"The description of Flow's page in {where} does not hold.", faults, hint=hint)
