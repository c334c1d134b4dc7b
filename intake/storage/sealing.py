"""Seals what a person typed or a paper said, so that files and database alone tell nothing.

Everything has a data key of its own, used once, and the data key is wrapped by the active master key (AES-256-GCM
both). So changing the master key rewrites 65 bytes in front and never opens what is inside.

| bytes | of a wrapped key | of sealed bytes |
|---|---|---|
| 0 | form, 1 | a wrapped key, 65 bytes |
| 1-4 | version of the master key, big endian | |
| 5-16 | nonce | 65-76 nonce |
| 17-64 | the data key and its tag | 77- the data and its tag |

`about` names the place (`b"material:<id>:reading"`) and is bound to the data, so that bytes moved to another row or
column do not open.

What this does not stop: old sealed bytes put back into the place they came from; whoever can use the key file; the
length of the data, which shows.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from intake.storage.errors import KeyUnknown, SealBroken
from intake.storage.keyring_format import KEY_BYTES, Keyring

# Form of everything below; another way of sealing gets another number.
_FORM = 1
_HEADER = struct.Struct(">BI")
# How many bytes in front tell the form and the master key's version.
HEADER_BYTES = _HEADER.size
# NIST SP 800-38D, sections 5.2.1 and 8.2: 96-bit nonces and the full 128-bit tag.
_NONCE_BYTES = 12
_TAG_BYTES = 16
# A data key with all that opens it but the master key.
WRAPPED_BYTES = HEADER_BYTES + _NONCE_BYTES + KEY_BYTES + _TAG_BYTES
# What the data keys of sealed columns are bound to. The place is bound one layer below, so that a rotation need not
# know where the bytes lie.
_COLUMN = b"column"
# Each use of a key gets a key of its own (RFC 5869), so that no value made for one use serves another.
_WRAPPING = b"intake wrapping 1"
_TEXT_INDEX = b"intake text index 1\0"
_CONTENT_INDEX = b"intake content index 1\0"


@dataclass(frozen=True, slots=True)
class DataKey:
    """A key for one object.

    Attributes:
        plain: 32 bytes; for memory only.
        wrapped: What to store, 65 bytes.
        version: Of the master key that wraps it.
    """

    plain: bytes = field(repr=False)
    wrapped: bytes
    version: int


@dataclass(frozen=True, slots=True, eq=False)
class _Keys:
    """A keyring made ready for use."""

    ring: Keyring
    wrapping: dict[int, AESGCM]


class Sealer:
    """Seals and opens under the keys that a source gives at that moment; safe for threads."""

    def __init__(self, keyring_source: Callable[[], Keyring]) -> None:
        """Takes the source, usually a `keyring.KeyringFile`."""
        self._source = keyring_source
        self._keys = _ready(keyring_source())

    def seal(self, data: bytes, *, about: bytes) -> bytes:
        """Seals data for one place.

        Args:
            data: Anything, also nothing.
            about: Where it will lie; `open` needs the same.

        Returns:
            93 bytes more than the data.
        """
        key = self.new_data_key(about=_COLUMN)
        return key.wrapped + encrypt(data, key.plain, about=about)

    def open(self, sealed: bytes, *, about: bytes) -> bytes:
        """Opens what `seal` made.

        Raises:
            SealBroken: It was changed, or sealed for another place.
            KeyUnknown: Its master key is not in the key file.
        """
        plain = self.unwrap(sealed[:WRAPPED_BYTES], about=_COLUMN)
        return decrypt(sealed[WRAPPED_BYTES:], plain, about=about)

    def reseal(self, sealed: bytes) -> bytes:
        """The same sealed bytes under the active master key; what is inside stays closed.

        Raises:
            SealBroken, KeyUnknown: As `open`, as far as the wrapped key tells.
        """
        return self.rewrap(sealed[:WRAPPED_BYTES], about=_COLUMN).wrapped + sealed[WRAPPED_BYTES:]

    def new_data_key(self, *, about: bytes) -> DataKey:
        """Draws a key for one object and wraps it under the active master key."""
        return self._wrap(secrets.token_bytes(KEY_BYTES), about)

    def unwrap(self, wrapped: bytes, *, about: bytes) -> bytes:
        """The data key inside.

        Raises:
            SealBroken: It was changed, or wrapped for another object.
            KeyUnknown: Its master key is not in the key file.
        """
        header = wrapped[:HEADER_BYTES]
        version = version_of(wrapped)
        wrapping = self._current().wrapping.get(version)
        if wrapping is None:
            raise KeyUnknown
        return _opened(wrapping, wrapped[HEADER_BYTES:], header + about)

    def rewrap(self, wrapped: bytes, *, about: bytes) -> DataKey:
        """Wraps a data key anew under the active master key.

        Raises:
            SealBroken, KeyUnknown: As `unwrap`.
        """
        return self._wrap(self.unwrap(wrapped, about=about), about)

    def index_of(self, text: str) -> str:
        """A keyed hash of a text, to find equal ones (ID numbers) without storing any: 64 hexadecimal characters.

        The caller writes equal things equally. Whoever has the index key can try out all numbers.
        """
        return _keyed(self._current().ring.index_key, _TEXT_INDEX + text.encode("utf-8", "surrogatepass"))

    def address_of(self, data: bytes) -> str:
        """A keyed hash of a file, by which equal files share one object: 64 hexadecimal characters."""
        return _keyed(self._current().ring.index_key, _CONTENT_INDEX + hashlib.sha256(data).digest())

    @property
    def active_version(self) -> int:
        """Of the master key that seals now."""
        return self._current().ring.active.version

    def _wrap(self, plain: bytes, about: bytes) -> DataKey:
        keys = self._current()
        version = keys.ring.active.version
        header = header_of(version)
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return DataKey(plain, header + nonce + keys.wrapping[version].encrypt(nonce, plain, header + about), version)

    def _current(self) -> _Keys:
        ring = self._source()
        # The source gives the same object until its file changes.
        if ring is not self._keys.ring:
            self._keys = _ready(ring)
        return self._keys


def encrypt(data: bytes, key: bytes, *, about: bytes) -> bytes:
    """Encrypts under a data key that is used only once."""
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, about)


def decrypt(sealed: bytes, key: bytes, *, about: bytes) -> bytes:
    """Opens what `encrypt` made.

    Raises:
        SealBroken: It was changed, or belongs to another place or key.
    """
    return _opened(AESGCM(key), sealed, about)


def header_of(version: int) -> bytes:
    """The first bytes of everything wrapped under a master key."""
    return _HEADER.pack(_FORM, version)


def version_of(wrapped: bytes) -> int:
    """The master key's version in front of wrapped or sealed bytes.

    Raises:
        SealBroken: That is no header.
    """
    try:
        form, version = _HEADER.unpack(wrapped[:HEADER_BYTES])
    except struct.error as fault:
        raise SealBroken from fault
    if form != _FORM:
        raise SealBroken
    return int(version)


def _opened(cipher: AESGCM, sealed: bytes, about: bytes) -> bytes:
    if len(sealed) < _NONCE_BYTES + _TAG_BYTES:
        raise SealBroken
    try:
        return cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], about)
    except InvalidTag as fault:
        raise SealBroken from fault


def _ready(ring: Keyring) -> _Keys:
    wrapping = {
        key.version: AESGCM(HKDF(SHA256(), KEY_BYTES, salt=None, info=_WRAPPING).derive(key.key)) for key in ring.keys
    }
    return _Keys(ring, wrapping)


def _keyed(key: bytes, message: bytes) -> str:
    return hmac.new(key, message, hashlib.sha256).hexdigest()
