"""Trees as a prompts file has them (JSON, YAML, TOML), with the line of every member.

The decoders drop what a person needs: lines, and names given twice. Depth and length are bounded here.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import cast

import yaml

from rushes.intake.prompt_raw import MAX_ITEMS

DEEPEST = 40
"""How deep lists and objects may lie in each other."""

_JSON_SPACE = re.compile(r"[\s,:]*+")
_MOST_YAML = 1024 * 1024
_LOOKED_AT = 8000
_TOML_START = re.compile(
    r"(?:[ \t]{0,20}(?:#[^\n]{0,200}|[\w-]{1,40} ?=[^\n]{0,400})?\n){0,20}+[ "
    r"\t]{0,20}\[\[?[A-Za-z_][\w.-]{0,60}\]\]?[ \t]{0,20}\n"
)


class TooMany(Exception):
    """A list is longer than any list of prompts; caught where it is read."""


@dataclass(frozen=True)
class Item:
    """One member of a list or an object: its line, its key (None in a list), its value."""

    line: int
    key: str | None
    value: object


@dataclass(frozen=True)
class Map:
    """An object with the lines of its members. Keys may come twice."""

    items: tuple[Item, ...]


@dataclass(frozen=True)
class List:
    """A list with the lines of its members."""

    items: tuple[Item, ...]


def yaml_tree(text: str, first_line: int) -> object | None:
    """The tree of a YAML text, all scalars as text; None when it cannot be read or is made to harm."""
    if len(text) > _MOST_YAML or _depth(text) > DEEPEST:
        return None
    try:
        documents = cast("Iterator[yaml.Node | None]", yaml.compose_all(text, Loader=yaml.CBaseLoader))  # pyright: ignore[reportUnknownMemberType]
        trees = [_tree(node, first_line, set(), 0) for node in documents if node is not None]
    except (yaml.YAMLError, ValueError, RecursionError):
        return None
    if len(trees) == 1:
        return trees[0]
    return List(tuple(Item(first_line, None, tree) for tree in trees)) if trees else None


def _tree(node: yaml.Node, first_line: int, seen: set[int], depth: int) -> object:
    line = first_line + node.start_mark.line
    if isinstance(node, yaml.ScalarNode):
        return str(node.value)
    # The same node in two places is an alias; a few of them make a tree of billions.
    if id(node) in seen or depth > DEEPEST:
        raise ValueError
    seen.add(id(node))
    if isinstance(node, yaml.SequenceNode):
        return List(
            tuple(
                Item(first_line + each.start_mark.line, None, _tree(each, first_line, seen, depth + 1))
                for each in cast("list[yaml.Node]", node.value)
            )
        )
    if isinstance(node, yaml.MappingNode):
        pairs = cast("list[tuple[yaml.Node, yaml.Node]]", node.value)
        return Map(
            tuple(
                Item(first_line + k.start_mark.line, str(k.value), _tree(v, first_line, seen, depth + 1))  # pyright: ignore
                for k, v in pairs
            )
        )
    raise ValueError(line)


def _depth(text: str) -> int:
    """How deep brackets go, at most."""
    depth = most = 0
    for sign in text:
        if sign in "[{":
            depth += 1
            most = max(most, depth)
        elif sign in "]}":
            depth = max(0, depth - 1)
    return most


def json_tree(text: str, position: int, line: int, depth: int) -> tuple[object, int]:
    """The value at `position` of a text that is valid JSON, and where it ends; objects and lists with lines.

    The decoder drops what a person needs: lines, and keys given twice.
    """
    decoder = json.JSONDecoder()
    opening = text[position]
    if opening not in "[{" or depth > DEEPEST:
        return decoder.raw_decode(text, position)
    items: list[Item] = []
    counted = position
    position = skip_space(text, position + 1)
    while text[position] not in "]}":
        key = None
        line, counted = line + text.count("\n", counted, position), position
        if opening == "{":
            key, position = decoder.raw_decode(text, position)
            position = skip_space(text, position)
        value, end = json_tree(text, position, line, depth + 1)
        items.append(Item(line, key, value))
        if len(items) > MAX_ITEMS:
            raise TooMany
        position = skip_space(text, end)
    made = tuple(items)
    return Map(made) if opening == "{" else List(made), position + 1


def skip_space(text: str, position: int) -> int:
    found = _JSON_SPACE.match(text, position)
    return found.end() if found else position


def plain_tree(value: object, depth: int) -> object:
    if depth > DEEPEST:
        raise ValueError
    if isinstance(value, dict):
        pairs = cast("dict[str, object]", value).items()
        return Map(tuple(Item(1, key, plain_tree(each, depth + 1)) for key, each in pairs))
    if isinstance(value, list):
        return List(tuple(Item(1, None, plain_tree(each, depth + 1)) for each in cast("list[object]", value)))
    return value


def toml_tree(text: str) -> object | None:
    """The tree of a text that begins as TOML with tables does, all on line 1; None when it is none."""
    if not _TOML_START.match(text[:_LOOKED_AT]):
        return None
    try:
        return plain_tree(tomllib.loads(text), 0)
    except (ValueError, RecursionError):
        return None
