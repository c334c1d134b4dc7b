"""The policy that a person named on the command line; a wrong name is wrong usage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from api.output import Output
    from intake.rules import OpenedPolicy

# Exit code of wrong usage (design.md section 4).
WRONG_USAGE = 2


def chosen_policy(name: str, output: Output) -> OpenedPolicy:
    """Opens the policy, or says what is wrong with the name and ends the command with 2."""
    from intake.rules import open_policy
    from verify.errors import PolicyInvalid, PolicyUnknown
    from verify.policy import available_policies

    try:
        return open_policy(name)
    except PolicyUnknown as fault:
        output.error("policy-unknown", f"没有名为 {name} 的采集规则；可用：{'、'.join(available_policies())}。")
        raise typer.Exit(WRONG_USAGE) from fault
    except PolicyInvalid as fault:
        output.error("policy-invalid", f"采集规则 {name} 不可用：{fault.reason}。")
        raise typer.Exit(WRONG_USAGE) from fault
