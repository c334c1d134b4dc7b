"""Where webhooks may go: which URLs a client may name, and which addresses may be connected to.

The URL is checked when a submission names it, without asking any name server; the address is checked when the message
is sent, on the very address that is connected to. A URL is written in one plain way or it is refused: what two
libraries could read differently is what an attacker writes.

What this does not stop: a listed host that forwards to somewhere else, and prefixes that a site's own network
translates (RFC 6052 allows any); such a site lists no foreign hosts.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address, ip_network

# Longer than any address a front end needs, shorter than what proxies cut off.
_LONGEST_URL = 2048
# RFC 3986: unreserved, reserved-in-path and percent; no fragment, no user before the host, no backslash, no blanks.
_PATH = r"[A-Za-z0-9._~!$&'()*+,;=:@%/-]"
_URL = re.compile(
    rf"(?P<scheme>[A-Za-z]+)://(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(?P<port>[0-9]{{1,5}}))?"
    rf"(?P<path>/{_PATH}*)?(?P<query>\?(?:{_PATH}|\?)*)?",
    re.ASCII,
)
# RFC 1123, section 2.1.
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", re.ASCII)
_LONGEST_NAME = 253
# What name look-ups take for a number, and so for a way to write an address: 2130706433, 0x7f000001, 017700000001.
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
# RFC 9110, section 4.2.
_PORTS = {"https": 443, "http": 80}
_HIGHEST_PORT = 65535


class CallbackCode(StrEnum):
    """Why a callback URL is refused."""

    MALFORMED = "callback-url-malformed"
    SCHEME = "callback-scheme-refused"
    HOST = "callback-host-not-allowed"
    ADDRESS = "callback-address-refused"


@dataclass(frozen=True, slots=True)
class CallbackRefused:
    """A URL that no message goes to.

    Attributes:
        code: Stable.
        text: Chinese: what is wrong and what to do. It repeats the host at most, since the rest may hold a secret.
    """

    code: CallbackCode
    text: str


@dataclass(frozen=True, slots=True)
class Target:
    """A URL taken apart.

    Attributes:
        scheme: https or http.
        host: A name in small letters, or an address in its canonical form, without brackets.
        port: 1..65535.
        path: With the query, as it was written; at least `/`.
        address: The host when it is an address.
    """

    scheme: str
    host: str
    port: int
    path: str
    address: IPv4Address | IPv6Address | None

    @property
    def authority(self) -> str:
        """Host and port as the Host header carries them: the scheme's own port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"


class Reach(StrEnum):
    """How far an address leads."""

    PUBLIC = "public"
    # This machine and the site's own network: only with the setting.
    PRIVATE = "private"
    # Nobody's receiver: metadata services, one link, groups, reserved ranges.
    NEVER = "never"


# IANA's special-purpose registry for IPv4, as of 2026, the ranges of a site first.
_PRIVATE_V4 = tuple(
    ip_network(one)
    for one in (
        "127.0.0.0/8",  # this machine, RFC 1122
        "10.0.0.0/8",  # RFC 1918
        "172.16.0.0/12",  # RFC 1918
        "192.168.0.0/16",  # RFC 1918
        "100.64.0.0/10",  # shared by a provider's customers, RFC 6598; some governments' networks use it
    )
)
_NEVER_V4 = tuple(
    ip_network(one)
    for one in (
        "0.0.0.0/8",  # this network, RFC 791; Linux connects 0.0.0.0 to itself
        "100.100.100.200/32",  # metadata service of Alibaba Cloud, inside the shared range
        "168.63.129.16/32",  # the host's service of Azure, inside a public range
        "169.254.0.0/16",  # one link, RFC 3927; the metadata services of most clouds
        "192.0.0.0/24",  # protocol assignments, RFC 6890; metadata service of Oracle Cloud
        "192.0.2.0/24",  # documentation, RFC 5737
        "192.88.99.0/24",  # relays of 6to4, RFC 7526
        "198.18.0.0/15",  # measurements, RFC 2544
        "198.51.100.0/24",  # documentation, RFC 5737
        "203.0.113.0/24",  # documentation, RFC 5737
        "224.0.0.0/4",  # groups, RFC 5771
        "240.0.0.0/4",  # reserved, RFC 1112, with the broadcast address
    )
)
# The same for IPv6. Everything that is not listed here and not handed out for general use is never connected to.
_GENERAL_V6 = ip_network("2000::/3")
_PRIVATE_V6 = tuple(ip_network(one) for one in ("::1/128", "fc00::/7"))  # this machine; a site's own, RFC 4193
_NEVER_V6 = tuple(
    ip_network(one)
    for one in (
        "fd00:ec2::/32",  # metadata service of Amazon, inside a site's range
        "fd20:ce::/32",  # metadata service of Google, inside a site's range
        "fe80::/10",  # one link, RFC 4291
        "fec0::/10",  # a site, given up by RFC 3879
        "ff00::/8",  # groups, RFC 4291
        "2001::/23",  # protocol assignments, RFC 2928 (Teredo is looked at before)
        "2001:db8::/32",  # documentation, RFC 3849
        "3fff::/20",  # documentation, RFC 9637
    )
)
# Ways to carry an IPv4 address inside IPv6: prefix, and by how many bits the carried address is shifted to the left.
_CARRIERS = (
    (ip_network("::ffff:0:0/96"), 0),  # mapped, RFC 4291
    (ip_network("::ffff:0:0:0/96"), 0),  # translated, RFC 2765
    (ip_network("64:ff9b::/96"), 0),  # NAT64, RFC 6052
    (ip_network("::/96"), 0),  # compatible, given up by RFC 4291
    (ip_network("2002::/16"), 80),  # 6to4, RFC 3056
)
_TEREDO = ip_network("2001::/32")  # RFC 4380
# ISATAP, RFC 5214: these 32 bits stand in front of the address, the second form for globally unique ones.
_ISATAP = (0x00005EFE, 0x02005EFE)
_BITS_32 = 0xFFFF_FFFF


def check_callback(url: str, hosts: Iterable[str], *, private: bool) -> CallbackRefused | None:
    """Whether a client may name this URL; nothing is looked up.

    Args:
        url: As the client wrote it.
        hosts: The client's list: `host` for the scheme's own port, `host:port` for another. No wildcards.
        private: The setting that allows http and the site's own addresses.

    Returns:
        None when it may.
    """
    target = parse_callback(url, private=private)
    if isinstance(target, CallbackRefused):
        return target
    listed = (parse_callback(f"{target.scheme}://{one}/", private=private) for one in hosts)
    if not any(isinstance(one, Target) and replace(target, path="/") == one for one in listed):
        return CallbackRefused(
            CallbackCode.HOST, f"回调主机“{target.authority}”不在本客户端的允许名单内；请联系管理员把它加入名单。"
        )
    return None


def check_host_entry(entry: str, *, private: bool) -> CallbackRefused | None:
    """Whether a line can stand on a client's list of hosts; None when it can."""
    target = parse_callback(f"https://{entry}/", private=private)
    if isinstance(target, CallbackRefused):
        return target
    return None if target.path == "/" else _malformed("名单中只写“主机”或“主机:端口”，不带路径")


def parse_callback(url: str, *, private: bool) -> Target | CallbackRefused:
    """Takes a URL apart, or says why it is refused whoever names it; nothing is looked up.

    Args:
        url: As the client wrote it.
        private: The setting that allows http and the site's own addresses.
    """
    found = _URL.fullmatch(url) if len(url) <= _LONGEST_URL else None
    if found is None:
        return _malformed(f"须形如 https://主机[:端口]/路径，不超过 {_LONGEST_URL} 个字符，只用 ASCII 字符")
    scheme = found["scheme"].lower()
    if scheme not in _PORTS or (scheme == "http" and not private):
        return CallbackRefused(CallbackCode.SCHEME, "回调地址只能用 https；请换成 https 地址。")
    port = int(found["port"] or _PORTS[scheme])
    if not 1 <= port <= _HIGHEST_PORT:
        return _malformed(f"端口须为 1 至 {_HIGHEST_PORT}")
    host = _host(found["host"].lower())
    if host is None:
        return _malformed("主机须为完整域名（中文域名写成 xn-- 形式）或标准写法的 IP 地址")
    address = None if isinstance(host, str) else host
    if address is not None and not may_connect(str(address), private=private):
        return CallbackRefused(
            CallbackCode.ADDRESS, f"回调地址“{address}”是内网、本机或保留地址；请改用可公开访问的地址。"
        )
    return Target(scheme, str(host), port, (found["path"] or "/") + (found["query"] or ""), address)


def may_connect(address: str, *, private: bool) -> bool:
    """Whether a message may go to this address, as a name server gave it."""
    reach = reach_of(address)
    return reach is Reach.PUBLIC or (private and reach is Reach.PRIVATE)


def reach_of(address: str) -> Reach:
    """How far an address leads. What is not plainly an address leads nowhere; neither does one with a zone.

    An IPv4 address inside an IPv6 one is never public, because the network decides where it comes out.
    """
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return Reach.NEVER
    if isinstance(parsed, IPv4Address):
        return _reach_v4(parsed)
    return Reach.NEVER if parsed.scope_id is not None else _reach_v6(parsed)


def _reach_v4(address: IPv4Address) -> Reach:
    if any(address in network for network in _NEVER_V4):
        return Reach.NEVER
    return Reach.PRIVATE if any(address in network for network in _PRIVATE_V4) else Reach.PUBLIC


def _reach_v6(address: IPv6Address) -> Reach:
    if any(address in network for network in _PRIVATE_V6):
        return Reach.NEVER if any(address in network for network in _NEVER_V6) else Reach.PRIVATE
    carried = _carried(address)
    if carried:
        linked = address not in _TEREDO and any(address in network for network in _NEVER_V6)
        return Reach.NEVER if linked or any(_reach_v4(one) is Reach.NEVER for one in carried) else Reach.PRIVATE
    if address not in _GENERAL_V6 or any(address in network for network in _NEVER_V6):
        return Reach.NEVER
    return Reach.PUBLIC


def _carried(address: IPv6Address) -> tuple[IPv4Address, ...]:
    """The IPv4 addresses inside an IPv6 one."""
    number = int(address)
    for network, shift in _CARRIERS:
        if address in network:
            return (IPv4Address(number >> shift & _BITS_32),)
    if address in _TEREDO:
        # The server in the clear, the client with all bits turned over.
        return IPv4Address(number >> 64 & _BITS_32), IPv4Address(~number & _BITS_32)
    if number >> 32 & _BITS_32 in _ISATAP:
        return (IPv4Address(number & _BITS_32),)
    return ()


def _host(text: str) -> str | IPv4Address | IPv6Address | None:
    """A name, an address, or None for what is neither in its plain form."""
    try:
        if text.startswith("["):
            return IPv6Address(text[1:-1])
        labels = text.split(".")
        if _NUMBER.fullmatch(labels[-1]):
            return IPv4Address(text)
    except ValueError:
        return None
    plain = len(text) <= _LONGEST_NAME and all(_LABEL.fullmatch(label) for label in labels)
    return text if plain else None


def _malformed(rule: str) -> CallbackRefused:
    return CallbackRefused(CallbackCode.MALFORMED, f"回调地址格式不对：{rule}；请改正后重新提交。")
