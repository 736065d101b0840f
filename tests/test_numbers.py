"""Numbers that people and operators give are bounded where they are given; a bad row stops no provider."""

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest
from pydantic import ValidationError
from sqlalchemy import text

from rushes.engine.runtime import Runtime
from rushes.errors import Invalid
from rushes.keys.actions import NewKey, add_key
from rushes.platform.db.models import LOCAL_OWNER
from rushes.providers.catalogue import Model, TokenPrices
from rushes.providers.registry import every_class
from rushes.settings import Settings
from tests.jobs import make_job, until_status
from tests.keyed import give_key, need_keys

FAR = ["1e20", "inf", "nan", "-inf"]


def numeric(model: type[Any]) -> list[str]:
    """The fields of settings that are a number, or may be one."""
    return [
        name
        for name, field in model.model_fields.items()
        if any(kind in str(field.annotation) for kind in ("int", "float")) and "dict" not in str(field)
    ]


@pytest.mark.parametrize("value", FAR)
@pytest.mark.parametrize("name", numeric(Settings))
def test_no_setting_takes_a_number_that_is_beyond_any_use(name: str, value: str):
    with pytest.raises(ValidationError, match=name):
        Settings.model_validate({name: value})


def test_no_setting_of_a_provider_takes_such_a_number_either():
    for cls in every_class().values():
        for name in numeric(cls.Settings):
            for value in FAR:
                with pytest.raises(ValidationError):
                    cls.Settings.model_validate({name: value})


def test_the_concurrency_of_a_provider_is_bounded():
    with pytest.raises(ValidationError):
        Settings.model_validate({"provider_concurrency": {"echo": 10**12}})


@pytest.mark.parametrize("price", ["1e20", "NaN", "Infinity", "-1"])
def test_no_price_of_a_catalogue_is_beyond_any_use(price: str):
    given = {"id": "m", "title": "M", "typical_seconds": 5, "price_per_second": {"*": price}}
    with pytest.raises(ValidationError):
        Model.model_validate(given)
    with pytest.raises(ValidationError):
        TokenPrices.model_validate({"input": price, "text": "1", "video": "1"})


@pytest.mark.parametrize(
    "field",
    [
        {"concurrency": 10**12},
        {"concurrency": 1001},
        {"spacing_seconds": 1e15},
        {"spacing_seconds": 86_401},
        {"fields": {"base_url": "x" * 5000}},
        {"fields": {str(n): "x" for n in range(100)}},
    ],
)
async def test_what_goes_with_a_key_is_bounded(client: httpx.AsyncClient, field: dict[str, Any]):
    given = {"provider": "fal", "secret": "key-of-fal-0001", "test": False, **field}
    answer = await client.post("/api/keys", json=given)
    assert answer.status_code == 422, answer.text


@pytest.mark.parametrize(
    "secret", ["gehéim-schlüssel", "two\r\nlines-01", "a blank-0001", "zero\u200bwidth1"]
)
async def test_a_key_that_no_header_can_carry_is_refused_with_the_reason(
    client: httpx.AsyncClient, secret: str
):
    given = {"provider": "fal", "secret": secret, "test": True}
    answer = await client.post("/api/keys", json=given)
    assert answer.status_code == 422
    [fault] = answer.json()["errors"]
    assert (fault["where"], fault["code"]) == ("secret", "no_key")
    assert secret not in answer.text


async def test_the_word_for_this_machines_identity_is_a_key_of_google_cloud(run: Runtime):
    new = {"provider": "veo", "secret": "ADC", "test": False, "fields": {"project": "my-project"}}
    key = await add_key(run, LOCAL_OWNER, NewKey.model_validate(new))
    assert key.providers == ["veo", "google_voice"]
    with pytest.raises(Invalid):
        await add_key(run, LOCAL_OWNER, NewKey.model_validate({**new, "provider": "fal", "fields": {}}))


async def test_rows_of_an_earlier_version_stop_no_provider(
    run: Runtime, worker: asyncio.Task[None], monkeypatch: pytest.MonkeyPatch
):
    need_keys(run, monkeypatch)
    key = await give_key(run, "alpha")
    async with run.db.begin() as session:
        await session.execute(
            text("UPDATE credentials SET concurrency = 2000000000, spacing_seconds = 1e15 WHERE id = :id"),
            {"id": key},
        )
        await session.execute(
            text(
                "INSERT INTO credentials SELECT (jsonb_populate_record(c, jsonb_build_object("
                "'id', gen_random_uuid(), 'name', 'beta', 'spacing_seconds', NULL))).* FROM credentials c"
            )
        )
    job = await make_job(run, ["one", "two"], start=False)
    await start(run, job)
    async with run.db.begin() as session:
        await session.execute(text("UPDATE videos SET price = 99999999"))
    await until_status(run, job, "completed")


async def start(run: Runtime, job: UUID) -> None:
    from rushes.jobs.start import start_job  # noqa: PLC0415

    await start_job(run, LOCAL_OWNER, job)
