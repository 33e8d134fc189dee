"""Where notices may be sent, by address in every spelling, and by name."""

import ipaddress
import socket
from typing import Any

import httpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InvalidInput
from core.settings import get_settings
from core.webhooks import guard
from core.webhooks.guard import AddressRefused, Budget, GuardedBackend, check_url, is_allowed

PRIVATE = [ipaddress.ip_network(one) for one in (
    "0.0.0.0/8", (10 << 24, 8), "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", (172 << 24 | 16 << 16, 12),
    "192.0.0.0/29", "192.0.2.0/24", (192 << 24 | 168 << 16, 16), "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24",
    "240.0.0.0/4", "224.0.0.0/4",
)]  # fmt: skip
PRIVATE_V6 = [ipaddress.ip_network(one) for one in (
    "::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:db8::/32", "2002::/16",
    "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
)]  # fmt: skip
METADATA = ["169.254.169.254", "fd00:ec2::254", "100.100.100.200", "::ffff:169.254.169.254"]


def within(networks: list[Any]) -> st.SearchStrategy[Any]:
    return st.sampled_from(networks).flatmap(
        lambda network: st.integers(0, network.num_addresses - 1).map(lambda offset: network[offset])
    )


def allow(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv("YAOZHENG_WEBHOOK_NETWORKS", setting)
    get_settings.cache_clear()


@pytest.fixture(autouse=True)
def settings(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.delenv("YAOZHENG_WEBHOOK_NETWORKS", raising=False)
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@given(within(PRIVATE))
def test_no_private_address_is_allowed(address: ipaddress.IPv4Address) -> None:
    assert not is_allowed(str(address))


@given(within(PRIVATE))
def test_no_ipv6_form_of_a_private_address_is_allowed(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    forms = [
        ipaddress.IPv6Address(0xFFFF << 32 | number),
        ipaddress.IPv6Address(number),
        ipaddress.IPv6Address(0x64FF9B << 96 | number),
        ipaddress.IPv6Address(0x2002 << 112 | number << 80),
        ipaddress.IPv6Address(0x20010000 << 96 | number ^ 0xFFFFFFFF),
    ]
    assert [str(one) for one in forms if is_allowed(str(one))] == []


@given(within(PRIVATE_V6))
def test_no_ipv6_address_outside_public_unicast_is_allowed(address: ipaddress.IPv6Address) -> None:
    assert not is_allowed(str(address))


@pytest.mark.parametrize("address", [*METADATA, "::1", "0.0.0.0", "fe80::1%eth0", "", "example.com", "1.2.3"])
def test_metadata_loopback_and_what_is_no_address_are_refused(address: str) -> None:
    assert not is_allowed(address)


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "202.108.22.5", "2606:4700::1111", "240e::1", "::ffff:1.1.1.1"]
)
def test_public_addresses_are_allowed(address: str) -> None:
    assert is_allowed(address)


@given(st.ip_addresses(v=4), within(PRIVATE))
def test_a_listed_network_adds_itself_and_nothing_else(public: Any, private: Any) -> None:
    network = ipaddress.ip_network("100.64.0.0/16")
    assert is_allowed("100.64.3.4", [network])
    assert is_allowed(str(private), [network]) == (private in network)
    assert is_allowed(str(public), [network]) == (is_allowed(str(public)) or public in network)


@pytest.mark.parametrize("address", ["169.254.169.254", "224.0.0.1", "0.0.0.0"])
def test_link_local_multicast_and_no_address_are_refused_even_if_listed(address: str) -> None:
    assert not is_allowed(address, [ipaddress.ip_network("0.0.0.0/0")])


@pytest.mark.parametrize(
    "url",
    [
        "",
        "notices.example.cn/x",
        "//notices.example.cn/x",
        "http://notices.example.cn/x",
        "ftp://notices.example.cn/x",
        "file:///etc/passwd",
        "gopher://example.cn:70/_x",
        "https:///x",
        "https://user@example.cn/x",
        "https://user:word@example.cn/x",
        "https://@example.cn/x",
        "https://example.cn/x#part",
        "https://example.cn:99999/x",
        "https://example.cn:port/x",
        "https://[::1/x",
        "https://exa mple.cn/x",
        "https://example.cn\\@127.0.0.1/",
        "https://example.cn/\r\nHost: x",
        "https://例子.cn/x",
        "https://intranet/x",
        "https://localhost/x",
        "https://a.localhost/x",
        "https://127.0.0.1/x",
        "https://127.1/x",
        "https://2130706433/x",
        "https://0x7f000001/x",
        "https://0177.0.0.1/x",
        "https://0/x",
        "https://100.64.0.8/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://[::ffff:7f00:1]/x",
        "https://[fe80::1%25eth0]/x",
        "https://169.254.169.254/latest/meta-data/",
        "https://100.100.100.200/latest/",
        "https://example.cn/" + "x" * 500,
    ],
)
def test_an_address_to_which_nothing_may_be_sent_is_not_registered(url: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_url(url)
    assert caught.value.code == "core.webhook_url_refused"


@pytest.mark.parametrize(
    "url",
    [
        "https://notices.example.cn/x?y=1",
        "https://example.cn:8443/",
        "https://1.1.1.1/x",
        "https://[2606:4700::1111]/x",
        "https://xn--fsqu00a.cn/x",
    ],
)
def test_a_public_address_by_https_is_registered_as_it_is(url: str) -> None:
    assert check_url(f" {url} ") == url


def test_this_machine_is_reached_where_the_setting_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, "127.0.0.0/8, 100.64.0.0/16")
    assert check_url("http://127.0.0.1:9000/x")
    assert check_url("http://localhost:9000/x")
    assert check_url("https://100.64.1.1/x")
    assert check_url("https://intranet/x")
    for url in ("http://100.64.1.1/x", "http://intranet/x", "https://100.65.1.1/x", "http://[::1]/x"):
        with pytest.raises(InvalidInput):
            check_url(url)


def test_a_setting_that_cannot_be_read_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    allow(monkeypatch, "100.64.0.0/99")
    with pytest.raises(InvalidInput) as caught:
        guard.allowed_networks()
    assert caught.value.params["variable"] == "YAOZHENG_WEBHOOK_NETWORKS"


def names(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[tuple[str, int]]:
    """Let every name resolve to these; return what is connected to."""
    connected: list[tuple[str, int]] = []
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: found)

    def connect(_self: Any, host: str, port: int, *_rest: Any) -> httpcore.NetworkStream:
        connected.append((host, port))
        return httpcore.MockStream([])

    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    return connected


@pytest.mark.parametrize(
    "addresses",
    [["100.64.0.1"], ["1.1.1.1", "127.0.0.1"], ["::1"], ["169.254.169.254"], ["::ffff:100.64.0.1"]],
)
def test_a_name_that_resolves_to_a_private_address_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    connected = names(monkeypatch, *addresses)
    with pytest.raises(AddressRefused):
        GuardedBackend(Budget(5), is_plain=False).connect_tcp("public.example.cn", 443)
    assert connected == []


def test_what_is_connected_to_is_the_address_that_was_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    connected = names(monkeypatch, "1.1.1.1")
    GuardedBackend(Budget(5), is_plain=False).connect_tcp("public.example.cn", 443)
    assert connected == [("1.1.1.1", 443)]


def test_without_tls_nothing_but_this_machine_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, "1.1.1.1")
    with pytest.raises(AddressRefused):
        GuardedBackend(Budget(5), is_plain=True).connect_tcp("public.example.cn", 80)


def test_a_name_that_does_not_resolve_is_unreachable(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: Any, **_named: Any) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(httpcore.ConnectError):
        GuardedBackend(Budget(5), is_plain=False).connect_tcp("nowhere.example.cn", 443)


def test_a_budget_that_is_spent_ends_every_step() -> None:
    with pytest.raises(httpcore.ReadTimeout):
        Budget(0).left()
