"""`intake read`, `intake verify`, `intake compress`."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.choices import KindChoice

if TYPE_CHECKING:
    from api.output import Output
    from ocr.settings import EngineSettings

JsonOption = Annotated[bool, typer.Option("--json", help="每行输出一个 JSON 对象。")]
FormatsOption = Annotated[
    str | None,
    typer.Option("--policy", help="采集规则的名称或文件，决定能打开哪些文件格式；不指定则为 JPEG、PNG、WebP。"),
]


# A person waits for one answer, so the engine may use the machine; beyond four threads a page gains nothing.
_MOST_THREADS = 4


def _settings() -> EngineSettings:
    from intake.settings import engine_settings

    return engine_settings(os.environ, threads=min(_MOST_THREADS, len(os.sched_getaffinity(0))))


def _formats(policy: str | None, output: Output) -> tuple[str, ...]:
    """The formats that the named policy lets in."""
    from api.rules import chosen_policy
    from imaging.scanned import DEFAULT_FORMATS

    return DEFAULT_FORMATS if policy is None else chosen_policy(policy, output).policy.opened_formats


def read(
    images: Annotated[list[Path], typer.Argument(metavar="IMAGE…", help="图像文件。", show_default=False)],
    kind: Annotated[KindChoice | None, typer.Option("--kind", help="材料种类；不指定则自动判断。")] = None,
    policy: FormatsOption = None,
    as_json: JsonOption = False,
) -> None:
    """识别图像中的证件字段。"""
    from api.output import quiet
    from intake.parts import Parts

    refused = False
    with quiet() as output, Parts(_settings()) as parts:
        # The decoder's child is on its way; everything heavy is imported meanwhile.
        from api.show_reading import show_reading
        from intake.reading import read_files
        from ocr.model import Kind

        wanted = None if kind is None else Kind(kind.value)
        for item in read_files(images, parts, kind=wanted, formats=_formats(policy, output)):
            refused |= item.refused
            show_reading(output, item, as_json=as_json)
    raise typer.Exit(1 if refused else 0)


def verify(
    cases: Annotated[list[Path], typer.Argument(metavar="CASE_DIR…", help="个人材料文件夹。", show_default=False)],
    policy: Annotated[str, typer.Option("--policy", help="采集规则的名称或文件。")] = "yunnan-2023",
    as_json: JsonOption = False,
) -> None:
    """把填报内容与证明材料逐项比对并评分。"""
    import datetime

    from api.output import quiet
    from intake.parts import Parts

    refused = False
    with quiet() as output, Parts(_settings()) as parts:
        from api.rules import chosen_policy
        from api.show_case import show_case
        from intake.case_folder import load_case
        from intake.pipeline import run_case
        from intake.toolbox import open_toolbox

        tools = open_toolbox(parts, chosen_policy(policy, output).policy, today=datetime.date.today())
        for folder in cases:
            result = run_case(load_case(folder), tools)
            refused |= result.refused
            show_case(output, result, as_json=as_json)
    raise typer.Exit(1 if refused else 0)


def compress(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="扫描件或照片。", show_default=False)],
    out: Annotated[Path, typer.Option("-o", "--out", help="写到这里；不覆盖已有文件。", show_default=False)],
    max_kb: Annotated[int, typer.Option("--max-kb", min=10, max=20000, help="文件上限，1 KB 按 1000 字节写出。")] = 200,
    policy: FormatsOption = None,
    as_json: JsonOption = False,
) -> None:
    """把扫描件压缩到限定大小，保持文字清晰。"""
    from api.new_file import NotWrittenError, refuse_taken, write_new
    from api.output import quiet
    from api.show_photo import show_compressed
    from intake.parts import Parts
    from intake.photo_tool import compress_file

    with quiet() as output, Parts() as parts:
        try:
            refuse_taken(out)
            answer = compress_file(file, parts, max_kb=max_kb, formats=_formats(policy, output))
            if answer.data is not None:
                write_new(out, answer.data)
        except NotWrittenError as fault:
            output.error(fault.code, fault.detail)
            raise typer.Exit(1) from fault
        show_compressed(output, answer, out, as_json=as_json)
    raise typer.Exit(0 if answer.data is not None else 1)
