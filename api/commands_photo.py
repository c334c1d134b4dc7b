"""`intake photo check` and `intake photo fix`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

photo_app = typer.Typer(help="一寸照片：检查与制作。", no_args_is_help=True, rich_markup_mode=None)

JsonOption = Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象。")]
PolicyOption = Annotated[str, typer.Option("--policy", help="采集规则的名称或文件，决定照片规格。")]


@photo_app.command("check")
def check(
    files: Annotated[list[Path], typer.Argument(metavar="FILE…", help="照片文件。", show_default=False)],
    policy: PolicyOption = "yunnan-2023",
    as_json: JsonOption = False,
) -> None:
    """检查照片是否符合要求。"""
    from api.output import quiet
    from api.rules import chosen_policy
    from api.show_photo import show_check
    from intake.parts import Parts
    from intake.photo_tool import check_photo_file
    from intake.rules import photo_standard

    refused = False
    with quiet() as output, Parts() as parts:
        rules = chosen_policy(policy, output).policy
        standard = photo_standard(rules)
        for path in files:
            answer = check_photo_file(path, parts, standard, formats=rules.opened_formats)
            refused |= answer.refused
            show_check(output, answer, standard, as_json=as_json)
    raise typer.Exit(1 if refused else 0)


@photo_app.command("fix")
def fix(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="原始照片。", show_default=False)],
    out: Annotated[Path, typer.Option("-o", "--out", help="写到这里；不覆盖已有文件。", show_default=False)],
    max_kb: Annotated[
        int | None, typer.Option("--max-kb", min=5, max=2000, help="文件上限（1 KB 按 1000 字节）；默认按采集规则。")
    ] = None,
    keep_background: Annotated[bool, typer.Option("--keep-background", help="不替换背景。")] = False,
    policy: PolicyOption = "yunnan-2023",
    as_json: JsonOption = False,
) -> None:
    """制作符合要求的一寸照片；不能制作时不写文件，并逐条说明原因。"""
    from api.new_file import NotWrittenError, refuse_taken, write_new
    from api.output import quiet
    from api.rules import chosen_policy
    from api.show_photo import show_fix
    from imaging.compress import written_limit_bytes
    from intake.parts import Parts
    from intake.photo_tool import fix_photo_file
    from intake.rules import photo_standard

    with quiet() as output, Parts() as parts:
        try:
            refuse_taken(out)
            rules = chosen_policy(policy, output).policy
            max_bytes = rules.photo.limits.written_bytes if max_kb is None else written_limit_bytes(max_kb)
            whiten = rules.photo.background == "white" and not keep_background
            answer = fix_photo_file(
                file,
                parts,
                photo_standard(rules),
                max_bytes=max_bytes,
                whiten=whiten,
                formats=rules.opened_formats,
            )
            if answer.data is not None:
                write_new(out, answer.data)
        except NotWrittenError as fault:
            output.error(fault.code, fault.detail)
            raise typer.Exit(1) from fault
        show_fix(output, answer, out, as_json=as_json)
    raise typer.Exit(0 if answer.data is not None else 1)
