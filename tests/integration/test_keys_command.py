"""`intake keys` as an operator runs it: what it says, its exit codes, and that no key is ever shown."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import insert, select, update
from typer.testing import CliRunner

from api.commands_keys import keys_app
from intake.storage import schema
from intake.storage.database import Database
from intake.storage.keyring import KeyringFile, load_keyring
from intake.storage.sealing import Sealer

CLIENT = "a" * 40
SECRET_OF = b"somewhere"


@dataclass(frozen=True, slots=True)
class Site:
    """A data folder, and the command that works on it."""

    folder: Path

    @property
    def keys(self) -> Path:
        return self.folder / "keys.toml"

    def run(self, *arguments: str, code: int = 0) -> str:
        """Both streams as one text, after the exit code and the absence of every key were checked."""
        ended = CliRunner().invoke(keys_app, arguments)
        said = ended.stdout + ended.stderr
        assert ended.exit_code == code, said
        assert "Traceback" not in said
        if self.keys.is_file():
            for secret in re.findall(r'"(.+)"', self.keys.read_text(encoding="utf-8")):
                assert secret not in said
        return said

    def database(self) -> Database:
        return Database(f"sqlite:///{self.folder / 'intake.sqlite3'}")

    def fill(self) -> None:
        """A database with one sealed value."""
        database = self.database()
        database.migrate()
        sealed = Sealer(KeyringFile(self.keys)).seal(b"secret", about=SECRET_OF)
        with database.write() as connection:
            connection.execute(
                insert(schema.client).values(
                    id=CLIENT, name="前置系统", key_hash="0" * 64, scopes="[]", region="533103", callback_hosts="[]",
                    sealed_secret=sealed, created_ms=0,
                )
            )  # fmt: skip
        database.close()

    def damage(self) -> None:
        """Changes a bit of the sealed value's data key."""
        database = self.database()
        with database.write() as connection:
            value = bytearray(connection.scalars(select(schema.client.c.sealed_secret)).one())
            value[30] ^= 1
            connection.execute(update(schema.client).values(sealed_secret=bytes(value)))
        database.close()

    def make_older(self) -> None:
        """The newest key was made a year earlier than it was."""
        text = self.keys.read_text(encoding="utf-8")
        self.keys.write_text(re.sub(r"created = \d{4}", "created = 2020", text), encoding="utf-8")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    monkeypatch.setenv("INTAKE_DATA", str(tmp_path))
    for name in ("INTAKE_KEYS", "INTAKE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    return Site(tmp_path)


def test_a_key_file_is_made_once(site: Site) -> None:
    said = site.run("create")
    assert "备份" in said and str(site.keys) in said.replace("\n", "")
    before = site.keys.read_bytes()
    assert "keyring-exists" in site.run("create", code=1)
    assert site.keys.read_bytes() == before


def test_another_place_can_be_named(site: Site, tmp_path: Path) -> None:
    site.run("create", "--file", str(tmp_path / "elsewhere.toml"))
    assert load_keyring(tmp_path / "elsewhere.toml").active.version == 1
    assert not site.keys.exists()


def test_looking_at_keys_makes_no_database(site: Site) -> None:
    site.run("create")
    assert "还没有数据库" in site.run("list")
    site.run("check")
    assert [path.name for path in site.folder.iterdir()] == ["keys.toml"]


def test_a_missing_file_is_told_by_every_command(site: Site) -> None:
    for arguments in (("list",), ("check",), ("rotate",)):
        assert "keyring-missing" in site.run(*arguments, code=1)


def test_from_creation_to_the_old_keys_end(site: Site) -> None:
    site.run("create")
    site.fill()
    site.run("check")
    said = site.run("rotate")
    assert "第 2 版" in said and "1 项" in said
    lines = [json.loads(line) for line in site.run("list", "--json").splitlines()]
    assert [(line["version"], line["active"], line["sealed"]) for line in lines] == [(1, False, 0), (2, True, 1)]
    assert "正在使用" in site.run("list")
    assert "key-too-fresh" in site.run("retire", "1", code=1)
    assert "key-active" in site.run("retire", "2", code=1)
    assert "key-unknown" in site.run("retire", "3", code=1)
    site.make_older()
    site.run("retire", "1")
    assert [key.version for key in load_keyring(site.keys).keys] == [2]
    assert json.loads(site.run("check", "--json"))["usable"] is True


def test_renewing_alone_adds_no_key(site: Site) -> None:
    site.run("create")
    site.fill()
    site.run("rotate", "--renew")
    assert [key.version for key in load_keyring(site.keys).keys] == [1]


def test_a_key_is_not_retired_unseen(site: Site) -> None:
    site.run("create")
    assert "没有找到数据库" in site.run("rotate")
    site.make_older()
    assert "database-missing" in site.run("retire", "1", code=1)
    assert len(load_keyring(site.keys).keys) == 2


def test_the_wrong_file_and_an_older_one_are_found(site: Site) -> None:
    site.run("create")
    site.fill()
    old = site.keys.read_bytes()
    site.run("rotate")
    site.keys.write_bytes(old)
    assert "key-unknown" in site.run("check", code=1)
    site.keys.unlink()
    site.run("create")
    site.run("rotate")
    said = site.run("check", "--json", code=1)
    assert "seal-broken" in said and "client.sealed_secret" in said


def test_damage_is_told_and_does_not_stop_the_rotation(site: Site) -> None:
    site.run("create")
    site.fill()
    site.damage()
    assert "seal-broken" in site.run("rotate", code=1)
    assert "seal-broken" in site.run("check", code=1)


def test_a_database_that_cannot_be_asked_stops_a_rotation_before_it_begins(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.run("create")
    # Nothing listens on the discard port of this machine.
    monkeypatch.setenv("INTAKE_DATABASE_URL", "postgresql+psycopg://intake:hidden@127.0.0.1:9/intake")
    said = site.run("rotate", code=1)
    assert "database-away" in said and "hidden" not in said
    assert len(load_keyring(site.keys).keys) == 1


def test_usage_is_explained(site: Site) -> None:
    site.run("retire", code=2)
    site.run("retire", "one", code=2)
    site.run("nothing", code=2)
