"""Sealing: what was sealed opens in its place only, under its key only, and unchanged only."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.storage.errors import KeyUnknown, SealBroken
from intake.storage.keyring_format import Keyring, MasterKey
from intake.storage.sealing import HEADER_BYTES, WRAPPED_BYTES, Sealer, header_of, version_of

MADE = datetime(2026, 11, 27, tzinfo=UTC)
NUMBER = "53310319900715862X"


def key(number: int) -> bytes:
    return bytes((number * 7 + place * 41 + 128) % 256 for place in range(32))


def ring(*versions: int, index: int = 100) -> Keyring:
    return Keyring(tuple(MasterKey(v, key(v), MADE) for v in versions), key(index), key(101))


class Source:
    """The keys of now."""

    def __init__(self, keys: Keyring) -> None:
        self.keys = keys

    def __call__(self) -> Keyring:
        return self.keys


SEALER = Sealer(Source(ring(1)))
SMALL = SEALER.seal(b"a name", about=b"here")


@given(st.binary(max_size=300), st.binary(max_size=60))
def test_what_was_sealed_opens_in_its_place(data: bytes, about: bytes) -> None:
    sealed = SEALER.seal(data, about=about)
    assert SEALER.open(sealed, about=about) == data
    assert len(sealed) == len(data) + 93
    with pytest.raises(SealBroken):
        SEALER.open(sealed, about=about + b"!")


def test_a_number_does_not_show_and_equal_things_look_different() -> None:
    sealed = {SEALER.seal(NUMBER.encode(), about=b"here") for _ in range(20)}
    assert len(sealed) == 20
    assert all(NUMBER.encode() not in one for one in sealed)


def test_every_bit_counts() -> None:
    for place in range(len(SMALL)):
        for bit in range(8):
            changed = bytearray(SMALL)
            changed[place] ^= 1 << bit
            with pytest.raises((SealBroken, KeyUnknown)):
                SEALER.open(bytes(changed), about=b"here")


@given(st.data())
def test_bytes_changed_anywhere_do_not_open(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(SMALL) - 1))
    value = data.draw(st.integers(0, 255).filter(lambda value: value != SMALL[place]))
    changed = SMALL[:place] + bytes([value]) + SMALL[place + 1 :]
    with pytest.raises((SealBroken, KeyUnknown)):
        SEALER.open(changed, about=b"here")


def test_cut_or_grown_bytes_do_not_open() -> None:
    for length in range(len(SMALL)):
        with pytest.raises((SealBroken, KeyUnknown)):
            SEALER.open(SMALL[:length], about=b"here")
    with pytest.raises(SealBroken):
        SEALER.open(SMALL + b"\0", about=b"here")


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_with_our_error(data: bytes) -> None:
    with pytest.raises((SealBroken, KeyUnknown)):
        SEALER.open(data, about=b"here")


def test_two_rows_cannot_change_places() -> None:
    mine, yours = SEALER.seal(b"mine", about=b"row:1"), SEALER.seal(b"yours", about=b"row:2")
    for sealed, about in ((mine, b"row:2"), (yours, b"row:1")):
        with pytest.raises(SealBroken):
            SEALER.open(sealed, about=about)


def test_parts_of_two_seals_do_not_make_one() -> None:
    other = SEALER.seal(b"a name", about=b"here")
    with pytest.raises(SealBroken):
        SEALER.open(SMALL[:WRAPPED_BYTES] + other[WRAPPED_BYTES:], about=b"here")


def test_another_installations_key_does_not_open() -> None:
    stranger = Keyring((MasterKey(1, key(9), MADE),), key(100), key(101))
    with pytest.raises(SealBroken):
        Sealer(Source(stranger)).open(SMALL, about=b"here")


def test_a_version_that_the_file_lacks_is_told_apart_from_damage() -> None:
    with pytest.raises(KeyUnknown):
        Sealer(Source(ring(2))).open(SMALL, about=b"here")


def test_the_version_stands_in_front() -> None:
    assert version_of(SMALL) == 1
    assert SMALL[:HEADER_BYTES] == header_of(1) == b"\x01\x00\x00\x00\x01"
    assert version_of(header_of(2**31 - 1)) == 2**31 - 1
    for strange in (b"", b"\x01\x00\x00\x00", b"\x02\x00\x00\x00\x01"):
        with pytest.raises(SealBroken):
            version_of(strange)


def test_after_a_rotation_new_things_are_under_the_new_key_and_old_ones_still_open() -> None:
    source = Source(ring(1))
    sealer = Sealer(source)
    old = sealer.seal(b"old", about=b"here")
    source.keys = ring(1, 2)
    assert sealer.active_version == 2
    assert version_of(sealer.seal(b"new", about=b"here")) == 2
    assert sealer.open(old, about=b"here") == b"old"
    renewed = sealer.reseal(old)
    assert version_of(renewed) == 2
    assert renewed[WRAPPED_BYTES:] == old[WRAPPED_BYTES:], "what is inside stays closed"
    source.keys = ring(2)
    assert sealer.open(renewed, about=b"here") == b"old"
    with pytest.raises(KeyUnknown):
        sealer.open(old, about=b"here")


def test_resealing_refuses_what_is_broken() -> None:
    with pytest.raises(SealBroken):
        SEALER.reseal(SMALL[: WRAPPED_BYTES - 1] + b"\0" + SMALL[WRAPPED_BYTES:])


def test_a_data_key_belongs_to_its_object() -> None:
    made = SEALER.new_data_key(about=b"object")
    assert len(made.wrapped) == WRAPPED_BYTES
    assert (made.version, version_of(made.wrapped)) == (1, 1)
    assert SEALER.unwrap(made.wrapped, about=b"object") == made.plain
    assert repr(made.plain) not in repr(made)
    with pytest.raises(SealBroken):
        SEALER.unwrap(made.wrapped, about=b"another")
    with pytest.raises(SealBroken):
        SEALER.rewrap(made.wrapped, about=b"another")
    again = SEALER.rewrap(made.wrapped, about=b"object")
    assert again.plain == made.plain and again.wrapped != made.wrapped


def test_the_index_finds_equal_texts_of_one_installation_only() -> None:
    other = Sealer(Source(ring(1, index=102)))
    assert SEALER.index_of(NUMBER) == SEALER.index_of(NUMBER)
    assert SEALER.index_of(NUMBER) != other.index_of(NUMBER)
    assert SEALER.index_of(NUMBER) != SEALER.address_of(NUMBER.encode())
    assert len(SEALER.index_of("")) == 64 and int(SEALER.index_of(""), 16) >= 0


def test_the_index_outlives_a_rotation() -> None:
    assert Sealer(Source(ring(1, 2))).index_of(NUMBER) == SEALER.index_of(NUMBER)
    assert Sealer(Source(ring(1, 2))).address_of(b"x") == SEALER.address_of(b"x")


@given(st.lists(st.text(max_size=20), min_size=2, max_size=8, unique=True))
def test_different_texts_have_different_indexes(texts: list[str]) -> None:
    found = sorted(SEALER.index_of(text) for text in texts)
    assert all(one != next_one for one, next_one in pairwise(found))


def test_a_lone_surrogate_is_indexed_like_any_text() -> None:
    with contextlib.suppress(UnicodeEncodeError):
        assert len(SEALER.index_of("\ud800")) == 64
        return
    raise AssertionError("a text from a form must not break the look-up")
