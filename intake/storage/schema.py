"""The tables. Columns named `sealed_*` hold encrypted bytes (see `intake.storage.sealing`); no other column holds what
an applicant typed or what was read from a paper.

Times are whole milliseconds UTC, taken from the database's own clock, so that machines with wrong clocks agree.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
)

# Names of constraints are fixed, because a migration has to name what it changes.
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# `intake.storage.ids.new_id`: 40 hexadecimal characters.
_ID = String(40)
# SHA-256 in hexadecimal.
_DIGEST = String(64)
# Stored words of a closed set, and codes in kebab-case.
_WORD = String(64)

# A caller of the REST interface. Its key is never stored, only the key's hash.
client = Table(
    "client",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("key_hash", _DIGEST, nullable=False, unique=True),
    Column("scopes", Text, nullable=False),
    Column("region", String(6), nullable=False),
    Column("callback_hosts", Text, nullable=False),
    Column("sealed_secret", LargeBinary, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("revoked_ms", BigInteger),
)

# Where the bytes of an address lie and the data key that opens them, wrapped by a master key.
blob = Table(
    "blob",
    metadata,
    Column("address", _DIGEST, primary_key=True),
    Column("object_name", String(128), nullable=False, unique=True),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("key_version", Integer, nullable=False),
    Column("size_bytes", BigInteger, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
)

material = Table(
    "material",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("client_id", _ID, ForeignKey("client.id"), nullable=False),
    Column("kind", _WORD, nullable=False),
    Column("policy", _WORD, nullable=False),
    Column("sealed_name", LargeBinary, nullable=False),
    Column("sha256", _DIGEST, nullable=False, index=True),
    Column("size_bytes", BigInteger, nullable=False),
    Column("source_format", _WORD),
    Column("state", _WORD, nullable=False),
    Column("blob_address", _DIGEST, ForeignKey("blob.address"), nullable=False),
    # Addresses of the renditions, a JSON list: the first picture, the second where an upload was parted.
    Column("renditions", Text, nullable=False),
    Column("sealed_checks", LargeBinary, nullable=False),
    Column("sealed_reading", LargeBinary),
    Column("fingerprint", _DIGEST),
    Column("error", _WORD),
    Column("request_id", _WORD, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
)

submission = Table(
    "submission",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("client_id", _ID, ForeignKey("client.id"), nullable=False),
    Column("purpose", _WORD, nullable=False),
    Column("region", String(6), nullable=False),
    Column("policy", _WORD, nullable=False),
    # The revision that counts; older ones stay to be looked up.
    Column("revision", Integer, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("sealed_callback", LargeBinary),
    # Keyed hash of the ID number, to find a person's other filings without reading any.
    Column("person_index", _DIGEST, index=True),
    Column("request_id", _WORD, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
)

# One filing or refiling; its verdict is written once.
revision = Table(
    "revision",
    metadata,
    Column("submission_id", _ID, ForeignKey("submission.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("sealed_entered", LargeBinary, nullable=False),
    Column("score", Integer),
    Column("band", _WORD),
    Column("sealed_verdict", LargeBinary),
    Column("created_ms", BigInteger, nullable=False),
    Column("finished_ms", BigInteger),
    PrimaryKeyConstraint("submission_id", "number"),
)

revision_material = Table(
    "revision_material",
    metadata,
    Column("submission_id", _ID, nullable=False),
    Column("number", Integer, nullable=False),
    Column("slot", _WORD, nullable=False),
    Column("material_id", _ID, ForeignKey("material.id"), nullable=False, index=True),
    PrimaryKeyConstraint("submission_id", "number", "slot"),
    ForeignKeyConstraint(["submission_id", "number"], ["revision.submission_id", "revision.number"]),
)

# One unit of work. A row in state `ready` is the outbox: it is written with the change that it follows from.
work = Table(
    "work",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("task", _WORD, nullable=False),
    Column("subject", _ID, nullable=False),
    Column("number", Integer, nullable=False),
    Column("queue", _WORD, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("fence", Integer, nullable=False),
    Column("lease_until_ms", BigInteger),
    Column("worker", _WORD),
    Column("due_ms", BigInteger, nullable=False),
    Column("rung_ms", BigInteger),
    Column("error", _WORD),
    Column("request_id", _WORD, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("started_ms", BigInteger),
    Column("finished_ms", BigInteger),
    UniqueConstraint("task", "subject", "number"),
    Index("ix_work_state_due_ms", "state", "due_ms"),
)

# Append-only: triggers refuse UPDATE and DELETE, and every row carries a keyed digest over itself and the row before.
event = Table(
    "event",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("subject", _ID, nullable=False, index=True),
    Column("kind", _WORD, nullable=False),
    Column("data", Text, nullable=False),
    Column("previous", _DIGEST, nullable=False),
    Column("digest", _DIGEST, nullable=False),
)

# First answers to calls that carried an Idempotency-Key.
idempotency = Table(
    "idempotency",
    metadata,
    Column("client_id", _ID, nullable=False),
    Column("key", String(255), nullable=False),
    Column("request_digest", _DIGEST, nullable=False),
    Column("status", Integer, nullable=False),
    Column("sealed_body", LargeBinary, nullable=False),
    Column("created_ms", BigInteger, nullable=False, index=True),
    PrimaryKeyConstraint("client_id", "key"),
)

delivery = Table(
    "delivery",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("submission_id", _ID, ForeignKey("submission.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("event", _WORD, nullable=False),
    # Rises with each event of a submission, for receivers that get them out of order.
    Column("sequence", Integer, nullable=False),
    Column("client_id", _ID, ForeignKey("client.id"), nullable=False),
    Column("sealed_url", LargeBinary, nullable=False),
    Column("sealed_body", LargeBinary, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("next_ms", BigInteger, nullable=False),
    Column("last_status", Integer),
    Column("last_error", _WORD),
    Column("created_ms", BigInteger, nullable=False),
    Column("delivered_ms", BigInteger),
    UniqueConstraint("submission_id", "number", "event"),
)
