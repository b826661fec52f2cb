"""The downloads of one server: a process a data set, gone with the server, whose progress any page can read."""

import contextlib
import threading

import msgspec

from explorer.data.datasets import find_info
from explorer.data.download import DownloadProgress
from explorer.runs.child_process import ChildProcess, End, module_command

_PROGRESS = msgspec.json.Decoder(DownloadProgress)
_PATIENCE = 5.0  # seconds that a download may take to tidy up before it is killed


class Downloads:
    """Starts, shows and stops downloads, at most one at a time of a set; may be used from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._downloads: dict[str, _Download] = {}

    def start(self, name: str) -> None:
        """Start a set's download unless it runs; raises `DataError` for an unknown name."""
        with self._lock:
            download = self._downloads.get(name)
            if download and download.goes_on:
                return
            if download:
                download.stop()
            self._downloads[name] = _Download(name)

    def progress(self, name: str) -> DownloadProgress | None:
        """Give how far a set's last download is; None if there was none or it was cancelled."""
        download = self._downloads.get(name)
        return None if download is None or download.cancelled else download.progress

    def error(self, name: str) -> str | None:
        """Give why a set's last download failed, with the repair; None if it did not."""
        progress = self.progress(name)
        return progress.cause if progress and progress.state == "failed" else None

    def cancel(self, name: str) -> None:
        """End a set's download, if one runs, without waiting for it; what it has written is removed."""
        download = self._downloads.get(name)
        if download and download.goes_on:
            download.cancel()

    def wait(self, name: str, seconds: float) -> bool:
        """Wait for the end of a set's download; says whether it has ended."""
        download = self._downloads.get(name)
        return download is None or download.wait(seconds)

    def close(self) -> None:
        """End every download and wait until the processes are gone."""
        with self._lock:
            downloads = list(self._downloads.values())
            for download in downloads:
                download.cancel()
            for download in downloads:
                download.stop()


class _Download:
    """One process, and the last that it said of its progress."""

    def __init__(self, name: str) -> None:
        total = sum(archive.size for archive in find_info(name).archives)
        self.progress = DownloadProgress(file="", done=0, total=total, state="starting")
        self.cancelled = False
        command = module_command("explorer.data.download", name)
        self._process = ChildProcess(command, hear=self._hear, ended=self._on_end)

    @property
    def goes_on(self) -> bool:
        return self.progress.state in ("starting", "downloading") and not self.cancelled

    def cancel(self) -> None:
        self.cancelled = True
        self._process.close_input()

    def wait(self, seconds: float) -> bool:
        return self._process.wait(seconds)

    def stop(self) -> None:
        self.cancel()
        if not self.wait(_PATIENCE):
            self._process.kill()
            self._process.wait()

    def _hear(self, line: bytes) -> None:
        with contextlib.suppress(msgspec.DecodeError):  # what a library prints is no progress
            self.progress = _PROGRESS.decode(line)

    def _on_end(self, end: End) -> None:
        if end.status and self.progress.state != "failed":
            self.progress = msgspec.structs.replace(self.progress, state="failed", cause=_describe(end.status))


def _describe(status: int) -> str:
    how = f"was ended by signal {-status}" if status < 0 else f"ended with exit status {status}"
    return f"The process that downloads {how}; the server's log has its last words. Start the download again."
