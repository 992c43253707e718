"""The HTML report in a headless Chromium: filters, ticks that stay, keyboard, dark, narrow, paper,
nothing loaded, nothing foreign run. `scripts/test-browser` calls it: report.py RUNGS FOLDER."""

import base64
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.ui import Select

RUNGS, OUT = sys.argv[1], pathlib.Path(sys.argv[2])
ROOT = pathlib.Path(__file__).resolve().parents[2]
WORLD = ROOT / "tests/fixtures/hostile"
OPTIONS = [
    "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]


def expect(what, found, wanted):
    if found != wanted:
        sys.exit(f"FAILED: {what}: {found!r}, not {wanted!r}")


def same(what, found, wanted):
    """Two long lists, of which the first difference is enough."""
    for at in range(max(len(found), len(wanted))):
        expect(f"{what}, number {at}", found[at : at + 1], wanted[at : at + 1])


# ---- pages ---------------------------------------------------------------------------------------

def page(name, *args, code=0):
    run = subprocess.run([RUNGS, *map(str, args), "--format", "html"], capture_output=True)
    expect(f"exit code of {name} ({run.stderr.decode()})", run.returncode, code)
    path = OUT / f"{name}.html"
    path.write_bytes(run.stdout)
    return path


def world(name, texts, holder, file):
    """The world of the fixtures with these texts in turn in place of EVIL."""
    folder = OUT / f"{name}-world"
    folder.mkdir()
    count = 0

    def put(match):
        nonlocal count
        text = texts[count % len(texts)]
        if match.group(1):
            text = text.replace("#", "")  # else it ends the name of the page
        count += 1
        quoted = "".join(c if c.isalnum() and c.isascii() else f"\\U{ord(c):08x}" for c in text)
        return f"{quoted} n{count}{match.group(1) or ''}"

    for toml in ("catalog.toml", "actions.toml", "rollout.toml"):
        lines = (WORLD / toml).read_text().splitlines(keepends=True)
        done = [line if line.startswith("#") else re.sub(r"EVIL(\.md)?", put, line) for line in lines]
        (folder / toml).write_text("".join(done))
    expect(f"texts of {name}", count > 90, True)
    lockfile = (WORLD / "Gemfile.lock").read_text().replace("HOLDER", holder)
    (OUT / f"{name}.lock").write_text(lockfile)
    (OUT / f"{name}-held.lock").write_text(lockfile.replace("alpha (< 9)", "alpha (< 1.2)"))
    source = OUT / f"{name}-source"
    source.mkdir()
    comment = re.sub(r"\s", " ", texts[0])
    (source / f"{file}.rb").write_text(f"Alpha::Old.new # {comment}\n")
    asked = ["plan", "--source", source, "--catalog", folder, "--to", "alpha=1.2", "--as-of", "2026-01-01", "--lockfile"]
    return [
        page(name, *asked, OUT / f"{name}.lock"),
        page(f"{name}-held", *asked, OUT / f"{name}-held.lock", "--ruby-fixed", code=3),
    ]


def tall():
    """As many steps as a plan may have."""
    releases = "\n".join(f"1.{line}.0  2020-01-01" for line in range(65))
    (OUT / "tall.toml").write_text(
        'format = 1\nname = "tall"\nscheme = "rubygems"\nhorizon = 2026-01-01\norder = ["tower"]\n'
        f'[package.tower]\nrole = "stepped"\nreleases = """\n{releases}\n"""\n'.replace('"""', "'''")
    )
    (OUT / "tall.lock").write_text(
        "GEM\n  remote: https://rubygems.org/\n  specs:\n    tower (1.0.0)\n\nPLATFORMS\n  ruby\n\n"
        "DEPENDENCIES\n  tower\n"
    )
    return page("tall", "plan", "--catalog", OUT / "tall.toml", "--lockfile", OUT / "tall.lock")


def seven():
    """An application of the days of Karafka 2.1, in seven steps to the newest."""
    specs = "".join(f"    {name} ({version})\n" for name, version in SEVEN.items())
    names = "".join(f"  {name}\n" for name in ("karafka", "karafka-testing", "karafka-web"))
    (OUT / "seven.lock").write_text(
        f"GEM\n  remote: https://rubygems.org/\n  specs:\n{specs}\nPLATFORMS\n  ruby\n\nDEPENDENCIES\n{names}"
    )
    return page("seven", "plan", "--lockfile", OUT / "seven.lock", "--ruby", "3.2", "--as-of", "2026-08-19")


SEVEN = {
    "karafka": "2.1.0", "karafka-core": "2.1.0", "karafka-rdkafka": "0.13.0", "karafka-testing": "2.1.0",
    "karafka-web": "0.6.0", "waterdrop": "2.6.0",
}


# ---- the browser ---------------------------------------------------------------------------------

class Browser:
    def __init__(self):
        self.profile = tempfile.mkdtemp(prefix="rungs-chromium-")
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium")
        for option in OPTIONS + [f"--user-data-dir={self.profile}"]:
            options.add_argument(option)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)
        self.size(1280, 1600)

    def close(self):
        self.driver.quit()
        shutil.rmtree(self.profile, ignore_errors=True)

    def tell(self, command, **args):
        return self.driver.execute_cdp_cmd(command, args)

    def run(self, script, *args):
        return self.driver.execute_script(script, *args)

    def size(self, width, height):
        self.tell("Emulation.setDeviceMetricsOverride", width=width, height=height,
                  deviceScaleFactor=1, mobile=False)

    def media(self, kind="", scheme="light"):
        self.tell("Emulation.setEmulatedMedia", media=kind,
                  features=[{"name": "prefers-color-scheme", "value": scheme}])

    def open(self, path):
        """Opens a page and sees that it loads nothing but itself and that the console is silent."""
        self.driver.get_log("performance")
        self.driver.get_log("browser")
        self.driver.get(path.as_uri())
        self.settle()
        self.silent(path)

    def silent(self, path):
        expect(f"console of {path.name}", self.driver.get_log("browser"), [])
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        # The browser's own first tab may still be loading, with frames of its own.
        sent = [event["params"]["request"]["url"] for event in events
                if event["method"] == "Network.requestWillBeSent"
                and not event["params"]["documentURL"].startswith(("chrome:", "chrome-"))]
        asked = {url.split("#")[0] for url in sent if not url.startswith("data:")}
        expect(f"requests of {path.name}", asked - {path.as_uri()}, set())

    def settle(self):
        self.driver.execute_async_script("requestAnimationFrame(() => requestAnimationFrame(arguments[0]))")

    def shot(self, name):
        self.settle()
        self.driver.save_screenshot(str(OUT / f"{name}.png"))

    def all(self, selector):
        return self.driver.find_elements(By.CSS_SELECTOR, selector)

    def one(self, selector):
        return self.driver.find_element(By.CSS_SELECTOR, selector)

    def keys(self, *keys):
        self.driver.switch_to.active_element.send_keys(*keys)

    def focused(self):
        return self.driver.switch_to.active_element

    def shown(self):
        """What stands on the screen of the items of open steps: phase, component, severity."""
        return self.run("""
            return [...document.querySelectorAll('.item')].filter((it) => it.checkVisibility()).map((it) => [
              it.dataset.phase, it.dataset.component, it.dataset.severity ?? '']);""")


COLOURS = ["--ink", "--quiet", "--accent", "--breaking", "--action", "--review", "--unknown"]
CONTRAST = """
const style = getComputedStyle(document.documentElement);
const channels = (name) => {
  const hex = style.getPropertyValue(name).trim().slice(1);
  const full = hex.length === 3 ? [...hex].map((c) => c + c).join('') : hex;
  return [0, 2, 4].map((at) => parseInt(full.slice(at, at + 2), 16) / 255);
};
const light = (name) => {
  const [r, g, b] = channels(name).map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const pair = [light(arguments[0]), light(arguments[1])].sort((a, b) => b - a);
return (pair[0] + 0.05) / (pair[1] + 0.05);
"""


def legible(browser, scheme):
    for ink in COLOURS:
        for ground in ["--paper", "--card"] + (["--band"] if ink in ("--ink", "--quiet") else []):
            contrast = browser.run(CONTRAST, ink, ground)
            expect(f"{scheme}: contrast of {ink} on {ground} is {contrast:.1f}", contrast >= 4.5, True)


def fits_the_width(browser, what):
    wide = browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth")
    expect(f"{what}: how far it is too wide", wide, 0)


# ---- the checks ----------------------------------------------------------------------------------

def structure(browser, plan):
    browser.open(plan)
    browser.shot("wide-light")
    expect("language", browser.run("return document.documentElement.lang"), "en")
    expect("headings of the first level", len(browser.all("h1")), 1)
    for landmark in ("header", "main", "footer", "nav[aria-label]"):
        expect(landmark, len(browser.all(landmark)), 1)
    expect("ids twice", browser.run("""
        const ids = [...document.querySelectorAll('[id]')].map((it) => it.id);
        return ids.filter((id, at) => ids.indexOf(id) !== at);"""), [])
    expect("controls without a label", browser.run("""
        return [...document.querySelectorAll('input, select')].filter((it) => !it.labels.length && !it.ariaLabel).length;"""), 0)
    expect("levels of headings that skip one", browser.run("""
        const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map((it) => +it.tagName[1]);
        return levels.filter((level, at) => at && level > levels[at - 1] + 1);"""), [])
    expect("points of the picture", len(browser.all(".ladder circle")) > 20, True)
    expect("versions that touch", browser.run("""
        const boxes = [...document.querySelectorAll('.ladder .version')].map((it) => it.getBoundingClientRect());
        const touch = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
        return boxes.filter((a, at) => boxes.slice(at + 1).some((b) => touch(a, b))).length;"""), 0)
    fits_the_width(browser, "at 1280")


def filters(browser):
    browser.one(".filter > summary").click()
    browser.one("#all").click()
    expect("open steps", len(browser.all("details.step[open]")), 5)
    browser.run("document.querySelectorAll('.folded, .every').forEach((it) => { it.open = true; })")
    everything = browser.shown()
    Select(browser.one("#phase")).select_by_value("deploy")
    expect("phases shown", {phase for phase, _, _ in browser.shown()}, {"deploy"})
    expect("headings shown", browser.run("""
        return [...document.querySelectorAll('.group')].filter((it) => it.checkVisibility() &&
          !it.querySelector('.item:not(.out)')).map((it) => it.id);"""), [])
    told = browser.one("#shown").text
    expect("the count told", told, f"{len(browser.shown())} of {len(everything)} shown")
    Select(browser.one("#component")).select_by_value("web-ui")
    expect("components shown", {component for _, component, _ in browser.shown()}, {"web-ui", "all"})
    browser.shot("filtered")
    Select(browser.one("#phase")).select_by_value("")
    Select(browser.one("#component")).select_by_value("")
    for value, wanted in (("0", {"0"}), ("1", {"0", "1"}), ("2", {"0", "1", "2"})):
        Select(browser.one("#severity")).select_by_value(value)
        expect("severities shown", {severity for _, _, severity in browser.shown()}, wanted)
    Select(browser.one("#severity")).select_by_value("")
    expect("items without a filter", browser.shown(), everything)


def ticks(browser, plan, other):
    expect("ticked at first", browser.one("#count").text.split()[0], "0")
    total = int(browser.one("#count").text.split()[2])
    expect("ticks", total, len(browser.all(".tick")))
    for tick in browser.all("#step-1 .tick")[:3]:
        tick.click()
    expect("count", browser.one("#count").text, f"3 of {total} boxes ticked")
    browser.one("#open-only").click()
    expect("ticked ones shown", browser.run("""
        return [...document.querySelectorAll('.tick:checked')].filter((it) => it.checkVisibility()).length;"""), 0)
    browser.open(plan)
    expect("count after a reload", browser.one("#count").text, f"3 of {total} boxes ticked")
    ticked = [tick.is_selected() for tick in browser.all("#step-1 .tick")[:4]]
    expect("ticks after a reload", ticked, [True, True, True, False])
    expect("progress", browser.one("#done").get_property("value"), 3)
    expect("count of the step", browser.one("#step-1 .count").text.split()[0], "3")
    browser.all("#step-1 .tick")[0].click()
    browser.open(plan)
    expect("count after one was taken back", browser.one("#count").text, f"2 of {total} boxes ticked")
    browser.open(other)
    expect("count in another plan", browser.one("#count").text.split()[0], "0")


def keyboard(browser, plan):
    browser.open(plan)
    browser.one("body").send_keys(Keys.TAB)
    expect("the first stop", browser.focused().text, "Skip to the plan")
    where = browser.focused().rect
    expect("the skip link on the screen", where["x"] >= 0, True)
    browser.keys(Keys.ENTER)
    expect("where it leads", browser.run("return location.hash"), "#main")
    seen = []
    for _ in range(60):
        browser.keys(Keys.TAB)
        stop = browser.focused()
        if browser.run("return arguments[0].matches('.filter > summary')", stop):
            browser.keys(Keys.ENTER)
        seen.append(stop.get_attribute("id") or stop.tag_name)
        width = browser.run("return parseFloat(getComputedStyle(arguments[0]).outlineWidth)", stop)
        expect(f"outline of {seen[-1]}", width >= 2, True)
        if browser.run("return arguments[0].matches('.step .tick')", stop):
            break
    for stop in ("phase", "component", "severity", "open-only", "all", "summary", "a"):
        expect(f"a stop at {stop}", stop in seen, True)
    before = browser.focused().is_selected()
    browser.keys(Keys.SPACE)
    expect("a tick by the space bar", browser.focused().is_selected(), not before)
    browser.keys(Keys.SPACE)
    summary = browser.one("#step-2 > summary")
    summary.send_keys(Keys.ENTER)
    expect("a step opened by Enter", browser.one("#step-2").get_attribute("open"), "true")
    browser.all("nav a")[2].send_keys(Keys.ENTER)
    browser.settle()
    expect("a step opened by its link", browser.one("#step-3").get_attribute("open"), "true")


def looks(browser, plan):
    legible(browser, "light")
    light = browser.run("return getComputedStyle(document.body).backgroundColor")
    browser.media(scheme="dark")
    browser.open(plan)
    dark = browser.run("return getComputedStyle(document.body).backgroundColor")
    expect(f"dark {dark} is another than light {light}", dark != light, True)
    legible(browser, "dark")
    browser.shot("wide-dark")
    browser.size(400, 1600)
    browser.run("document.querySelector('#step-2').open = true; location.hash = 'step-2'")
    fits_the_width(browser, "at 400")
    browser.shot("narrow-dark")
    browser.media()
    browser.run("location.hash = ''; scrollTo(0, 0)")
    browser.shot("narrow-light")
    browser.size(1280, 1600)


def paper(browser, plan):
    browser.media(scheme="dark")
    browser.open(plan)
    browser.one(".filter > summary").click()
    Select(browser.one("#phase")).select_by_value("deploy")
    hidden = """return [...document.querySelectorAll('.step .group > .items > .item, .every .item')]
        .filter((it) => !it.getBoundingClientRect().height).length"""
    expect("something is hidden on the screen", browser.run(hidden) > 30, True)
    browser.media("print", "dark")
    browser.settle()
    expect("items hidden on paper", browser.run(hidden), 0)
    expect("tools on paper", browser.one(".tools").is_displayed(), False)
    expect("ground of paper", browser.run("return getComputedStyle(document.body).backgroundColor"),
           "rgb(255, 255, 255)")
    browser.media()
    pdf = base64.b64decode(browser.tell("Page.printToPDF", printBackground=True)["data"])
    (OUT / "report.pdf").write_bytes(pdf)
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    expect(f"{pages} sides for five steps are few", 3 <= pages <= 9, True)
    expect("steps closed again", len(browser.all("details.step:not([open])")), 4)


def layout(browser, plan):
    """Nothing is outside the page, and the first thing to do is within a screen and a half."""
    for width, height in ((320, 640), (390, 844), (1280, 800)):
        browser.size(width, height)
        browser.open(plan)
        fits_the_width(browser, f"at {width}")
        browser.shot(f"top-{width}")
        first = "return document.querySelector(arguments[0]).getBoundingClientRect().top + scrollY"
        top = browser.run(first, ".tick")
        print(f"   the first box at {width} pixels: {top:.0f}; of a step: {browser.run(first, '.step .tick'):.0f}")
        expect(f"the first box at {width} is at {top:.0f}", top <= height * 1.5, True)
        browser.run("document.querySelectorAll('details').forEach((it) => { it.open = true; })")
        fits_the_width(browser, f"with everything open at {width}")
        cut = browser.run("""
            return [...document.querySelectorAll('main *')].filter((it) => it.checkVisibility() &&
              !it.closest('.scroll') && it.getBoundingClientRect().right > innerWidth + 1).map((it) => it.outerHTML.slice(0, 80));""")
        expect(f"what is cut off at {width}", cut, [])
        hint = browser.run("return document.querySelector('.hint').checkVisibility()")
        expect(f"the hint at {width}", hint, width < 640)
    browser.size(1280, 1600)


def seven_steps(browser, path):
    browser.open(path)
    expect("steps", len(browser.all("details.step")), 7)
    pdf = base64.b64decode(browser.tell("Page.printToPDF", printBackground=True)["data"])
    (OUT / "seven.pdf").write_bytes(pdf)
    pages = len(re.findall(rb"/Type\s*/Page\b", pdf))
    print(f"   {pages} sides for seven steps")
    expect(f"{pages} sides are at most 12", pages <= 12, True)
    layout(browser, path)


def without_storage(browser, plan):
    browser.tell("Page.enable")
    script = browser.tell("Page.addScriptToEvaluateOnNewDocument", source="""
        Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } });""")
    browser.open(plan)
    browser.all("#step-1 .tick")[0].click()
    total = len(browser.all(".tick"))
    expect("count", browser.one("#count").text, f"1 of {total} boxes ticked (not kept by this browser)")
    browser.one(".filter > summary").click()
    Select(browser.one("#phase")).select_by_value("deploy")
    expect("phases shown", {phase for phase, _, _ in browser.shown()}, {"deploy"})
    browser.silent(plan)
    browser.tell("Page.removeScriptToEvaluateOnNewDocument", identifier=script["identifier"])


# Code between single backticks is code: one text has `x`, which is an element without attributes.
ELEMENTS = """
    const ours = (it) => !(it.tagName === 'CODE' && it.textContent === 'x' && !it.attributes.length);
    return [...document.querySelectorAll('*')].filter(ours).map((it) => it.tagName + ' ' + it.getAttributeNames().join(' '))"""


def injections(browser):
    plain = world("plain", ["some (plain) words"], "holder-gem", "app")
    shapes = []
    for path in plain:
        browser.open(path)
        shapes.append(browser.run(ELEMENTS))
    payloads = json.loads((WORLD / "payloads.json").read_text())
    for turn in range(0, len(payloads), 2):
        texts = payloads[turn:] + payloads[:turn]
        named = "<img src=x onerror=window.hit=1>"
        pages = world(f"hostile-{turn}", texts, named.replace(" ", "/"), named)
        for path, shape in zip(pages, shapes):
            browser.open(path)
            same(f"{path.name}: elements and attributes", browser.run(ELEMENTS), shape)
            browser.run("document.querySelectorAll('details').forEach((it) => { it.open = true; })")
            browser.settle()
            browser.silent(path)
            expect(f"{path.name}: a script of others ran", browser.run("return window.hit ?? null"), None)
            schemes = set(browser.run("return [...document.querySelectorAll('a')].map((it) => it.protocol)"))
            expect(f"{path.name}: schemes of links", schemes - {"file:", "https:", "http:"}, set())
    browser.shot("hostile")


def policy(browser, plan):
    browser.open(plan)
    browser.run("""
        const script = document.createElement('script');
        script.textContent = 'window.hit = 1';
        document.body.append(script);
        const style = document.createElement('style');
        style.textContent = 'body { display: none }';
        document.body.append(style);
        const image = document.createElement('img');
        image.src = 'https://rungs.invalid/x.png';
        document.body.append(image);""")
    browser.settle()
    expect("a script that is not ours ran", browser.run("return window.hit ?? null"), None)
    expect("a style that is not ours counts", browser.run("return getComputedStyle(document.body).display"), "block")
    refused = [entry["message"] for entry in browser.driver.get_log("browser")]
    told = " ".join(refused)
    for directive in ("script-src", "style-src", "img-src"):
        expect(f"the policy refused by {directive}: {told}", directive in told, True)


def long_plan(browser, path):
    browser.open(path)
    fits_the_width(browser, "64 steps at 1280")
    expect("the picture scrolls", browser.run("""
        const it = document.querySelector('.picture .scroll');
        it.scrollLeft = 1e6;
        return it.scrollLeft > 1000;"""), True)
    browser.shot("tall")
    browser.size(400, 1600)
    fits_the_width(browser, "64 steps at 400")
    browser.size(1280, 1600)


def main():
    lockfile = ROOT / "examples/Gemfile.lock"
    asked = ["--lockfile", lockfile, "--as-of", "2026-08-19"]
    plan = page("plan", "plan", *asked, "--to", "karafka=2.6")
    other = page("other", "plan", *asked, "--to", "karafka=2.5")
    impossible = page("impossible", "plan", *asked, "--to", "karafka=2.6", "--ruby", "2.7", "--ruby-fixed", code=3)
    next_step = page("next", "next", *asked, "--to", "karafka=2.6")
    browser = Browser()
    try:
        for name, check in (
            ("structure", lambda: structure(browser, plan)),
            ("filters", lambda: filters(browser)),
            ("ticks", lambda: ticks(browser, plan, other)),
            ("keyboard", lambda: keyboard(browser, plan)),
            ("looks", lambda: looks(browser, plan)),
            ("paper", lambda: paper(browser, plan)),
            ("layout", lambda: layout(browser, plan)),
            ("seven steps", lambda: seven_steps(browser, seven())),
            ("without storage", lambda: without_storage(browser, plan)),
            ("injections", lambda: injections(browser)),
            ("policy", lambda: policy(browser, plan)),
            ("64 steps", lambda: long_plan(browser, tall())),
            ("first step", lambda: browser.open(next_step)),
            ("impossible", lambda: (browser.open(impossible), browser.shot("impossible"))),
        ):
            start = time.monotonic()
            check()
            print(f"-- {name}: {time.monotonic() - start:.1f} s")
    finally:
        browser.close()


main()
