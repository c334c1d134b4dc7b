"""The suite's own guard must refuse: a guard that lets everything pass looks the same from outside."""

from __future__ import annotations

import socket

import pytest


def test_connecting_outside_is_refused(outside_reached: type[Exception]) -> None:
    with socket.socket() as client, pytest.raises(outside_reached):
        client.connect(("192.0.2.1", 80))


def test_looking_up_a_name_is_refused(outside_reached: type[Exception]) -> None:
    with pytest.raises(outside_reached):
        socket.getaddrinfo("example.com", 443)


def test_a_datagram_outside_is_refused(outside_reached: type[Exception]) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client, pytest.raises(outside_reached):
        client.sendto(b"x", ("192.0.2.1", 53))


def test_this_machine_may_be_reached() -> None:
    with socket.socket() as server, socket.socket() as client:
        server.bind(("127.0.0.1", 0))
        server.listen()
        client.connect(server.getsockname())
        assert client.getpeername() == server.getsockname()
