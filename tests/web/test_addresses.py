"""Whose names and whose pages a server listens to: DNS rebinding and other sites' pages get nothing."""

import pytest

from explorer.web.guard.addresses import host_refusal, is_loopback, origin_refusal


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1:8501", "localhost:8501", "localhost", "192.168.1.5:8501", "[::1]:8501", "Localhost."],
)
def test_addresses_in_digits_and_this_computers_own_name_are_served(host: str) -> None:
    assert host_refusal(host, names=[]) is None


@pytest.mark.parametrize(
    "host",
    [None, "", "evil.example", "localhost.evil.example", "evil.example:80", "127.0.0.1@evil.example", "a/b"],
)
def test_any_other_name_is_refused_in_words(host: str | None) -> None:
    words = host_refusal(host, names=["school.example"])
    assert words is not None
    assert repr(host) in words
    assert "--server.allowedHosts" in words


@pytest.mark.parametrize(
    ("host", "names"),
    [("school.example", ["school.example"]), ("cnn.School.example:443", ["*.school.example"]), ("any.where", ["*"])],
)
def test_a_name_that_the_server_was_told_is_served(host: str, names: list[str]) -> None:
    assert host_refusal(host, names=names) is None


def test_a_wildcard_is_for_names_below_it_alone() -> None:
    assert host_refusal("evilschool.example", names=["*.school.example"])
    assert host_refusal("school.example", names=["*.school.example"])


@pytest.mark.parametrize(
    ("origin", "host", "origins", "served"),
    [
        (None, "127.0.0.1:8501", [], True),
        ("http://127.0.0.1:8501", "127.0.0.1:8501", [], True),
        ("https://school.example", "school.example", [], True),
        ("http://localhost:3000", "localhost:8501", [], False),
        ("http://evil.example", "127.0.0.1:8501", [], False),
        ("null", "127.0.0.1:8501", [], False),
        ("", "127.0.0.1:8501", [], False),
        ("http://hub.example", "127.0.0.1:8501", ["http://hub.example"], True),
    ],
)
def test_only_this_servers_own_pages_speak_for_a_visitor(
    origin: str | None, host: str, origins: list[str], served: bool
) -> None:
    assert (origin_refusal(origin, host, origins=origins) is None) == served


@pytest.mark.parametrize(
    ("address", "local"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("::ffff:127.0.0.1", True),
        ("::ffff:192.168.1.5", False),
        ("localhost", True),
        (None, False),
        ("0.0.0.0", False),
        ("192.168.1.5", False),
    ],
)
def test_what_is_reached_from_this_computer_alone(address: str | None, local: bool) -> None:
    assert is_loopback(address) == local
