"""Migration 0016 on a filled database: names become unique, an order set by hand in the rows stays."""

from uuid import uuid4

from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from rushes.engine.runtime import Runtime
from rushes.platform.db.migrate import alembic_config
from rushes.platform.db.models import LOCAL_OWNER

JOB = (
    "INSERT INTO jobs (id, owner_id, project_id, name, status, provider, model, outputs, settings, priority,"
    " image_count, prompt_count) VALUES (:id, :owner, :project, :name, 'processing', 'echo', 'echo-1', 1,"
    " '{}', :priority, 0, 0)"
)


async def test_projects_and_priorities_of_an_older_database_are_kept(run: Runtime):
    projects = [uuid4() for _ in range(4)]

    def back_fill_and_up(connection: Connection) -> None:
        config = alembic_config(connection)
        before = ScriptDirectory.from_config(config).get_revision("0016").down_revision
        assert isinstance(before, str)
        command.downgrade(config, before)
        for place, (project, name) in enumerate(
            zip(projects, ("Winter", "winter", "Summer", "WINTER"), strict=True)
        ):
            connection.execute(
                text(
                    "INSERT INTO projects (id, owner_id, name, created_at)"
                    " VALUES (:id, :owner, :name, now() + make_interval(secs => :place))"
                ),
                {"id": project, "owner": LOCAL_OWNER, "name": name, "place": place},
            )
        for name, priority in (("first", 5), ("usual", 0), ("last", -2)):
            given = {"id": uuid4(), "owner": LOCAL_OWNER, "project": projects[1], "name": name}
            connection.execute(text(JOB), {**given, "priority": priority})
        command.upgrade(config, "head")

    async with run.db.engine.begin() as connection:
        await connection.run_sync(back_fill_and_up)
    async with run.db.begin() as session:
        rows = await session.execute(text("SELECT id, name FROM projects ORDER BY created_at"))
        assert [tuple(row) for row in rows] == [
            (projects[0], "Winter"),
            (projects[1], f"winter ({str(projects[1])[:8]})"),
            (projects[2], "Summer"),
            (projects[3], f"WINTER ({str(projects[3])[:8]})"),
        ]
        jobs = await session.execute(
            text("SELECT name, queue_rank, project_id FROM jobs ORDER BY queue_rank")
        )
        assert [tuple(row) for row in jobs] == [
            ("first", -5, projects[1]),
            ("usual", 0, projects[1]),
            ("last", 2, projects[1]),
        ]
