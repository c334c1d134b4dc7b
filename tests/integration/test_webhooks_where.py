"""Where a message goes: never to an address that was not checked, whatever name servers say (goal G15)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Sequence

import pytest

from intake.webhooks.addresses import Target, parse_callback
from intake.webhooks.send import Wire, post
from tests.webhook_forms import NEVER, PRIVATE, URLS
from tests.webhook_post import BODY, PATIENT_S, SHORT_S, here, send
from tests.webhook_receiver import Receiver


@pytest.mark.parametrize("url", URLS)
def test_no_form_of_an_address_makes_a_connection(url: str) -> None:
    with Receiver() as receiver:
        target = parse_callback(url.format(port=receiver.port), private=False)
        if isinstance(target, Target):
            post(target, headers={}, body=BODY, private=False, wire=here())
    assert receiver.connections == 0


@pytest.mark.parametrize("address", [*NEVER, *PRIVATE])
def test_no_answer_of_a_name_server_makes_a_connection(address: str) -> None:
    with Receiver() as receiver:
        got = send(receiver, here(address), private=False)
    assert (got.code, receiver.connections) == ("webhook-address-refused", 0)


def test_the_listener_can_be_reached_at_all() -> None:
    """The control of the two tests above."""
    with Receiver() as receiver:
        assert send(receiver, here("127.0.0.1"), private=True).status == 200
    assert receiver.connections == 1


@pytest.mark.parametrize(
    "found",
    [("8.8.8.8", "127.0.0.1"), ("127.0.0.1", "8.8.8.8"), ("2606:4700::1", "::1"), ("8.8.8.8", "::ffff:127.0.0.1"),
     ("8.8.8.8", "9.9.9.9", "1.1.1.1", "127.0.0.1")],
)  # fmt: skip
def test_one_bad_address_spoils_all(found: tuple[str, ...]) -> None:
    with Receiver() as receiver:
        got = send(receiver, here(*found), private=False)
    assert (got.code, receiver.connections) == ("webhook-address-refused", 0)


def test_a_name_is_looked_up_once_and_the_checked_address_is_used() -> None:
    """A name server that answers differently the second time (rebinding) is not asked a second time."""
    asked: list[tuple[str, int]] = []

    def changing(host: str, port: int) -> Sequence[str]:
        asked.append((host, port))
        return ["127.0.0.1"] if len(asked) == 1 else ["169.254.169.254"]

    with Receiver() as receiver:
        got = send(receiver, Wire(resolve=changing, deadline_s=PATIENT_S))
        assert got.status == 200
        assert asked == [("receiver.test", receiver.port)]


def test_an_address_is_not_looked_up() -> None:
    def never(host: str, port: int) -> Sequence[str]:
        raise AssertionError(host, port)

    with Receiver() as receiver:
        assert send(receiver, Wire(resolve=never, deadline_s=PATIENT_S), host="127.0.0.1").status == 200


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    with Receiver() as receiver:
        assert send(receiver, here("127.0.0.2", "127.0.0.1")).status == 200
        assert send(receiver, here("127.0.0.2", "127.0.0.3")).code == "webhook-not-connected"
        # Three are enough.
        assert send(receiver, here("127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.1")).code == "webhook-not-connected"
    assert receiver.connections == 1


def test_names_that_lead_nowhere() -> None:
    def unknown(host: str, port: int) -> Sequence[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    with Receiver() as receiver:
        assert send(receiver, Wire(resolve=unknown, deadline_s=PATIENT_S)).code == "webhook-name-unknown"
        nothing = Wire(resolve=lambda host, port: (), deadline_s=PATIENT_S)
        assert send(receiver, nothing).code == "webhook-name-unknown"
    assert receiver.connections == 0


def test_a_name_server_that_stalls() -> None:
    over = threading.Event()

    def stalled(host: str, port: int) -> Sequence[str]:
        over.wait()
        return ["127.0.0.1"]

    with Receiver() as receiver:
        got = send(receiver, Wire(resolve=stalled, deadline_s=SHORT_S))
        over.set()
    assert (got.code, receiver.connections) == ("webhook-timeout", 0)


def test_the_systems_resolver() -> None:
    with Receiver() as receiver:
        got = send(receiver, Wire(deadline_s=PATIENT_S), host="localhost")
        assert got.status == 200
        refused = send(receiver, Wire(deadline_s=PATIENT_S), host="localhost", private=False)
    assert (refused.code, receiver.connections) == ("webhook-address-refused", 1)
