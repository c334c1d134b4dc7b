"""`intake keys create`, `list`, `check`, `rotate`, `retire`: the file of master keys. Key material is never printed."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from api.output import Output
    from intake.storage.database import Database
    from intake.storage.keyring import KeyringFile

keys_app = typer.Typer(help="主密钥：生成、查看、检查、更换、删除旧的。", no_args_is_help=True, rich_markup_mode=None)

FileOption = Annotated[
    Path | None,
    typer.Option("--file", help="主密钥文件；默认按 INTAKE_KEYS，未设则在数据文件夹中。", show_default=False),
]
JsonOption = Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象。")]


@keys_app.command("create")
def create(file: FileOption = None) -> None:
    """生成新的主密钥文件，不覆盖已有文件。"""
    from intake.storage.keyring import create_keyring

    with _command() as output:
        path = _file(file)
        create_keyring(path)
        output.show(
            f"已生成主密钥文件 {path}（权限 0600）。\n"
            "请立即备份到另一处，不要与数据库的备份放在一起：没有它，已存的材料和号码都打不开。"
        )


@keys_app.command("list")
def list_keys(file: FileOption = None, as_json: JsonOption = False) -> None:
    """列出主密钥的版本、生成时间和用它加密的项数，不显示密钥。"""
    from intake.storage.keyring import load_keyring
    from intake.storage.rotation import key_use

    with _command() as output:
        ring = load_keyring(_file(file))
        with _database() as database:
            use = None if database is None else key_use(database)
        for key in ring.keys:
            active = key is ring.active
            count = None if use is None else use.get(key.version, 0)
            created = f"{key.created:%Y-%m-%dT%H:%M:%SZ}"
            if as_json:
                output.json_line({"version": key.version, "created": created, "active": active, "sealed": count})
                continue
            state = "正在使用" if active else "只用于解密"
            sealed = "还没有数据库" if count is None else f"加密 {count} 项"
            output.show(f"第 {key.version} 版，{created} 生成，{state}，{sealed}")


@keys_app.command("check")
def check(file: FileOption = None, as_json: JsonOption = False) -> None:
    """检查主密钥文件能否使用，以及能否打开数据库中已加密的内容。"""
    from intake.storage.keyring import KeyringFile

    with _command() as output:
        path = _file(file)
        source = KeyringFile(path)
        with _database() as database:
            faults = {} if database is None else _faults(source, database)
        if as_json:
            output.json_line({"file": str(path), "usable": not faults, "faults": sorted(faults)})
        elif not faults:
            versions = "、".join(str(key.version) for key in source().keys)
            output.show(f"主密钥文件 {path} 可以使用，含第 {versions} 版。")
        for code, detail in faults.items():
            output.error(code, detail)
        if faults:
            raise typer.Exit(1)


@keys_app.command("rotate")
def rotate(
    file: FileOption = None,
    renew_only: Annotated[bool, typer.Option("--renew", help="不增加主密钥，只把旧的换成当前的。")] = False,
) -> None:
    """增加一个主密钥并立即使用，再把已加密的内容换到它下面；服务不必停。中断后可用 --renew 继续。"""
    from intake.storage.keyring import KeyringFile, add_master_key
    from intake.storage.rotation import Renewed, key_use, renew_all
    from intake.storage.sealing import Sealer

    with _command() as output:
        path = _file(file)
        with _database() as database:
            if database is not None:
                # A database that cannot be asked is found out before anything changes.
                key_use(database)
            if not renew_only:
                ring = add_master_key(path)
                output.show(f"已增加第 {ring.active.version} 版主密钥，从现在起使用。请立即备份 {path}。")
            sealer = Sealer(KeyringFile(path))
            done = Renewed() if database is None else renew_all(database, sealer)
        if database is None:
            output.show(
                "没有找到数据库，因此没有更换任何已存的内容。如果服务已经在用，"
                "请带上服务的设置（INTAKE_DATA、INTAKE_DATABASE_URL）再运行 intake keys rotate --renew。"
            )
            return
        output.show(f"已有 {done.renewed} 项换到第 {sealer.active_version} 版主密钥下。")
        if done.broken:
            output.error("seal-broken", f"有 {done.broken} 项打不开，未改动；请运行 intake keys check，并查找备份。")
            raise typer.Exit(1)


@keys_app.command("retire")
def retire(
    version: Annotated[int, typer.Argument(metavar="VERSION", help="要删除的版本。", show_default=False)],
    file: FileOption = None,
) -> None:
    """删除一个不再使用的旧主密钥；还有内容用它加密时不删除。"""
    from datetime import UTC, datetime

    from intake.storage.rotation import retire_key

    with _command() as output:
        path = _file(file)
        with _database() as database:
            if database is None:
                output.error("database-missing", "没有数据库，无法确认旧主密钥不再使用；请检查 INTAKE_DATABASE_URL。")
                raise typer.Exit(1)
            retire_key(path, version, database, now=datetime.now(UTC))
        output.show(
            f"已从 {path} 删除第 {version} 版主密钥。此前的数据库备份要用此前备份的主密钥文件才能打开，请一并保留。"
        )


@contextlib.contextmanager
def _command() -> Iterator[Output]:
    """The streams; faults of storage become one line with their code, and exit code 1."""
    from api.output import quiet
    from intake.storage.errors import KeyringUnusable, StorageError
    from intake.storage.rotation import RetireRefused

    with quiet() as output:
        try:
            yield output
        except (KeyringUnusable, RetireRefused) as fault:
            output.error(fault.code, fault.detail)
            raise typer.Exit(1) from fault
        except StorageError as fault:
            output.error(fault.code, _SAID.get(fault.code, "存储不能使用，请检查数据库。"))
            raise typer.Exit(1) from fault


_SAID = {
    "database-away": "数据库连接不上或正被占用；没有完成的部分可稍后用 intake keys rotate --renew 继续。",
    "storage-full": "数据库所在的磁盘已满；请腾出空间后用 intake keys rotate --renew 继续。",
    "seal-broken": "数据库中有不是本系统加密的内容；请检查 INTAKE_DATABASE_URL，或从备份恢复。",
    "key-unknown": "密钥文件缺少数据库用到的主密钥；请从备份恢复密钥文件。",
}


def _file(chosen: Path | None) -> Path:
    from intake.service_settings import load_service_settings

    return chosen or load_service_settings().keys_file


@contextlib.contextmanager
def _database() -> Iterator[Database | None]:
    """The service's database; None before its first start. Looking at keys must not make one."""
    from sqlalchemy import inspect
    from sqlalchemy.engine import make_url

    from intake.service_settings import load_service_settings
    from intake.storage import schema
    from intake.storage.database import Database

    url = load_service_settings().database
    place = make_url(url)
    if place.get_backend_name() == "sqlite" and not Path(place.database or "").is_file():
        yield None
        return
    database = Database(url, pool_size=1)
    try:
        with database.read() as connection:
            ready = inspect(connection).has_table(schema.blob.name)
        yield database if ready else None
    finally:
        database.close()


def _faults(source: KeyringFile, database: Database) -> Mapping[str, str]:
    """What does not fit between key file and database: code and Chinese text."""
    from intake.storage.rotation import broken_places, key_use
    from intake.storage.sealing import Sealer

    faults = {}
    missing = sorted(set(key_use(database)) - {key.version for key in source().keys})
    if missing:
        versions = "、".join(str(version) for version in missing)
        faults["key-unknown"] = f"数据库用到第 {versions} 版主密钥，密钥文件中没有；请从备份恢复密钥文件。"
    broken = broken_places(database, Sealer(source))
    if broken and not missing:
        faults["seal-broken"] = f"打不开 {'、'.join(broken)} 中的内容：密钥文件不是这个数据库的，请从备份恢复。"
    return faults
