"""Files of known content, stored plain, packed as `NAME.gz` or together in one `.tar.gz`.

Sizes are bytes and SHA-256 sums are of the unpacked content, so a file that somebody packed again is still the same
file. `are_stored` looks at sizes alone and is cheap; only `read_files` says that the content is right.
"""

import hashlib
import os
import tarfile
import zlib
from collections.abc import Sequence
from pathlib import Path

import msgspec


class DataError(Exception):
    """A data set cannot be used: what is wrong, what was found, what is right and how to repair it."""


class DataFile(msgspec.Struct, frozen=True):
    """One file and its only right content."""

    name: str  # path below the folder of its set
    size: int  # bytes
    sha256: str


def are_stored(folder: Path, files: Sequence[DataFile], archives: Sequence[DataFile]) -> bool:
    """Say whether every file is there with the right size, in any of the three forms; the content is not read."""
    if _whole_tar(folder, archives):
        return True
    return bool(files) and all(_best_form(folder, file) is not None for file in files)


def read_files(folder: Path, files: Sequence[DataFile], archives: Sequence[DataFile], repair: str) -> dict[str, bytes]:
    """Read the unpacked content of each file, by name; raises `DataError`, which ends in `repair`, for any other."""
    tar = _whole_tar(folder, archives)
    if tar:
        return _read_tar(tar, files, repair)
    return {file.name: _read_file(folder, file, repair) for file in files}


def _whole_tar(folder: Path, archives: Sequence[DataFile]) -> Path | None:
    tars = [archive for archive in archives if archive.name.endswith(".tar.gz")]
    return next((folder / tar.name for tar in tars if _size(folder / tar.name) == tar.size), None)


def _best_form(folder: Path, file: DataFile) -> Path | None:
    # Packed first: a download brings the packed form, and so repairs an altered plain one that lies beside it.
    packed, plain = folder / f"{file.name}.gz", folder / file.name
    if _announced_size(packed) == file.size:
        return packed
    return plain if _size(plain) == file.size else None


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size if path.is_file() else None
    except OSError:
        return None


def _announced_size(packed: Path) -> int | None:
    """Read the unpacked size, modulo 2³², that gzip writes into a file's last four bytes (RFC 1952)."""
    try:
        with packed.open("rb") as stream:
            stream.seek(-4, os.SEEK_END)
            return int.from_bytes(stream.read(4), "little")
    except OSError:  # absent, unreadable or shorter than four bytes
        return None


def _read_file(folder: Path, file: DataFile, repair: str) -> bytes:
    stored = [path for path in (folder / f"{file.name}.gz", folder / file.name) if path.is_file()]
    path = _best_form(folder, file) or next(iter(stored), None)
    if path is None:
        raise DataError(f"{file.name} is not in {folder}, neither plain nor packed as {file.name}.gz. {repair}")
    content = _unpack(path, file.size, repair) if path.suffix == ".gz" else _read(path, repair)
    return _checked(content, file, path, repair)


def _read(path: Path, repair: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise DataError(f"{path} cannot be read: {error.strerror}. {repair}") from error


def _unpack(path: Path, size: int, repair: str) -> bytes:
    """Unpack a gzip file, and stop one byte after `size`: what unpacks to more is wrong however long it is."""
    try:
        return zlib.decompressobj(wbits=16 + zlib.MAX_WBITS).decompress(_read(path, repair), size + 1)
    except zlib.error as error:
        raise DataError(f"{path} is cut or altered: it is not whole gzip data ({error}). {repair}") from error


def _read_tar(path: Path, files: Sequence[DataFile], repair: str) -> dict[str, bytes]:
    wanted = {file.name: file for file in files}
    try:
        with tarfile.open(path, "r:gz") as tar:
            found = {member.name: _read_member(tar, member) for member in tar if _is_right(member, wanted)}
    except (tarfile.TarError, zlib.error, EOFError, OSError) as error:
        raise DataError(f"{path} is cut or altered: it is not a whole tar.gz file ({error}). {repair}") from error
    absent = sorted(wanted.keys() - found.keys())
    if absent:
        raise DataError(f"{path} is altered: it lacks {', '.join(absent)} in the right size. {repair}")
    return {name: _checked(found[name], file, path, repair) for name, file in wanted.items()}


def _is_right(member: tarfile.TarInfo, wanted: dict[str, DataFile]) -> bool:
    return member.isreg() and member.name in wanted and member.size == wanted[member.name].size


def _read_member(tar: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = tar.extractfile(member)
    return stream.read() if stream else b""


def _checked(content: bytes, file: DataFile, path: Path, repair: str) -> bytes:
    if len(content) != file.size:
        found = f"more than {file.size:,}" if len(content) > file.size else f"{len(content):,}"
        raise DataError(
            f"{path} is cut or altered: it holds {found} bytes of {file.name}, and {file.size:,} are right. {repair}"
        )
    found = hashlib.sha256(content).hexdigest()
    if found != file.sha256:
        raise DataError(
            f"{path} is altered: the SHA-256 of {file.name} is {found}, and {file.sha256} is right. {repair}"
        )
    return content
