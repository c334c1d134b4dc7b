"""Keys: the same call gets the same answer, another call is refused, and nothing of an answer lies open."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select, update

from intake.storage.database import now_ms
from intake.storage.errors import SealBroken
from intake.storage.idempotency import (
    KEPT_MS,
    MAX_KEY_CHARACTERS,
    Answered,
    KeyedCall,
    KeyReused,
    digest_of,
    earlier_answer,
    forget_old,
    is_key,
    keep_answer,
    take_key,
)
from intake.storage.schema import idempotency
from tests.service_parts import Installation, installation

ANSWER = Answered(201, '{"名":"王芳"}'.encode())


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(f"sqlite:///{tmp_path / 'd.sqlite3'}", tmp_path) as made:
        yield made


def answer_once(site: Installation, call: KeyedCall) -> Answered | None:
    """What a call does: takes the key, makes its change, keeps the answer."""
    with site.service.database.write() as connection:
        earlier = take_key(connection, site.service.sealer, call)
        if earlier is None:
            keep_answer(connection, site.service.sealer, call, ANSWER)
        return earlier


def looked_up(site: Installation, call: KeyedCall) -> Answered | None:
    with site.service.database.read() as connection:
        return earlier_answer(connection, site.service.sealer, call)


def kept(site: Installation) -> int:
    with site.service.database.read() as connection:
        return int(connection.execute(select(func.count()).select_from(idempotency)).scalar_one())


def test_seven_days_at_least() -> None:
    assert KEPT_MS >= 7 * 24 * 3600 * 1000


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("", False),
        ("a", True),
        ("k" * (MAX_KEY_CHARACTERS - 1), True),
        ("k" * MAX_KEY_CHARACTERS, True),
        ("k" * (MAX_KEY_CHARACTERS + 1), False),
        ("with blank", False),
        ("line\nbreak", False),
        ("nul\0", False),
        ("汉字", False),
        ("!~", True),
        ("\x7f", False),
    ],
)
def test_keys_are_short_printable_ascii(text: str, fits: bool) -> None:
    assert is_key(text) is fits


def test_the_same_call_gets_the_same_answer(site: Installation) -> None:
    call = site.call("k")
    assert looked_up(site, call) is None
    assert answer_once(site, call) is None
    assert answer_once(site, call) == ANSWER
    assert looked_up(site, call) == ANSWER


def test_another_call_with_the_key_is_refused(site: Installation) -> None:
    answer_once(site, site.call("k", "one"))
    for act in (answer_once, looked_up):
        with pytest.raises(KeyReused):
            act(site, site.call("k", "other"))
    assert looked_up(site, site.call("k", "one")) == ANSWER


def test_another_client_has_keys_of_its_own(site: Installation) -> None:
    answer_once(site, site.call("k"))
    foreign = KeyedCall("f" * 40, "k", site.call("k").digest)
    assert looked_up(site, foreign) is None
    assert answer_once(site, foreign) is None


def test_a_change_that_is_undone_leaves_the_key_free(site: Installation) -> None:
    with pytest.raises(KeyError), site.service.database.write() as connection:
        take_key(connection, site.service.sealer, site.call("k", "one"))
        raise KeyError
    assert kept(site) == 0
    assert answer_once(site, site.call("k", "other")) is None


def test_an_answer_is_sealed_and_bound_to_its_key(site: Installation) -> None:
    first, second = site.call("k1"), site.call("k2")
    for call in (first, second):
        answer_once(site, call)
    with site.service.database.write() as connection:
        rows = connection.execute(select(idempotency.c.key, idempotency.c.sealed_body)).all()
        assert all("王芳".encode() not in row.sealed_body for row in rows)
        sealed = {row.key: row.sealed_body for row in rows}
        connection.execute(update(idempotency).where(idempotency.c.key == "k1").values(sealed_body=sealed["k2"]))
    with pytest.raises(SealBroken):
        looked_up(site, first)


@pytest.mark.parametrize(("spare_ms", "left"), [(60_000, 1), (-60_000, 0)])
def test_old_keys_are_forgotten_after_their_time(site: Installation, spare_ms: int, left: int) -> None:
    answer_once(site, site.call("k"))
    with site.service.database.write() as connection:
        connection.execute(update(idempotency).values(created_ms=now_ms(connection) - KEPT_MS + spare_ms))
        assert forget_old(connection) == 1 - left
    assert kept(site) == left


@given(st.lists(st.text()), st.lists(st.text()))
def test_different_parts_have_different_digests(one: list[str], other: list[str]) -> None:
    assert (digest_of(one) == digest_of(other)) == (one == other)


@given(st.lists(st.binary()))
def test_a_digest_knows_where_parts_end(parts: list[bytes]) -> None:
    joined = [b"".join(parts)]
    assert (digest_of(parts) == digest_of(joined)) == (parts == joined)


def test_text_and_its_bytes_are_the_same_part() -> None:
    assert digest_of(["号"]) == digest_of(["号".encode()])
