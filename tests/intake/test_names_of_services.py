"""Images named by services, cameras and systems: the pairs are right, or it is asked about them."""

import random
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rushes.intake.matching import Pairing, match
from rushes.intake.prompts import Prompt

Namer = Callable[[int, random.Random], list[str]]
"""The names of so many images, in the order in which they were made."""

WORDS = ["a red fox", "3 crows", "boat 7", "2 doors open", "lighthouse", "route 66", "1984 street", "trio"]


def _moments(count: int, rng: random.Random) -> list[datetime]:
    moment = datetime(2025, rng.randint(1, 12), rng.randint(1, 28), rng.randint(0, 23), 10, 5, tzinfo=UTC)
    moments: list[datetime] = []
    for _ in range(count):
        moments.append(moment)
        moment += timedelta(seconds=rng.randint(60, 90_000))
    return moments


def _counter(template: str, first: int | None = None) -> Namer:
    def names(count: int, rng: random.Random) -> list[str]:
        start = rng.randint(1, 4000) if first is None else first
        return [template.format(n=start + i) for i in range(count)]

    return names


def _dated(template: str) -> Namer:
    def names(count: int, rng: random.Random) -> list[str]:
        return [moment.strftime(template) for moment in _moments(count, rng)]

    return names


def _worded(template: str) -> Namer:
    """A name with words of the prompt in it, which may have numbers, and an id or an index."""

    def names(count: int, rng: random.Random) -> list[str]:
        return [
            template.format(
                words=rng.choice(WORDS).replace(" ", "_"),
                dashed=rng.choice(WORDS).replace(" ", "-"),
                plain=rng.choice(WORDS),
                uuid=uuid.UUID(int=rng.getrandbits(128), version=4),
                id=rng.randint(10_000, 99_999),
                long=rng.randint(10**8, 10**9),
                token="".join(rng.choices("abcdefgh0123456789", k=14)) + "a1",
                grid=rng.randint(0, 3),
                n=i + 1,
            )
            for i in range(count)
        ]

    return names


def _copies(first: str, template: str, start: int) -> Namer:
    def names(count: int, rng: random.Random) -> list[str]:
        return [first, *(template.format(n=start + i) for i in range(count - 1))]

    return names


def _windows_copies(count: int, rng: random.Random) -> list[str]:
    return ["photo.jpg", "photo - Copy.jpg", *(f"photo - Copy ({i}).jpg" for i in range(2, count))][:count]


def _chatgpt(count: int, rng: random.Random) -> list[str]:
    return [f"ChatGPT Image {m:%b} {m.day}, {m.year}, {m:%I_%M_%S %p}.png" for m in _moments(count, rng)]


def _stable_diffusion(count: int, rng: random.Random) -> list[str]:
    return [f"{i:05d}-{rng.randint(10**6, 10**9)}.png" for i in range(count)]


def _pinterest(count: int, rng: random.Random) -> list[str]:
    return [f"{rng.getrandbits(128):032x}.jpg" for _ in range(count)]


SCHEMES: dict[str, Namer] = {
    "ChatGPT": _chatgpt,
    "Midjourney": _worded("rhea_{words}_--ar_169_--v_7_{uuid}_{grid}.png"),
    "Leonardo": _worded("Leonardo_Phoenix_10_{words}_{grid}.jpg"),
    "Freepik": _worded("freepik__{dashed}__{id}.png"),
    "Firefly": _worded("Firefly {plain} {id}.jpg"),
    "Runway": _worded("Gen-4 {plain}, {long}.png"),
    "Grok": _worded("grok-image-{uuid}.jpg"),
    "Gemini": _worded("Gemini_Generated_Image_{token}.png"),
    "nano-banana": _counter("nano-banana-2_{n}.png", 1),
    "nano-banana with words": _worded("nano-banana-2 {plain} {n}.png"),
    "Seedream": _counter("seedream_4.0_fox_{n}.jpg", 1),
    "Krea": _counter("krea-edit-{n}.png", 1),
    "Ideogram": _worded("ideogram_{token}_{n}.png"),
    "Stable Diffusion": _stable_diffusion,
    "ComfyUI": _counter("ComfyUI_{n:05d}_.png"),
    "DALL·E": _dated("DALL·E %Y-%m-%d %H.%M.%S - A red fox.webp"),
    "iPhone": _counter("IMG_{n:04d}.HEIC"),
    "DSC": _counter("DSC_{n:04d}.JPG"),
    "GoPro": _counter("GOPR{n:04d}.JPG"),
    "Pixel": _dated("PXL_%Y%m%d_%H%M%S123.jpg"),
    "Android": _dated("IMG_%Y%m%d_%H%M%S.jpg"),
    "WhatsApp on a phone": _counter("IMG-20250101-WA{n:04d}.jpg"),
    "WhatsApp on the desktop": _dated("WhatsApp Image %Y-%m-%d at %H.%M.%S.jpeg"),
    "a Mac's screenshots": _dated("Screenshot %Y-%m-%d at %H.%M.%S.png"),
    "Windows' screenshots": _counter("Screenshot ({n}).png"),
    "renamed on Windows": _counter("photo ({n}).jpg", 1),
    "copies on Windows": _windows_copies,
    "saved by a browser": _copies("unnamed.jpg", "unnamed ({n}).jpg", 1),
    "copies on a Mac": _copies("image.jpg", "image {n}.jpg", 2),
    "Canva": _counter("{n}.png", 1),
    "frames": _counter("frame_{n:04d}.png", 0),
    "frames from anywhere": _counter("frame_{n:04d}.png"),
    "Pinterest": _pinterest,
    "a year in all": _counter("2024 campaign {n}.jpg", 1),
    "a size in all": _counter("tram 16-9 1920x1080 v3 {n:02d}.png", 1),
    "shots of a scene": _counter("ep1_sc02_sh{n:03d}.png", 1),
    "folders": _counter("shot {n}/final.png", 1),
}
UNORDERED = {"Freepik", "Firefly", "Runway", "Leonardo"}
"""Names that only say which image is which to a person who sees it: at most an order, with a warning.

Leonardo's end in a place in a grid, which may by chance count the images through; then it is their number.
"""


def _prompts(count: int) -> list[Prompt]:
    return [Prompt(i, f"prompt {i}", None, i) for i in range(1, count + 1)]


@pytest.mark.parametrize("scheme", SCHEMES)
@given(count=st.integers(2, 12), seed=st.integers(0, 10**6))
def test_pairs_of_real_names_are_right_or_asked_about(scheme: str, count: int, seed: int) -> None:
    rng = random.Random(seed)
    made = SCHEMES[scheme](count, rng)
    if len(set(made)) < len(made):
        return  # the same name twice is refused before anything is matched
    report = match(rng.sample(made, len(made)), _prompts(count))
    told = {warning.code for warning in report.warnings}
    if report.faults:
        return
    if scheme in UNORDERED:
        assert told or all(_ends_in(pair.image, pair.number) for pair in report.pairs), report.pairs
        return
    paired = [(pair.number, pair.image) for pair in report.pairs if pair.prompt]
    assert paired == list(enumerate(made, start=1)), told


def _ends_in(name: str | None, number: int) -> bool:
    return name is not None and name.rpartition(".")[0].endswith(f"_{number}")


def test_most_schemes_need_no_question() -> None:
    rng = random.Random(7)
    asked = [name for name, make in SCHEMES.items() if match(make(6, rng), _prompts(6)).faults]
    assert len(asked) < len(SCHEMES) / 3, asked


def test_a_number_amid_the_words_of_a_name_is_no_number() -> None:
    report = match(["a-fox-in-2-rivers.png", "a-boat-on-1-lake.png"], _prompts(2))
    assert [w.code for w in report.warnings] == ["paired_in_order"]


def test_numbers_amid_differing_words_that_meet_only_some_prompts_are_asked_about() -> None:
    names = ["Leonardo_Phoenix_10_2_doors_open_3.jpg", "Leonardo_Phoenix_10_trio_1.jpg"]
    assert [fault.code for fault in match(names, _prompts(2)).faults] == ["names_unclear"]
    labelled = match(["a fox, shot 1.jpg", "doors, shot 3.jpg"], _prompts(2))
    assert not labelled.faults
    assert labelled.unmatched_images == ("doors, shot 3.jpg",)


@pytest.mark.parametrize("pairing", [Pairing.ORDER, Pairing.NAME, Pairing.DATE])
def test_an_order_that_was_asked_for_is_taken_whatever_the_names_say(pairing: Pairing) -> None:
    names = ["3.png", "1.png", "2.png"]
    dates = {"3.png": 2.0, "1.png": 3.0, "2.png": 1.0}
    expected = {
        Pairing.ORDER: names,
        Pairing.NAME: ["1.png", "2.png", "3.png"],
        Pairing.DATE: ["2.png", "3.png", "1.png"],
    }
    report = match(names, _prompts(3), pairing, dates)
    assert [pair.image for pair in report.pairs] == expected[pairing]
    assert report.paired_by is pairing


def test_one_prompt_for_all_images_and_one_image_for_all_prompts_are_made_when_asked_for() -> None:
    names = ["1.png", "2.png"]
    assert [p.image for p in match(names, _prompts(1), Pairing.ALL).pairs] == names
    assert [p.image for p in match(["1.png"], _prompts(2), Pairing.ALL).pairs] == ["1.png", "1.png"]
    counted = [replace(prompt, counted=True) for prompt in _prompts(2)]
    assert "one_for_all" in {w.code for w in match(names, counted[:1]).warnings}
    assert "one_for_all" in {w.code for w in match(["fox.png"], counted).warnings}
    # Prompts that the file numbers are meant for the images of these numbers.
    assert "one_for_all" not in {w.code for w in match(names, _prompts(1)).warnings}


def test_variants_of_a_shot_are_asked_about_and_become_shots_when_numbers_are_asked_for() -> None:
    names = ["shot1_a.png", "shot1_b.png", "shot2_a.png", "shot2_b.png"]
    assert [f.code for f in match(names, _prompts(2)).faults] == ["variants"]
    pairs = match(names, _prompts(2), Pairing.NUMBER).pairs
    assert [(p.number, p.image, p.prompt and p.prompt.text) for p in pairs] == [
        (1, "shot1_a.png", "prompt 1"),
        (2, "shot1_b.png", "prompt 1"),
        (3, "shot2_a.png", "prompt 2"),
        (4, "shot2_b.png", "prompt 2"),
    ]
