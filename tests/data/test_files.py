import gzip
import hashlib
import io
import tarfile
import tempfile
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.data.files import DataError, DataFile, are_stored, read_files

GOOD = {"batches/one": bytes(range(256)) * 4, "batches/two": b"the second file's content"}
FILES = [
    DataFile(name=name, size=len(content), sha256=hashlib.sha256(content).hexdigest()) for name, content in GOOD.items()
]


def _write_plain(folder: Path, contents: dict[str, bytes]) -> None:
    (folder / "batches").mkdir()
    for name, content in contents.items():
        (folder / name).write_bytes(content)


def _write_gzip(folder: Path, contents: dict[str, bytes]) -> None:
    _write_plain(folder, {f"{name}.gz": gzip.compress(content) for name, content in contents.items()})


def _write_tar(folder: Path, contents: dict[str, bytes]) -> None:
    with tarfile.open(folder / "all.tar.gz", "w:gz") as tar:
        for name, content in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            tar.addfile(member, io.BytesIO(content))


def _archives(folder: Path) -> list[DataFile]:
    """A tar is looked into if its size is right, so every altered one here is given the size it has."""
    return [DataFile(name=path.name, size=path.stat().st_size, sha256="") for path in folder.glob("*.tar.gz")]


FORMS = pytest.mark.parametrize("write", [_write_plain, _write_gzip, _write_tar])
Write = Callable[[Path, dict[str, bytes]], None]


@FORMS
def test_good_files_are_read_from_each_form(write: Write, tmp_path: Path) -> None:
    write(tmp_path, GOOD)
    assert are_stored(tmp_path, FILES, _archives(tmp_path))
    assert read_files(tmp_path, FILES, _archives(tmp_path), repair="") == GOOD


@FORMS
@settings(max_examples=60)
@given(
    name=st.sampled_from(sorted(GOOD)),
    alter=st.sampled_from(["flip", "cut", "lengthen", "remove"]),
    place=st.floats(min_value=0, max_value=1, exclude_max=True),
)
def test_any_other_content_is_refused_with_the_repair(write: Write, name: str, alter: str, place: float) -> None:
    content, at = GOOD[name], int(place * len(GOOD[name]))
    altered = {
        "flip": content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :],
        "cut": content[:at],
        "lengthen": content + bytes(at + 1),
    }
    contents = GOOD | {name: altered[alter]} if alter in altered else {n: c for n, c in GOOD.items() if n != name}
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write(folder, contents)
        with pytest.raises(DataError, match=rf"(?s)({name}).*Do this\."):
            read_files(folder, FILES, _archives(folder), repair="Do this.")


@FORMS
@settings(max_examples=60)
@given(place=st.floats(min_value=0, max_value=1, exclude_max=True))
def test_form_that_is_cut_anywhere_gives_the_whole_content_or_none(write: Write, place: float) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        write(folder, GOOD)
        stored = next(path for path in [*folder.glob("*.gz"), *folder.glob("batches/one*")])
        stored.write_bytes(stored.read_bytes()[: int(place * stored.stat().st_size)])
        try:  # what is lost may be no more than the checksum or the padding at the end
            assert read_files(folder, FILES, _archives(folder), repair="Do this.") == GOOD
        except DataError as error:
            assert str(error).endswith("Do this.")  # noqa: PT017  either outcome is right


def test_tar_of_another_size_counts_as_absent(tmp_path: Path) -> None:
    _write_tar(tmp_path, GOOD)
    archives = _archives(tmp_path)
    (tmp_path / "all.tar.gz").write_bytes(b"")
    assert not are_stored(tmp_path, FILES, archives)


def test_what_unpacks_to_very_much_is_not_unpacked_whole(tmp_path: Path) -> None:
    _write_gzip(tmp_path, {"batches/one": bytes(50_000_000), "batches/two": b""})
    tracemalloc.start()
    with pytest.raises(DataError, match=r"holds more than 1,024 bytes of batches/one, and 1,024 are right"):
        read_files(tmp_path, FILES, [], repair="")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000
