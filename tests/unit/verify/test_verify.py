from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from imaging.model import Defect
from ocr.model import Coverage, Field, Kind, Reading
from tests.unit.verify.conftest import BOX, ENTERED, READ, Papers
from verify.entered import parse_entered
from verify.model import Level, Material, Seen
from verify.policy import load_policy
from verify.verify import verify_case

NAMES = sorted({name for slot in READ.values() for name in slot} | {"unit_name"})
words = st.text(alphabet="岩温香男女汉傣2019-07年月日长期X5331芒市公司专用章?·", max_size=18)
values = st.none() | st.booleans() | words | st.lists(words, max_size=3).map(tuple)
fields = st.builds(Field, values, st.floats(0, 1), st.sampled_from([None, BOX]), words, st.booleans())
readings = st.builds(
    Reading, st.sampled_from(Kind), st.floats(0, 1), st.dictionaries(st.sampled_from(NAMES), fields, max_size=12)
)
absent_fields = st.builds(Field, st.sampled_from([None, ""]), st.floats(0, 1), st.just(BOX))
weak_fields = st.one_of(
    absent_fields,
    st.builds(Field, values, st.floats(0, 0.9, exclude_max=True), st.just(BOX)),
    st.builds(Field, values, st.floats(0, 1), st.just(BOX), repaired=st.just(True)),
    st.builds(Field, values, st.floats(0, 1), st.just(BOX), coverage=st.just(Coverage.COVERED)),
)
slots = st.sampled_from([*(kind.value for kind in Kind), "diploma-2", "degree_certificate-2", "selfie", ""])
defects = st.builds(Defect, st.sampled_from(["page-glare", "no-text", "nonsense"]), st.none(), st.none(), st.booleans())


@st.composite
def materials(draw: st.DrawFn, *, read: st.SearchStrategy[Reading] = readings) -> dict[str, Material]:
    return {
        slot: Material(
            slot=slot,
            file=f"{slot}.jpg",
            size_bytes=draw(st.integers(0, 10**7)),
            source_format=draw(st.sampled_from([None, "JPEG", "WEBP"])),
            sha256=draw(st.sampled_from(["", "a", "b"])),
            readings=tuple(draw(st.lists(read, max_size=2))),
            defects=tuple(draw(st.lists(defects, max_size=2))),
            fingerprint=draw(st.sampled_from([None, "0" * 64, "f" * 64])),
        )
        for slot in draw(st.sets(slots, max_size=5))
    }


@st.composite
def forms(draw: st.DrawFn) -> Any:
    """The contract with some values replaced by anything."""
    form: dict[str, Any] = {section: dict(values) for section, values in ENTERED.items() if isinstance(values, dict)}
    for section in form.values():
        for key in list(section):
            if draw(st.booleans()):
                section[key] = draw(words)
    form["education"] = draw(
        st.lists(st.dictionaries(st.sampled_from(sorted(ENTERED["education"][0])), words), max_size=3)
    )
    return form


@settings(deadline=None, max_examples=150)
@given(forms(), materials(), st.dates(min_value=date(1990, 1, 1), max_value=date(2100, 1, 1)))
def test_nothing_that_is_typed_or_read_raises(form: Any, uploads: dict[str, Material], today: date) -> None:
    verdict = verify_case(*parse_entered(form), uploads, load_policy("yunnan-2023"), today=today)
    assert 0 <= verdict.score <= 100
    assert sum(item.points_lost for item in verdict.findings) == 100 - verdict.score
    assert dict(verdict.materials) == uploads
    assert all(item.message for item in verdict.findings)
    assert all(item.material is None or item.material in {*uploads, *Kind} for item in verdict.findings)


weak_readings = st.builds(
    Reading, st.sampled_from(Kind), st.floats(0, 1), st.dictionaries(st.sampled_from(NAMES), weak_fields, max_size=12)
)


@settings(deadline=None, max_examples=150)
@given(forms(), materials(read=weak_readings))
def test_what_was_not_read_for_sure_accuses_nobody(form: Any, uploads: dict[str, Material]) -> None:
    verdict = verify_case(*parse_entered(form), uploads, load_policy("yunnan-2023"), today=date(2026, 11, 21))
    assert not [item for item in verdict.findings if item.level is Level.MISMATCH and item.material is not None]


look_ups = st.dictionaries(slots, st.lists(st.builds(Seen, st.booleans(), st.booleans()), max_size=3).map(tuple))


@settings(deadline=None, max_examples=100)
@given(materials(), look_ups)
def test_what_was_seen_elsewhere_never_betters_the_score(
    uploads: dict[str, Material], seen: dict[str, tuple[Seen, ...]]
) -> None:
    parsed, policy, today = parse_entered(ENTERED), load_policy("yunnan-2023"), date(2026, 11, 21)
    alone = verify_case(*parsed, uploads, policy, today=today)
    looked_up = verify_case(*parsed, uploads, policy, today=today, seen_elsewhere=seen)
    assert looked_up.score <= alone.score
    assert {item.code for item in looked_up.findings} >= {item.code for item in alone.findings}


@settings(deadline=None, max_examples=50)
@given(materials())
def test_the_same_input_gives_the_same_verdict(uploads: dict[str, Material]) -> None:
    parsed = parse_entered(ENTERED)
    policy = load_policy("yunnan-2023")
    first, second = (verify_case(*parsed, uploads, policy, today=date(2026, 11, 21)) for _ in range(2))
    assert first == second


def test_nothing_is_said_twice(papers: Papers) -> None:
    papers.defects["diploma"] = (Defect("page-glare", 0.1, 0.05), Defect("page-glare", 0.1, 0.05))
    assert [item.code for item in papers.verdict().findings] == ["page-glare"]


def test_findings_of_the_form_come_along(papers: Papers) -> None:
    papers.type("person.gender", "X")
    assert papers.codes()["entered-bad-value"].level is Level.WARN
