from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.commands_client import client_app
from intake.storage.clients import Scope, client_of_key, webhook_secret
from intake.storage.database import Database
from intake.storage.keyring import KeyringFile, create_keyring
from intake.storage.sealing import Sealer

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs the command on an installation that has its keys."""
    tmp_path.chmod(0o700)
    monkeypatch.setenv("INTAKE_DATA", str(tmp_path))
    create_keyring(tmp_path / "keys.toml")

    def command(*words: str) -> tuple[int, str, str]:
        done = CliRunner().invoke(client_app, list(words))
        return done.exit_code, done.stdout, done.stderr

    return command


def database(folder: Path) -> Database:
    """The installation's."""
    return Database(f"sqlite:///{folder / 'intake.sqlite3'}")


def test_a_new_client_can_call_with_what_was_shown(run: Run, tmp_path: Path) -> None:
    code, out, _ = run("add", "采集前台", "--region", "533100", "--callback-host", "hooks.example:8443", "--json")
    shown = json.loads(out)
    assert code == 0
    opened = database(tmp_path)
    with opened.read() as connection:
        client = client_of_key(connection, shown["key"])
        secret = webhook_secret(connection, Sealer(KeyringFile(tmp_path / "keys.toml")), shown["id"])
    opened.close()
    assert client is not None
    assert (client.id, client.name, client.region, client.callback_hosts) == (
        shown["id"], "采集前台", "533100", ("hooks.example:8443",),
    )  # fmt: skip
    assert client.scopes == {Scope.MATERIALS, Scope.SUBMISSIONS, Scope.PICTURES, Scope.DELIVERIES}
    assert secret.decode() == shown["webhook_secret"]


def test_the_list_shows_no_secret(run: Run) -> None:
    shown = json.loads(run("add", "采集前台", "--json")[1])
    run("add", "监控", "--scopes", "operations")
    code, out, _ = run("list", "--json")
    listed = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [(one["name"], one["scopes"], one["revoked"]) for one in listed] == [
        ("采集前台", ["deliveries", "materials", "pictures", "submissions"], False),
        ("监控", ["operations"], False),
    ]
    everything = out + run("list")[1]
    assert shown["key"] not in everything
    assert shown["webhook_secret"] not in everything


def test_a_revoked_client_cannot_call_and_is_still_listed(run: Run, tmp_path: Path) -> None:
    shown = json.loads(run("add", "采集前台", "--json")[1])
    assert run("revoke", shown["id"])[0] == 0
    opened = database(tmp_path)
    with opened.read() as connection:
        assert client_of_key(connection, shown["key"]) is None
    opened.close()
    assert json.loads(run("list", "--json")[1])["revoked"] is True
    code, _, err = run("revoke", shown["id"])
    assert (code, err.split(":")[0]) == (1, "client-unknown")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["add", "甲", "--scopes", "materials,everything"], "scope-unknown"),
        (["add", "甲", "--scopes", ""], "scope-unknown"),
        (["add", "甲", "--region", "53"], "region-unusable"),
        (["add", "甲", "--region", "５３００００"], "region-unusable"),
        (["add", " "], "name-unusable"),
        (["add", "甲" * 101], "name-unusable"),
        (["add", "甲\n乙"], "name-unusable"),
        (["add", "甲", "--callback-host", "https://hooks.example/"], "callback-url-malformed"),
        (["add", "甲", "--callback-host", "127.0.0.1:8500"], "callback-address-refused"),
    ],
)
def test_what_cannot_be_used_adds_nobody(run: Run, words: list[str], said: str) -> None:
    code, out, err = run(*words)
    assert (code, out, err.split(":")[0]) == (2, "", said)
    assert run("list", "--json")[1] == ""


@pytest.mark.parametrize("size", [1, 100])
def test_names_up_to_a_hundred_characters(run: Run, size: int) -> None:
    assert run("add", "甲" * size)[0] == 0


def test_this_machine_may_be_called_back_where_the_setting_says_so(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_WEBHOOK_PRIVATE", "true")
    assert run("add", "甲", "--callback-host", "127.0.0.1:8500")[0] == 0


def test_without_keys_there_is_one_line_and_no_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INTAKE_DATA", str(tmp_path / "new"))
    done = CliRunner().invoke(client_app, ["add", "甲"])
    assert done.exit_code == 1
    assert done.stderr.startswith("keyring-")
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "new").exists()


def test_a_client_that_is_changed_keeps_what_is_not_named(run: Run, tmp_path: Path) -> None:
    made = json.loads(run("add", "采集前台", "--callback-host", "a.example", "--json")[1])
    code, out, _ = run("change", made["id"], "--callback-host", "b.example", "--callback-host", "c.example:8443")
    assert code == 0 and "b.example、c.example:8443" in out and "密钥" not in out
    changed = json.loads(run("change", made["id"], "--scopes", "materials", "--new-key", "--new-secret", "--json")[1])
    assert changed["callback_hosts"] == ["b.example", "c.example:8443"]
    opened = database(tmp_path)
    with opened.read() as connection:
        assert client_of_key(connection, made["key"]) is None
        client = client_of_key(connection, changed["key"])
        secret = webhook_secret(connection, Sealer(KeyringFile(tmp_path / "keys.toml")), made["id"])
    opened.close()
    assert client is not None
    assert (client.id, client.name, client.scopes) == (made["id"], "采集前台", {Scope.MATERIALS})
    assert secret.decode() == changed["webhook_secret"] != made["webhook_secret"]


def test_a_change_without_anything_or_of_nobody_is_refused(run: Run) -> None:
    made = json.loads(run("add", "采集前台", "--json")[1])
    assert run("change", made["id"])[0] == 2
    assert "nothing-to-change" in run("change", made["id"])[2]
    code, _, error = run("change", "0" * 40, "--new-key")
    assert code == 1 and "client-unknown" in error
    run("revoke", made["id"])
    assert run("change", made["id"], "--new-key")[0] == 1
    assert run("change", made["id"], "--scopes", "everything")[0] == 2
