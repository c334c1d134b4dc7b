"""`intake client`: who may call the service. Keys are shown once, when they are made."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from api.output import Output
    from intake.storage.clients import Client, NewClient, Scope
    from intake.storage.database import Database
    from intake.storage.sealing import Sealer

client_app = typer.Typer(help="接口客户端：增加、修改、查看、停用。", no_args_is_help=True, rich_markup_mode=None)

JsonOption = Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象。")]
# Names are for the office's own list.
_MAX_NAME = 100
_REGION = r"[0-9]{6}"
# What a front end needs; the other scopes are given on purpose.
_USUAL = ("materials", "submissions", "pictures", "deliveries")


@client_app.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="名称，如“采集前台”。", show_default=False)],
    region: Annotated[str, typer.Option("--region", help="六位行政区划代码；可为该地区及其下级申报。")] = "530000",
    scopes: Annotated[
        str,
        typer.Option("--scopes", help="权限，用逗号分隔：materials、submissions、pictures、deliveries、operations。"),
    ] = ",".join(_USUAL),
    callback_host: Annotated[
        list[str] | None,
        typer.Option("--callback-host", help="允许回调的“主机”或“主机:端口”；可写多次。", show_default=False),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """增加一个客户端，显示它的密钥和回调密钥（只显示这一次）。"""
    from intake.storage.clients import add_client

    with _command() as output, _store() as (database, sealer):
        wanted = _scopes(scopes, output)
        hosts = _hosts(callback_host or [], output)
        _check_plain(name, region, output)
        with database.write() as connection:
            made = add_client(connection, sealer, name=name, scopes=wanted, region=region, callback_hosts=hosts)
        _show_new(output, made, as_json=as_json)


@client_app.command("change")
def change(
    client_id: Annotated[str, typer.Argument(metavar="ID", help="客户端编号。", show_default=False)],
    scopes: Annotated[
        str | None, typer.Option("--scopes", help="改成这些权限，用逗号分隔。", show_default=False)
    ] = None,
    callback_host: Annotated[
        list[str] | None,
        typer.Option("--callback-host", help="改成允许这些“主机”或“主机:端口”；可写多次。", show_default=False),
    ] = None,
    new_key: Annotated[bool, typer.Option("--new-key", help="换一个密钥；旧的几秒后失效。")] = False,
    new_secret: Annotated[bool, typer.Option("--new-secret", help="换一个回调密钥。")] = False,
    as_json: JsonOption = False,
) -> None:
    """修改一个客户端的权限、回调主机或密钥；它已提交的申报不受影响。"""
    from intake.storage.clients import change_client

    with _command() as output, _store() as (database, sealer):
        wanted = None if scopes is None else _scopes(scopes, output)
        hosts = None if callback_host is None else _hosts(callback_host, output)
        if wanted is None and hosts is None and not new_key and not new_secret:
            _refuse(output, "nothing-to-change", "请写要改什么：--scopes、--callback-host、--new-key 或 --new-secret。")
        with database.write() as connection:
            changed = change_client(
                connection, sealer, client_id, scopes=wanted, callback_hosts=hosts, new_key=new_key,
                new_secret=new_secret,
            )  # fmt: skip
        if changed is None:
            _refuse_unknown(output)
        _show_changed(output, changed, as_json=as_json)


@client_app.command("list")
def list_clients(as_json: JsonOption = False) -> None:
    """列出客户端，不显示密钥。"""
    from intake.storage.clients import all_clients

    with _command() as output, _store() as (database, _):
        with database.read() as connection:
            found = all_clients(connection)
        for client, revoked in found:
            if as_json:
                output.json_line(_json(client) | {"revoked": revoked})
                continue
            state = "已停用" if revoked else "可用"
            output.show(f"{client.id}  {client.name}  {client.region}  {'、'.join(sorted(client.scopes))}  {state}")
        if not found and not as_json:
            output.show("还没有客户端；用 intake client add 增加。")


@client_app.command("revoke")
def revoke(client_id: Annotated[str, typer.Argument(metavar="ID", help="客户端编号。", show_default=False)]) -> None:
    """停用一个客户端：它的密钥几秒后失效，尚未送达的回调不再发送。"""
    from intake.storage.clients import revoke_client

    with _command() as output, _store() as (database, _):
        with database.write() as connection:
            done = revoke_client(connection, client_id)
        if not done:
            _refuse_unknown(output)
        output.show(f"已停用客户端 {client_id}。")


def _refuse_unknown(output: Output) -> NoReturn:
    output.error("client-unknown", "没有这个客户端，或它已停用；请用 intake client list 查看编号。")
    raise typer.Exit(1)


def _show_changed(output: Output, made: NewClient, *, as_json: bool) -> None:
    if as_json:
        secrets = {"key": made.key, "webhook_secret": made.webhook_secret}
        output.json_line(_json(made.client) | {name: value for name, value in secrets.items() if value})
        return
    hosts = "、".join(made.client.callback_hosts) or "无"
    lines = [f"已修改客户端 {made.client.id}：权限 {'、'.join(sorted(made.client.scopes))}；回调主机 {hosts}。"]
    lines += [f"新密钥　　：{made.key}"] if made.key else []
    lines += [f"新回调密钥：{made.webhook_secret}"] if made.webhook_secret else []
    lines += ["请现在就妥善保存：以后不再显示。"] if made.key or made.webhook_secret else []
    output.show("\n".join(lines))


def _json(client: Client) -> dict[str, object]:
    return {
        "id": client.id,
        "name": client.name,
        "region": client.region,
        "scopes": sorted(client.scopes),
        "callback_hosts": list(client.callback_hosts),
    }


def _show_new(output: Output, made: NewClient, *, as_json: bool) -> None:
    if as_json:
        output.json_line(_json(made.client) | {"key": made.key, "webhook_secret": made.webhook_secret})
        return
    output.show(
        f"已增加客户端 {made.client.id}（{made.client.name}）。\n"
        f"密钥　　：{made.key}\n回调密钥：{made.webhook_secret}\n"
        "请现在就妥善保存：以后不再显示。"
    )


def _scopes(text: str, output: Output) -> list[Scope]:
    from intake.storage.clients import Scope

    words = [word.strip() for word in text.split(",") if word.strip()]
    unknown = [word for word in words if word not in tuple(Scope)]
    if unknown or not words:
        _refuse(output, "scope-unknown", f"--scopes：“{'、'.join(unknown)}”不是权限；可用：{'、'.join(Scope)}。")
    return [Scope(word) for word in words]


def _hosts(entries: list[str], output: Output) -> list[str]:
    from intake.service_settings import load_service_settings
    from intake.webhooks.addresses import check_host_entry

    private = load_service_settings().webhook_private
    for entry in entries:
        refused = check_host_entry(entry, private=private)
        if refused is not None:
            hint = "" if private else "内网或本机的主机须先设 INTAKE_WEBHOOK_PRIVATE=true。"
            _refuse(output, refused.code.value, f"--callback-host：{refused.text}{hint}")
    return entries


def _check_plain(name: str, region: str, output: Output) -> None:
    import re

    if not 1 <= len(name.strip()) <= _MAX_NAME or not name.isprintable():
        _refuse(output, "name-unusable", f"名称须为 1 至 {_MAX_NAME} 个可见字符。")
    if re.fullmatch(_REGION, region, re.ASCII) is None:
        _refuse(output, "region-unusable", f"--region：“{region[:20]}”不能使用；请写六位数字，如 530000。")


def _refuse(output: Output, code: str, detail: str) -> NoReturn:
    output.error(code, detail)
    raise typer.Exit(2)


@contextlib.contextmanager
def _command() -> Iterator[Output]:
    """The streams; faults of storage become one line with their code, and exit code 1."""
    from api.output import quiet
    from intake.storage.errors import KeyringUnusable, StorageError

    with quiet() as output:
        try:
            yield output
        except KeyringUnusable as fault:
            output.error(fault.code, fault.detail)
            raise typer.Exit(1) from fault
        except StorageError as fault:
            output.error(fault.code, "数据库不能使用，没有改动；请检查 INTAKE_DATABASE_URL 和磁盘空间后重试。")
            raise typer.Exit(1) from fault


@contextlib.contextmanager
def _store() -> Iterator[tuple[Database, Sealer]]:
    """Database and seals of the service, with tables up to date."""
    from intake.service_settings import load_service_settings
    from intake.storage.database import Database
    from intake.storage.keyring import KeyringFile
    from intake.storage.sealing import Sealer

    settings = load_service_settings()
    sealer = Sealer(KeyringFile(settings.keys_file))
    database = Database(settings.database, pool_size=1)
    try:
        database.migrate()
        yield database, sealer
    finally:
        database.close()
