"""What cannot be read back is not as asked: a setting that nothing on the page confirms stops the shot."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from standins.flow import Site
from tests.providers.video.flow.conftest import open_project

from rushes.errors import ProviderChanged
from rushes.providers.catalogue import load_catalogue
from rushes.providers.video.flow.browser.guide import load_guides
from rushes.providers.video.flow.browser.pages.confirm import confirm, understood
from rushes.providers.video.flow.browser.pages.options import Option, value_of
from rushes.providers.video.flow.browser.pages.settings import Wanted
from rushes.providers.video.flow.browser.session import Session
from rushes.providers.video.flow.options import FlowOptions
from rushes.providers.video.flow.submit import order_of
from rushes.providers.video_contract import Call, ShotInput

Become = Callable[..., Site]
RADIOS = load_guides()[0].radios


def wanted(model: str, duration: int, resolution: str = "720p", takes: int = 1) -> Wanted:
    """What a shot of words asks of the page."""
    options = FlowOptions.model_validate({"duration_seconds": duration, "resolution": resolution})
    shot = ShotInput("A sea", None, None, model, tuple(range(takes)))
    return order_of(
        Call(str(uuid4()), shot, options), load_catalogue().providers["flow"].model(model), None
    ).wanted


OMNI = wanted("omni-1.1-flash", 4)
ASKED = {"aspect": "9:16", "count": "1", "resolution": "720p", "duration": "4"}
ROWS: dict[str, str | None] = {"aspect": "9:16", "count": "1", "resolution": "720p", "duration": "4"}


@pytest.mark.parametrize("row", ASKED)
@pytest.mark.parametrize("sign", ["row", "caption"])
def test_a_setting_that_shows_something_else_stops_the_shot_whatever_else_is_right(row: str, sign: str):
    other = {"aspect": "16:9", "count": "2", "resolution": "360p", "duration": "10"}[row]
    shown = {**ROWS, row: other} if sign == "row" else ROWS
    said = {**ASKED, row: other} if sign == "caption" else ASKED
    with pytest.raises(ProviderChanged) as stopped:
        confirm(ASKED, shown, said, price=7, prices=OMNI.prices, no_choice=frozenset())
    assert stopped.value.step == f"settings.{row}"


@pytest.mark.parametrize("row", ASKED)
def test_a_setting_without_any_sign_stops_the_shot_with_its_name(row: str):
    said = {each: value for each, value in ASKED.items() if each != row}
    with pytest.raises(ProviderChanged) as stopped:
        confirm(ASKED, {**ROWS, row: None}, said, price=None, prices=OMNI.prices, no_choice=frozenset())
    assert stopped.value.step == f"settings.{row}"
    confirm(ASKED, {**ROWS, row: None}, ASKED, price=None, prices={}, no_choice=frozenset())


@pytest.mark.parametrize(
    ("asked", "price", "holds"),
    [
        (wanted("omni-1.1-flash", 4), 7, True),
        (wanted("omni-1.1-flash", 4), 15, False),  # what ten seconds cost
        (wanted("omni-1.1-flash", 4, takes=2), 14, True),
        (wanted("omni-1.1-flash", 8, "360p"), 6, True),
        (wanted("veo-3.1-fast", 8), 20, False),  # it costs the same whatever its length
    ],
    ids=["its own", "another's", "of two takes", "of the small size", "of any length"],
)
def test_the_price_is_a_sign_where_only_what_was_asked_for_costs_that(asked: Wanted, price: int, holds: bool):
    rows = {"resolution": asked.resolution, "duration": None}
    values = {"resolution": str(asked.resolution), "duration": str(asked.duration)}

    def check() -> None:
        confirm(values, rows, {}, price=price, prices=asked.prices, no_choice=frozenset())

    if holds:
        check()
        return
    with pytest.raises(ProviderChanged) as stopped:
        check()
    assert stopped.value.step == "settings.duration"


def test_a_model_with_one_duration_needs_no_row_where_the_page_has_none():
    veo = wanted("veo-3.1-fast", 8)
    assert veo.fixed == {"resolution", "duration"}
    assert not OMNI.fixed
    rows: dict[str, str | None] = {"duration": None}
    confirm({"duration": "8"}, rows, {}, price=None, prices={}, no_choice=veo.fixed)


@pytest.mark.parametrize(
    ("caption", "duration"),
    [
        (" Video · 720p · 6s  · x1 ", "6"),
        ("동영상 · 720p · 6초 · x1", "6"),
        ("Video | 6 giây | x2", "6"),
        ("Vídeo · 6 s\n · \nx1", "6"),
        ("Video · Qx 6s · x1", "6"),
        ("Video · 720p · ٦ ث · x1", "6"),
        ("Video · 720p · x1", None),
        ("Video · 6s · 8s", None),
        ("6" * 100_000, None),
    ],
)
def test_the_caption_is_read_in_any_language_and_what_is_not_clear_is_no_sign(
    caption: str, duration: str | None
):
    assert understood(RADIOS, caption, ["crop_9_16"]).get("duration") == duration


@pytest.mark.parametrize(
    "text", ["4s", "4 giây", "4초", "Qx 4s", "約4秒", "مدة ٤ ث", "４秒", "Duration: 4 s"]
)
def test_a_duration_is_read_however_it_is_worded(text: str):
    assert value_of(RADIOS, "duration", Option(text=text)) == "4"


@pytest.mark.asyncio(loop_scope="session")
@pytest.mark.parametrize(
    ("special", "step"),
    [
        ({"renames": {"label:{}s": "Qx {}s"}}, None),
        ({"renames": {"label:{}s": "kurz"}}, "settings.duration"),
        ({"renames": {"label:{}s": "kurz"}, "remembered": {"duration": 4}}, None),
        ({"missing_rows": ("duration",)}, "settings.duration"),
        ({"missing_rows": ("resolution",), "remembered": {"resolution": "360p"}}, "settings.resolution"),
        ({"missing_rows": ("duration",), "remembered": {"duration": 4}, "bare_caption": True}, None),
        (
            {
                "missing_rows": ("duration",),
                "remembered": {"duration": 4},
                "bare_caption": True,
                "price_shown": False,
            },
            "settings.duration",
        ),
    ],
    ids=[
        "worded anew",
        "without a number",
        "without a number, and the price tells",
        "a row that is gone",
        "a resolution that is gone",
        "only the price tells",
        "nothing tells",
    ],
)
async def test_a_shot_of_four_seconds_is_set_to_four_seconds_or_stops(
    special: dict[str, Any], step: str | None, session: Session, site: Become
):
    here = site(**special)
    page = await open_project(session, here)
    asked = replace(OMNI, kind="frames")
    if step is None:
        await page.settings(asked)
        (account,) = [each for each in here.world.accounts.values() if page.id in each.projects]
        assert (account.prefs["duration"], account.prefs["resolution"]) == (4, "720p")
        return
    with pytest.raises(ProviderChanged) as stopped:
        await page.settings(asked)
    assert stopped.value.step == step
