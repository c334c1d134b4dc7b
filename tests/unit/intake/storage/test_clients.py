"""Callers: keys that open once, hashes that tell nothing, secrets that are sealed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, update

from intake.storage.clients import (
    KEY_PREFIX,
    NewClient,
    Scope,
    add_client,
    all_clients,
    client_of_key,
    revoke_client,
    webhook_secret,
)
from intake.storage.errors import SealBroken
from intake.storage.ids import new_id
from intake.storage.schema import client
from tests.service_parts import Installation, installation


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Installation]:
    with installation(f"sqlite:///{tmp_path / 'd.sqlite3'}", tmp_path) as made:
        yield made


@pytest.fixture
def added(site: Installation) -> NewClient:
    with site.service.database.write() as connection:
        return add_client(
            connection,
            site.service.sealer,
            name="芒市采集系统",
            scopes=[Scope.SUBMISSIONS, Scope.MATERIALS],
            region="533103",
            callback_hosts=["hooks.example:8443"],
        )


def test_a_key_finds_its_caller(site: Installation, added: NewClient) -> None:
    with site.service.database.read() as connection:
        found = client_of_key(connection, added.key)
    assert found == added.client
    assert found.scopes == {Scope.SUBMISSIONS, Scope.MATERIALS}
    assert found.callback_hosts == ("hooks.example:8443",)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda key: "",
        lambda key: key[:-1],
        lambda key: key + "0",
        lambda key: key.upper(),
        lambda key: key + "\n",
        lambda key: " " + key,
        lambda key: key.removeprefix(KEY_PREFIX),
        lambda key: KEY_PREFIX + "0" * 48,
        lambda key: "' OR 1=1 --",
        lambda key: key.replace("intake", "іntake"),
    ],
)
def test_other_keys_find_nobody(site: Installation, added: NewClient, spoil: object) -> None:
    assert callable(spoil)
    with site.service.database.read() as connection:
        assert client_of_key(connection, spoil(added.key)) is None


def test_neither_key_nor_secret_is_stored(site: Installation, added: NewClient, tmp_path: Path) -> None:
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("d.sqlite3*"))
    assert added.client.id.encode() in stored
    for secret in (added.key, added.key.removeprefix(KEY_PREFIX), added.webhook_secret):
        assert secret.encode() not in stored
        assert bytes.fromhex(secret.removeprefix(KEY_PREFIX)) not in stored


def test_keys_and_secrets_differ_from_caller_to_caller(site: Installation) -> None:
    with site.service.database.write() as connection:
        made = [add_client(connection, site.service.sealer, name="同名", scopes=[], region="530000") for _ in range(20)]
    assert len({one.key for one in made} | {one.webhook_secret for one in made}) == 40


def test_a_secret_is_opened_for_its_own_caller_only(site: Installation, added: NewClient) -> None:
    with site.service.database.write() as connection:
        assert webhook_secret(connection, site.service.sealer, added.client.id) == added.webhook_secret.encode()
        others = connection.execute(select(client.c.sealed_secret).where(client.c.id == site.client_id)).scalar_one()
        connection.execute(update(client).where(client.c.id == added.client.id).values(sealed_secret=others))
        with pytest.raises(SealBroken):
            webhook_secret(connection, site.service.sealer, added.client.id)
        with pytest.raises(LookupError):
            webhook_secret(connection, site.service.sealer, new_id())


def test_a_revoked_key_opens_nothing(site: Installation, added: NewClient) -> None:
    with site.service.database.write() as connection:
        assert revoke_client(connection, added.client.id)
        assert not revoke_client(connection, added.client.id)
        assert not revoke_client(connection, new_id())
        assert client_of_key(connection, added.key) is None
        assert client_of_key(connection, site.key) is not None
        assert [(one.id, revoked) for one, revoked in all_clients(connection)] == [
            (site.client_id, False),
            (added.client.id, True),
        ]
