"""The text of a key file: what is written reads back, and everything else is refused with its place."""

from __future__ import annotations

import base64
import contextlib
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.storage.errors import KeyringUnusable
from intake.storage.keyring_format import EXAMPLE_KEYS, Keyring, MasterKey, parse_keyring, render_keyring

ROOT = Path(__file__).parents[4]
MADE = datetime(2026, 11, 27, 8, 30, 15, tzinfo=UTC)


def key(number: int) -> bytes:
    """Key number `number`: 32 different bytes that nobody types."""
    return bytes((number * 7 + place * 41 + 128) % 256 for place in range(32))


def text_of(number: int) -> str:
    return base64.b64encode(key(number)).decode()


RING = Keyring((MasterKey(1, key(1), MADE), MasterKey(3, key(3), MADE)), key(100), key(101))
TEXT = f"""
format = 1
index_key = "{text_of(100)}"
audit_key = "{text_of(101)}"
[[master]]
version = 1
created = 2026-11-27T08:30:15Z
key = "{text_of(1)}"
[[master]]
version = 3
created = 2026-11-27T16:30:15+08:00
key = "{text_of(3)}"
"""


def refused(text: str) -> KeyringUnusable:
    with pytest.raises(KeyringUnusable) as raised:
        parse_keyring(text)
    for secret in re.findall(r'"([A-Za-z0-9+/=]{20,})"', text):
        assert secret not in raised.value.detail
    return raised.value


def test_a_file_as_documented_is_read() -> None:
    ring = parse_keyring(TEXT)
    assert ring == RING
    assert ring.active.version == 3
    assert ring.of_version(1) == MasterKey(1, key(1), MADE)
    assert ring.of_version(2) is None


def test_no_key_shows_in_the_values_own_text() -> None:
    shown = repr(RING)
    assert "version=3" in shown
    assert "key=" not in shown and repr(key(1)) not in shown


@given(
    st.lists(st.tuples(st.integers(1, 2**31 - 1), st.binary(min_size=32, max_size=32)), min_size=1, max_size=5),
    st.binary(min_size=32, max_size=32),
    st.binary(min_size=32, max_size=32),
)
def test_what_is_written_reads_back(masters: list[tuple[int, bytes]], index: bytes, audit: bytes) -> None:
    ring = Keyring(tuple(MasterKey(v, k, MADE) for v, k in sorted(dict(masters).items())), index, audit)
    # Drawn keys may be so regular that they are refused; then that is the answer.
    try:
        assert parse_keyring(render_keyring(ring)) == ring
    except KeyringUnusable as fault:
        assert fault.code in ("keyring-example-keys", "keyring-damaged")


def test_a_real_ring_reads_back() -> None:
    assert parse_keyring(render_keyring(RING)) == RING


@given(st.text())
def test_any_text_is_read_or_refused_with_a_code(text: str) -> None:
    with contextlib.suppress(KeyringUnusable):
        parse_keyring(text)


@given(st.integers(0, len(TEXT) - 1), st.characters(codec="utf-8"))
def test_a_changed_character_never_ends_in_another_error(place: int, character: str) -> None:
    with contextlib.suppress(KeyringUnusable):
        parse_keyring(TEXT[:place] + character + TEXT[place + 1 :])


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("format = 1", "format = 2", "format 应为 1"),
        ("format = 1", "", "format 应为 1"),
        (TEXT, "format = 1", "没有主密钥"),
        (TEXT, "= not toml", "不是 TOML"),
        (f'index_key = "{text_of(100)}"\n', "", "index_key"),
        (text_of(101), text_of(101)[:-4], "audit_key"),
        (text_of(1), base64.b64encode(key(1)[:31]).decode(), "第 1 个主密钥的 key 应为 32 字节"),
        (text_of(1), base64.b64encode(key(1) + b"\x80").decode(), "第 1 个主密钥的 key 应为 32 字节"),
        (text_of(1), text_of(1).replace("=", ""), "第 1 个主密钥的 key"),
        (text_of(1), "!" + text_of(1), "第 1 个主密钥的 key"),
        (f'"{text_of(3)}"', "7", "第 2 个主密钥的 key"),
        ("version = 3", "version = 1", "version 相同"),
        ("version = 1", "version = 4", "从小到大"),
        ("version = 1", "version = 0", "1 至 2147483647"),
        ("version = 3", "version = 2147483648", "1 至 2147483647"),
        ("version = 3", "version = true", "1 至 2147483647"),
        ("version = 3", 'version = "3"', "1 至 2147483647"),
        ("version = 3", "", "第 2 个主密钥的 version"),
        ("2026-11-27T08:30:15Z", "2026-11-27T08:30:15", "带时区"),
        ("2026-11-27T08:30:15Z", "2026-11-27", "带时区"),
        ("format = 1", "format = 1\nactive = 3", "不认识"),
        ("version = 3", "version = 3\nnote = 1", "不认识"),
        (text_of(3), text_of(1), "写了两次"),
        (text_of(100), text_of(101), "写了两次"),
    ],
)
def test_a_damaged_file_is_refused_with_its_place(old: str, new: str, told: str) -> None:
    assert old in TEXT
    fault = refused(TEXT.replace(old, new, 1))
    assert fault.code == "keyring-damaged"
    assert told in fault.detail


def test_the_largest_version_is_taken() -> None:
    assert parse_keyring(TEXT.replace("version = 3", "version = 2147483647")).active.version == 2147483647


@pytest.mark.parametrize("place", [1, 100, 101])
@pytest.mark.parametrize(
    "known",
    [
        *sorted(EXAMPLE_KEYS),
        base64.b64encode(bytes(32)).decode(),
        base64.b64encode(bytes(range(15)) * 2 + b"\0\0").decode(),
    ],
)
def test_keys_that_everybody_has_are_refused_wherever_they_stand(place: int, known: str) -> None:
    assert refused(TEXT.replace(text_of(place), known)).code == "keyring-example-keys"


def test_a_key_of_few_values_is_taken_from_sixteen_on() -> None:
    sixteen = base64.b64encode(bytes(range(128, 144)) * 2).decode()
    assert parse_keyring(TEXT.replace(text_of(3), sixteen)).active.key == bytes(range(128, 144)) * 2


def test_the_manual_prints_only_keys_that_are_refused() -> None:
    manual = (ROOT / "docs" / "keys.md").read_text(encoding="utf-8")
    printed = set(re.findall(r"[A-Za-z0-9+/]{43}=", manual))
    assert printed == EXAMPLE_KEYS
    sample = re.search(r"```toml\n(.*?)```", manual, re.DOTALL)
    assert sample is not None
    assert refused(sample[1]).code == "keyring-example-keys"
