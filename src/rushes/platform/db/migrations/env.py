"""Alembic's entry: runs the migrations on the connection that `rushes.platform.db.migrate` hands over."""

from alembic import context
from sqlalchemy import Connection

from rushes.platform.db import (
    copies,
    downloads,
    generations,
    inputs,
    installation,
    local_work,
    models,
    outbox,
    paying,
    people,
    presets,
    request_ids,
    sharing,
    stories,
    upscaling,
)

TABLES = (
    copies,
    downloads,
    generations,
    inputs,
    installation,
    local_work,
    models,
    outbox,
    paying,
    people,
    presets,
    request_ids,
    sharing,
    stories,
    upscaling,
)
"""Every module with tables: importing one adds them to the metadata that `alembic check` compares."""

connection: Connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=models.Base.metadata,
    include_name=lambda name, kind, _: not (kind == "table" and str(name).startswith("procrastinate_")),
)
with context.begin_transaction():
    context.run_migrations()
