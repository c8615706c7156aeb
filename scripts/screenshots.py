"""Takes the pictures of the README: the demo in a scratch database, as the desk sees it and as a member's phone does.

Run: .venv/bin/python scripts/screenshots.py. Needs Chromium. The scratch database stays, so that a second run is quick.
"""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

PICTURES = ROOT / "docs" / "screenshots"
CHROMIUM = os.environ.get("GUANGCAI_CHROMIUM", "/usr/bin/chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync", "--no-first-run"]
DATABASE = "guangcai_screenshots"
PORT = 8917
ADDRESS = f"http://127.0.0.1:{PORT}"
PATIENCE = 600
MOST_BYTES = 300_000
# Picture, sign-in of the demo, width and height, page.
SHOTS = (("desk", "desk", 1440, 900, "/"), ("phone", "member", 390, 844, "/"))


def start(url: str) -> subprocess.Popen[bytes]:
    """The demo's server on the scratch database, loaded first if it is empty."""
    command = [sys.executable, "-m", "guangcai.cli", "demo", "--port", str(PORT)]
    server = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "DATABASE_URL": url}, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise SystemExit("the demo did not start")
        try:
            urllib.request.urlopen(f"{ADDRESS}/healthz", timeout=2)  # noqa: S310 - our own address
        except (urllib.error.URLError, OSError):
            time.sleep(1)
        else:
            return server
    server.send_signal(signal.SIGINT)
    raise SystemExit("the demo did not start in time")


def take(browser: Browser, name: str, phone: str, password: str, width: int, height: int, page_path: str) -> Path:
    """Sign in like anybody and photograph one page."""
    context = browser.new_context(
        viewport={"width": width, "height": height}, locale="zh-CN", timezone_id="Asia/Shanghai"
    )
    page = context.new_page()
    page.goto(f"{ADDRESS}/account/login/")
    page.fill("input[name=login]", phone)
    page.fill("input[name=password]", password)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(lambda address: "/login" not in address)
    page.goto(f"{ADDRESS}{page_path}")
    page.wait_for_load_state("networkidle")
    picture = PICTURES / f"{name}.png"
    page.screenshot(path=picture)
    context.close()
    return picture


def main() -> None:
    from guangcai.cli import postgres

    PICTURES.mkdir(parents=True, exist_ok=True)
    server = start(postgres.ensure(DATABASE))
    try:
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
        import django

        django.setup()
        from guangcai.demo.signins import PASSWORD, SIGN_INS

        phones = {one.key: one.phone for one in SIGN_INS}
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
            for name, key, width, height, page_path in SHOTS:
                picture = take(browser, name, phones[key], PASSWORD, width, height, page_path)
                size = picture.stat().st_size
                print(f"{picture.relative_to(ROOT)} {size} bytes")
                if size > MOST_BYTES:
                    raise SystemExit(f"{picture.name} is larger than {MOST_BYTES} bytes")
            browser.close()
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(timeout=60)


if __name__ == "__main__":
    main()
