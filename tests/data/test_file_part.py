"""A part of a file is read in pieces, and stays what it was when it was opened."""

from contextlib import closing
from pathlib import Path

import pytest

from explorer.data.file_part import PIECE, FilePart


def test_a_whole_file_is_read_in_pieces(tmp_path: Path) -> None:
    text = bytes(range(256)) * (3 * PIECE // 256) + b"end"
    (tmp_path / "file").write_bytes(text)
    with closing(FilePart((tmp_path / "file").open("rb"))) as part:
        pieces = list(part.pieces())
    assert b"".join(pieces) == text
    assert part.size == len(text)
    assert max(map(len, pieces)) == PIECE


def test_slices_stand_in_their_order_after_the_head(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"0123456789")
    with closing(FilePart((tmp_path / "file").open("rb"), head=b"head ", slices=[(7, 3), (0, 2)])) as part:
        assert (b"".join(part.pieces()), part.size) == (b"head 78901", 10)


@pytest.mark.parametrize("gone", [False, True])
def test_another_file_in_its_place_changes_nothing(tmp_path: Path, gone: bool) -> None:
    path, other = tmp_path / "file", tmp_path / "other"
    path.write_bytes(b"old")
    other.write_bytes(b"newer")
    with closing(FilePart(path.open("rb"))) as part:
        path.unlink() if gone else other.replace(path)
        assert (b"".join(part.pieces()), part.size) == (b"old", 3)
