"""What stands in a prompts file and is no prompt: labels, fences, emphasis, a chatbot's first and last words.

Nothing is dropped in silence: what may have been meant is told in a warning with its line.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rushes.intake.matching import is_image_name
from rushes.intake.prompt_heads import plain
from rushes.intake.prompt_raw import Findings, RawPrompt, to_number
from rushes.intake.prompt_words import Role, is_setting, meaning

_LONGEST_LINE = 300
"""A longer line is a prompt, not a greeting or a label."""
_LONGEST_VALUE = 40
_QUOTES = (
    ('"""', '"""'),
    ("'''", "'''"),
    *((q[0], q[1]) for q in ('""', "''", "“”", "‘’", "«»", "„“", "”“", "``", "「」", "『』", "„”", "»«")),
)
_STRONG = re.compile(r"\*{2,3}(?=\S)([^*\n]{1,2000})(?<=\S)\*{2,3}")
_SLANTED = re.compile(r"(?<![*\w])\*(?=[^\s*])([^*\n]{1,2000})(?<=\S)\*(?![*\w])")
_CODE = re.compile(r"`([^`\n]{1,2000})`")
_FENCE = re.compile(r"\s*+(`{3,}|~{3,})\s*+([\w+-]{0,20})\s*+")
_LABEL = re.compile(
    r"\s*+(?:[-*+•>]\s++)?[*_#]{0,6}\s?+(?P<name>[^\W\d_][^:=*`\n]{0,39}?)[*_]{0,3}\s?[:=][*_]{0,3}\s*+"
)
_NEGATIVE_NUMBER = re.compile(r"(\d{1,6})$")
_RULE = re.compile(r"\s*+(?:-{3,}|\*{3,}|_{3,}|={3,}|~{3,}|[–—]{2,}|(?:\* ){2,}\*)\s*+")
_HEADING = re.compile(r"\s*+(#{1,6}\s|<!--[^\n]{0,200}-->\s*$)")
_TIMES = re.compile(
    r"\s*+[\[(]?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?\s?(?:-->|"
    r"->|[-–—~]|to|bis)\s?\d{1,2}:\d{2}(?::\d{2})?(?:[.,]\d{1,3})?[\])]?\s*+:?\s*"
)
_GREETINGS = re.compile(
    r"(sure|certainly|of course|absolutely|great|okay|ok|got it|perfect|here(’s|'s| is| are)|"
    r"below (is|are)|these are|"
    r"gerne|natürlich|klar|hier (ist|sind|kommen)|voici|bien sûr|"
    r"aquí (tienes|están|te)|claro|por supuesto|"
    r"aqui estão|com certeza|ecco|certo|конечно|вот|"
    r"以下|好的|当然|當然|这是|這是|はい|もちろん|こちら|다음은|물론|"
    r""
    r""
    r"네|"
    r"tabii|elbette|işte|oto|jasne|hier zijn|natuurlijk|här (är|kommer)|tässä)(?!\w)",
    re.IGNORECASE,
)
_FAREWELLS = re.compile(
    r"(let me know|would you like|do you want|want me to|hope (this|these|that)|i hope|feel free|"
    r"if you(’d| would|'d)? "
    r"(like|want|need|prefer)|shall i|should i|i can (also|adjust|refine|make|create|turn|"
    r"generate)|happy to|good luck|enjoy|just (say|tell|let)|"
    r"need (any|more)|lass(en sie)? (mich|es mich)|sag(en sie)? (mir )?bescheid|möchtest du|"
    r"möchten sie|soll ich|wenn du (willst|möchtest|magst)|"
    r"wenn sie|ich hoffe|viel (spaß|erfolg)|gerne kann ich|n['’]hésite|dis-moi|dites-moi|"
    r"souhaite[sz]|voule[zs]|veux-tu|j['’]espère|si tu (veux|souhaites)|"
    r"avísame|¿?(quieres|te gustaría|deseas)|espero que|si (quieres|deseas|necesitas)|dime si|me "
    r"avise|quer que|gostaria|se (quiser|precisar|vuoi)|"
    r"fammi sapere|vuoi che|spero|дай(те)? знать|хотите|если (хочешь|хотите|нужно|вам)|надеюсь|"
    r"могу|如果(你|您|需要)|需要我|希望|要不要|もし|ご希望|必要であれば|お知らせ|いかが|"
    r"원하시면|필요하시면|도움이|말씀해|isterseniz|umarım|daj znać|"
    r"jeśli chcesz|laat (me|het me) weten|wil je|"
    r""
    r""
    r"vill du|hoppas)",
    re.IGNORECASE,
)


@dataclass
class _Part:
    """What stands after one label of a prompt: where it begins among the lines, and its text."""

    name: str
    role: Role
    weight: float
    first: int
    lines: list[str] = field(default_factory=list[str])


def unquote(text: str) -> str:
    """`text` without the quotes that enclose the whole of it, if it has no such quote inside."""
    for opening, closing in _QUOTES:
        inside = text[len(opening) : -len(closing)]
        long_enough = len(text) >= len(opening) + len(closing)
        whole = long_enough and text.startswith(opening) and text.endswith(closing)
        if whole and opening not in inside and closing not in inside:
            return inside.strip()
    return text


def plain_text(text: str) -> str:
    """`text` without the marks of emphasis that Markdown shows as bold, slanted or code."""
    if "*" in text:
        text = _SLANTED.sub(r"\1", _STRONG.sub(r"\1", text))
    return _CODE.sub(r"\1", text) if "`" in text else text


def is_rule(line: str) -> bool:
    """Whether a line only divides: `---`, `***`, `* * *`."""
    return len(line) < _LONGEST_LINE and bool(_RULE.fullmatch(line))


def is_fence(line: str) -> bool:
    """Whether a line opens or closes a block of code."""
    return len(line) < _LONGEST_LINE and bool(_FENCE.fullmatch(line))


def passed_over(line: str) -> bool:
    """Whether a line is a heading, a rule or a fence: what may stand between prompts."""
    return is_rule(line) or is_fence(line) or bool(_HEADING.match(line[:_LONGEST_LINE]))


def is_greeting(line: str) -> bool:
    """Whether a line is what a chatbot says before its answer."""
    return len(line) < _LONGEST_LINE and bool(_GREETINGS.match(line.strip(" *_#>-!¡")))


def is_farewell(line: str) -> bool:
    """Whether a line is what a chatbot says after its answer."""
    return len(line) < _LONGEST_LINE and bool(_FAREWELLS.match(line.strip(" *_#>-!¡")))


def drop_farewell(lines: list[str], found: Findings) -> list[str]:
    """The lines without the last paragraph when it is a chatbot's farewell; empty lines take their place."""
    end = len(lines)
    while end and (not lines[end - 1].strip() or passed_over(lines[end - 1])):
        end -= 1
    start = end
    while start and lines[start - 1].strip() and not passed_over(lines[start - 1]):
        start -= 1
    apart = start > 0 and end - start <= 3
    if apart and any(line.strip() for line in lines[:start]) and is_farewell(lines[start]):
        found.warn("This closing remark was left out.", "closing_left_out", start + 1)
        return [*lines[:start], *[""] * (len(lines) - start)]
    return lines


def make_prompt(number: int | None, body: Sequence[str], line: int, found: Findings) -> RawPrompt:
    """The prompt that these lines hold, without what is none. `line` is that of the first of them."""
    lines = [text for text in _inside_fences(body, line, found) if not _is_times(text)]
    parts = _parts(lines)
    prompts = [part for part in parts if part.role is Role.PROMPT]
    negative = next((part for part in parts if part.role is Role.NEGATIVE), None)
    if negative:
        _check_number(negative, number, line, found)
    image = next((v for p in parts if (v := _image_of(p)) is not None), None)
    if prompts:
        best = max(prompts, key=lambda part: (part.weight, -part.first))
        chosen = best.lines
        left = [p for p in parts if p is not best and p is not negative and _text(p.lines)]
        names = [p.name or p.lines[0].strip()[:40] for p in left if _image_of(p) is None]
        if names:
            told = ", ".join(f"“{name}”" for name in names[:6])
            found.warn_once(
                f"Only what is labelled “{best.name}” is used. Not used: {told}.", "parts_left_out", line
            )
    else:
        chosen: list[str] = []
        for part in parts:
            if part is negative or _image_of(part) is not None:
                continue
            if part.name and is_setting(part.name) and len(_text(part.lines)) <= _LONGEST_VALUE:
                found.warn_once(
                    f"“{part.name}” is a setting, not part of the prompt, and was left out.",
                    "setting_left_out",
                    line + part.first,
                )
                continue
            chosen += (
                [f"{part.name}: {part.lines[0]}".rstrip() if part.name else part.lines[0], *part.lines[1:]]
                if part.lines
                else []
            )
    return RawPrompt(number, _text(chosen), _text(negative.lines) or None if negative else None, line, image)


def _parts(lines: Sequence[str]) -> list[_Part]:
    """The lines by the labels in them; labels that mean nothing here stay part of the text."""
    parts = [_Part("", Role.UNKNOWN, 0, 0)]
    for offset, text in enumerate(lines):
        found = label_of(text)
        if found and (
            found[1] in (Role.PROMPT, Role.NEGATIVE, Role.FILE) or is_setting(found[0]) or _whole_image(found)
        ):
            name, role, weight, rest = found
            parts.append(_Part(name, role, weight, offset, [rest]))
        elif found and any(p.role is Role.PROMPT for p in parts) and meaning(found[0]).role is Role.OTHER:
            parts.append(_Part(found[0], Role.OTHER, 0, offset, [found[3]]))
        else:
            parts[-1].lines.append(text)
    return [part for part in parts if part.name or _text(part.lines)]


def label_of(line: str) -> tuple[str, Role, float, str] | None:
    """The label a line begins with (`Negative:`, `**Video prompt:**`): its name, role, weight,
    and what follows."""
    if not line.strip():
        return None
    head = plain(line)
    found = _LABEL.match(head.text)
    if not found:
        return None
    name = found["name"].strip()
    role = meaning(_NEGATIVE_NUMBER.sub("", name).strip() or name)
    # A description or a video is as likely the beginning of a sentence.
    clear = role.role is not Role.PROMPT or role.weight >= 2 or "prompt" in name.casefold()
    return name, role.role if clear else Role.UNKNOWN, role.weight, line[head.place(found.end()) :]


def _whole_image(label: tuple[str, Role, float, str]) -> bool:
    return label[1] in (Role.FILE, Role.NUMBER, Role.OTHER) and is_image_name(label[3].strip(" *_`\"'"))


def _image_of(part: _Part) -> str | None:
    """The image that a label names: `Image: platform.jpg`."""
    value = _text(part.lines).strip("`\"' ")
    return value if part.name and part.role is not Role.PROMPT and is_image_name(value) else None


def _inside_fences(body: Sequence[str], line: int, found: Findings) -> list[str]:
    """The lines inside the fences of a prompt, where it has some; what stands outside is told."""
    fences = [i for i, text in enumerate(body) if is_fence(text)]
    if len(fences) < 2:
        return [text for i, text in enumerate(body) if i not in fences]
    inside: list[str] = []
    outside: list[str] = []
    opened = False
    labelled = ""
    for i, text in enumerate(body):
        if i in fences:
            opened = not opened
            if opened and inside:
                inside.append("")
            if opened and labelled:
                inside.append(labelled)
            labelled = ""
        elif opened:
            inside.append(text)
        elif text.strip() and not passed_over(text):
            label = label_of(text)
            if label and not label[3].strip():
                labelled = text
            elif label and label[1] in (Role.NEGATIVE, Role.FILE):
                inside += ["", text]
            else:
                outside.append(text)
    if outside:
        found.warn(
            f"Only what stands between the fences is the prompt. Left out: “{outside[0].strip()[:60]}”"
            + (f" and {len(outside) - 1} more lines." if len(outside) > 1 else "."),
            "outside_fence",
            line,
        )
    return inside


def _check_number(negative: _Part, number: int | None, line: int, found: Findings) -> None:
    given = _NEGATIVE_NUMBER.search(negative.name)
    if given and number is not None and to_number(given[1]) != number:
        found.fault(
            f"This negative prompt has the number {given[1]} but stands under prompt {number}. "
            "Move it or change its number.",
            "negative_number",
            line + negative.first,
        )


def _is_times(line: str) -> bool:
    return len(line) < 80 and bool(_TIMES.fullmatch(line))


def _text(lines: Sequence[str]) -> str:
    """The lines as one text, without what stands between prompts: blank lines, rules, the next heading."""
    texts = [line.strip() for line in lines]
    start, end = 0, len(texts)
    while start < end and (not texts[start] or is_rule(texts[start])):
        start += 1
    while end > start and (not texts[end - 1] or passed_over(texts[end - 1])):
        end -= 1
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(texts[start:end]))
    if text.startswith("> "):
        text = re.sub(r"(?m)^> ?", "", text)
    return unquote(plain_text(unquote(text)).strip())
