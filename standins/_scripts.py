"""What the stand-ins for language models write: a script that has the right shape, or an odd answer.

An odd answer is asked for by a tag in the material or the instruction. Tags of an answer, each for the
first n answers (`[truncated:2]`): [truncated] breaks off; [prose] has no JSON; [empty] lacks a narration;
[count] has one section more; [deep] is nested without end. Always: [think], [openthink], [fence], [words],
[wrapped], [shuffle], [meddle] (changes locked sections), [refuse].
"""

import json
import re
from typing import Any

from standins._book import Book, tags

MATERIAL = re.compile(r"<<<material [^>]+>>>\n(.*)\n<<<end ", re.S)
SAID = "Rice takes about four months from seed to harvest."


def script_for(prompt: str, book: Book) -> str:
    """Return what the model answers to a prompt."""
    wanted = tags(prompt)
    if "refuse" in wanted:
        return "I'm sorry, but I can't help with that."
    if book.still(prompt, "truncated"):
        return json.dumps(_script(prompt, wanted))[:120]
    if book.still(prompt, "prose"):
        return "Here is a lovely script about rice. It begins in a field."
    if book.still(prompt, "deep"):
        return "[" * 50_000
    script = _script(prompt, wanted)
    if book.still(prompt, "empty"):
        script["sections"][0]["narration"] = " "
    if book.still(prompt, "count"):
        script["sections"].append(script["sections"][-1])
    text = json.dumps(script, ensure_ascii=False)
    if "wrapped" in wanted:
        text = json.dumps({"script": script})
    if "fence" in wanted:
        text = f"Sure!\n```json\n{text}\n```\nAnything else?"
    if "words" in wanted:
        text = f"Here it is: {text} I hope {{you}} like it."
    if "think" in wanted:
        text = f'<think>The user wants {{"sections": []}}. Hm.</think>\n{text}'
    if "openthink" in wanted:
        text = f'Let me see, {{"sections": 1}} or so.</think>{text}'
    return text


def _script(prompt: str, wanted: dict[str, str]) -> dict[str, Any]:
    material = MATERIAL.search(prompt)
    given: dict[str, Any] = {}
    if material and material[1].lstrip().startswith("{"):
        given = json.loads(material[1])
    if "sections" in given:
        return _changed(given, "into" if "Translate" in prompt else "better", wanted)
    return {
        "title": "How rice grows",
        "language": "en",
        "sections": [
            {
                "heading": f"Part {number}",
                "narration": f"{SAID} Part {number} tells why.",
                "on_screen": "Four months",
                "visual_prompt": "A green paddy field at dawn",
                "keywords": ["rice field", "harvest"],
            }
            for number in (1, 2, 3)
        ],
    }


def _changed(given: dict[str, Any], how: str, wanted: dict[str, str]) -> dict[str, Any]:
    locked = {int(each) for each in wanted.get("keep", "").split(".") if each}
    sections = [
        section
        if number in locked and "meddle" not in wanted
        else {**section, "narration": f"{how}: {section['narration']}", "visual_prompt": "changed"}
        for number, section in enumerate(given["sections"], 1)
    ]
    if "shuffle" in wanted:
        sections.reverse()
    if "more" in wanted:
        sections.insert(0, {**sections[0], "narration": "One more at the front."})
    return {**given, "sections": sections, "language": "xx"}
