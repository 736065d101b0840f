"""Prompts in trees: JSON, JSON Lines, JSON in the midst of a text, and YAML.

Whatever the tree is called and however deep the list lies, the prompts are the objects that have one.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import cast

from rushes.intake.prompt_clean import plain_text, unquote
from rushes.intake.prompt_columns import as_number
from rushes.intake.prompt_nodes import (
    DEEPEST,
    Item,
    List,
    Map,
    TooMany,
    json_tree,
    skip_space,
    toml_tree,
    yaml_tree,
)
from rushes.intake.prompt_raw import MAX_ITEMS, Findings, RawPrompt
from rushes.intake.prompt_words import Meaning, Role, meaning

_JSON_START = re.compile(r"\s*+[\[{]\s*+(?:[\"{\[]|[\]}]\s*+$)")
_JSON_LOOSE = re.compile(r"\s*+[\[{]\s*+(?:[\"'{\[“]|[\w]{1,40}\s?:)")
_YAML_MEMBER = re.compile(r"\s{0,40}- {1,8}[\"']?[^\W\d_][\w -]{0,40}[\"']?:(?: |$)")
_YAML_NAME = re.compile(r"\s{0,40}[\"']?\w[\w -]{0,40}[\"']?: {0,8}$")
_YAML_INDENTED = re.compile(r"\s{0,40}(?:- |\s[\"']?[^\W\d_][\w -]{0,40}[\"']?: )")
_LOOKED_AT = 8000
_TOO_MANY = f"This list has more than {MAX_ITEMS:,} items. Is it the prompts file?"


def looks_like_json(text: str) -> bool:
    """Whether a text begins as JSON does and as no prompt would."""
    return _JSON_START.match(text) is not None


def read_json(text: str, found: Findings, first_line: int = 1) -> None:
    """Read JSON, or one JSON value after another, into `found`."""
    values: list[Item] = []
    position = skip_space(text, 0)
    try:
        line, counted = first_line, 0
        while position < len(text):
            line, counted = line + text.count("\n", counted, position), position
            json.JSONDecoder().raw_decode(text, position)
            value, position = json_tree(text, position, line, 0)
            values.append(Item(line, None, value))
            position = skip_space(text, position)
            if len(values) > MAX_ITEMS:
                break
    except json.JSONDecodeError as error:
        if not values and (loose := _loose(text, first_line)) is not None:
            _read_value(loose, found, first_line)
            return
        line = first_line - 1 + error.lineno
        found.fault(f"This is not valid JSON: {error.msg}, column {error.colno}.", "bad_json", line)
        return
    except TooMany:
        found.fault(_TOO_MANY, "too_many_lines")
        return
    except (RecursionError, ValueError):
        found.fault("This JSON is nested too deeply or has a number too long to read.", "bad_json")
        return
    if not values:
        found.fault("JSON prompts must be a list or an object.", "bad_json")
        return
    _read_value(values[0].value if len(values) == 1 else List(tuple(values)), found, first_line)


def find_json(lines: Sequence[str]) -> tuple[int, int] | None:
    """Where in a text with other words around it a JSON list or object stands: its first line,
    and the end."""
    for start, line in enumerate(lines):
        if not line.lstrip().startswith(("[", "{")):
            continue
        text = "\n".join(lines[start:])
        if not looks_like_json(text):
            continue
        try:
            value, end = json.JSONDecoder().raw_decode(text, skip_space(text, 0))
        except (ValueError, RecursionError):
            return None
        if isinstance(value, (dict, list)) and value:
            return start, start + text.count("\n", 0, end) + 1
    return None


def read_toml(text: str, found: Findings) -> bool:
    """Read TOML into `found`. False, with nothing noted, when it is none or holds no prompts."""
    tree = toml_tree(text)
    if tree is None or not _prompts_in(tree):
        return False
    _read_value(tree, found, 1)
    return True


def looks_like_yaml(text: str) -> bool:
    """Whether a text has what only YAML has: a list of named values, or a name above an indented one."""
    lines = [
        line for line in text[:_LOOKED_AT].split("\n") if line.strip() and not line.lstrip().startswith("#")
    ]
    if any(_YAML_MEMBER.match(line) for line in lines[:20]):
        return True
    return any(_YAML_NAME.match(line) and _YAML_INDENTED.match(below) for line, below in pairwise(lines[:21]))


def read_yaml(text: str, found: Findings, first_line: int = 1, *, sure: bool) -> bool:
    """Read YAML into `found`. False, with nothing noted, when it is none, or holds no prompts
    and is not `sure`."""
    if not sure and not looks_like_yaml(text):
        return False
    tree = yaml_tree(text, first_line)
    if not sure and (tree is None or not _prompts_in(tree) or _says_twice(tree)):
        return False
    if tree is None:
        found.fault("This YAML cannot be read. Check the indents, or save it as JSON or CSV.", "bad_yaml")
    else:
        _read_value(tree, found, first_line)
    return True


def _says_twice(tree: object) -> bool:
    """Whether an object has one name twice, as a text that only looks like YAML has."""
    if not isinstance(tree, (Map, List)):
        return False
    keys = [item.key for item in tree.items if item.key is not None]
    return len(set(keys)) < len(keys) or any(_says_twice(item.value) for item in tree.items)


def _loose(text: str, first_line: int) -> object | None:
    """What is written almost like JSON (comma at the end, single quotes, names without quotes),
    read as YAML."""
    if not _JSON_LOOSE.match(text[:1000]):
        return None
    tree = yaml_tree(text, first_line)
    return tree if tree is not None and _has_prompts(tree) else None


def _read_value(value: object, found: Findings, line: int) -> None:
    items = _find_items(value)
    if items is None:
        found.fault("JSON prompts must be a list or an object.", "bad_json", line)
        return
    if len(items) > MAX_ITEMS:
        found.fault(_TOO_MANY, "too_many_lines")
        return
    before = len(found.prompts)
    for item in items:
        _take(item, found)
    if any(p.number is None for p in found.prompts) and all(p.image for p in found.prompts):
        found.prompts = [replace(p, number=None) for p in found.prompts]
    found.from_zero(before)
    numbers = [p.number for p in found.prompts]
    nested = items != _members(value) and None not in numbers and len(set(numbers)) < len(numbers)
    if nested and not found.faults:
        found.prompts = [replace(p, number=None) for p in found.prompts]
        found.warn(
            f"The numbers begin again in each part, so the prompts were numbered 1 to "
            f"{len(numbers)} in order.",
            "numbered_in_order",
        )


def _members(value: object) -> tuple[Item, ...] | None:
    return value.items if isinstance(value, (Map, List)) else None


def _find_items(value: object) -> tuple[Item, ...] | None:
    """The members that are prompts: of the value itself, or of the list in it that holds some."""
    members = _members(value)
    if members is None:
        return None
    if isinstance(value, Map):
        if _is_numbered(value):
            return members
        if _prompt_field(value) is not None:
            return (Item(members[0].line, None, value),)
        best = max(members, key=lambda m: _prompts_in(m.value), default=None)
        if best is not None and _prompts_in(best.value) and isinstance(best.value, (Map, List)):
            return _find_items(best.value)
        lists = [m for m in members if isinstance(m.value, List) and m.value.items]
        texts = [m for m in lists if meaning(m.key).role is not Role.UNKNOWN or len(lists) == 1]
        if texts and isinstance(texts[0].value, List):
            return texts[0].value.items
        return members
    # Scenes that hold shots: the shots of all of them.
    inner = [
        m
        for m in members
        if isinstance(m.value, Map) and _prompt_field(m.value) is None and _prompts_in(m.value)
    ]
    if inner and len(inner) == len(members):
        return tuple(item for m in members for item in _find_items(m.value) or ())
    return members


def _prompts_in(value: object, depth: int = 0) -> int:
    """How many objects in a value have a prompt; a list of texts under a fitting name counts too."""
    if depth > DEEPEST or not isinstance(value, (Map, List)):
        return 0
    if isinstance(value, Map) and not _is_numbered(value) and _prompt_field(value) is not None:
        return 1
    return sum(_prompts_in(item.value, depth + 1) for item in value.items)


def _has_prompts(tree: object) -> bool:
    if _prompts_in(tree):
        return True
    if isinstance(tree, Map):
        lists = [
            m
            for m in tree.items
            if isinstance(m.value, List) and meaning(m.key).role in (Role.PROMPT, Role.NUMBER)
        ]
        return _is_numbered(tree) or any(
            all(isinstance(i.value, str) for i in cast(List, m.value).items) for m in lists
        )
    return False


def _is_numbered(value: Map) -> bool:
    """Whether the members of an object are named by numbers: `{"1": …}`, `{"prompt_1": …}`."""
    return bool(value.items) and all(m.key is not None and as_number(m.key) is not None for m in value.items)


def _prompt_field(value: Map) -> Item | None:
    """The member of an object that is its prompt, by the words of its name."""
    best: tuple[float, Item] | None = None
    for item in value.items:
        mean = meaning(item.key)
        fits = mean.role is Role.PROMPT and (isinstance(item.value, str) or mean.weight >= 3)
        if fits and not isinstance(item.value, (List, Map)) and (best is None or mean.weight > best[0]):
            best = (mean.weight, item)
    return best[1] if best else None


def _take(item: Item, found: Findings) -> None:
    value, line = item.value, item.line
    if isinstance(value, str):
        _add(item.key, value, None, None, line, found)
        return
    fields = _fields(value) if isinstance(value, Map) else {}
    prompt = _prompt_field(value) if isinstance(value, Map) else None
    if prompt is None or not isinstance(prompt.value, str):
        names = ", ".join(f"“{i.key}”" for i in value.items[:8]) if isinstance(value, Map) else ""
        what = f"It has {names}. " if names else ""
        found.fault(
            f"This item has no prompt. {what}Give a string, or an object with “prompt”.", "bad_item", line
        )
        return
    negative = fields.get(Role.NEGATIVE)
    if negative is not None and not isinstance(negative, str):
        found.fault("This negative prompt is not a string.", "bad_item", line)
        return
    number = item.key if item.key is not None else fields.get(Role.NUMBER)
    file = fields.get(Role.FILE)
    _add(number, prompt.value, negative, file if isinstance(file, str) else None, line, found)


def _fields(value: Map) -> dict[Role, object]:
    """The members of an object by what they are for; the surest of those that are for one thing."""
    best: dict[Role, tuple[Meaning, object]] = {}
    for item in value.items:
        mean = meaning(item.key)
        if item.value is None or isinstance(item.value, (List, Map)):
            continue
        if mean.role not in best or mean.weight > best[mean.role][0].weight:
            best[mean.role] = (mean, item.value)
    if (
        Role.NUMBER in best
        and best[Role.NUMBER][0].weight < 3
        and as_number(str(best[Role.NUMBER][1])) is None
    ):
        value_of = best.pop(Role.NUMBER)
        best.setdefault(Role.FILE, value_of)
    return {role: each for role, (_, each) in best.items()}


def _add(
    number: object, text: str, negative: str | None, file: str | None, line: int, found: Findings
) -> None:
    read: int | None = None
    if number is not None:
        read = None if isinstance(number, bool) else as_number(str(number))
        if read is None and isinstance(number, str) and found.is_image(number):
            file = file or number
        elif read is None:
            found.fault(f"“{str(number)[:40]}” is not the number of a prompt.", "bad_number", line)
            return
    elif file is not None:
        read = as_number(file)
    image = file if file is not None and len(file) <= 255 else None
    clean = unquote(plain_text(text.strip()))
    found.prompts.append(RawPrompt(read, clean, (negative or "").strip() or None, line, image))
