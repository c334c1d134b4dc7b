"""Which URLs a client may name and which addresses may be connected to (reliability.md, goal G15)."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.webhooks.addresses import (
    CallbackRefused,
    Reach,
    Target,
    check_callback,
    check_host_entry,
    may_connect,
    parse_callback,
    reach_of,
)
from tests.webhook_forms import NEVER, PRIVATE, PUBLIC, URLS

CODES = {
    "callback-url-malformed",
    "callback-scheme-refused",
    "callback-host-not-allowed",
    "callback-address-refused",
}


def refusal(url: str, *hosts: str, private: bool = False) -> str | None:
    found = check_callback(url, hosts, private=private)
    if found is None:
        return None
    assert found.code in CODES
    # People read it; and what it repeats of the URL is the host at most.
    assert found.text.endswith("。") and "secret" not in found.text
    return found.code.value


def target(url: str, *, private: bool = False) -> Target:
    found = parse_callback(url, private=private)
    assert isinstance(found, Target)
    return found


def test_the_tables_are_long_enough() -> None:
    assert len(set(URLS)) >= 60 and len(set(NEVER) | set(PRIVATE)) >= 60


@pytest.mark.parametrize("url", URLS)
def test_a_form_is_refused_whoever_lists_it(url: str) -> None:
    whole = url.format(port=8443)
    authority = whole.partition("//")[2].partition("/")[0]
    assert refusal(whole, authority, authority.rpartition("@")[2], "example.com", "127.0.0.1:8443") is not None
    assert isinstance(parse_callback(whole, private=False), CallbackRefused)


@pytest.mark.parametrize("address", NEVER)
def test_nobodys_addresses(address: str) -> None:
    assert reach_of(address) is Reach.NEVER
    assert not may_connect(address, private=False)
    assert not may_connect(address, private=True)


@pytest.mark.parametrize("address", PRIVATE)
def test_own_addresses_need_the_setting(address: str) -> None:
    assert reach_of(address) is Reach.PRIVATE
    assert not may_connect(address, private=False)
    assert may_connect(address, private=True)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_neighbours(address: str) -> None:
    assert reach_of(address) is Reach.PUBLIC
    assert may_connect(address, private=False)
    host = f"[{address}]" if ":" in address else address
    assert refusal(f"https://{host}/hook", host) is None


@given(st.ip_addresses())
def test_what_we_call_public_python_calls_global(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> None:
    """A second table, kept by somebody else, never says that one of our public addresses is special."""
    if reach_of(str(address)) is Reach.PUBLIC:
        assert address.is_global and not address.is_multicast and not address.is_reserved


@given(st.ip_addresses(v=4))
def test_no_address_is_public_inside_another(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    carriers = (
        0xFFFF << 32 | number,
        0xFFFF << 48 | number,
        number,
        0x64FF9B << 96 | number,
        0x2002 << 112 | number << 80 | 1,
        0x20010000 << 96 | number << 64 | 0xF7F7F7F7,
        0x20010000 << 96 | 0x08080808 << 64 | (number ^ 0xFFFFFFFF),
        0x26064700 << 96 | 0x00005EFE << 32 | number,
        0x26064700 << 96 | 0x02005EFE << 32 | number,
    )
    for one in carriers:
        hidden = reach_of(str(ipaddress.IPv6Address(one)))
        assert hidden is not Reach.PUBLIC
        if reach_of(str(address)) is Reach.NEVER:
            assert hidden is Reach.NEVER


def test_a_url_taken_apart() -> None:
    assert target("https://example.com") == Target("https", "example.com", 443, "/", None)
    assert target("HTTPS://Example.COM:443/A/b?c=d&e=/?") == Target("https", "example.com", 443, "/A/b?c=d&e=/?", None)
    assert target("https://example.com?x=1").path == "/?x=1"
    assert target("https://xn--fiqs8s.cn:8443/").authority == "xn--fiqs8s.cn:8443"
    assert target("https://8.8.8.8:1/").authority == "8.8.8.8:1"
    six = target("https://[2606:4700:0:0::1]:65535/")
    assert (six.host, six.authority) == ("2606:4700::1", "[2606:4700::1]:65535")
    assert target("http://receiver/", private=True) == Target("http", "receiver", 80, "/", None)
    assert target("http://[::1]:8080/", private=True).authority == "[::1]:8080"


@pytest.mark.parametrize(("length", "fits"), [(2047, True), (2048, True), (2049, False)])
def test_length_of_a_url(length: int, fits: bool) -> None:
    url = "https://example.com/".ljust(length, "a")
    assert (refusal(url, "example.com") is None) is fits


@pytest.mark.parametrize(("label", "fits"), [("a", True), ("a" * 63, True), ("a" * 64, False), ("", False)])
def test_length_of_a_label(label: str, fits: bool) -> None:
    assert (refusal(f"https://{label}.example.com/", f"{label}.example.com") is None) is fits


@pytest.mark.parametrize(("port", "fits"), [(0, False), (1, True), (65535, True), (65536, False)])
def test_ports(port: int, fits: bool) -> None:
    assert (refusal(f"https://example.com:{port}/", f"example.com:{port}") is None) is fits


@pytest.mark.parametrize(
    ("url", "entry", "fits"),
    [
        ("https://example.com/x", "example.com", True),
        ("https://EXAMPLE.com/x", "Example.Com", True),
        ("https://example.com:443/", "example.com", True),
        ("https://example.com/", "example.com:443", True),
        ("https://example.com:8443/", "example.com:8443", True),
        ("https://example.com:8443/", "example.com", False),
        ("https://example.com/", "example.com:8443", False),
        ("https://sub.example.com/", "example.com", False),
        ("https://example.com.evil.org/", "example.com", False),
        ("https://notexample.com/", "example.com", False),
        ("https://example.com/", "*.com", False),
        ("https://example.com/", "*", False),
        ("https://example.com/", "", False),
        ("https://example.com/", "example.com/x", False),
        ("https://example.com/", "user@example.com", False),
        ("https://[2606:4700::1]/", "[2606:4700:0::1]", True),
        ("https://[2606:4700::1]/", "2606:4700::1", False),
    ],
)
def test_list_of_hosts_is_exact(url: str, entry: str, fits: bool) -> None:
    assert refusal(url, entry) == (None if fits else "callback-host-not-allowed")
    assert refusal(url, "other.example.org", entry) == (None if fits else "callback-host-not-allowed")


def test_without_a_list_nobody_is_called() -> None:
    assert refusal("https://example.com/secret") == "callback-host-not-allowed"


def test_each_refusal_has_its_code() -> None:
    assert refusal("http://example.com/secret", "example.com") == "callback-scheme-refused"
    assert refusal("https://10.0.0.1/secret", "10.0.0.1") == "callback-address-refused"
    assert refusal("https://example.com:0/secret", "example.com") == "callback-url-malformed"
    assert refusal("https://other.com/secret", "example.com") == "callback-host-not-allowed"


def test_the_setting_allows_http_and_own_addresses_but_no_metadata() -> None:
    assert refusal("http://127.0.0.1:8000/x", "127.0.0.1:8000", private=True) is None
    assert refusal("http://receiver:8000/x", "receiver:8000", private=True) is None
    assert refusal("http://receiver/x", "receiver", private=True) is None
    assert refusal("http://receiver/x", "receiver:443", private=True) == "callback-host-not-allowed"
    assert refusal("http://169.254.169.254/x", "169.254.169.254", private=True) == "callback-address-refused"
    assert refusal("ftp://receiver/x", "receiver", private=True) == "callback-scheme-refused"


@pytest.mark.parametrize(
    ("entry", "fits"),
    [("example.com", True), ("example.com:8443", True), ("[2606:4700::1]:8443", True), ("8.8.8.8", True), ("", False),
     ("*.example.com", False), ("https://example.com", False), ("example.com/", False), ("example.com/x", False),
     ("example.com?x", False), ("example.com:0", False), ("10.0.0.1", False), ("中国", False)],
)  # fmt: skip
def test_what_can_stand_on_a_list(entry: str, fits: bool) -> None:
    assert (check_host_entry(entry, private=False) is None) is fits


def test_own_addresses_stand_on_a_list_with_the_setting() -> None:
    assert check_host_entry("10.0.0.1", private=True) is None
    assert check_host_entry("169.254.169.254", private=True) is not None


_CLOSE = st.from_regex(r"https?://[a-zA-Z0-9.\-\[\]:@%_*]{0,30}(:[0-9]{0,6})?[/?#\\]?[ -~]{0,20}", fullmatch=True)


@given(st.text(max_size=80) | _CLOSE, st.booleans())
def test_what_passes_is_read_alike_by_others(url: str, private: bool) -> None:
    found = parse_callback(url, private=private)
    if isinstance(found, Target):
        other, third = urlsplit(url), httpx.URL(url)
        assert other.hostname is not None and other.username is None and not other.fragment
        port = other.port or {"https": 443, "http": 80}[found.scheme]
        told = ipaddress.ip_address(other.hostname) if found.address else other.hostname
        assert (found.scheme, found.host, found.port) == (other.scheme, str(told), port)
        assert third.scheme == found.scheme and (third.port or port) == port
        host = third.raw_host.decode("ascii")
        assert str(ipaddress.ip_address(host) if found.address else host) == found.host
