"""Bytes of an open file that are a file of their own, read a piece at a time: memory holds no more than that."""

import os
from collections.abc import Iterator, Sequence
from typing import BinaryIO

PIECE = 256 * 1024  # bytes


class FilePart:
    """A head, and after it slices of a file: by default nothing, and all of it. Close it in the end.

    The file is open from the beginning: another that is put in its place meanwhile changes nothing, nor does its end.
    """

    def __init__(self, file: BinaryIO, *, head: bytes = b"", slices: Sequence[tuple[int, int]] | None = None) -> None:
        """Name the slices by their first byte and their size."""
        self._file = file
        self._head = head
        self._slices = [(0, os.fstat(file.fileno()).st_size)] if slices is None else slices

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return len(self._head) + sum(size for _, size in self._slices)

    def pieces(self) -> Iterator[bytes]:
        """Read it, once."""
        yield self._head
        for start, size in self._slices:
            self._file.seek(start)
            yield from self._read(size)

    def _read(self, left: int) -> Iterator[bytes]:
        while piece := self._file.read(min(PIECE, left)):
            left -= len(piece)
            yield piece

    def close(self) -> None:
        """Close the file."""
        self._file.close()
