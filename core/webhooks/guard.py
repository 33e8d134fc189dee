"""Where notices may be sent: public addresses by HTTPS, and what the setting ``webhook_networks`` adds.

1. ``check_url`` looks at an address when it is registered: scheme, host, no name or password in it.
2. ``GuardedBackend`` resolves the host at each connection and connects to exactly the addresses that it has
   checked: a name that changes its address meanwhile leads nowhere else. Every address of a name must be
   allowed. One budget of seconds covers resolving, connecting, handshake, sending and waiting.
"""

import ipaddress
import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import SplitResult, urlsplit

import httpcore

from core.errors import InvalidInput
from core.settings import get_settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
URL_MOST = 500
UNICAST_V6 = ipaddress.IPv6Network("2000::/3")
TUNNELS_V6 = (ipaddress.IPv6Network("2001::/32"), ipaddress.IPv6Network("2002::/16"))


class AddressRefused(Exception):  # noqa: N818 - an outcome, named like the families of core.errors
    """The host is, or resolves to, an address to which nothing may be sent."""


def allowed_networks() -> tuple[Network, ...]:
    """Return the networks that the installation allows beside the public ones.

    Raises:
        InvalidInput: the setting cannot be read.
    """
    setting = get_settings().webhook_networks
    try:
        return tuple(ipaddress.ip_network(one) for one in setting.replace(",", " ").split())
    except ValueError as error:
        raise InvalidInput(
            "core.setting_invalid", variable="YAOZHENG_WEBHOOK_NETWORKS", value=setting
        ) from error


def is_allowed(text: str, networks: Iterable[Network] = ()) -> bool:
    """Whether a numeric address may be connected to; link-local, multicast and ``0.0.0.0`` never.

    IPv6 forms that carry an IPv4 address are either read as that one or refused.
    """
    try:
        address: Address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    return any(address in one for one in networks) or _is_public(address)


def _is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global
    is_tunnel = any(address in one for one in TUNNELS_V6)
    return address.is_global and address in UNICAST_V6 and not is_tunnel


def check_url(url: str) -> str:
    """Return the address as it will be used.

    Raises:
        InvalidInput: nothing can or may be sent there.
    """
    parts = _split(url.strip())
    host = parts.hostname or ""
    is_own = host == "localhost" or _is_loopback(host)
    has_scheme = parts.scheme == "https" or (parts.scheme == "http" and is_own)
    has_extras = bool(parts.username is not None or parts.password is not None or parts.fragment)
    if not host or not has_scheme or has_extras or not _is_host_allowed(host):
        raise InvalidInput("core.webhook_url_refused")
    return parts.geturl()


def _split(url: str) -> SplitResult:
    is_plain = 0 < len(url) <= URL_MOST and url.isascii() and url.isprintable() and not set(url) & set(" \\")
    try:
        parts = urlsplit(url if is_plain else "")
        parts.port  # noqa: B018 - reading it checks it
    except ValueError as error:
        raise InvalidInput("core.webhook_url_refused") from error
    return parts


def _is_host_allowed(host: str) -> bool:
    """Look at what can be told without resolving: numeric hosts in any spelling, names of this machine."""
    networks = allowed_networks()
    numeric = _numeric(host)
    if host == "localhost" or host.endswith(".localhost"):
        return is_allowed("127.0.0.1", networks)
    return is_allowed(numeric, networks) if numeric else "." in host or bool(networks)


def _numeric(host: str) -> str:
    """Return the address that a host spells, in the forms of inet_aton too (``2130706433``, ``0x7f.1``)."""
    if ":" in host:
        return host
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return ""


def _is_loopback(text: str) -> bool:
    try:
        return ipaddress.ip_address(_numeric(text) or text).is_loopback
    except ValueError:
        return False


def resolve(host: str, port: int, *, is_plain: bool) -> list[str]:
    """Return the addresses of a host, all of them allowed.

    Args:
        host: as the URL names it.
        port: where to.
        is_plain: without TLS; then this machine alone.

    Raises:
        AddressRefused: one of them is not allowed.
        OSError: it has none.
    """
    networks = allowed_networks()
    found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    for address in found:
        if not is_allowed(address, networks) or (is_plain and not _is_loopback(address)):
            raise AddressRefused
    return found


class Budget:
    """The seconds that one attempt has in all."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left(self) -> float:
        """Return what is left.

        Raises:
            httpcore.ReadTimeout: nothing is.
        """
        seconds = self._ends - time.monotonic()
        if seconds <= 0:
            raise httpcore.ReadTimeout
        return seconds


class GuardedBackend(httpcore.NetworkBackend):
    """Connects to checked addresses alone, within a budget."""

    def __init__(self, budget: Budget, *, is_plain: bool) -> None:
        self._budget = budget
        self._is_plain = is_plain
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Any = None,
    ) -> httpcore.NetworkStream:
        """Resolve, check, and connect to what was checked.

        Raises:
            AddressRefused, httpcore.ConnectError, httpcore.TimeoutException
        """
        try:
            addresses = resolve(host, port, is_plain=self._is_plain)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError from error
        problem: httpcore.ConnectError = httpcore.ConnectError()
        for address in addresses:
            try:
                stream = self._plain.connect_tcp(address, port, self._budget.left())
            except httpcore.ConnectError as error:
                problem = error
            else:
                return GuardedStream(stream, self._budget)
        raise problem


class GuardedStream(httpcore.NetworkStream):
    """A connection whose every step comes out of the same budget: a receiver that drips ends all the same."""

    def __init__(self, stream: httpcore.NetworkStream, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read within the budget."""
        return self._stream.read(max_bytes, self._budget.left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write within the budget."""
        self._stream.write(buffer, self._budget.left())

    def close(self) -> None:
        """Close."""
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        """Shake hands within the budget; the certificate is held to the name of the URL."""
        stream = self._stream.start_tls(ssl_context, server_hostname, self._budget.left())
        return GuardedStream(stream, self._budget)

    def get_extra_info(self, info: str) -> Any:
        """Return what the connection knows of itself."""
        return self._stream.get_extra_info(info)
