"""The command `dbt-llm`: its help, its errors and its exit statuses."""

import argparse
import subprocess
import sys
from pathlib import Path

import pytest

from dbt_llm import __version__
from dbt_llm.cli import main, program, report
from dbt_llm.client import DbtLlmError

COMMAND = Path(sys.executable).parent / "dbt-llm"


class Failing:
    """A subcommand that cannot do its work."""

    NAME = "failing"
    SUMMARY = "fail"
    DESCRIPTION = "Fail."

    def __init__(self, error: BaseException) -> None:
        self.error = error

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("--loud", action="store_true")

    def run(self, options: argparse.Namespace) -> int:
        raise self.error


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(COMMAND), *arguments], cwd=cwd, capture_output=True, text=True, timeout=60, check=False)


def test_the_command_is_installed(tmp_path: Path) -> None:
    shown = run("--version", cwd=tmp_path)
    assert (shown.returncode, shown.stdout, shown.stderr) == (0, f"dbt-llm {__version__}\n", "")


def test_the_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["--help"])
    assert raised.value.code == 0
    shown = capsys.readouterr().out
    assert "Exit status" in shown
    for command in program.COMMANDS:
        assert command.NAME in shown
        assert " ".join(command.SUMMARY.split()) in " ".join(shown.split())
        if command.NAME == "dbt":
            # Its help is dbt's own.
            continue
        with pytest.raises(SystemExit) as raised:
            main([command.NAME, "--help"])
        assert raised.value.code == 0
        assert command.DESCRIPTION.strip() in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["no-such-command"], ["response-format"], ["response-format", "a:B", "--no-such"]])
def test_wrong_arguments_exit_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    assert raised.value.code == 2
    assert "usage: dbt-llm" in capsys.readouterr().err


def test_an_error_is_a_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr("dbt_llm.cli.program.COMMANDS", (Failing(DbtLlmError("It is broken. Mend it.")),))
    assert main(["failing"]) == 2
    assert capsys.readouterr().err == "dbt-llm failing: It is broken. Mend it.\n"


def test_an_interrupt_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dbt_llm.cli.program.COMMANDS", (Failing(KeyboardInterrupt()),))
    assert main(["failing"]) == 130


def test_a_bug_keeps_its_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dbt_llm.cli.program.COMMANDS", (Failing(ZeroDivisionError()),))
    with pytest.raises(ZeroDivisionError):
        main(["failing"])


def test_a_reader_that_has_seen_enough(tmp_path: Path) -> None:
    """`dbt-llm response-format … | head -0`: more than a pipe holds, and nobody reads it."""
    (tmp_path / "schemas.py").write_text(
        "from pydantic import create_model\nM = create_model('M', __doc__='x' * 200_000, a=(int, ...))\n"
    )
    process = subprocess.Popen(
        [str(COMMAND), "response-format", "schemas:M"], cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    assert (process.wait(timeout=60), process.stderr.read()) == (0, "")
    process.stderr.close()


def test_the_help_needs_no_optional_package() -> None:
    """Pydantic, PyYAML and the like are imported when a command runs."""
    code = (
        "import sys\n"
        "from dbt_llm.cli import main\n"
        "try: main(['--help'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'pydantic', 'yaml', 'duckdb', 'plotly', 'streamlit'} & set(sys.modules)))\n"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert shown.stdout.splitlines()[-1] == "[]"


@pytest.mark.skipif(sys.platform == "win32", reason="modes")
def test_only_its_owner_can_read_a_report(tmp_path: Path) -> None:
    for name in ("new.html", "old.html"):
        path = tmp_path / name
        if name == "old.html":
            path.touch(0o644)
        report._write(path, "a page")
        assert path.read_text() == "a page" and path.stat().st_mode & 0o777 == 0o600
