"""A real browser without a window, which may speak to this machine only."""

import shutil
from collections.abc import Iterator

import pytest
from selenium import webdriver
from selenium.webdriver.chrome.service import Service


@pytest.fixture(scope="session")
def running_browser() -> Iterator[webdriver.Chrome]:
    """Chromium and its driver from the system's packages: `make system` installs them, where it may."""
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if chromium is None or driver is None:
        pytest.skip("chromium and chromedriver are not installed. Run: make system, as root, on Debian or Ubuntu")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for argument in (
        *("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--window-size=1180,1200"),
        # Whatever a page asks of the network beyond this machine fails, and shows in the browser's log. One foreign name means
        # this machine, as an attacker's may come to.
        "--host-resolver-rules=MAP rebound.example 127.0.0.1 , MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    running = webdriver.Chrome(options=options, service=Service(driver))
    running.set_page_load_timeout(60)
    try:
        yield running
    finally:
        running.quit()


@pytest.fixture
def browser(running_browser: webdriver.Chrome) -> Iterator[webdriver.Chrome]:
    """The browser as if it had just been started."""
    yield running_browser
    running_browser.get("about:blank")
    running_browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    running_browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    for kind in ("browser", "performance"):
        running_browser.get_log(kind)
