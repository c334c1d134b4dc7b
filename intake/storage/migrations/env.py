"""Alembic's entry: migrations run in the transaction that `Database.migrate` opened."""

from __future__ import annotations

from alembic import context

from intake.storage.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, transactional_ddl=True)
context.run_migrations()
