"""The `intake` command: every way in that needs no server (design.md section 4).

Exit code 0: done; 1: some input was refused, each with its reason; 2: wrong usage or setting; 130: interrupted.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import signal
import sys
import traceback

import typer

from api.commands_archive import archive_app
from api.commands_client import client_app
from api.commands_documents import compress, read, verify
from api.commands_keys import keys_app
from api.commands_photo import photo_app
from api.commands_policy import policy_app
from api.commands_queue import queue_app
from api.commands_serve import api, serve, worker
from intake.settings import SettingRefused

app = typer.Typer(
    name="intake",
    help="会计人员信息采集：整理、识别、核对证明材料。只在本机运行，不访问网络。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("read")(read)
app.command("verify")(verify)
app.command("compress")(compress)
app.add_typer(photo_app, name="photo")
app.add_typer(archive_app, name="archive")
app.add_typer(policy_app, name="policy")
app.add_typer(keys_app, name="keys")
app.command("serve")(serve)
app.command("api")(api)
app.command("worker")(worker)
app.add_typer(queue_app, name="queue")
app.add_typer(client_app, name="client")


def main() -> None:
    """Runs the command and ends the process. A fault of the program becomes one line without document content."""
    _prepare_process()
    code = 1
    try:
        app(prog_name="intake")
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except KeyboardInterrupt:
        sys.stderr.write("interrupted: 已中断。\n")
        code = 128 + signal.SIGINT
    except BrokenPipeError:
        # The reader of our answers went away (`| head`); that is its right.
        code = 1
    except SettingRefused as refused:
        sys.stderr.write(f"setting-refused: {refused}\n")
        code = 2
    except Exception as fault:
        sys.stderr.write((_installation_fault(fault) or _incident(fault)) + "\n")
    _leave(code)


def _prepare_process() -> None:
    # One thread for the numeric libraries, unless the operator says otherwise: batches use processes instead.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def _installation_fault(fault: Exception) -> str | None:
    """A missing or changed model file is no fault of a document: say which file, so that it can be put back."""
    kind = type(fault).__name__
    if kind not in ("ModelUnusable", "PhotoModelError"):
        return None
    return (
        f"models-unusable: 模型文件缺失、被改动或不能在所设的设备上运行，没有处理任何输入（{fault}）。"
        "请重新安装，或检查 INTAKE_MODELS 和 INTAKE_DEVICE。"
    )


def _incident(fault: Exception) -> str:
    """Where it happened and an id to ask for; never the exception's text, which may quote a document."""
    frames = traceback.extract_tb(fault.__traceback__)
    last = frames[-1] if frames else None
    place = f"{os.path.basename(last.filename)}:{last.lineno}" if last is not None else "?"
    identity = secrets.token_hex(4)
    return (
        f"internal-error: 程序出错，编号 {identity}（{type(fault).__name__}，{place}）。"
        "输入未被改动；请把编号告诉维护人员。"
    )


def _leave(code: int) -> None:
    """Ends the process; a closed pipe must not turn into noise at the very end."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        with contextlib.suppress(OSError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    sys.exit(code)


if __name__ == "__main__":
    main()
