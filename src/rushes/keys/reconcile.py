"""Brings stored keys in line with the services of this version, at the start of a process.

A key serves every provider of its service that it fits, also one that an upgrade has added. Keys that were
entered once for each provider become one, where nothing is lost by it. Both need the secrets opened, which no
migration can: what they are sealed with is not in the database.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, groupby
from typing import Any

from sqlalchemy import Row

from rushes.engine import credentials as queries
from rushes.engine import merging
from rushes.engine.runtime import Runtime
from rushes.errors import Invalid, RushesError
from rushes.keys.services import KeyOwner, fit, key_owner
from rushes.platform.db.queue import defer, dispatch_task

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Key:
    """A stored key with its secret opened, and the providers it fits as it is stored."""

    row: Row[Any]
    secret: str
    fits: tuple[str, ...]

    @property
    def covers(self) -> frozenset[str]:
        """The providers whose business with this key is settled: they use it, or refused it."""
        return frozenset([*self.row.serves, *self.row.refused])

    @property
    def useful(self) -> bool:
        """Whether any provider that it is used for could take it."""
        return any(each in self.fits for each in self.row.serves)


async def reconcile_keys(run: Runtime) -> None:
    """Merge keys that are one, and let each serve what it fits. One that cannot be opened stays as it is."""
    async with run.db.statement() as session:
        rows = await queries.live_keys(session)
    for (_, service), group in groupby(rows, key=lambda row: (row.owner_id, row.service)):
        if len(run.providers.of_service(service)) > 1:
            owner = key_owner(run, None, service)
            keys = _opened(run, owner, list(group))
            keys = await _merged(run, owner, keys)
            for key in keys:
                await _extend(run, key, keys)


def _opened(run: Runtime, owner: KeyOwner, rows: Sequence[Row[Any]]) -> list[_Key]:
    keys: list[_Key] = []
    for row in rows:
        try:
            secret = run.vault.open(row.secret)
        except RushesError as error:  # a start does not fail of what a key alone needs
            log.warning("key %s cannot be opened: %s", row.id, error)
            continue
        keys.append(_Key(row, secret, _fitting(owner, secret, row.fields)))
    return keys


def _fitting(owner: KeyOwner, secret: str, fields: dict[str, str]) -> tuple[str, ...]:
    try:
        return tuple(each.id for each in fit(owner, secret, fields, stored=True).providers)
    except Invalid:
        return ()


async def _merged(run: Runtime, owner: KeyOwner, keys: list[_Key]) -> list[_Key]:
    """Merge what can be, two at a time; returns the keys there are then."""
    for pair in combinations(keys, 2):
        stays, goes = pair if pair[0].useful or not pair[1].useful else (pair[1], pair[0])
        change = _change(owner, stays, goes)
        if change is None:
            continue
        async with run.db.begin() as session:
            row = await merging.merge(session, stays.row, goes.row, change)
            if row is None:
                continue  # another process did it, or its owner has changed one meanwhile
            await defer(
                session, [dispatch_task(each) for each in row.serves if each in run.providers.every_id]
            )
        log.info("key %s is the same as %s: they are one now", goes.row.id, row.id)
        kept = _Key(row, stays.secret, _fitting(owner, stays.secret, row.fields))
        return await _merged(
            run, owner, [kept if each is stays else each for each in keys if each is not goes]
        )
    return keys


def _change(owner: KeyOwner, stays: _Key, goes: _Key) -> merging.Merged | None:
    """What the key that stays is then; None when they are not one, or something would be lost."""
    if stays.secret != goes.secret or stays.covers & goes.covers:
        return None
    a, b = stays.row, goes.row
    alike = all(getattr(a, each) == getattr(b, each) for each in ("state", "concurrency", "spacing_seconds"))
    if goes.useful and not alike:
        return None
    own = {name: value for name, value in b.fields.items() if goes.useful}
    if any(a.fields.get(name, value) != value for name, value in own.items()):
        return None
    fields = {**a.fields, **own}
    fits = _fitting(owner, stays.secret, fields)
    used = [*a.serves, *b.serves]
    if any(each in key.fits and each not in fits for key in (stays, goes) for each in key.row.serves):
        return None
    return merging.Merged(
        fields,
        [each for each in fits if each in used] or list(a.serves),
        {**b.refused, **a.refused},
    )


async def _extend(run: Runtime, key: _Key, keys: Sequence[_Key]) -> None:
    """Let a key serve what it fits and nobody has settled yet, with this key or one of the same secret."""
    settled = frozenset[str]().union(*(each.covers for each in keys if each.secret == key.secret))
    if new := [each for each in key.fits if each not in settled]:
        async with run.db.begin() as session:
            if await merging.extend(session, key.row, new):
                await defer(session, [dispatch_task(each) for each in new if each in run.providers.every_id])
