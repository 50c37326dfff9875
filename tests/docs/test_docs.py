"""What the docs say is run: every block of the README, and the links and generated parts of all pages."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import yaml

from dbt_llm.testing import Server, from_schema
from tests.support import dbt_process
from tests.support.project import ROOT, Result

README = (ROOT / "README.md").read_text()
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "examples").rglob("*.md")])


def commands() -> list[str]:
    return [line for language, text in BLOCKS if language == "bash" for line in text.strip().splitlines()]


def files() -> dict[str, str]:
    """The blocks that name a file in their first line."""
    named = {}
    for language, text in BLOCKS:
        if language != "bash":
            found = re.match(r"(?:#|--) (\S+)\n", text)
            assert found, f"a block names no file:\n{text}"
            named[found[1]] = text
    return named


def test_the_readme_is_short() -> None:
    assert len(README.splitlines()) <= 200


@pytest.mark.long
def test_every_block_of_the_readme_runs(tmp_path: Path) -> None:
    """Write its files as they stand, and run its commands against a stand-in for the endpoint that it names."""
    folder = tmp_path / "my_project"
    for name, text in files().items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    # The README's clone is this checkout, and its endpoint is the stand-in.
    (tmp_path / "dbt_llm").symlink_to(ROOT)
    with Server(from_schema) as server:
        project = folder / "dbt_project.yml"
        assert "https://api.openai.com/v1" in project.read_text()
        project.write_text(project.read_text().replace("https://api.openai.com/v1", server.base_url))
        for command in commands():
            words = shlex.split(command, comments=True)
            if words[0] == "dbt":
                result = run(folder, *words[1:])
                assert result.ok, result.output
            elif words[0] == "make":
                subprocess.run(["make", "--dry-run", words[1]], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
            else:
                # This checkout is installed already, with the extra that the command names.
                assert words == ["pip", "install", "../dbt_llm[duckdb]"]
        assert server.counters.calls == 2
    with duckdb.connect(str(folder / "my_project.duckdb"), read_only=True) as connection:
        columns = [row[:2] for row in connection.execute("describe pii_risk").fetchall()]
        assert [name for name, _ in columns] == [
            *("message_id", "body", "has_pii", "pii_types", "confidence"),
            *("llm_status", "llm_reason", "llm_request_key", "llm_prompt_version"),
        ]
        assert [kind for _, kind in columns][2:5] == ["BOOLEAN", "VARCHAR[]", "DOUBLE"]
        assert connection.execute("select count(*) from pii_risk where llm_status = 'succeeded'").fetchall() == [(2,)]


def run(folder: Path, *arguments: str) -> Result:
    environment = {
        **os.environ, "DBT_PROFILES_DIR": str(folder), "OPENAI_API_KEY": "none", "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    }  # fmt: skip
    process = dbt_process.start(["--no-version-check", *arguments], folder, environment, folder / "output.txt")
    process.join(180)
    return Result(process.exitcode, (folder / "output.txt").read_text())


@pytest.mark.parametrize("page", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text()):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_generated_parts_are_fresh() -> None:
    subprocess.run([sys.executable, "docs/generate.py", "--check"], cwd=ROOT, check=True)


def test_every_reason_and_error_is_documented() -> None:
    """The sentences in docs/errors.md begin as those in the macros do."""
    macros = "\n".join(path.read_text() for path in (ROOT / "macros").rglob("*.sql"))
    reasons = set(re.findall(r"'reason': '?\(?'?(\w+)[:']", macros)) - {"reason"}
    quarantine = (ROOT / "docs" / "quarantine.md").read_text()
    for reason in reasons | {"invalid_json", "null_prompt", "not_requested", "requeued", "truncated", "refused"}:
        assert f"`{reason}" in quarantine, reason


def test_yaml_blocks_of_all_pages_are_yaml() -> None:
    for page in PAGES:
        for text in re.findall(r"^```yaml\n(.*?)^```$", page.read_text(), re.MULTILINE | re.DOTALL):
            yaml.safe_load(text)
