"""Comparing names of units, seals and offices (domain.md section 5.2)."""

from __future__ import annotations

from functools import cache

from verify.model import Match
from verify.text.edits import edits_between, is_subsequence, similarity
from verify.text.likeness import (
    NORMALISED,
    SEAL_ALIKE,
    Comparison,
    Why,
    different,
    explained,
    fuzzy,
    likeness,
    one_inside_other,
    variant,
)
from verify.text.places import as_place, leading_places, shorten_places
from verify.text.renames import Register, load_register
from verify.text.schools import school_register
from verify.text.units import (
    fold_legal_form,
    fold_office,
    fold_unit,
    is_branch,
    is_branch_of,
    places_and_rest,
    without_legal_form,
    without_level,
    without_place,
    without_seal_type,
)
from verify.text.variants import fold_variants

# 国家税务总局芒市税务局 is what 芒市税务局 calls itself since 2018.
_ABOVE_ORGAN = "国家税务总局"
# The rest of a name without its place; a shorter one, 公司 alone, names no unit.
_SHORTEST_REST = 3


def units(first: str, second: str) -> Comparison:
    """Two names of units. A branch and its parent are never more than `fuzzy`: they are two units."""
    a, b = fold_unit(first), fold_unit(second)
    if a == b and a:
        return NORMALISED
    why = same_unit(first, second)
    if why is not None:
        return variant(why)
    a, b = (fold_variants(fold_legal_form(name)) for name in (a, b))
    found = likeness(a, b)
    if is_branch(a) != is_branch(b):
        named_after = is_branch_of(first, second) or is_branch_of(second, first)
        return Comparison(found.match, found.edits, Why.BRANCH) if named_after else found
    if school_register().apart(a, b) and one_inside_other(a, b, at_least=1):
        return different(found.edits, Why.ANOTHER_SCHOOL)
    return found


def with_code(found: Comparison, *, same_code: bool) -> Comparison:
    """The outcome for two units whose codes, each proved by its check character, are known to be the same or not.

    With one code 有限公司 and 有限责任公司 are one firm, and another name is at worst one that ended; with two codes
    they are two firms (工商企注字〔2017〕133号 art. 3(三) keeps them from standing at one registry).
    """
    if found.why is Why.LEGAL_FORM:
        return NORMALISED if same_code else different(1, Why.LEGAL_FORM)
    if same_code and found.match is Match.DIFFERENT:
        return fuzzy(found.edits, found.why)
    return found


def same_unit(first: str, second: str) -> Why | None:
    """Why two differently written names may be those of one unit; None when nothing says so."""
    a, b = (fold_variants(fold_unit(name)) for name in (first, second))
    if not a or not b:
        return None
    if a == b:
        return Why.SPELLING
    if fold_legal_form(a) == fold_legal_form(b):
        return Why.LEGAL_FORM
    if school_register().same(a, b):
        return Why.RENAMED
    if _same_but_for_place(first, second) or _same_around_place(fold_legal_form(a), fold_legal_form(b)):
        return Why.PLACE
    return Why.RENAMED if _same_organ(a, b) else None


def _same_but_for_place(first: str, second: str) -> bool:
    (places_a, rest_a), (places_b, rest_b) = places_and_rest(first), places_and_rest(second)
    return rest_a == rest_b and len(rest_a) >= _SHORTEST_REST and _one_place(places_a, places_b)


def _same_around_place(a: str, b: str) -> bool:
    """The place of a firm's name stands somewhere in a seal's arc, without the brackets that said so."""
    place = without_place(a)
    return bool(place[0]) and len(place[1]) >= _SHORTEST_REST and place == without_place(b)


def _one_place(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    """True when the innermost place is the same and one side only leaves out those above it."""
    short, long = sorted((a, b), key=len)
    return bool(short) and short[-1] == long[-1] and is_subsequence(short, long)


@cache
def organ_register() -> Register:
    """The table of public organs, loaded once."""
    return load_register("organs.toml")


def _same_organ(a: str, b: str) -> bool:
    (head_a, organ_a), (head_b, organ_b) = (organ_register().split(_without_organ_above(name)) for name in (a, b))
    if not organ_a or not organ_b or not organ_register().same(organ_a, organ_b):
        return False
    (places_a, rest_a), (places_b, rest_b) = (leading_places(shorten_places(head)) for head in (head_a, head_b))
    return rest_a == rest_b and (places_a == places_b or _one_place(places_a, places_b))


def _without_organ_above(name: str) -> str:
    return name.removeprefix(_ABOVE_ORGAN) or name


def seals(first: str, second: str) -> Comparison:
    """A unit's name and the text of a seal. The arc has no brackets, wraps, and leaves out 中国 and the legal form."""
    bare_a, bare_b = (without_seal_type(fold_unit(name)) for name in (first, second))
    if not bare_a or not bare_b:
        return different(max(len(bare_a), len(bare_b)))
    if _same_on_arc(bare_a, bare_b):
        return NORMALISED
    plain_a, plain_b = fold_variants(bare_a), fold_variants(bare_b)
    if _same_on_arc(plain_a, plain_b):
        return variant(Why.SPELLING)
    why = same_unit(without_seal_type(first.strip()), without_seal_type(second.strip()))
    if why is not None:
        return variant(why)
    # One misread character in 股份有限公司 keeps that side from being shortened, so both ways are looked at.
    a, b = fold_legal_form(plain_a), fold_legal_form(plain_b)
    alike = max(similarity(a, b), similarity(plain_a, plain_b)) >= SEAL_ALIKE or one_inside_other(a, b, at_least=4)
    edits = len(edits_between(plain_a, plain_b))
    branch = Why.BRANCH if is_branch(bare_a) != is_branch(bare_b) else None
    return fuzzy(edits, branch) if alike else different(edits, branch)


def _same_on_arc(bare_a: str, bare_b: str) -> bool:
    """Reading may start anywhere on the arc, and a seal leaves out 中国 (domain.md section 5.2)."""
    a, b = fold_legal_form(bare_a), fold_legal_form(bare_b)
    return a == b or a.removeprefix("中国") == b.removeprefix("中国") or (len(a) == len(b) and a in b + b)


def seal_similarity(first: str, second: str) -> float:
    """0..1, likeness of a unit's name and a seal's text after folding, without the words that most firms share."""
    a, b = (fold_variants(fold_legal_form(without_seal_type(fold_unit(name)))) for name in (first, second))
    return similarity(without_legal_form(a), without_legal_form(b))


def offices(first: str, second: str) -> Comparison:
    """Two finance offices by their places."""
    a, b = (fold_office(name).removesuffix("本级") for name in (first, second))
    if a == b:
        return NORMALISED
    a, b = fold_variants(a), fold_variants(b)
    if a == b:
        return variant(Why.SPELLING)
    if not a or not b:
        return different(max(len(a), len(b)))
    bare_a, bare_b = without_level(a), without_level(b)
    one_has_no_level = bare_a == a or bare_b == b
    # 德宏州芒市 is 芒市 with the place above it.
    if (bare_a == bare_b and one_has_no_level) or a.endswith(b) or b.endswith(a):
        return NORMALISED
    if as_place(a) and as_place(a) == as_place(b):
        return variant(Why.PLACE)
    # A level word that only one side has is no difference; the place names decide.
    if one_has_no_level and bare_a != bare_b:
        a, b = bare_a, bare_b
    edits = len(edits_between(a, b))
    return fuzzy(edits) if edits == 1 and explained(a, b, lost=1) else different(edits)
