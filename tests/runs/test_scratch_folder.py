"""A process's own folder is nobody else's while that lives, and is cleared away afterwards."""

import subprocess
import sys
from pathlib import Path
from typing import IO, cast

from explorer.runs.child_process import ROOT
from explorer.runs.scratch_folder import ScratchFolder, clear_abandoned

OTHER = """
import sys, threading
from pathlib import Path
from explorer.runs.scratch_folder import ScratchFolder

scratch = ScratchFolder(Path(sys.argv[1]))
(scratch.path / "large").write_bytes(bytes(1_000))
print(scratch.path, flush=True)
threading.Event().wait()
"""


def folders(home: Path) -> list[Path]:
    return [path for path in (home / "scratch").iterdir() if path.is_dir()]


def test_what_a_killed_process_left_is_removed_and_what_a_live_one_has_is_not(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", OTHER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE) as other:
        theirs = Path(cast(IO[bytes], other.stdout).readline().decode().strip())
        ours = ScratchFolder(tmp_path)
        clear_abandoned(tmp_path)
        assert set(folders(tmp_path)) == {ours.path, theirs}
        other.kill()
    clear_abandoned(tmp_path)
    assert folders(tmp_path) == [ours.path]
    ours.remove()
    assert list((tmp_path / "scratch").iterdir()) == []


def test_where_nothing_was_kept_nothing_is_made(tmp_path: Path) -> None:
    clear_abandoned(tmp_path)
    assert list(tmp_path.iterdir()) == []
