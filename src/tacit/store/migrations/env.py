"""Alembic runs this to migrate: over the connection, and in the transaction, that `store.schema` hands in."""

from alembic import context

from tacit.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,  # also in SQLite, where we send BEGIN ourselves
)
with context.begin_transaction():
    context.run_migrations()
