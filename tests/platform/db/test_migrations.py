"""The migrations make exactly the tables that the models say, and refuse what they do not know."""

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from pydantic import SecretStr
from sqlalchemy import Connection, text

from rushes.engine.runtime import Runtime, open_runtime
from rushes.errors import SystemFault
from rushes.platform.db import copies, downloads, inputs, models, upscaling
from rushes.platform.db.engine import open_database
from rushes.platform.db.migrate import MIGRATIONS, alembic_config, migrate
from rushes.platform.db.models import LOCAL_OWNER
from rushes.platform.db.schema import newest
from rushes.settings import Settings

Base = models.Base
TABLES = (copies, downloads, inputs, upscaling)
"""Modules that bring tables of their own."""


@pytest.mark.filterwarnings("ignore:Did not recognize type 'xid8'")
async def test_the_migrations_make_the_models(run: Runtime):
    def ours(name: str | None, kind: str, _parents: object) -> bool:
        return not (kind == "table" and str(name).startswith("procrastinate_"))

    def differences(connection: Connection) -> list[object]:
        context = MigrationContext.configure(
            connection,
            opts={"include_name": ours},
        )
        return [
            each for each in compare_metadata(context, Base.metadata) if "alembic_version" not in str(each)
        ]

    async with run.db.engine.connect() as connection:
        assert await connection.run_sync(differences) == []


async def test_every_table_has_an_owner_from_the_first_migration_on():
    assert all(
        module.__name__ in {each.class_.__module__ for each in Base.registry.mappers} for module in TABLES
    )
    for table in Base.metadata.sorted_tables:
        assert table.name == "users" or "owner_id" in table.columns, table.name


async def test_the_local_owner_is_there(run: Runtime):
    async with run.db.begin() as session:
        assert list((await session.execute(text("SELECT id FROM users"))).scalars()) == [LOCAL_OWNER]


async def test_every_migration_can_be_taken_back_and_made_again(run: Runtime):
    def down_and_up(connection: Connection) -> None:
        command.downgrade(alembic_config(connection), "base")
        left = connection.execute(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"))
        assert left.scalar_one() == 1, "Alembic's own"
        command.upgrade(alembic_config(connection), "head")

    async with run.db.engine.begin() as connection:
        await connection.run_sync(down_and_up)


async def test_migrating_again_changes_nothing(run: Runtime):
    await migrate(run.db)
    async with run.db.begin() as session:
        assert (await session.execute(text("SELECT count(*) FROM users"))).scalar_one() == 1


async def test_a_database_of_a_newer_version_is_refused_and_left_alone(run: Runtime):
    async with run.db.begin() as session:
        await session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SystemFault, match="newer Rushes"):
        await migrate(run.db)
    async with run.db.begin() as session:
        assert (await session.execute(text("SELECT version_num FROM alembic_version"))).scalar_one() == "9999"


async def test_a_database_that_does_not_answer_is_a_fault_that_hides_the_password(settings: Settings):
    nowhere = settings.model_copy(
        update={"database_url": SecretStr("postgresql://me:secret-word@127.0.0.1:1/nowhere")}
    )
    with pytest.raises(SystemFault) as caught:
        await open_database(nowhere)
    assert "127.0.0.1" in caught.value.message
    assert "secret-word" not in caught.value.message


def test_the_newest_revision_is_known_without_alembic():
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    assert newest() == ScriptDirectory.from_config(config).get_current_head()


async def test_an_old_database_is_brought_up_to_date_at_the_start(run: Runtime, settings: Settings):
    async with run.db.begin() as session:
        await session.execute(text("DROP SCHEMA public CASCADE"))
        await session.execute(text("CREATE SCHEMA public"))
    async with open_runtime(settings) as again, again.db.begin() as session:
        assert (await session.execute(text("SELECT count(*) FROM users"))).scalar_one() == 1
