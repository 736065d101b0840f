"""Every single name a driver could hold on to: what `Scenario.renames` may rename, one at a time.

The list is read out of the page's own sources, so that it cannot fall behind them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from standins.flow.failures import FAILURES
from standins.flow.models import IMAGE_MODELS, video_models

Kind = Literal["class", "element", "attribute", "id", "label", "icon", "rpc"]

AGENT_RPC = "vVHmge"
"""A prompt to the agent. ? Its real id is not known outside; this one is made up."""
DELETE_RPC = "yHtTrc"
"""A tile's deletion. ? Made up, too."""
REUSE_RPC = "rEuPmt"
"""The prompt and images of a generation, for "Reuse prompt". ? Made up, too."""

ATTRIBUTES = (
    "aria-label", "role", "aria-pressed", "aria-checked", "aria-haspopup", "aria-expanded", "aria-selected",
    "aria-busy", "aria-disabled", "alt", "placeholder", "mattooltip", "mat-menu-item", "flowhotbarbutton",
    "cdkfocusinitial", "data-identifier", "data-email", "data-media-id", "data-slate-editor",
)  # fmt: skip
"""Those that a driver may look at and that do nothing by themselves; without `contenteditable`, `src`, ..."""

RPCS = (
    "YhhmEf", "eb1hJf", "nprQif", "MZZa6b", "ogiZ0b", "jwpduf", "as29s", "maseQ", "Zzl0ze", "UpteDb",
    "jHPbke", "o8DA4", "nzlxg", "HTrJv", "yBhWQ", "p0UkFb", "SPrCad", "DA4VGb",
    AGENT_RPC, DELETE_RPC, REUSE_RPC,
)  # fmt: skip
OLD_CALLS = (
    "batchAsyncGenerateVideoText",
    "batchAsyncGenerateVideoStartImage",
    "batchAsyncGenerateVideoStartAndEndImage",
    "batchAsyncGenerateVideoReferenceImages",
    "batchAsyncGenerateVideoUpsampleVideo",
    "batchCheckAsyncVideoGenerationStatus",
    "uploadUserImage",
    "credits",
)
"""The calls of generation B, by the last part of their address."""

_PAGE = Path(__file__).parent / "page"
_SPEC = re.compile(r"""\bh\(["`]([\w-]+)([.#][\w.#-]*)?""")
_ELEMENT = re.compile(r'"((?:flow|mat|cdk)-[\w-]+)"')
_MARKS = re.compile(r"""["`](\.[\w.-]+)""")
_TOGGLED = re.compile(r'\bcls\(\w+, "([\w-]+)"')
_TEXTS = re.compile(r"\bt\(([^()]*)\)")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)+)"')
_WORDS = re.compile(r'(?:"([^"]+)"|\b(\w+)): "')
_PAIRS = re.compile(r'\["\w+", "([A-Z][\w ]+)"\]')
_ICON = re.compile(r"(\w+): \"[^\w\"]\"")


@dataclass(frozen=True, order=True)
class Name:
    """One of them. `key` is what `Scenario.renames` takes."""

    kind: Kind
    value: str

    @property
    def key(self) -> str:
        """With its kind before it."""
        return f"{self.kind}:{self.value}"


def names(generation: Literal["C", "B"] = "C") -> list[Name]:
    """All of a generation of the page, sorted."""
    found: set[Name] = set()
    for path in sorted(_PAGE.glob("*.js" if generation == "C" else "b/*.js")):
        found |= set(_of(path.read_text()))
    for each in ("words.js", "dom.js"):
        found |= set(_tables((_PAGE / each).read_text()))
    found |= {Name("label", text) for text in _texts()}
    found |= {Name("attribute", each) for each in ATTRIBUTES}
    found |= {Name("rpc", each) for each in (RPCS if generation == "C" else OLD_CALLS)}
    return sorted(found)


def _of(source: str) -> Iterator[Name]:
    for tag, rest in _SPEC.findall(source):
        if "-" in tag:
            yield Name("element", tag)
        yield from _marks(rest)
    for tag in _ELEMENT.findall(source):
        yield Name("element", tag)
    for rest in _MARKS.findall(source):
        yield from _marks(rest)
    for toggled in _TOGGLED.findall(source):
        yield Name("class", toggled)
    for inside in _TEXTS.findall(source):
        for text in _QUOTED.findall(inside):
            if not text[0].islower():
                yield Name("label", text)
    for text in _PAIRS.findall(source):
        yield Name("label", text)


def _tables(source: str) -> Iterator[Name]:
    """Labels of the words' table, ligatures of the signs' one."""
    ligatures = _ICON.findall(source)
    yield from (Name("icon", each) for each in ligatures)
    if not ligatures:
        yield from (Name("label", quoted or plain) for quoted, plain in _WORDS.findall(source))


def _marks(rest: str) -> Iterator[Name]:
    for mark in re.findall(r"[.#][\w-]+", rest):
        yield Name("class" if mark[0] == "." else "id", mark[1:])


def _texts() -> Iterator[str]:
    yield from video_models(True)
    yield from IMAGE_MODELS
    yield from (failure.text for failure in FAILURES.values())
    yield from ("16:9", "9:16", "360p", "720p", "x1", "x2", "x3", "x4")
