"""`cnn-explorer` starts the app from any folder, and what is installed holds all that the app needs."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from click.testing import CliRunner

from explorer import __version__
from explorer.__main__ import main
from explorer.commands.app import app
from explorer.data.home import app_folder

ROOT = Path(__file__).parents[2]
START = "from explorer.commands.app import app; app(prog_name='cnn-explorer')"


def test_it_says_its_version_which_stands_in_one_place() -> None:
    assert CliRunner().invoke(app, ["--version"]).output == f"cnn-explorer, version {__version__}\n"
    assert "streamlit run" in CliRunner().invoke(app, ["--help"]).output
    assert "version" in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dynamic"]


def test_a_command_behind_it_does_what_the_module_does() -> None:
    for words in (["presets"], ["forget", "--help"], ["nothing-such", "--help"]):
        expected = CliRunner().invoke(main if words[0] in main.commands else app, words, prog_name="cnn-explorer")
        assert CliRunner().invoke(app, words, prog_name="cnn-explorer").output == expected.output
    assert "lenet-d2l" in CliRunner().invoke(app, ["presets"]).output
    assert "is kept of PERSON" in CliRunner().invoke(app, ["forget", "--help"]).output
    assert "streamlit run" in CliRunner().invoke(app, ["nothing-such", "--help"]).output


def test_what_is_installed_holds_the_apps_own_files() -> None:
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    placed = {target: ROOT / source for source, target in wheel["force-include"].items()}
    assert all(source.exists() for source in placed.values())
    needed = ("app.py", "pages", ".streamlit")
    assert placed.keys() == {f"explorer/served/{name}" for name in needed}
    assert app_folder() == ROOT


@pytest.mark.slow
def test_it_serves_from_any_folder_with_the_apps_own_settings(tmp_path: Path) -> None:
    options = ["--server.headless=true", "--server.port=0", "--server.address=127.0.0.1"]
    command = [sys.executable, "-c", START, *options]
    environment = {"PATH": "", "PYTHONPATH": str(ROOT), "EXPLORER_HOME": str(tmp_path), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        served = next((line for line in process.stdout if "URL: http://127.0.0.1" in line), "")
        process.terminate()
        process.stdout.read()
    assert served
