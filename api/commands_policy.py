"""`intake policy list`, `show`, `check`."""

from __future__ import annotations

from typing import Annotated

import typer

policy_app = typer.Typer(help="采集规则：列出、查看、检查。", no_args_is_help=True, rich_markup_mode=None)

JsonOption = Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象。")]


@policy_app.command("list")
def list_policies(as_json: JsonOption = False) -> None:
    """列出随产品提供的采集规则。"""
    from api.output import quiet
    from api.show_policy import show_list
    from verify.policy import available_policies, load_policy

    with quiet() as output:
        show_list(output, [load_policy(name) for name in available_policies()], as_json=as_json)


@policy_app.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="NAME", help="名称或 .toml 文件。", show_default=False)],
    as_json: JsonOption = False,
) -> None:
    """查看一套采集规则，写法同财政部门公布的通知，每个数值附依据。"""
    from api.output import quiet
    from api.rules import chosen_policy
    from api.show_policy import show_policy

    with quiet() as output:
        show_policy(output, chosen_policy(name, output).policy, as_json=as_json)


@policy_app.command("check")
def check(
    names: Annotated[list[str], typer.Argument(metavar="NAME…", help="名称或 .toml 文件。", show_default=False)],
    as_json: JsonOption = False,
) -> None:
    """检查采集规则能否使用；每处问题一行：在文件的哪里，写了什么，应为什么。"""
    from api.output import quiet
    from api.show_policy import show_checked
    from intake.rules import open_policy, photo_standard
    from verify.errors import PolicyInvalid, PolicyUnknown
    from verify.policy import available_policies

    refused = False
    with quiet() as output:
        for name in names:
            faults: tuple[str, ...] = ()
            try:
                photo_standard(open_policy(name).policy)
            except PolicyUnknown:
                faults = (f"没有这个名称的采集规则；可用：{'、'.join(available_policies())}",)
            except PolicyInvalid as fault:
                faults = fault.faults
            refused |= bool(faults)
            show_checked(output, name, faults, as_json=as_json)
    raise typer.Exit(1 if refused else 0)
