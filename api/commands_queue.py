"""`intake queue list`, `show`, `retry`: what waits, what failed for good, and how it gets another chance."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from api.output import Output
    from intake.queue.work_list import WorkLine
    from intake.storage.database import Database

queue_app = typer.Typer(
    help="队列：查看等待和失败的工作，重做失败的工作。", no_args_is_help=True, rich_markup_mode=None
)

JsonOption = Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象。")]
WorkArgument = Annotated[str, typer.Argument(metavar="WORK", help="工作的编号（40 位）。", show_default=False)]
WorksArgument = Annotated[list[str] | None, typer.Argument(metavar="[WORK…]", help="工作的编号。", show_default=False)]
# A screenful or two; `--limit` shows more.
_LIMIT = 50

_QUEUES = {"live": "即时", "batch": "批量", "deliver": "通知"}
_STATES = {
    "ready": "等待",
    "running": "进行中",
    "done": "完成",
    "dead": "失败",
    "superseded": "已被新的一次代替",
}
_TASKS = {"read_material": "识别材料", "judge_submission": "核对申报", "deliver_webhook": "发送通知"}


@queue_app.command("list")
def list_work(
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="最多列出多少项失败的工作。")] = _LIMIT,
    as_json: JsonOption = False,
) -> None:
    """各队列有多少工作，以及失败的工作和原因。"""
    from intake.queue.work_list import work_in_state
    from intake.storage.work import WorkState, queue_figures

    with _records() as (output, database):
        with database.read() as connection:
            figures = queue_figures(connection)
            dead = work_in_state(connection, WorkState.DEAD, limit=limit)
        for figure in figures:
            oldest_s = round(figure.oldest_ms / 1000, 1)
            if as_json:
                said = {"queue": figure.queue.value, "state": figure.state.value, "count": figure.count}
                output.json_line({**said, "oldest_s": oldest_s})
            else:
                place = f"{_QUEUES[figure.queue.value]}队列，{_STATES[figure.state.value]}"
                output.show(f"{place}：{figure.count} 项，最早的已有 {oldest_s} 秒")
        if not figures and not as_json:
            output.show("队列是空的。")
        for line in dead:
            _show(output, line, as_json=as_json)


@queue_app.command("show")
def show(work: WorkArgument, as_json: JsonOption = False) -> None:
    """一项工作的状态、次数、错误代码和请求编号。"""
    from intake.queue.work_list import work_line

    with _records() as (output, database):
        with database.read() as connection:
            line = work_line(connection, work)
        if line is None:
            _refuse_unknown(output, work)
        else:
            _show(output, line, as_json=as_json)


@queue_app.command("retry")
def retry(
    work: Annotated[
        list[str] | None, typer.Argument(metavar="[WORK…]", help="工作的编号。", show_default=False)
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="重做所有失败的工作。")] = False,
) -> None:
    """让失败的工作重新开始，次数从头计；几秒内开始。"""
    from intake.queue.retry import retry_work
    from intake.queue.work_list import work_in_state
    from intake.storage.work import WorkState

    if bool(work) == every:
        raise typer.BadParameter("请写工作的编号，或用 --all，二者选一。")
    with _records() as (output, database):
        with database.write() as connection:
            chosen = work or [line.work_id for line in work_in_state(connection, WorkState.DEAD, limit=10_000)]
            missed = [one for one in chosen if not retry_work(connection, one)]
        for one in missed:
            output.error("work-not-dead", f"“{one[:_SHOWN]}”不是失败的工作，没有改动；可用 intake queue list 查看。")
        output.show(
            f"已重新安排 {len(chosen) - len(missed)} 项。材料读完后，此前缺着它评分的申报不会自动重评；"
            "请业务系统把原内容再提交一次（PUT /submissions/{编号}）。"
        )
        if missed:
            raise typer.Exit(1)


# An id has 40 characters; what was typed instead is shown no longer than that.
_SHOWN = 40


def _show(output: Output, line: WorkLine, *, as_json: bool) -> None:
    if as_json:
        output.json_line(_json(line))
        return
    error = "" if line.error is None else f"，原因 {line.error}"
    output.show(
        f"{line.work_id} {_TASKS[line.task]}，{_STATES[line.state]}，已做 {line.attempts} 次{error}，"
        f"请求 {line.request_id}，{line.due:%Y-%m-%d %H:%M:%S} UTC"
    )


def _json(line: WorkLine) -> dict[str, Any]:
    times = {"due": line.due.isoformat(), "finished": None if line.finished is None else line.finished.isoformat()}
    return asdict(line) | times


def _refuse_unknown(output: Output, work: str) -> None:
    output.error("work-unknown", f"没有编号为“{work[:_SHOWN]}”的工作；可用 intake queue list 查看。")
    raise typer.Exit(1)


@contextlib.contextmanager
def _records() -> Iterator[tuple[Output, Database]]:
    """The streams and the service's database, which must be there."""
    from sqlalchemy import inspect

    from api.output import quiet
    from intake.service_settings import load_service_settings
    from intake.storage import schema
    from intake.storage.database import Database
    from intake.storage.errors import StorageError

    settings = load_service_settings()
    with quiet() as output:
        if not settings.database_url and not (settings.data / "intake.sqlite3").is_file():
            output.error("database-missing", "还没有数据库；请先运行 intake serve，或检查 INTAKE_DATA。")
            raise typer.Exit(1)
        database = Database(settings.database, pool_size=1)
        try:
            with database.read() as connection:
                ready = inspect(connection).has_table(schema.work.name)
            if not ready:
                output.error("database-missing", "数据库中还没有表；请先运行 intake serve。")
                raise typer.Exit(1)
            yield output, database
        except StorageError as fault:
            output.error(fault.code, "数据库连接不上或正被占用；请检查 INTAKE_DATABASE_URL，稍后再试。")
            raise typer.Exit(1) from fault
        finally:
            database.close()
