"""Arbitrary persons for the property tests of filing."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from verify.filing.circumstances import Circumstances, UnitLevel

# Current, abolished with and without an heir, a prefecture, a province, excluded, elsewhere, unknown, no codes at all.
CODES = (
    "533103", "533121", "533101", "533100", "530000", "210202", "211382", "211323", "211325", "211300", "110105",
    "533199", "999999", "012345", "５３３１０３", "芒市", "", "{region}",
)  # fmt: skip
DAYS = st.dates(date(2018, 1, 1), date(2028, 12, 31))

_flag = st.none() | st.booleans()
_region = st.none() | st.sampled_from(CODES) | st.from_regex(r"[1-9][0-9]{5}", fullmatch=True)
_day = st.none() | DAYS


def circumstances() -> st.SearchStrategy[Circumstances]:
    """Any person, with anything left unsaid."""
    return st.builds(
        Circumstances,
        on_duty=_flag,
        qualified=_flag,
        student=_flag,
        intends_exam=_flag,
        unit_region=_region,
        unit_level=st.none() | st.sampled_from(UnitLevel),
        household_region=_region,
        residence_region=_region,
        school_region=_region,
        chosen=st.sampled_from((None, "household", "residence", "somewhere")),
        with_unit=_flag,
        legacy=_flag,
        started_on=_day,
        changed_on=_day,
        filed_on=_day,
    )
