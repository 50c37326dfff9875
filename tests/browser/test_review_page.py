"""The review page in a browser: verdicts by keyboard and by buttons are in the table at once, and a reload goes on."""

import contextlib
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb
import pytest
from selenium.common.exceptions import StaleElementReferenceException, TimeoutException
from selenium.webdriver import ActionChains, Chrome, Keys
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

pytest.importorskip("streamlit", reason="Streamlit needs Python 3.11")
COMMAND = str(Path(sys.executable).parent / "dbt-llm")
PATIENCE = 180
"""Seconds; a machine may be busy."""
BUTTONS = {
    "y": "Right", "n": "Wrong", "s": "Skip", Keys.ARROW_LEFT: "Before", Keys.ARROW_RIGHT: "After",
    "1": "Next label", Keys.ENTER: "Save",
}  # fmt: skip
"""What stands on the button of a key."""
DRAWN = "return document.querySelector('[data-test-script-state=notRunning]') ? document.body.innerText : ''"
"""The page's words, once Streamlit has sent them all."""
CHOSEN = """
    const [label] = [...document.querySelectorAll('[data-testid=stSelectbox]')].filter(
        (field) => field.innerText.includes(arguments[0]));
    return label?.querySelector('input')?.value;
"""


@contextmanager
def served(database: Path, *arguments: str) -> Iterator[str]:
    """`dbt-llm review` on a free port of this machine, ended with the test."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = database.with_suffix(".log")
    command = [
        COMMAND,
        "review",
        "--database",
        str(database),
        "--port",
        str(port),
        "--no-browser",
        "--reviewer",
        "ann",
        *arguments,
    ]
    with log.open("w") as output, subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT) as process:
        try:
            _wait_for(f"http://127.0.0.1:{port}/_stcore/health", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(urllib.error.URLError), urllib.request.urlopen(url, timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(0.2)
    raise AssertionError(f"the page is not served:\n{log.read_text()}")


class Page:
    """The page as a reviewer sees it."""

    def __init__(self, browser: Chrome, url: str) -> None:
        self.browser = browser
        browser.get(url)

    @property
    def text(self) -> str:
        return str(self.browser.find_element(By.TAG_NAME, "body").text)

    def wait_for(self, *words: str) -> None:
        """Until the words are there. Streamlit has sent all of a page before the browser has loaded what draws its parts."""
        self._wait_until(words, lambda: all(word in str(self.browser.execute_script(DRAWN)) for word in words))

    def wait_for_choice(self, column: str, value: str) -> None:
        """Until the column's field says the value."""

        def is_chosen() -> bool:
            return bool(self.browser.execute_script(DRAWN) and self.browser.execute_script(CHOSEN, column) == value)

        self._wait_until((column, value), is_chosen)

    def press(self, key: str) -> None:
        """The key of a button, once the page shows the button and has nothing left to do: only then does it listen."""
        self.button(BUTTONS[key])
        self.browser.execute_async_script("requestAnimationFrame(() => requestIdleCallback(arguments[0]))")
        ActionChains(self.browser).send_keys(key).perform()

    def click(self, label: str) -> None:
        self.button(label).click()

    def button(self, label: str) -> WebElement:
        self._wait_until((label,), lambda: self.browser.execute_script(DRAWN) and self._buttons(label))
        [button] = self._buttons(label)
        return button

    def _buttons(self, label: str) -> list[WebElement]:
        found = self.browser.find_elements(By.CSS_SELECTOR, "button:enabled")
        return [one for one in found if label in one.text]

    def _wait_until(self, words: Sequence[str], is_there: Callable[[], object]) -> None:
        waiting = WebDriverWait(self.browser, PATIENCE, poll_frequency=0.1, ignored_exceptions=[StaleElementReferenceException])
        try:
            waiting.until(lambda _: is_there())
        except TimeoutException:
            raise AssertionError(f"{words} are not in:\n{self.text}") from None


def verdicts(database: Path) -> list[tuple[Any, ...]]:
    def opened() -> duckdb.DuckDBPyConnection | None:
        try:
            return duckdb.connect(str(database))
        except duckdb.IOException:
            # The page has the file open for as long as it reads or writes.
            return None

    end = time.monotonic() + PATIENCE
    while (connection := opened()) is None and time.monotonic() < end:
        time.sleep(0.1)
    assert connection is not None, "the page does not let go of the file"
    with connection:
        return connection.execute(
            "select request_key, column_name, verdict, correct_value, reviewer from dbt_llm_verdicts"
            " order by reviewed_at, column_name desc"
        ).fetchall()


def test_three_rows_by_keyboard_and_a_reload(browser: Chrome, history_database: Path) -> None:
    with served(history_database) as url:
        page = Page(browser, url)
        page.wait_for("0 of 6 judged · row 1", "ann0@example.org")

        page.press("y")
        page.wait_for("1 of 6 judged · row 2")
        both = [("key 0", "pii_types", "right", None, "ann"), ("key 0", "has_pii", "right", None, "ann")]
        assert sorted(verdicts(history_database)) == sorted(both)

        page.press("n")
        page.wait_for("What is right?")
        page.press("1")
        page.wait_for_choice("has_pii", "false")
        page.press(Keys.ENTER)
        page.wait_for("2 of 6 judged · row 3")
        assert [row[1:4] for row in verdicts(history_database) if row[0] == "key 1"] == [
            ("pii_types", "right", None),
            ("has_pii", "wrong", "false"),
        ]

        page.press("s")
        page.wait_for("2 of 6 judged · row 4")
        page.press(Keys.ARROW_LEFT)
        page.wait_for("2 of 6 judged · row 3")
        page.press(Keys.ARROW_RIGHT)
        page.wait_for("2 of 6 judged · row 4")
        page.press("y")
        page.wait_for("3 of 6 judged · row 5")
        assert len(verdicts(history_database)) == 6

        browser.refresh()
        page.wait_for("3 of 6 judged · row 3", "ann2@example.org")
        severe = [entry for entry in browser.get_log("browser") if entry["level"] == "SEVERE"]
        assert severe == []


def test_a_row_in_quarantine_by_buttons(browser: Chrome, history_database: Path) -> None:
    """It cannot be right; what is right can be said, and what nobody can say is not kept back."""
    with served(history_database) as url:
        page = Page(browser, url)
        page.wait_for("row 1")
        for n in range(2, 7):
            page.press("s")
            page.wait_for(f"row {n}")
        page.wait_for("In quarantine: invalid_json", "<img src=x onerror=alert(1)> ![picture]")
        assert browser.find_elements(By.CSS_SELECTOR, "img[src*='x']") == []

        page.click("Right")
        page.wait_for("it cannot be right")
        assert verdicts(history_database) == []

        page.click("Wrong")
        page.wait_for("What is right?")
        page.press("1")
        page.wait_for_choice("has_pii", "true")
        page.click("Save")
        page.wait_for("1 of 6 judged")
        assert sorted(verdicts(history_database)) == [
            ("key q", "has_pii", "wrong", "true", "ann"),
            ("key q", "pii_types", "wrong", None, "ann"),
        ]


def test_a_verdict_that_cannot_be_written_is_told(browser: Chrome, history_database: Path) -> None:
    """Another process writes the database: the row stays, and says why."""
    with served(history_database) as url:
        page = Page(browser, url)
        page.wait_for("0 of 6 judged · row 1")
        holder = subprocess.Popen(
            [
                sys.executable,
                "-c",
                f"import duckdb; c = duckdb.connect({str(history_database)!r}); print('held', flush=True); input()",
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert holder.stdin is not None and holder.stdout is not None
        try:
            assert holder.stdout.readline() == b"held\n"
            page.press("y")
            page.wait_for("IO Error")
        finally:
            holder.stdin.close()
            holder.wait(timeout=20)
            holder.stdout.close()
        assert verdicts(history_database) == []
