"""The review page in a browser: verdicts by keyboard and by buttons are in the table at once, and a reload goes on."""

import http.server
import json
import re
import socket
import subprocess
import sys
import threading
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
            yield _address(process, log)
        finally:
            process.terminate()
            process.wait(timeout=20)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    """The address that the command prints, once the page is there."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and process.poll() is None:
        found = re.search(r"http://127\.0\.0\.1:\d+/\w{32}/", log.read_text())
        if found and status(f"{found[0]}_stcore/health") == 200:
            return found[0]
        time.sleep(0.2)
    raise AssertionError(f"the page is not served:\n{log.read_text()}")


def status(url: str) -> int | None:
    """Of the answer to a request; None without one."""
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except urllib.error.URLError:
        return None


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
        page.wait_for("0 of 6 judged · row 1", "ann0@example.org", "name dbt's target folder with --target")
        # Above the progress stands nothing: Streamlit shows each text that stands by itself in its script.
        assert browser.find_element(By.CSS_SELECTOR, "[data-testid=stMain]").text.startswith("0 of 6 judged")

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


def test_the_page_is_for_who_has_its_address(browser: Chrome, history_database: Path) -> None:
    """Not at the port alone, and not under another name, which a site that has come to mean this machine would use."""
    with served(history_database) as url:
        origin, secret = url.rstrip("/").rsplit("/", 1)
        for path in ("/", "/_stcore/health", f"/{secret[:-1]}/", "/_stcore/host-config"):
            assert status(origin + path) == 404, path
        page = Page(browser, url.replace("127.0.0.1", "rebound.example"))
        page.wait_for("This page is for this machine only")
        assert "ann0@example.org" not in page.text
        Page(browser, url).wait_for("ann0@example.org")


def test_no_text_becomes_markup(browser: Chrome, history_database: Path, tmp_path: Path) -> None:
    """Whoever wrote it: the data, the language model, the project, or an error that repeats one of them."""
    asked: list[str] = []

    class Pictures(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *arguments: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Pictures) as pictures:
        thread = threading.Thread(target=pictures.serve_forever)
        thread.start()
        try:
            place = f"127.0.0.1:{pictures.server_port}"

            def hostile(name: str) -> str:
                return (
                    f"![{name}](http://{place}/{name}.png) http://{place}/{name} <img src='http://{place}/{name}.gif'>"
                    f" `[{name}](http://{place})` ``$x$ :red[{name}]"
                )

            answer = {"has_pii": hostile("label"), hostile("column"): hostile("text")}
            with duckdb.connect(str(history_database)) as connection:
                connection.execute("delete from dbt_llm__evaluations")
                connection.execute("delete from dbt_llm__output_distribution")
                connection.execute("delete from dbt_llm__review_sample where request_key != 'key 0'")
                connection.execute(
                    "update dbt_llm__review_sample set output = ?, input = ?, row_key = ?, status = 'quarantined', reason = ?",
                    [
                        json.dumps(answer),
                        json.dumps({hostile("input"): hostile("value")}),
                        hostile("row"),
                        hostile("reason"),
                    ],
                )
            properties = {
                "has_pii": {"type": "string", "description": hostile("description")},
                hostile("column"): {"type": "string", "description": hostile("other")},
            }
            llm = {"prompt": hostile("prompt"), "response_format": properties}
            node = {"name": "pii_risk", "columns": {}, "config": {"meta": {"llm": llm}}}
            (tmp_path / "manifest.json").write_text(json.dumps({"nodes": {"model.p.pii_risk": node}}))
            with served(history_database, "--target", str(tmp_path), "--columns", "has_pii", hostile("column")) as url:
                page = Page(browser, url)
                names = ("input", "value", "row", "reason", "label", "column", "text", "prompt", "description", "other")
                page.wait_for(*(hostile(name) for name in names))
                page.press("n")
                page.wait_for("What is right?")
                # Nothing of it is on the page as a link or a picture, and nobody was asked for one.
                assert browser.find_elements(By.CSS_SELECTOR, f"a[href*='{place}'], img[src*='{place}']") == []
                page.press(Keys.ENTER)
                page.wait_for("1 of 1 judged")
            with served(history_database, "--columns", hostile("wrong")) as url:
                page = Page(browser, url)
                page.wait_for(f"no response column '{hostile('wrong')}'")
                assert browser.find_elements(By.CSS_SELECTOR, f"a[href*='{place}'], img[src*='{place}']") == []
        finally:
            pictures.shutdown()
            thread.join()
    assert asked == []


def test_an_answer_however_deep_does_not_stop_the_page(browser: Chrome, history_database: Path) -> None:
    with duckdb.connect(str(history_database)) as connection:
        deep = '{"has_pii": true, "has_pii": false, "more": ' + "[" * 100_000 + "]" * 100_000 + "}"
        connection.execute("update dbt_llm__review_sample set output = ? where request_key = 'key 0'", [deep])
    with served(history_database) as url:
        page = Page(browser, url)
        page.wait_for("0 of 6 judged · row 1", '{"has_pii": true', "more characters are not shown")
        page.press("s")
        page.wait_for("row 2", "ann1@example.org")
