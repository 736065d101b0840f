"""Seals the secrets of receivers anew when the vault's key is rotated."""

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from rushes.platform.vault import Vault


async def seal_receivers_anew(session: AsyncSession, vault: Vault) -> int:
    """Seal every secret of a receiver with the newest key. Returns how many. Raises as `Vault.open`."""
    rows = await session.execute(
        text("SELECT id, secret, previous_secret FROM receivers ORDER BY id FOR UPDATE")
    )
    count = 0
    for row in rows.all():
        sealed = [each and vault.seal(vault.open(each)) for each in (row.secret, row.previous_secret)]
        await session.execute(
            text("UPDATE receivers SET secret = :secret, previous_secret = :previous WHERE id = :id"),
            {"id": row.id, "secret": sealed[0], "previous": sealed[1]},
        )
        count += sum(map(bool, sealed))
    return count
