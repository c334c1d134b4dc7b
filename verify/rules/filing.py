"""Whether the filing goes to the office that its own place points to (domain.md 5.4: a wrong office is a route).

Only noted: the machine never sends anybody away, and entered.json does not tell a unit's level.
"""

from __future__ import annotations

from collections.abc import Iterator

from verify.compare import FieldKind, compare
from verify.filing.circumstances import circumstances_of
from verify.filing.regions import is_province, region_name
from verify.filing.territory import NoOffice, office_in_charge
from verify.identifiers.addresses import division_of
from verify.model import Finding, Level, Match
from verify.rules.case import CaseView
from verify.wording import finding

_ELSEWHERE = frozenset({NoOffice.EXCLUDED_REGION, NoOffice.OUTSIDE_JURISDICTION})


def check_office(case: CaseView) -> Iterator[Finding]:
    """The typed office and the typed division against the office in charge by the policy."""
    territory = office_in_charge(circumstances_of(case.entered, today=case.today), case.policy)
    region, typed = case.entered.work.region, case.entered.work.finance_bureau
    if territory.reason in _ELSEWHERE:
        yield finding(
            "filing-elsewhere", level=Level.INFO, policy=case.policy, source=territory.source, field="work.region",
            entered=region, value=territory.other_office or region_name(territory.region or ""),
        )  # fmt: skip
    elif territory.region is not None and not is_province(territory.region) and typed:
        due = division_of(territory.region).name
        if due and compare(FieldKind.OFFICE, typed, due).match is Match.DIFFERENT:
            yield finding(
                "finance-bureau-elsewhere", level=Level.INFO, policy=case.policy, source=territory.source,
                field="work.finance_bureau", entered=typed, value=region_name(territory.region),
            )  # fmt: skip
