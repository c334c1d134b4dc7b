"""What the service's processes share: records, blobs, keys, and the bell that wakes workers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from intake.storage import event_log
from intake.storage.blobs import BlobStore
from intake.storage.database import Database
from intake.storage.sealing import Sealer
from intake.storage.work import Due

if TYPE_CHECKING:
    # The pipeline behind it takes half a second, and the interface has no use for it.
    from intake.toolbox import Toolbox

# A page takes about two seconds here and a hundred at worst on a slow machine; behind this time something hangs.
STAGE_DEADLINE_S = 120.0


@dataclass(frozen=True, slots=True)
class Service:
    """The parts of one installation, as one process holds them.

    Attributes:
        database: The records, which are the truth.
        blobs: Uploads and renditions, sealed.
        sealer: Seals columns and makes look-up hashes.
        audit_key: Key of the event log's chain.
        ring: Tells the workers to look; never raises, and may well be unheard.
    """

    database: Database
    blobs: BlobStore
    sealer: Sealer
    audit_key: bytes
    ring: Callable[[Sequence[Due]], None]

    def note(self, connection: Connection, subject: str, kind: str, data: Mapping[str, Any]) -> None:
        """Appends an event to the log; see `intake.storage.event_log.append`."""
        event_log.append(connection, key=self.audit_key, subject=subject, kind=kind, data=data)


@dataclass(frozen=True, slots=True)
class WorkerParts:
    """What a worker needs besides.

    Attributes:
        tools: The pipeline's parts for the policy of this name, on today's date.
        stage_deadline_s: How long one unit of work may take before its process ends itself.
        webhook_private: Whether webhooks may go to private addresses, as in an office's own network.
    """

    tools: Callable[[str], Toolbox]
    stage_deadline_s: float = STAGE_DEADLINE_S
    webhook_private: bool = False
