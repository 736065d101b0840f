"""Files as people have them. To add a case, put the file into `cases/` and what it should be beside it.

`NAME.expected.json` holds either `shots`, a list of `[number, image, prompt]` (and a negative prompt), or
`refused`, a list of the codes of the faults; and if it matters `warnings`, the codes that must be among the
warnings. `images` are the names of the images that a prompts file goes with; a ZIP has its own. `pair` and
`reading` are what a person chose.
"""

import asyncio
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from rushes.errors import Fault, Invalid
from rushes.intake.batch import read_batch
from rushes.intake.dry_run import dry_run
from rushes.intake.matching import Pair, Pairing
from rushes.intake.order import Choices
from rushes.intake.prompts import Reading
from rushes.settings import Settings

CASES = Path(__file__).parent / "cases"
EXPECTED = ".expected.json"
THREE = ["1.jpg", "2.jpg", "3.jpg"]
MOST_CHARS = 8000


def _cases() -> list[str]:
    return sorted(path.name for path in CASES.iterdir() if not path.name.endswith(EXPECTED))


def _told(faults: Sequence[Fault]) -> list[str]:
    return sorted({fault.code for fault in faults})


def read_case(path: Path, given: dict[str, Any], work: Path) -> dict[str, Any]:
    """What the intake makes of a file."""
    pair, reading = given.get("pair"), given.get("reading")
    choices = Choices(Pairing(pair) if pair else None, Reading(reading) if reading else None)
    limits = Settings.model_validate({})
    if path.suffix == ".zip":
        try:
            batch = asyncio.run(
                read_batch(
                    path,
                    None,
                    work,
                    limits,
                    allow_text_only=False,
                    max_prompt_chars=MOST_CHARS,
                    choices=choices,
                )
            )
        except Invalid as error:
            return {"refused": _told(error.faults)}
        shots = [[s.number, s.image_filename, s.prompt, s.negative_prompt] for s in batch.shots]
        return {"shots": _short(shots), "warnings": _told(batch.warnings)}
    names = given.get("images", THREE)
    tried = dry_run(
        names,
        (path.name, path),
        None,
        limits,
        allow_text_only=False,
        max_prompt_chars=MOST_CHARS,
        choices=choices,
    )
    if tried.faults:
        return {"refused": _told(tried.faults)}
    return {"shots": _short([_shot(pair) for pair in tried.paired.shots]), "warnings": _told(tried.warnings)}


def _shot(pair: Pair) -> list[object]:
    assert pair.prompt
    return [pair.number, pair.image, pair.prompt.text, pair.prompt.negative_prompt]


def _short(shots: list[list[Any]]) -> list[list[Any]]:
    return [shot if shot[3] is not None else shot[:3] for shot in shots]


@pytest.mark.parametrize("name", _cases())
def test_a_file_as_people_have_it_is_read_as_they_meant_it(name: str, tmp_path: Path) -> None:
    expected = json.loads((CASES / f"{name}{EXPECTED}").read_text())
    file = tmp_path / name
    shutil.copyfile(CASES / name, file)
    got = read_case(file, expected, tmp_path / "work")
    assert got.get("refused") == expected.get("refused"), got
    assert got.get("shots") == expected.get("shots")
    missing = set(expected.get("warnings", [])) - set(got.get("warnings", []))
    assert not missing, f"not told: {missing}"
