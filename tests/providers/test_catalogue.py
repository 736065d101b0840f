"""The catalogue: what an operator may say without a release, and what is said of models that end."""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from rushes.engine.runtime import Providers
from rushes.errors import Invalid
from rushes.providers.catalogue import NEAR, Model, load_catalogue
from rushes.providers.modes import Mode
from rushes.providers.video_contract import ShotInput

TODAY = date(2026, 11, 21)


def written(folder: Path, text: str) -> Path:
    path = folder / "mine.toml"
    path.write_text(text)
    return path


def test_an_operator_changes_a_price_and_adds_a_model_that_becomes_the_default(tmp_path: Path):
    mine = written(
        tmp_path,
        """
        [[providers.echo.models]]
        id = "echo-1"
        price_per_second = { "*" = "0.02" }

        [[providers.echo.models]]
        id = "echo-2"
        title = "Echo 2"
        typical_seconds = 2.0
        price_per_second = { "*" = "0.05" }
        """,
    )
    entry = load_catalogue(mine).providers["echo"]
    assert [model.id for model in entry.models] == ["echo-2", "echo-1"]
    assert entry.models[1].title == "Echo"
    assert entry.models[1].price(resolution="720p", duration_seconds=4) == Decimal("0.08")
    assert load_catalogue().providers["echo"].models[0].id == "echo-1"


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("[[providers.echo.models]]\nid = 'x'", "providers.echo.models.0.title"),
        ("[[providers.nobody.models]]\nid = 'x'", "providers.nobody"),
        ("[providers.echo]\nmodel = 1", "providers.echo.models"),
        ("this is not TOML", "mine.toml"),
    ],
)
def test_what_is_wrong_in_it_is_told_with_its_place(tmp_path: Path, text: str, where: str):
    with pytest.raises(Invalid) as caught:
        load_catalogue(written(tmp_path, text))
    assert where in str([fault.where for fault in caught.value.faults])


def test_a_missing_file_is_told(tmp_path: Path):
    with pytest.raises(Invalid, match="does not hold"):
        load_catalogue(tmp_path / "nowhere.toml")


def model(ends: date | None) -> Model:
    return Model(id="m", title="M", typical_seconds=1, price_per_second={"*": Decimal(1)}, shutdown_date=ends)


def test_a_model_is_warned_of_when_its_end_is_near_and_when_it_is_past():
    assert model(None).warning(TODAY) is None
    assert model(TODAY + NEAR + timedelta(days=1)).warning(TODAY) is None
    assert "is shut down on" in (model(TODAY + NEAR).warning(TODAY) or "")
    assert "was shut down on" in (model(TODAY).warning(TODAY) or "")


def test_the_default_is_a_model_that_still_lives(tmp_path: Path):
    mine = written(tmp_path, "[[providers.echo.models]]\nid = 'echo-1'\nshutdown_date = 2026-01-01")
    entry = load_catalogue(mine).providers["echo"]
    assert entry.living_model(None, TODAY) is None
    assert entry.living_model("echo-1", date(2025, 1, 1)) is not None


def test_the_default_is_a_model_that_can_start_from_what_there_is():
    fal = load_catalogue().providers["fal"]
    found = [fal.living_model(None, TODAY, frozenset(each)) for each in ([], [Mode.IMAGE_TO_VIDEO])]
    assert [each and each.id for each in found] == [fal.models[0].id, "fal-ai/veo3.1/fast"]
    flux = fal.living_model("blackforestlabs/flux-3-max", TODAY, frozenset({Mode.IMAGE_TO_VIDEO}))
    assert flux == fal.models[0], "what was named is taken"


def test_credits_go_by_resolution_and_length_then_by_length():
    omni, quality = (load_catalogue().providers["flow"].models[each] for each in (0, -1))
    assert [omni.credits_for(*what) for what in (("360p", 4), ("720p", 4), ("4k", 10))] == [4, 7, 15]
    assert (quality.credits_for("720p", 8), model(None).credits_for("720p", 8)) == (100, 0)


async def test_a_provider_knows_a_model_that_only_the_operators_file_has(tmp_path: Path):
    mine = written(
        tmp_path,
        """
        [[providers.omni.models]]
        id = "gemini-omni-2-flash"
        title = "Gemini Omni 2 Flash"
        typical_seconds = 60.0
        price_per_second = { "720p" = "0.05" }
        durations = { "*" = [5] }
        """,
    )
    omni = Providers(load_catalogue(mine)).get("omni")
    shot = ShotInput("a lighthouse", None, None, "gemini-omni-2-flash", (1,))
    omni.check(shot, omni.Options.model_validate({"duration_seconds": 5}))
    with pytest.raises(Invalid, match="makes 5 seconds"):
        omni.check(shot, omni.Options.model_validate({"duration_seconds": 6}))
