"""Which addresses a request may name: those of this server, and no page of another site may speak for a visitor.

A name can be made to point here by anybody who owns it (DNS rebinding), so names must be known; an address in digits
cannot. Streamlit checks a websocket alone, and lets every page of `localhost` in, whatever its port.
"""

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit

LOCAL_NAMES = frozenset({"localhost"})


def host_refusal(host: str | None, *, names: Collection[str]) -> str | None:
    """Say why a `Host` header is refused, or None; `names` are those that this server goes by."""
    name = _hostname(host)
    if name is not None and (_is_in_digits(name) or name in LOCAL_NAMES or _is_listed(name, names)):
        return None
    return (
        f"This server does not go by the name {host!r}. Open it by its address in digits, or start it with "
        "--server.allowedHosts and the name."
    )


def origin_refusal(origin: str | None, host: str | None, *, origins: Collection[str]) -> str | None:
    """Say why a request that a page sent is refused, or None; without an `Origin` no page of another site sent it."""
    if origin is None or urlsplit(origin).netloc.lower() == (host or "").lower() or origin in origins:
        return None
    return f"A page of {origin!r} may not use this server. Start it with --server.corsAllowedOrigins and that origin."


def is_loopback(address: str | None) -> bool:
    """Say whether a server that listens at an address is reached from this computer alone; None is every address."""
    if address is None or address in LOCAL_NAMES:
        return address is not None
    if not _is_in_digits(address):
        return False
    digits = ipaddress.ip_address(address)
    return (getattr(digits, "ipv4_mapped", None) or digits).is_loopback  # as `::ffff:127.0.0.1` is


def _hostname(host: str | None) -> str | None:
    """Give the name in a `Host` header without its port; None where it is no name."""
    try:
        parts = urlsplit(f"//{host or ''}")
        valid = parts.port is None or parts.port >= 0
    except ValueError:
        return None
    rest = (parts.username, parts.password, parts.path, parts.query, parts.fragment)
    return parts.hostname.rstrip(".") if valid and parts.hostname and not any(rest) else None


def _is_in_digits(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _is_listed(name: str, names: Collection[str]) -> bool:
    """Look a name up in Streamlit's `server.allowedHosts`, in which `*.` stands for every name below one."""
    patterns = [pattern.strip().lower().rstrip(".") for pattern in names]
    return any(name == each or (each.startswith("*.") and name.endswith(each[1:])) or each == "*" for each in patterns)
