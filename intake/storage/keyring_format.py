"""The text of a key file: TOML with one index key, one audit key and numbered master keys, newest last.

```toml
format = 1
index_key = "…"            # 32 random bytes in base64: finds an ID number without storing it
audit_key = "…"            # … binds the entries of the event log to each other

[[master]]
version = 1                # written in front of everything sealed under it
created = 2026-11-27T08:00:00Z
key = "…"
```
"""

from __future__ import annotations

import base64
import binascii
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from intake.storage.errors import KeyringUnusable

# AES-256 and HMAC-SHA256 take 32 bytes.
KEY_BYTES = 32
# The only form there is so far; a later one gets another number.
FORMAT = 1
# The database keeps versions in a signed 32-bit column.
MAX_VERSION = 2**31 - 1
# The keys that the documentation and the samples under deploy/ print. Everybody has them.
EXAMPLE_MASTER_KEY = "ZXhhbXBsZSBtYXN0ZXIga2V5LCBuZXZlciB1c2UgaXQ="
EXAMPLE_INDEX_KEY = "ZXhhbXBsZSBpbmRleCBrZXksIG5ldmVyIHVzZSBpdC4="
EXAMPLE_AUDIT_KEY = "ZXhhbXBsZSBhdWRpdCBrZXksIG5ldmVyIHVzZSBpdC4="
EXAMPLE_KEYS = frozenset((EXAMPLE_MASTER_KEY, EXAMPLE_INDEX_KEY, EXAMPLE_AUDIT_KEY))
# 32 random bytes hold about 30 different values; fewer than 16 come up once in 10^20 files, so somebody typed them.
_MIN_DIFFERENT_BYTES = 16
# All 32 random bytes fall among the 95 printable characters once in 10^13 files.
_PRINTABLE = frozenset(range(0x20, 0x7F))
_TOP = frozenset(("format", "index_key", "audit_key", "master"))
_MASTER = frozenset(("version", "created", "key"))
_HEADER = """\
# 会计人员信息采集：主密钥文件。没有它，已存的材料和号码都打不开，也没有别的办法恢复。
# 请立即备份到另一处（不要与数据库备份放在一起），并只让运行服务的用户读取（权限 0600）。
# 不要手工修改；用 intake keys rotate 增加主密钥，用 intake keys retire 删除旧的。
"""


@dataclass(frozen=True, slots=True)
class MasterKey:
    """One master key.

    Attributes:
        version: Its number, 1 or more.
        key: 32 bytes.
        created: When it was made, UTC.
    """

    version: int
    key: bytes = field(repr=False)
    created: datetime


@dataclass(frozen=True, slots=True)
class Keyring:
    """All keys of one installation.

    Attributes:
        keys: By rising version; the last one is active, the others only open what they sealed.
        index_key: For look-ups by keyed hash; never changes.
        audit_key: For the chain of the event log; never changes.
    """

    keys: tuple[MasterKey, ...]
    index_key: bytes = field(repr=False)
    audit_key: bytes = field(repr=False)

    @property
    def active(self) -> MasterKey:
        """The key that seals."""
        return self.keys[-1]

    def of_version(self, version: int) -> MasterKey | None:
        """The key with this number, or None."""
        return next((key for key in self.keys if key.version == version), None)


def parse_keyring(text: str) -> Keyring:
    """Reads a key file's text.

    Raises:
        KeyringUnusable: `keyring-damaged` or `keyring-example-keys`; the detail names the place, not the key.
    """
    try:
        found = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as fault:
        raise damaged("不是 TOML 文件") from fault
    _only_known(found, _TOP, "文件")
    if found.get("format") != FORMAT:
        raise damaged(f"format 应为 {FORMAT}")
    masters = found.get("master")
    if not isinstance(masters, list) or not masters:
        raise damaged("没有主密钥（[[master]]）")
    keys = tuple(_master(entry, place) for place, entry in enumerate(masters, start=1))
    ring = Keyring(keys, _key(found.get("index_key"), "index_key"), _key(found.get("audit_key"), "audit_key"))
    _check_together(ring)
    return ring


def render_keyring(ring: Keyring) -> str:
    """The text that `parse_keyring` reads back to the same keys."""
    lines = [
        _HEADER,
        f"format = {FORMAT}",
        f'index_key = "{_text(ring.index_key)}"',
        f'audit_key = "{_text(ring.audit_key)}"',
    ]
    for key in ring.keys:
        created = key.created.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        lines += ["", "[[master]]", f"version = {key.version}", f"created = {created}", f'key = "{_text(key.key)}"']
    return "\n".join(lines) + "\n"


def damaged(reason: str) -> KeyringUnusable:
    """The error for a file that is not as it was written."""
    return KeyringUnusable("keyring-damaged", f"{reason}：文件已损坏或被手工改过，请从备份恢复")


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")


def _only_known(entry: Mapping[str, Any], known: frozenset[str], place: str) -> None:
    strange = sorted(set(entry) - known)
    if strange:
        raise damaged(f"{place}中有 {len(strange)} 个不认识的项目")


def _master(entry: object, place: int) -> MasterKey:
    where = f"第 {place} 个主密钥"
    if not isinstance(entry, dict):
        raise damaged(f"{where}不是表")
    _only_known(entry, _MASTER, where)
    version, created = entry.get("version"), entry.get("created")
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= MAX_VERSION:
        raise damaged(f"{where}的 version 应为 1 至 {MAX_VERSION} 的整数")
    if not isinstance(created, datetime) or created.tzinfo is None:
        raise damaged(f"{where}的 created 应为带时区的时间")
    return MasterKey(version, _key(entry.get("key"), f"{where}的 key"), created.astimezone(UTC))


def _key(value: object, where: str) -> bytes:
    try:
        key = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES or _text(key) != value:
        raise damaged(f"{where} 应为 {KEY_BYTES} 字节的 base64")
    if value in EXAMPLE_KEYS or len(set(key)) < _MIN_DIFFERENT_BYTES or _PRINTABLE.issuperset(key):
        raise KeyringUnusable(
            "keyring-example-keys",
            f"{where} 是文档中的示例或手工编写的密钥，谁都可能知道；请用 intake keys create 生成",
        )
    return key


def _check_together(ring: Keyring) -> None:
    versions = [key.version for key in ring.keys]
    if len(set(versions)) != len(versions):
        raise damaged("有两个主密钥的 version 相同")
    if versions != sorted(versions):
        raise damaged("主密钥没有按 version 从小到大排列")
    secrets = [ring.index_key, ring.audit_key, *(key.key for key in ring.keys)]
    if len(set(secrets)) != len(secrets):
        raise damaged("同一个密钥写了两次")
