"""What 证件号被占用 asks of a person at registration (R17; Yunnan and Liaoning differ)."""

from __future__ import annotations

from dataclasses import dataclass

from verify.filing.sentences import office_contact, phrase, say
from verify.policy_model import Office, Policy, Source


@dataclass(frozen=True, slots=True)
class OccupiedInstruction:
    """What to do.

    Attributes:
        then: `log_in` or `contact_office`; empty where the policy is silent.
        what: Chinese instruction.
        source: Where the rule comes from; None where the policy is silent.
    """

    then: str
    what: str
    source: Source | None


def occupied_number(policy: Policy, office: Office | None = None) -> OccupiedInstruction:
    """What a person does whose number is already on file.

    Args:
        policy: The rules in force.
        office: The office in charge, to name it with its phone; None when it is not known.
    """
    named = phrase("occupied-office", office=office.name, contact=office_contact(office)) if office else ""
    rule = policy.collection.occupied_number
    if rule is None:
        return OccupiedInstruction("", say("occupied-silent", office=named), None)
    return OccupiedInstruction(rule.then, say(f"occupied-{rule.then}", rule.source, office=named), rule.source)
