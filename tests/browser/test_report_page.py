"""The report in a browser: plots are drawn, nothing is loaded or logged, and no text of the data becomes markup."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from dbt_llm.report import build, open_database
from tests.support import history
from tests.support.project import ROOT

SECTIONS = {"volume": 2, "cache": 2, "quarantine": 1, "drift": 1, "accuracy": 1, "latency": 1}
"""The number of plots in each."""


def opened(browser: Chrome, database: Path) -> None:
    file = database.with_suffix(".html")
    with open_database(database) as source:
        file.write_text(build(source), encoding="utf-8")
    browser.get(file.as_uri())


def requested(browser: Chrome) -> list[str]:
    """What the page has asked for, but for itself and what it holds."""
    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    urls = [message["params"]["request"]["url"] for message in messages if message["method"] == "Network.requestWillBeSent"]
    return [url for url in urls if not url.startswith(("data:", "blob:")) and url != browser.current_url]


def test_every_plot_is_drawn_and_nothing_is_loaded(browser: Chrome, history_database: Path) -> None:
    opened(browser, history_database)
    for section, plots in SECTIONS.items():
        found = browser.find_elements(By.CSS_SELECTOR, f"#{section} .plot")
        assert len(found) == plots, section
        for plot in found:
            assert plot.find_elements(By.CSS_SELECTOR, "svg.main-svg"), section
            assert plot.find_elements(By.CSS_SELECTOR, ".bars path, .scatterlayer path"), section
    assert browser.get_log("browser") == []
    assert requested(browser) == []
    if os.environ.get("DBT_LLM_REWRITE_SCREENSHOT"):
        browser.save_screenshot(str(ROOT / "docs" / "report.png"))


def test_the_summary_has_the_figures_of_the_tables(browser: Chrome, history_database: Path) -> None:
    opened(browser, history_database)
    facts = {
        name: browser.find_element(By.CSS_SELECTOR, f"#fact-{name} strong").text
        for name in ("paid", "would-have-paid", "quarantine", "pending")
    }
    assert facts == {
        "paid": f"{history.PAID:.2f} USD",
        "would-have-paid": f"{history.WOULD_HAVE_PAID:.2f} USD",
        "quarantine": str(history.QUARANTINED_ROWS),
        "pending": str(history.LEFT),
    }
    assert f"{history.SENT:,} requests" in browser.find_element(By.ID, "fact-paid").text
    alarms = browser.find_element(By.CSS_SELECTOR, ".alarms").text
    assert f"left {history.LEFT} requests pending (limit:requests)" in alarms
    assert "has_pii: share of true from 11.7 % to 49.0 %" in alarms


def test_a_text_of_the_data_stays_text(browser: Chrome, history_database: Path) -> None:
    opened(browser, history_database)
    assert browser.title == "warehouse.duckdb, schema main"
    assert browser.find_elements(By.TAG_NAME, "b") == []
    browser.find_element(By.CSS_SELECTOR, "#quarantine summary").click()
    assert history.HOSTILE in browser.find_element(By.CSS_SELECTOR, "#quarantine table").text
    shown = browser.find_element(By.CSS_SELECTOR, "#quarantine .yaxislayer-above").text
    assert "</script><script>" in shown


@pytest.mark.parametrize(("scheme", "ground"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 23, 26)")])
def test_light_and_dark(browser: Chrome, history_database: Path, scheme: str, ground: str) -> None:
    """The page and its plots follow the reader's setting, and words stand out from the ground as WCAG AA asks."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    opened(browser, history_database)
    colour = "return getComputedStyle(document.querySelector(arguments[0]))[arguments[1]]"
    assert brightness(browser.execute_script(colour, "body", "backgroundColor")) == brightness(ground)
    for selector, name in [("body", "color"), (".note", "color"), (".plot .xtick text", "fill"), (".alarms li", "color")]:
        assert contrast(browser.execute_script(colour, selector, name), ground) >= 4.5, selector


def test_a_changed_setting_is_followed(browser: Chrome, history_database: Path) -> None:
    opened(browser, history_database)
    fill = "const text = document.querySelector('.plot .xtick text'); return text && getComputedStyle(text).fill"

    def wait_for(is_right: Callable[[float], bool]) -> None:
        """The plots are drawn by the page's own script, some time after it has been opened or a setting has changed."""
        waiting = WebDriverWait(browser, 60, poll_frequency=0.1)
        waiting.until(lambda page: (found := page.execute_script(fill)) and is_right(brightness(found)))

    wait_for(lambda ink: ink < 0.5)
    features = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    wait_for(lambda ink: ink > 0.5)


def test_the_page_fits_a_telephone(browser: Chrome, history_database: Path) -> None:
    screen = {"width": 390, "height": 844, "deviceScaleFactor": 1, "mobile": True}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
    opened(browser, history_database)
    assert browser.execute_script("return document.documentElement.scrollWidth") <= 390


def test_an_empty_database_says_so_in_words(browser: Chrome, package_tables: Path, tmp_path: Path) -> None:
    empty = tmp_path / package_tables.name
    empty.write_bytes(package_tables.read_bytes())
    opened(browser, empty)
    for section in SECTIONS:
        assert browser.find_elements(By.CSS_SELECTOR, f"#{section} .plot") == []
        assert browser.find_element(By.CSS_SELECTOR, f"#{section} p").text
    assert browser.get_log("browser") == []


def brightness(colour: str) -> float:
    """The relative luminance of `rgb(…)`, as WCAG 2 defines it."""
    parts = [float(part) / 255 for part in colour[colour.index("(") + 1 : -1].split(",")[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((brightness(one), brightness(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)
