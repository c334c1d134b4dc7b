"""Which subjects have news in the event log, for whoever waits for some."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from intake.storage.schema import event

# Rows of one look; what is beyond is found by the next one.
_MOST_ROWS = 1_000


def newest_seq(connection: Connection) -> int:
    """Number of the newest row; 0 in an empty log."""
    return int(connection.execute(select(func.max(event.c.seq))).scalar() or 0)


def news_after(connection: Connection, after: int) -> tuple[int, frozenset[str]]:
    """Rows behind `after`, which are all committed: numbers are given out and committed in one order.

    Returns:
        Number of the last one (`after` itself when there is none) and the subjects that they are about.
    """
    statement = select(event.c.seq, event.c.subject).where(event.c.seq > after).order_by(event.c.seq).limit(_MOST_ROWS)
    rows = connection.execute(statement).all()
    return (rows[-1].seq if rows else after), frozenset(row.subject for row in rows)
