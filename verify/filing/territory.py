"""Which office is in charge of a person (属地化, R6 to R10 of domain.md section 1.1).

The answer is exactly one office, or a named reason why there is none. A wrong office is a route to another one, never
a reason against the person.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from verify.filing.circumstances import Circumstances, UnitLevel, open_questions, possible_categories
from verify.filing.regions import (
    is_prefecture,
    is_province,
    jurisdiction_name,
    prefecture_of,
    region_code,
    region_name,
    region_path,
    regions_above,
)
from verify.filing.sentences import category_name, office_contact, phrase, place_word, question_names, say
from verify.identifiers.addresses import CodeStatus, current_code_of, division_of, is_known_province
from verify.policy_model import Office, Policy, Source, TerritoryRule

# Units of these levels have no office of their own level in a prefecture; the notices name them 其他单位.
_HIGHER_LEVELS = frozenset({UnitLevel.PROVINCE, UnitLevel.CENTRAL})


class NoOffice(StrEnum):
    """Why no office can be named; stored words."""

    # Another office collects these persons by its own rules (R10); its name is given.
    EXCLUDED_REGION = "excluded_region"
    # An answer is missing on which it hangs which place decides, or the notice does not say.
    WHICH_PLACE_UNKNOWN = "which_place_unknown"
    # The place that decides was not given, or its code stands for no county.
    PLACE_UNKNOWN = "place_unknown"
    # The place lies outside of the policy's jurisdiction.
    OUTSIDE_JURISDICTION = "outside_jurisdiction"
    # The place is known, but no office was published for it.
    NO_OFFICE_PUBLISHED = "no_office_published"
    # The applicant may choose between household and residence and has not (R9).
    CHOICE_NOT_MADE = "choice_not_made"
    # Employed but not in accounting (box 12): unit and household both have a claim, a person decides.
    BOX_12_CONFLICT = "box_12_conflict"


@dataclass(frozen=True, slots=True)
class Territory:
    """Who is in charge. Exactly one of `office` and `reason` is set.

    Attributes:
        office: The office in charge.
        reason: Why none can be named.
        why: Chinese sentence with the rule's source.
        source: Where the rule comes from; None where none applies.
        region: Division that decides, six digits; None while it is not known.
        other_office: Name of the office that an excluded region goes to; empty for none.
        contact: Nearest published office above the place, to ask when none is published for it.
        notes: What a reviewer should know besides, as Chinese sentences.
    """

    office: Office | None
    reason: NoOffice | None
    why: str
    source: Source | None
    region: str | None = None
    other_office: str = ""
    contact: Office | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Place:
    """The place that decides: its word in sentences, what was given for it, and notes on the way to it."""

    word: str
    given: str | None
    notes: tuple[str, ...] = ()


def office_in_charge(circumstances: Circumstances, policy: Policy) -> Territory:
    """The office in charge, or the reason why none can be named. Total: never raises for what was given."""
    rules = {rule.category: rule for rule in policy.collection.territory}
    possible = sorted(possible_categories(circumstances))
    if len({rules[one].by if one in rules else "" for one in possible}) > 1:
        questions = question_names(open_questions(circumstances))
        return _none(NoOffice.WHICH_PLACE_UNKNOWN, say("place-open", questions=questions), None)
    rule = rules.get(possible[0])
    if rule is None:
        names = "或".join(category_name(one) for one in possible)
        return _none(NoOffice.WHICH_PLACE_UNKNOWN, say("place-silent", category=names), None)
    match rule.by:
        case "unit_level" | "unit_region":
            place = _Place("unit", circumstances.unit_region, _unit_notes(circumstances))
            return _by_unit(place, circumstances.unit_level if rule.by == "unit_level" else None, rule, policy)
        case "school_region":
            return _at(_Place("school", circumstances.school_region), rule, policy)
        case _:
            return _by_choice(circumstances, rule, policy)


def _by_unit(place: _Place, level: UnitLevel | None, rule: TerritoryRule, policy: Policy) -> Territory:
    """Units: by level where the rule says so (州级 unit to 州本级, county unit to its county), else by place (R6)."""
    given = region_code(place.given or "")
    if rule.by == "unit_region" or given is None or not is_known_province(given):
        return _at(place, rule, policy)
    if _not_here(given, place, rule, policy) is not None:
        return _at(place, rule, policy)
    if level is UnitLevel.PREFECTURE and not is_province(given):
        return _at(_Place("unit_level", prefecture_of(given), place.notes), rule, policy)
    if level is None and is_prefecture(given) and not is_province(given):
        # The form offers 州本级 as a place of its own: who picks it says that the unit is of that level.
        return _at(_Place(place.word, given, (*place.notes, say("note-prefecture-chosen"))), rule, policy)
    if is_prefecture(given):
        why = say("place-coarse", rule.source, place=place_word(place.word), region=region_name(given))
        return _none(NoOffice.PLACE_UNKNOWN, why, rule.source, notes=place.notes)
    today = _today(given, policy)
    if level is None and today is not None:
        why = say("level-open", rule.source, prefecture=region_name(prefecture_of(today)), county=region_name(today))
        return _none(NoOffice.WHICH_PLACE_UNKNOWN, why, rule.source, notes=place.notes)
    higher = (say("note-higher-unit"),) if level in _HIGHER_LEVELS else ()
    return _at(_Place(place.word, given, (*place.notes, *higher)), rule, policy)


def _by_choice(circumstances: Circumstances, rule: TerritoryRule, policy: Policy) -> Territory:
    """Qualified, not in accounting: household or residence, as the applicant chose (R9)."""
    notes = () if circumstances.student is False else (say("note-student"),)
    if circumstances.with_unit:
        return _none(NoOffice.BOX_12_CONFLICT, say("box-12", rule.source), rule.source, notes=notes)
    household, residence = circumstances.household_region, circumstances.residence_region
    if circumstances.chosen == "household" or (circumstances.chosen is None and household and household == residence):
        return _at(_Place("household", household, notes), rule, policy)
    if circumstances.chosen == "residence":
        return _at(_Place("residence", residence, notes), rule, policy)
    return _none(NoOffice.CHOICE_NOT_MADE, say("choice-open", rule.source), rule.source, notes=notes)


def _unit_notes(circumstances: Circumstances) -> tuple[str, ...]:
    """Where a person lives does not count against the unit's place (R7: 工作单位优先)."""
    unit = region_code(circumstances.unit_region or "")
    others = (circumstances.household_region, circumstances.residence_region)
    codes = dict.fromkeys(code for other in others if (code := region_code(other or "")) is not None)
    away = [region_name(code) for code in codes if code != unit]
    return (say("note-unit-first", other="、".join(away)),) if unit is not None and away else ()


def _at(place: _Place, rule: TerritoryRule, policy: Policy) -> Territory:
    """The office of a place, after an abolished code has been led to today's."""
    word = place_word(place.word)
    if not place.given:
        why = say("place-missing", rule.source, place=word)
        return _none(NoOffice.PLACE_UNKNOWN, why, rule.source, notes=place.notes)
    code = region_code(place.given)
    if code is None or not is_known_province(code):
        why = say("place-bad", rule.source, place=word, code=place.given)
        return _none(NoOffice.PLACE_UNKNOWN, why, rule.source, notes=place.notes)
    elsewhere = _not_here(code, place, rule, policy)
    if elsewhere is not None:
        return elsewhere
    today = _today(code, policy)
    if today is None:
        return _none(NoOffice.PLACE_UNKNOWN, _unlisted(code, word, rule), rule.source, notes=place.notes)
    if today == code:
        return _office_of(code, place, rule, policy)
    renamed = say("note-renamed", code=code, name=division_of(code).name, region=region_name(today))
    moved = _Place(place.word, today, (*place.notes, renamed))
    return _not_here(today, moved, rule, policy) or _office_of(today, moved, rule, policy)


def _not_here(code: str, place: _Place, rule: TerritoryRule, policy: Policy) -> Territory | None:
    """For places that another office collects: excluded ones (R10), and those outside of the jurisdiction."""
    words = {"place": place_word(place.word), "region": region_path(code)}
    for excluded in policy.collection.excluded:
        if code.startswith(excluded.prefix):
            why = say("excluded", excluded.source, office=excluded.office, **words)
            reason, office = NoOffice.EXCLUDED_REGION, excluded.office
            return _none(reason, why, excluded.source, region=code, other_office=office, notes=place.notes)
    if is_known_province(code) and not code.startswith(policy.jurisdiction):
        why = say("outside", rule.source, jurisdiction=jurisdiction_name(policy.jurisdiction), **words)
        return _none(NoOffice.OUTSIDE_JURISDICTION, why, rule.source, region=code, notes=place.notes)
    return None


def _office_of(code: str, place: _Place, rule: TerritoryRule, policy: Policy) -> Territory:
    words = {"place": place_word(place.word), "region": region_name(code)}
    office = _published(code, policy)
    if office is not None:
        why = say("office", rule.source, office=office.name, contact=office_contact(office), **words)
        return Territory(office, None, why, rule.source, region=code, notes=place.notes)
    above = next((found for region in regions_above(code) if (found := _published(region, policy))), None)
    ask = phrase("no-office-above", office=above.name, contact=office_contact(above)) if above else ""
    why = say("no-office", rule.source, above=ask, **words)
    return _none(NoOffice.NO_OFFICE_PUBLISHED, why, rule.source, region=code, contact=above, notes=place.notes)


def _today(code: str, policy: Policy) -> str | None:
    """Today's code of a place. A published office is right about its own code, whatever the table of codes knows."""
    return code if _published(code, policy) is not None else current_code_of(code)


def _published(code: str, policy: Policy) -> Office | None:
    return next((office for office in policy.collection.offices if office.region == code), None)


def _unlisted(code: str, word: str, rule: TerritoryRule) -> str:
    division = division_of(code)
    if division.status is CodeStatus.ABOLISHED:
        year = str(division.until_year)
        return say("place-abolished", rule.source, place=word, code=code, name=division.name, year=year)
    return say("place-unlisted", rule.source, place=word, code=code)


def _none(
    reason: NoOffice,
    why: str,
    source: Source | None,
    *,
    region: str | None = None,
    other_office: str = "",
    contact: Office | None = None,
    notes: tuple[str, ...] = (),
) -> Territory:
    return Territory(None, reason, why, source, region, other_office, contact, notes)
