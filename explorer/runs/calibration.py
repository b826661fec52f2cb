"""How fast this computer's devices train: measured once each, in a process that gives way to runs, and kept.

The process ends with the server, however that ends: the pipe to its standard input closes.
"""

import logging
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO, cast

import msgspec

from explorer.runs.module import module_command, module_environment
from explorer.training.speed import Speed

COMMAND = module_command("explorer.training.calibrate")
logger = logging.getLogger(__name__)


class Calibration:
    """Measures and remembers; may be used from several threads."""

    def __init__(self, home: Path, *, command: Sequence[str] = COMMAND) -> None:
        self._home = home
        self._command = tuple(command)
        self._lock = threading.Lock()
        self._known: dict[str, Speed] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._failed: set[str] = set()

    def speed(self, device: str) -> Speed | None:
        """Give a device's rates, if they were measured at any time in this folder."""
        if device not in self._known and (speed := _read(self._file(device))):
            self._known[device] = speed
        return self._known.get(device)

    def is_measuring(self, device: str) -> bool:
        """Tell whether the device is being measured."""
        return device in self._processes

    def measure(self, device: str, environment: Mapping[str, str]) -> None:
        """Start to measure a device whose rates are not known, unless that goes on or failed before."""
        with self._lock:
            if self.speed(device) or device in self._processes or device in self._failed:
                return
            try:
                self._processes[device] = process = _start((*self._command, device), environment)
            except OSError:
                logger.exception("the device %s could not be measured", device)
                self._failed.add(device)
                return
        threading.Thread(target=self._wait, args=(device, process), name=f"measure {device}", daemon=True).start()

    def give_way(self) -> None:
        """Stop measuring, since a run needs the device: it would be measured too slow, and be in the way."""
        with self._lock:
            for process in self._processes.values():
                process.kill()

    def _wait(self, device: str, process: subprocess.Popen[bytes]) -> None:
        with process:
            printed = cast(IO[bytes], process.stdout).read()
        with self._lock:
            del self._processes[device]
            if process.returncode == 0:
                self._keep(device, msgspec.json.decode(printed, type=Speed))
            elif process.returncode > 0:
                self._failed.add(device)  # by itself: it would fail again; its words are in the server's log

    def _keep(self, device: str, speed: Speed) -> None:
        self._known[device] = speed
        try:
            self._file(device).write_bytes(msgspec.json.encode(speed))
        except OSError as error:  # a full disk, or a folder that may only be read: measured anew at the next start
            logger.warning("the speed of %s is not kept: %s", device, error)

    def _file(self, device: str) -> Path:
        return self._home / f"speed-{device}.json"


def _read(file: Path) -> Speed | None:
    try:
        return msgspec.json.decode(file.read_bytes(), type=Speed)
    except (OSError, msgspec.DecodeError):  # a broken file is measured anew
        return None


def _start(command: Sequence[str], environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=module_environment(environment),
        start_new_session=True,  # Ctrl-C is the server's to decide
    )
