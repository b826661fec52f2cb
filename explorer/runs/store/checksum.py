"""The checksum that stands in a row beside a job, an event, a race or a sweep: what is read is what was written."""

import sqlite3
import zlib

SEPARATOR = b"\n"


def checksum(*values: str | bytes | int | float | None) -> int:
    """Compute the CRC-32 of some values of a row, which finds every damage of up to 32 bits in a row."""
    return zlib.crc32(SEPARATOR.join(map(_to_bytes, values)))


def _to_bytes(value: str | bytes | int | float | None) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode(errors="replace")


def teach(connection: sqlite3.Connection) -> None:
    """Let the SQL of a connection compute checksums; of texts, SQL gives the bytes, which need not be UTF-8."""
    connection.create_function("checksum", -1, checksum, deterministic=True)
