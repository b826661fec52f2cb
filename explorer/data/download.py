"""Download a full data set: python -m explorer.data.download NAME prints one JSON line a step.

Bytes counted are those of the packed files that this download brings, over all of its files. A file gets its name
only once its SHA-256 is right; until then it has a name of its own, ending in `.part`, so two downloads of the same
set do not meet, and nothing half can be taken for whole.
"""

import _thread
import contextlib
import hashlib
import http.client
import secrets
import signal
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from explorer.data.datasets import DataError, DataFile, DatasetInfo, datasets_folder, find_info, other_ways
from explorer.data.files import read_files
from explorer.process.lifeline import end_with_input, wake_with_server

_CHUNK = 64 * 1024  # bytes
_TIMEOUT = 20  # seconds without a byte before the next address is tried
_ABANDONED = 3600  # seconds: a running download writes to its file every `_TIMEOUT` or gives up


class DownloadProgress(msgspec.Struct, frozen=True):
    """How far a download is."""

    file: str
    done: int  # bytes
    total: int
    state: Literal["starting", "downloading", "finished", "failed"]
    cause: str = ""  # of a failure, in the user's words, with the repair


class _UnusableError(Exception):
    """An address does not give the file; its words say why."""


def download(
    name: str, folder: Path, addresses: Mapping[str, Sequence[str]] | None = None
) -> Generator[DownloadProgress, None, None]:
    """Download what a data set lacks below `folder`, in torchvision's layout; ends with a `finished` step.

    `addresses` gives those of each packed file, in the order to try; by default its publishers'. Raises `DataError`
    if a file can be had from none of them or cannot be written.
    """
    info = find_info(name)
    target = folder / info.folder
    try:
        target.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(target)
        missing = [archive for archive in info.archives if not _is_whole(archive, info, target)]
        if missing:
            remedy = f"Check the connection and try again, {other_ways(name, target)}"
            yield from _download_all(missing, target, addresses or published_addresses(name), remedy)
    except OSError as error:
        remedy = "Make room there, or start the program with another folder as EXPLORER_HOME."
        raise DataError(f"{target} cannot be written: {error.strerror or error}. {remedy}") from error
    total = sum(archive.size for archive in missing)
    yield DownloadProgress(file="", done=total, total=total, state="finished")


def published_addresses(name: str) -> dict[str, list[str]]:
    """Give the addresses of each packed file of a data set, in the order to try."""
    info = find_info(name)
    return {archive.name: [mirror + archive.name for mirror in info.mirrors] for archive in info.archives}


def throttled(steps: Iterable[DownloadProgress], seconds: float) -> Iterator[DownloadProgress]:
    """Pass on one step in so many seconds, and every step that begins another state."""
    state, due = None, 0.0
    for step in steps:
        if step.state != state or time.monotonic() >= due:
            state, due = step.state, time.monotonic() + seconds
            yield step


def main(arguments: Sequence[str]) -> int:
    """Download the set that is named, and print its steps; gives the exit status, 0 or 1."""
    if len(arguments) != 1:
        sys.exit("usage: python -m explorer.data.download NAME")
    _end_with_input()
    try:
        with contextlib.closing(download(arguments[0], datasets_folder())) as steps:
            for step in throttled(steps, seconds=0.25):
                _say(step)
    except DataError as error:
        _say(DownloadProgress(file="", done=0, total=0, state="failed", cause=str(error)))
        return 1
    except (KeyboardInterrupt, BrokenPipeError):
        return 1
    return 0


def _remove_abandoned(target: Path) -> None:
    """Remove the unfinished files of downloads that were killed before they could."""
    for part in target.glob("*.part"):
        with contextlib.suppress(FileNotFoundError):  # another download may have removed it meanwhile
            if time.time() - part.stat().st_mtime > _ABANDONED:
                part.unlink()


def _is_whole(archive: DataFile, info: DatasetInfo, target: Path) -> bool:
    is_tar = archive.name.endswith(".tar.gz")
    held = [file for file in info.files if is_tar or archive.name == f"{file.name}.gz"]
    try:
        read_files(target, held, [archive], repair="")
    except DataError:
        return False
    return True


def _download_all(
    missing: Sequence[DataFile], target: Path, addresses: Mapping[str, Sequence[str]], remedy: str
) -> Iterator[DownloadProgress]:
    before, total = 0, sum(archive.size for archive in missing)
    for archive in missing:
        for done in _fetch(archive, target, addresses[archive.name], remedy):
            yield DownloadProgress(file=archive.name, done=before + done, total=total, state="downloading")
        before += archive.size


def _fetch(archive: DataFile, target: Path, addresses: Sequence[str], remedy: str) -> Iterator[int]:
    """Try one address after the other; gives the bytes that have arrived from the present one."""
    reasons = []
    for address in addresses:
        try:
            yield from _fetch_from(address, archive, target)
        except _UnusableError as error:
            reasons.append(f"{address}: {error}")
        else:
            return
    raise DataError(f"{archive.name} could not be downloaded ({'; '.join(reasons)}). {remedy}")


def _fetch_from(address: str, archive: DataFile, target: Path) -> Iterator[int]:
    part = target / f"{archive.name}.{secrets.token_hex(8)}.part"
    try:
        yield from _write(part, address, archive)
        part.replace(target / archive.name)
    finally:
        part.unlink(missing_ok=True)


def _write(part: Path, address: str, archive: DataFile) -> Iterator[int]:
    digest, done = hashlib.sha256(), 0
    with part.open("xb") as stream:
        for chunk in _read_chunks(address):
            done += len(chunk)
            if done > archive.size:
                raise _UnusableError(f"it sends more than the {archive.size:,} bytes that are right")
            digest.update(chunk)
            stream.write(chunk)
            yield done
    if done < archive.size:
        raise _UnusableError(f"it stops after {done:,} of {archive.size:,} bytes")
    if digest.hexdigest() != archive.sha256:
        raise _UnusableError(f"it sends an altered file, of SHA-256 {digest.hexdigest()}; {archive.sha256} is right")


def _read_chunks(address: str) -> Iterator[bytes]:
    request = urllib.request.Request(address, headers={"User-Agent": "cnn-explorer"})
    try:
        with urllib.request.urlopen(request, timeout=_TIMEOUT) as response:
            while chunk := response.read(_CHUNK):
                yield chunk
    except (OSError, http.client.HTTPException) as error:
        raise _UnusableError(str(error.reason if type(error) is urllib.error.URLError else error)) from error


def _say(step: DownloadProgress) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(step) + b"\n")
    sys.stdout.buffer.flush()


def _end_with_input() -> None:
    """Stop, and leave nothing half behind, when the server that holds the other end of a pipe is gone."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)  # a background job of a shell inherits SIGINT as ignored
    if sys.platform != "win32":
        wake_with_server(signal.SIGCONT)  # one that is stopped goes on, and then hears the end of its input
    end_with_input(_interrupt)


def _interrupt() -> None:
    if sys.platform == "win32":
        _thread.interrupt_main()
    else:  # a signal also wakes a main thread that waits for bytes
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
