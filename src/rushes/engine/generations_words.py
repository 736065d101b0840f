"""Finds when the words of speech are heard, where the voice does not say: by alignment, else by estimate.

It is done once, when speech that is on disk already is taken in: a crash meanwhile costs another alignment,
and no other call.
"""

import importlib
import logging
from pathlib import Path
from typing import Any

from rushes.engine.generations_calls import SPEECH_FILE
from rushes.engine.generations_rows import GenerationCall
from rushes.errors import RushesError
from rushes.platform.db.faults import in_a_line
from rushes.providers.kinds import Kind

log = logging.getLogger(__name__)


async def with_words(call: GenerationCall, result: dict[str, Any], folder: Path) -> dict[str, Any]:
    """Return what came of a call with the times of its words, its file being in `folder`.

    As it is for anything but speech, for speech that has them, and where they cannot be found.
    """
    if call.kind is not Kind.VOICE or result.get("words") or call.params is None:
        return result
    said, language = str(call.params.get("text", "")), str(call.params.get("language", "en"))
    # Loaded for the first speech without times: it brings the programs that align.
    align = importlib.import_module("rushes.platform.media.speech.align")
    try:
        words, times = await align.align_words(folder / SPEECH_FILE, said, language)
    except (RushesError, ValueError) as error:
        log.warning("the words of call %s are not timed: %s", call.id, in_a_line(error))
        return result
    found = [{"text": each.text, "start": each.start, "end": each.end} for each in words]
    return {**result, "words": found, "times": str(times)}
