"""A batch: all that was handed in is checked, all faults are told at once, nothing is left behind."""

import asyncio
import errno
import threading
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from tests.waiting import PATIENCE_SECONDS

from rushes.errors import ErrorType, Fault, Invalid, SystemFault, TooLarge
from rushes.intake import batch as batch_module
from rushes.intake.batch import Batch, read_batch
from rushes.intake.images import NormalisedImage, normalise_image
from rushes.intake.order import Images
from rushes.settings import Settings

PROMPTS = "prompt_1: a fox\nprompt_2: a crow\n"


@pytest.fixture
def given_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "given"
    folder.mkdir()
    return folder


def _image(folder: Path, name: str, size: tuple[int, int] = (32, 24)) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size, (90, len(name), 30)).save(path, "PNG")
    return path


def _file(folder: Path, text: str, name: str = "prompts.txt") -> tuple[str, Path]:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return name, path


def _zipped(folder: Path) -> Path:
    archive = folder.parent / "images.zip"
    with zipfile.ZipFile(archive, "w") as bundle:
        for path in sorted(folder.rglob("*")):
            bundle.write(path, path.relative_to(folder.parent))
    return archive


async def _read(
    given_dir: Path,
    images: Images | None,
    prompts: tuple[str, Path] | None = None,
    *,
    text_only: bool = False,
    most: int = 2000,
    **limits: int,
) -> Batch:
    return await read_batch(
        images,
        prompts,
        given_dir.parent / "work",
        Settings.model_validate(limits),
        allow_text_only=text_only,
        max_prompt_chars=most,
    )


async def _faults(
    given_dir: Path,
    images: Images | None,
    prompts: tuple[str, Path] | None = None,
    *,
    text_only: bool = False,
    most: int = 2000,
    **limits: int,
) -> list[Fault]:
    """The faults of a batch that is refused; not even the work folder may be left."""
    with pytest.raises(Invalid) as caught:
        await _read(given_dir, images, prompts, text_only=text_only, most=most, **limits)
    assert not (given_dir.parent / "work").exists()
    assert all(fault.where and fault.message for fault in caught.value.faults)
    return list(caught.value.faults)


def _codes(faults: list[Fault] | tuple[Fault, ...]) -> list[tuple[str, str]]:
    return [(fault.where, fault.code) for fault in faults]


def _told(batch: Batch) -> list[tuple[int, str, str | None]]:
    return [(shot.number, shot.prompt, shot.image_filename) for shot in batch.shots]


EXPECTED = [(1, "a fox", "1.png"), (2, "a crow", "image_2.png")]


@pytest.mark.parametrize("form", ["folder", "zip", "files"])
async def test_a_folder_a_zip_and_files_give_the_same_shots(form: str, given_dir: Path) -> None:
    paths = [_image(given_dir, name) for name in ("image_2.png", "1.png")]
    prompts = _file(given_dir.parent, PROMPTS)
    images: dict[str, Images] = {
        "folder": given_dir,
        "zip": _zipped(given_dir),
        "files": [(path.name, path) for path in paths],
    }
    batch = await _read(given_dir, images[form], prompts)
    assert _told(batch) == EXPECTED
    assert (batch.image_count, batch.prompt_count, batch.warnings) == (2, 2, ())
    copies = [shot.image.path for shot in batch.shots if shot.image]
    assert sorted(p for p in (given_dir.parent / "work").rglob("*") if p.is_file()) == sorted(copies)
    assert all(path.exists() for path in paths)


@pytest.mark.parametrize("form", ["folder", "zip"])
async def test_a_prompts_file_among_the_images_is_used(form: str, given_dir: Path) -> None:
    _image(given_dir, "1.png")
    _image(given_dir, "image_2.png")
    _file(given_dir, "number,prompt,negative_prompt\n1,a fox,blur\n2,a crow,\n", "list.csv")
    batch = await _read(given_dir, given_dir if form == "folder" else _zipped(given_dir))
    assert _told(batch) == EXPECTED
    assert [shot.negative_prompt for shot in batch.shots] == ["blur", None]


async def test_one_image_and_one_prompt_are_a_batch(given_dir: Path) -> None:
    path = _image(given_dir, "fox.png")
    batch = await _read(given_dir, path, _file(given_dir, "a fox in snow"))
    assert _told(batch) == [(1, "a fox in snow", "fox.png")]
    assert {w.code for w in batch.warnings} == {"numbered_in_order", "paired_in_order"}


async def test_a_prompts_file_that_was_given_is_preferred_and_the_other_named(given_dir: Path) -> None:
    _image(given_dir, "1.png")
    chosen = _file(given_dir, "prompt_1: chosen", "mine.txt")
    _file(given_dir, "prompt_1: other", "other.txt")
    batch = await _read(given_dir, given_dir, chosen)
    assert _told(batch) == [(1, "chosen", "1.png")]
    assert _codes(batch.warnings) == [("other.txt", "not_used")]


async def test_junk_and_hidden_files_of_a_folder_are_passed_over(given_dir: Path) -> None:
    _image(given_dir, "1.png")
    for name in (".DS_Store", "Thumbs.db", "._1.png"):
        (given_dir / name).write_bytes(b"x")
    (given_dir / ".git").mkdir()
    _image(given_dir, ".git/2.png")
    batch = await _read(given_dir, given_dir, _file(given_dir, "prompt_1: a"))
    assert (batch.image_count, batch.warnings) == (1, ())


async def test_a_link_that_leads_to_nothing_is_told_by_its_name(given_dir: Path) -> None:
    _image(given_dir, "1.png")
    (given_dir / "2.png").symlink_to(given_dir / "gone" / "2.png")
    (given_dir / ".#lock").symlink_to("somebody@somewhere.1")
    faults = await _faults(given_dir, given_dir, _file(given_dir.parent, PROMPTS))
    assert _codes(faults) == [("2.png", "broken_link")]


async def test_a_prompt_without_an_image_is_left_out_and_told_how_to_run_it(given_dir: Path) -> None:
    _image(given_dir, "1.png")
    batch = await _read(given_dir, given_dir, _file(given_dir, PROMPTS))
    assert _told(batch) == [(1, "a fox", "1.png")]
    assert [prompt.number for prompt in batch.report.unmatched_prompts] == [2]
    (warning,) = batch.warnings
    assert (warning.where, warning.code) == ("prompts.txt:2", "unmatched_prompt")
    assert "--allow-text-only" in warning.message
    assert "allow_text_only" in warning.message


async def test_a_prompt_without_an_image_runs_from_text_when_that_is_allowed(given_dir: Path) -> None:
    _image(given_dir, "2.png")
    batch = await _read(given_dir, given_dir, _file(given_dir, PROMPTS), text_only=True)
    assert _told(batch) == [(1, "a fox", None), (2, "a crow", "2.png")]
    assert batch.report.unmatched_prompts == ()
    assert batch.warnings == ()


async def test_prompts_alone_are_a_batch_when_text_alone_is_allowed(given_dir: Path) -> None:
    batch = await _read(given_dir, None, _file(given_dir, PROMPTS), text_only=True)
    assert _told(batch) == [(1, "a fox", None), (2, "a crow", None)]
    assert list((given_dir.parent / "work").iterdir()) == []


async def test_prompts_alone_say_what_is_missing_otherwise(given_dir: Path) -> None:
    (fault,) = await _faults(given_dir, None, _file(given_dir, PROMPTS))
    assert fault.code == "no_shots"
    assert "--allow-text-only" in fault.message


async def test_an_image_without_a_prompt_is_a_warning_and_leaves_no_copy(given_dir: Path) -> None:
    _image(given_dir, "1.png")
    _image(given_dir, "2.png")
    batch = await _read(given_dir, given_dir, _file(given_dir, "prompt_1: a"))
    assert batch.report.unmatched_images == ("2.png",)
    assert _codes(batch.warnings) == [("2.png", "unmatched_image")]
    assert len(list((given_dir.parent / "work").rglob("*.jpg"))) == 1


async def test_no_pair_at_all_says_which_numbers_there_are(given_dir: Path) -> None:
    _image(given_dir, "7.png")
    (fault,) = await _faults(given_dir, given_dir, _file(given_dir, PROMPTS))
    assert fault.code == "no_shots"
    assert "7" in fault.message
    assert "1, 2" in fault.message


async def test_the_faults_of_all_stages_are_told_at_once(given_dir: Path) -> None:
    _image(given_dir, "1.png")
    _image(given_dir, "image_1.png")
    (given_dir / "2.png").write_text("not an image")
    whole = _image(given_dir, "3.png", (200, 200)).read_bytes()
    (given_dir / "3.png").write_bytes(whole[: len(whole) // 2])
    (given_dir / "more.zip").write_bytes(b"PK")
    prompts = _file(given_dir, "prompt_1: a\nprompt_2: " + "b" * 50 + "\nprompt_3: c")
    assert sorted(_codes(await _faults(given_dir, given_dir, prompts, most=49))) == [
        ("1.png", "duplicate_image"),
        ("2.png", "not_an_image"),
        ("3.png", "damaged_image"),
        ("more.zip", "nested_archive"),
        ("prompts.txt:2", "prompt_too_long"),
    ]


async def test_a_bad_zip_and_bad_prompts_are_told_together(given_dir: Path) -> None:
    archive = given_dir / "images.zip"
    archive.write_bytes(b"not a zip")
    prompts = _file(given_dir, "prompt_1:\nprompt_2: b\nprompt_2: c")
    assert _codes(await _faults(given_dir, archive, prompts)) == [
        ("images.zip", "not_an_archive"),
        ("prompts.txt:1", "empty_prompt"),
        ("prompts.txt:3", "duplicate_number"),
    ]


async def test_a_prompt_over_the_length_is_told_with_line_length_and_limit(given_dir: Path) -> None:
    _image(given_dir, "1.png")
    (fault,) = await _faults(given_dir, given_dir, _file(given_dir, "prompt_1: " + "b" * 1500), most=1499)
    assert (fault.where, fault.code) == ("prompts.txt:1", "prompt_too_long")
    assert "1,500" in fault.message
    assert "1,499" in fault.message


async def test_more_shots_than_the_limit_are_refused(given_dir: Path) -> None:
    prompts = _file(given_dir, "".join(f"prompt_{n}: a\n" for n in range(1, 5)))
    faults = await _faults(given_dir, None, prompts, text_only=True, max_shots=3)
    assert _codes(faults) == [("shots", "too_many_shots")]
    batch = await _read(given_dir, None, prompts, text_only=True, max_shots=4)
    assert len(batch.shots) == 4


async def test_more_images_than_shots_are_refused(given_dir: Path) -> None:
    for n in range(1, 4):
        _image(given_dir, f"{n}.png")
    prompts = _file(given_dir.parent, "prompt_1: a")
    assert _codes(await _faults(given_dir, given_dir, prompts, max_shots=2)) == [
        ("images", "too_many_images")
    ]


async def test_a_folder_of_too_many_files_is_refused(given_dir: Path) -> None:
    for n in range(1, 5):
        _image(given_dir, f"{n}.png")
    prompts = _file(given_dir.parent, "prompt_1: a")
    faults = await _faults(given_dir, given_dir, prompts, max_archive_entries=3)
    assert _codes(faults) == [(str(given_dir), "too_many_entries")]


async def test_two_uploads_with_one_name_are_refused(given_dir: Path) -> None:
    one, two = _image(given_dir, "a/1.png"), _image(given_dir, "b/1.png")
    faults = await _faults(given_dir, [("1.png", one), ("1.png", two)], _file(given_dir, "prompt_1: a"))
    assert _codes(faults) == [("1.png", "duplicate_name"), ("1.png", "duplicate_image")]


async def test_no_prompts_file_and_two_prompts_files_are_told(given_dir: Path) -> None:
    _image(given_dir, "1.png")
    assert _codes(await _faults(given_dir, given_dir)) == [("prompts", "no_prompts")]
    _file(given_dir, PROMPTS, "a.txt")
    _file(given_dir, PROMPTS, "b.txt")
    (fault,) = await _faults(given_dir, given_dir)
    assert "a.txt" in fault.message
    assert "b.txt" in fault.message


async def test_paths_that_are_not_there_are_told(given_dir: Path) -> None:
    faults = await _faults(given_dir, given_dir / "none", ("p.txt", given_dir / "p.txt"))
    assert _codes(faults) == [(str(given_dir / "none"), "not_found"), ("p.txt", "not_found")]


async def test_a_prompts_file_over_the_limit_is_not_read(given_dir: Path) -> None:
    _image(given_dir, "1.png")
    faults = await _faults(given_dir, given_dir, _file(given_dir, PROMPTS), max_prompts_bytes=10)
    assert _codes(faults) == [("prompts.txt", "too_large")]


async def test_a_zip_over_the_limit_is_too_large_and_leaves_nothing(given_dir: Path) -> None:
    _image(given_dir, "1.png")
    with pytest.raises(TooLarge):
        await _read(given_dir, _zipped(given_dir), _file(given_dir, PROMPTS), max_upload_bytes=50)
    assert not (given_dir.parent / "work").exists()


async def test_what_was_in_the_work_folder_stays_when_a_batch_is_refused(given_dir: Path) -> None:
    work = given_dir.parent / "work"
    work.mkdir()
    (work / "other").write_text("of another job")
    with pytest.raises(Invalid):
        await _read(given_dir, None, _file(given_dir, ""))
    assert [path.name for path in work.iterdir()] == ["other"]


async def test_a_full_disk_is_a_fault_of_the_system_and_leaves_nothing(
    given_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, name: str, into: Path, limits: Settings) -> NormalisedImage:
        normalise_image(source, name, into, limits)
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(batch_module, "normalise_image", full)
    _image(given_dir, "1.png")
    with pytest.raises(SystemFault) as caught:
        await _read(given_dir, given_dir, _file(given_dir, PROMPTS))
    assert caught.value.error_type is ErrorType.DISK_FULL
    assert not (given_dir.parent / "work").exists()


async def test_a_cancelled_reading_stops_between_images_and_leaves_nothing(
    given_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()
    names: list[str] = []

    def slow(source: Path, name: str, into: Path, limits: Settings) -> NormalisedImage:
        names.append(name)
        begun.set()
        go_on.wait()
        return normalise_image(source, name, into, limits)

    monkeypatch.setattr(batch_module, "normalise_image", slow)
    for n in range(1, 9):
        _image(given_dir, f"{n}.png")
    prompts = _file(given_dir, "".join(f"prompt_{n}: a\n" for n in range(1, 9)))
    reading = asyncio.create_task(_read(given_dir, given_dir, prompts))
    await asyncio.to_thread(begun.wait)
    reading.cancel()
    await asyncio.sleep(0)  # lets the cancellation arrive, which sets the stop
    go_on.set()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert len(names) <= 2
    assert not (given_dir.parent / "work").exists()


async def test_the_loop_goes_on_while_images_are_decoded_two_at_a_time(
    given_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, running, most = threading.Lock(), 0, 0
    together = threading.Barrier(2, timeout=PATIENCE_SECONDS)

    def counted(source: Path, name: str, into: Path, limits: Settings) -> NormalisedImage:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        together.wait()
        image = normalise_image(source, name, into, limits)
        with lock:
            running -= 1
        return image

    monkeypatch.setattr(batch_module, "normalise_image", counted)
    for n in range(1, 7):
        _image(given_dir, f"{n}.png")
    prompts = _file(given_dir, "".join(f"prompt_{n}: a\n" for n in range(1, 7)))
    turns = 0
    reading = asyncio.create_task(_read(given_dir, given_dir, prompts))
    while not reading.done():
        await asyncio.sleep(0.001)
        turns += 1
    assert len((await reading).shots) == 6
    assert most == 2
    assert turns > 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(of_images=st.sets(st.integers(1, 12)), of_prompts=st.sets(st.integers(1, 12), min_size=1))
def test_shots_are_exactly_the_numbers_that_have_both(
    of_images: set[int], of_prompts: set[int], given_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("images")
    for n in of_images:
        _image(folder, f"shot-{n:03d}.png", (16, 16))
    prompts = _file(given_dir, "".join(f"{n}. prompt {n}\n" for n in sorted(of_prompts)))
    try:
        told = _told(asyncio.run(_read(given_dir, folder, prompts)))
    except Invalid as error:
        told = []
        codes = [fault.code for fault in error.faults]
    else:
        codes = []
    both = sorted(of_images & of_prompts)
    if both or len(of_images) != len(of_prompts):
        assert told == [(n, f"prompt {n}", f"shot-{n:03d}.png") for n in both]
        assert codes == ([] if both else ["no_shots"])
    elif len(of_images) > 1 and _count_up(of_images) and _count_up(of_prompts):
        both_ways = zip(sorted(of_images), sorted(of_prompts), strict=True)
        assert told == [(n, f"prompt {n}", f"shot-{image:03d}.png") for image, n in both_ways]
    else:
        assert (told, codes) == ([], ["no_number_meets"])


def _count_up(numbers: set[int]) -> bool:
    return max(numbers) - min(numbers) == len(numbers) - 1
