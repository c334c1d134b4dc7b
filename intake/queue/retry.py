"""Has dead work done again, because a person asked for it."""

from __future__ import annotations

from sqlalchemy import Connection

from intake.queue.work_list import work_line
from intake.storage.materials import set_waiting_again
from intake.storage.work import Task, retry_dead


def retry_work(connection: Connection, work_id: str) -> bool:
    """Gives dead work three more attempts; False when there is none of this id.

    An upload whose reading is tried again waits to be read, so that a filing that names it from now on waits too. What
    was judged without it stays judged: a revision gets one verdict, and the next revision a new one.
    """
    line = work_line(connection, work_id)
    if line is None or not retry_dead(connection, work_id):
        return False
    if line.task == Task.READ_MATERIAL:
        set_waiting_again(connection, line.subject)
    return True
