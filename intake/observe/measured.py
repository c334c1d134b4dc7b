"""The pipeline's functions with a stopwatch: stages by time, verdicts by their findings' codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from intake.observe.metrics import Metrics

if TYPE_CHECKING:
    from intake.toolbox import Toolbox
    from verify.model import Verdict

_P = ParamSpec("_P")
_R = TypeVar("_R")


def measured(tools: Toolbox, figures: Metrics) -> Toolbox:
    """The same functions, which also count.

    Args:
        tools: Of the worker.
        figures: Where the times and codes go; never what was read.
    """
    judge = _timed(tools.judge, "judge", figures)

    @wraps(tools.judge)
    def counted(*arguments: Any) -> Verdict:
        verdict = judge(*arguments)
        for finding in verdict.findings:
            figures.found(finding.code, finding.level.value)
        return verdict

    return replace(
        tools,
        decode=_timed(tools.decode, "decode", figures),
        read=_timed(tools.read, "read", figures),
        check_photo=_timed(tools.check_photo, "photo", figures),
        judge=counted,
    )


def _timed(function: Callable[_P, _R], stage: str, figures: Metrics) -> Callable[_P, _R]:
    @wraps(function)
    def timed(*arguments: _P.args, **named: _P.kwargs) -> _R:
        with figures.stage(stage):
            return function(*arguments, **named)

    return timed
