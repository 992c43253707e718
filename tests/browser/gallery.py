"""The pictures of docs/gallery.md, by a headless Chromium. `scripts/build-gallery` calls it: gallery.py RUNGS FOLDER."""

import base64
import html
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

RUNGS, OUT = sys.argv[1], pathlib.Path(sys.argv[2])
ROOT = pathlib.Path(__file__).resolve().parents[2]
ASKED = ["plan", "--lockfile", str(ROOT / "examples/Gemfile.lock"), "--as-of", "2026-08-19", "--to", "karafka=2.6"]
TERMINAL = """<!doctype html><meta charset="utf-8"><style>
body { margin: 0; padding: 16px 20px; background: #16191d; color: #d8dde3; width: max-content; }
pre { margin: 0; font: 13px/1.45 "DejaVu Sans Mono", monospace; }
.b { font-weight: bold; color: #fff } .d { color: #8a94a0 }
.c31 { color: #ff8f85 } .c32 { color: #7fd88f } .c33 { color: #f0c060 } .c34 { color: #8fb8ff } .c36 { color: #6fd3d8 }
</style><pre>"""


def run(*args):
    return subprocess.run([RUNGS, *args], capture_output=True, check=True, text=True).stdout


def terminal(text):
    """What a terminal shows, as a page."""
    out, is_open = [], False
    for at, piece in enumerate(re.split(r"\x1b\[([0-9;]*)m", text)):
        if at % 2 == 0:
            out.append(html.escape(piece))
            continue
        codes = [int(code or 0) for code in piece.split(";")]
        names = [{1: "b", 2: "d"}.get(code, f"c{code}") for code in codes if code]
        out.append("</span>" * is_open + (f'<span class="{" ".join(names)}">' if names else ""))
        is_open = bool(names)
    return TERMINAL + "".join(out) + "</span>" * is_open + "</pre>"


class Browser:
    def __init__(self, folder):
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        for option in ["--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars",
                       "--disable-background-networking", f"--user-data-dir={folder}/profile"]:
            options.add_argument(option)
        self.driver = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)

    def tell(self, command, **args):
        return self.driver.execute_cdp_cmd(command, args)

    def shot(self, page, name, width, height, scheme="light", at=None):
        self.tell("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False)
        self.tell("Emulation.setEmulatedMedia", media="", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.driver.get(page.as_uri())
        if at:
            self.driver.execute_script("""
                document.querySelector(arguments[0]).open = true;
                document.querySelector(arguments[0]).scrollIntoView();""", at)
        self.driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")
        (OUT / f"{name}.png").write_bytes(base64.b64decode(self.tell("Page.captureScreenshot")["data"]))


def main():
    with tempfile.TemporaryDirectory(prefix="rungs-gallery-") as folder:
        folder = pathlib.Path(folder)
        plan, text = folder / "plan.html", folder / "terminal.html"
        plan.write_text(run(*ASKED, "--format", "html"))
        head, _, rest = run(*ASKED, "--color", "always").partition("Step 2: ")
        assert rest, head
        text.write_text(terminal("$ rungs plan --to karafka=2.6\n" + head.rstrip("\n\x1b[0123456789m")))
        browser = Browser(folder)
        try:
            browser.shot(plan, "desktop", 1200, 1000)
            browser.shot(plan, "step", 1200, 1000, at="#step-4")
            browser.shot(plan, "dark", 1200, 800, scheme="dark")
            browser.shot(plan, "phone", 390, 844)
            browser.driver.get(text.as_uri())
            width, height = browser.driver.execute_script(
                "return [document.body.offsetWidth, document.documentElement.scrollHeight]")
            browser.shot(text, "terminal", width, height)
            browser.tell("Emulation.setEmulatedMedia", media="", features=[])
            browser.driver.get(plan.as_uri())
            pdf = base64.b64decode(browser.tell("Page.printToPDF", printBackground=True)["data"])
            (folder / "plan.pdf").write_bytes(pdf)
        finally:
            browser.driver.quit()
        subprocess.run(["pdftoppm", "-r", "75", "-f", "1", "-l", "1", "-singlefile", "-png", folder / "plan.pdf",
                        OUT / "paper"], check=True)


main()
