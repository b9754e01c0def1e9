#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reports of `score -f html` in a real browser: headless Chromium, driven by chromedriver.

  loads     every kind of report opens without a console message and without a request; no part of it is wider than the
            window, at 1280 and 390 pixels, in light and dark colours
  controls  filter, threshold, sorting, the switch for skipped images, and the keyboard
  hostile   names of files and captions that are markup are shown as text, and run nothing
  contrast  every text has a contrast of at least 4.5 to its background, in light and dark colours
  scripts   with scripts switched off, everything is shown and nothing is offered that needs them; printing shows all
  large     a report of 10,000 images opens within 3 s, and its filter answers within 1 s; the times of html and jsonl
            are printed

Usage: browser.py --binary PATH [--screenshots FOLDER] [CHECK ...]     Skipped (status 77) without a browser.
"""
import argparse
import functools
import os
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from support.webdriver import Browser, missing  # noqa: E402

IMAGES = ROOT / "data" / "images"
NANO = ROOT / "data" / "golden" / "model" / "nano_quick_gelu"
LABELS = "cat,dog,pizza,car,guitar,house"
SKIPPED = 77
OPEN_LIMIT_S = 3
FILTER_LIMIT_S = 1
LARGE = 10_000
CONTRAST = """
const lum = (c) => { const f = c.map((v) => { v /= 255; return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * f[0] + 0.7152 * f[1] + 0.0722 * f[2]; };
const parse = (text) => text.match(/[\\d.]+/g).map(Number);
const back = (e) => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
  if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
const low = [];
for (const e of document.querySelectorAll('body *')) {
  if (![...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim())) continue;
  const style = getComputedStyle(e);
  if (style.fontSize === '0px' || !e.checkVisibility() || e.closest('noscript, script, option')) continue;
  const a = lum(parse(style.color)), b = lum(back(e));
  const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (contrast < 4.5) low.push(`${e.localName}.${e.className} ${e.textContent.slice(0, 30)} ${contrast.toFixed(2)}`);
}
return low;
"""
SHOWN = "return [...document.querySelectorAll('.card')].filter((c) => !c.hidden).map((c) => c.dataset.label)"


def check(holds, *what):
    if not holds:
        raise AssertionError(" ".join(str(part) for part in what))


def equal(found, expected, what):
    check(found == expected, f"{what}: {found!r}, expected {expected!r}")


class Reports:
    """The reports that the checks share, written once."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        images = folder / "images"
        images.mkdir()
        for source in sorted(IMAGES.glob("*.jpg")) + sorted(IMAGES.glob("*.png")):
            (images / source.name).symlink_to(source)
        (images / "broken.jpg").write_text("not an image")

    def score(self, *arguments, inputs="images", allowed=(0, 3), model=None):
        environment = os.environ | ({"SIGHTLINE_MODEL": str(model)} if model else {})
        result = subprocess.run([str(self.binary), "score", *([inputs] if inputs else []), "-q", *arguments],
                                cwd=self.folder, env=environment, capture_output=True, text=True, check=False)
        check(result.returncode in allowed, f"status {result.returncode}:", result.stderr)

    @functools.cache
    def by_image(self):
        self.score("--labels", LABELS, "--matrix", "-o", "by-image.html")
        return self.folder / "by-image.html"

    @functools.cache
    def by_caption(self):
        self.score("--labels", LABELS, "--by", "caption", "--matrix", "-o", "by-caption.html")
        return self.folder / "by-caption.html"

    @functools.cache
    def like(self):
        self.score("--like", "images/dog.jpg", "-o", "like.html")
        return self.folder / "like.html"

    def all(self):
        return [self.by_image(), self.by_caption(), self.like()]


def outside(browser, page):
    """Requests for anything but the page and its data, since the last call."""
    return [url for url in browser.requests() if not url.startswith(("data:", page.resolve().as_uri()))]


def check_loads(browser, reports, screenshots):
    for page in reports.all():
        for width in (1280, 390):
            browser.resize(width, 900, phone=width < 500)
            for dark in (False, True):
                browser.dark(dark)
                browser.open("/dev/null")
                browser.requests()
                browser.console()
                browser.open(page)
                time.sleep(0.3)
                what = f"{page.name} at {width}, {'dark' if dark else 'light'}"
                equal(browser.console(), [], f"messages of {what}")
                equal(outside(browser, page), [], f"requests of {what}")
                check(browser.run("return document.documentElement.scrollWidth") <= width, what, "is too wide")
                broken = "return [...document.images].filter((i) => !i.complete || !i.naturalWidth || !i.alt).length"
                equal(browser.run(broken), 0, f"broken images of {what}")
                check(browser.run("return document.images.length") > 0, what, "shows no image")
                if screenshots:
                    browser.screenshot(screenshots / f"{page.stem}-{width}-{'dark' if dark else 'light'}.png")
    browser.resize(1280, 900)
    browser.dark(False)


def settle(browser):
    browser.post("/execute/async", {"script": "requestAnimationFrame(() => requestAnimationFrame(arguments[0]))", "args": []})


def set_threshold(browser, value):
    browser.run("const t = document.getElementById('threshold'); t.value = arguments[0];"
                "t.dispatchEvent(new Event('input', {bubbles: true}))", value)
    settle(browser)


def select(browser, name):
    browser.run("const s = document.getElementById('sort'); s.value = arguments[0];"
                "s.dispatchEvent(new Event('change', {bubbles: true}))", name)
    settle(browser)


def check_by_image(browser, page):
    browser.open(page)
    total = browser.run("return document.querySelectorAll('.card').length")
    equal(len(browser.run(SHOWN)), total, "cards at first")
    order = browser.run(SHOWN)
    browser.type("#filter", "dog")
    settle(browser)
    shown = browser.run(SHOWN)
    check("images/dog.jpg" in shown and len(shown) < total, "filter by path:", shown)
    best = "return [...document.querySelectorAll('.card')].every((c) => c.hidden || c.classList.contains('skipped') || (c.dataset.label + c.dataset.best).includes('dog'))"
    check(browser.run(best), "the filter looks at paths and best captions")
    check("images/broken.jpg" in shown, "skipped images do not depend on the filter:", shown)
    equal(browser.run("return document.getElementById('status').textContent"), f"{len(shown)} of {total} shown", "status")
    browser.press("Escape")
    settle(browser)
    equal(len(browser.run(SHOWN)), total, "cards after Escape")
    set_threshold(browser, 0.5)
    few = browser.run("return [...document.querySelectorAll('.card:not([hidden])')].map((c) => c.dataset.cosine)")
    check(0 < len(few) < total, "threshold:", few)
    check(all(cosine is None or float(cosine) >= 0.5 for cosine in few), "threshold:", few)
    browser.click("#skipped")
    settle(browser)
    check("images/broken.jpg" not in browser.run(SHOWN), "skipped images can be hidden")
    browser.click("#skipped")
    set_threshold(browser, -1)
    select(browser, "best cosine")
    cosines = browser.run("return [...document.querySelectorAll('.card')].map((c) => c.dataset.cosine)")
    good = [float(cosine) for cosine in cosines if cosine is not None]
    equal(good, sorted(good, reverse=True), "sorted by cosine")
    equal(cosines[len(good):], [None] * (total - len(good)), "skipped images are last")
    select(browser, "path")
    equal(browser.run(SHOWN), sorted(order), "sorted by path")
    select(browser, "input order")
    equal(browser.run(SHOWN), order, "input order again")


def check_keyboard(browser, page):
    browser.open(page)
    browser.press("Tab")
    equal(browser.run("return document.activeElement.className"), "skip-link", "the first element with focus")
    outline = "return getComputedStyle(document.activeElement).outlineStyle"
    equal(browser.run(outline), "solid", "the focus can be seen")
    browser.run("document.activeElement.blur()")
    browser.press("/")
    equal(browser.run("return document.activeElement.id"), "filter", "focus after /")
    browser.press("h", "o", "u", "s", "e")
    settle(browser)
    check(0 < len(browser.run(SHOWN)) < 13, "typing filters")
    browser.press("Escape")
    settle(browser)
    browser.run("document.querySelector('.card a').focus()")
    card = "return document.activeElement.closest('.card').dataset.label"
    order = browser.run(SHOWN)
    browser.press("Right")
    equal(browser.run(card), order[1], "right")
    browser.press("End")
    equal(browser.run(card), order[-1], "end")
    browser.press("Left")
    equal(browser.run(card), order[-2], "left")
    browser.press("Home")
    equal(browser.run(card), order[0], "home")
    columns = browser.run("return getComputedStyle(document.querySelector('ol.cards')).gridTemplateColumns.split(' ').length")
    browser.press("Down")
    equal(browser.run(card), order[columns], "down")
    browser.press("Up")
    equal(browser.run(card), order[0], "up")
    before = browser.call("GET", browser.session + "/window/handles")
    browser.press("Enter")
    time.sleep(0.5)
    handles = browser.call("GET", browser.session + "/window/handles")
    equal(len(handles), len(before) + 1, "windows after Enter")
    browser.post("/window", {"handle": [handle for handle in handles if handle not in before][0]})
    url = browser.call("GET", browser.session + "/url")
    equal(url, (page.parent / order[0]).as_uri(), "the original")
    check(browser.run("return document.images[0].naturalWidth") > 256, "the original has its full size")
    browser.call("DELETE", browser.session + "/window")
    browser.post("/window", {"handle": before[0]})
    browser.run("document.querySelector('.matrix td[tabindex]').focus()")
    browser.press("Down", "Right")
    readout = browser.run("return document.querySelector('.readout').textContent")
    cell = browser.run("return document.querySelectorAll('.matrix tbody tr')[1].cells[2].title")
    check(readout.endswith(": " + cell) and "images/apple.jpg" in readout, "the readout of the matrix:", readout)


def check_by_caption(browser, page):
    browser.open(page)
    sheets = browser.run("return [...document.querySelectorAll('.sheet h2')].map((h) => h.textContent)")
    equal(sheets, LABELS.split(","), "sheets")
    ranked = browser.run("return [...document.querySelectorAll('#q1 .card')].map((c) => [Number(c.dataset.rank), Number(c.dataset.cosine)])")
    equal(ranked, sorted(ranked, key=lambda pair: (-pair[1], pair[0])), "best first")
    browser.type("#filter", "pizza")
    settle(browser)
    equal(set(browser.run(SHOWN)), {"images/broken.jpg", "images/pizza.jpg"}, "filter")
    browser.run("document.getElementById('filter').value = ''")
    set_threshold(browser, 0.6)
    hidden = browser.run("return [...document.querySelectorAll('.sheet')].filter((s) => s.hidden).length")
    check(hidden < len(sheets), "sheets without cards are hidden")
    set_threshold(browser, -1)
    browser.run("const j = document.getElementById('jump'); j.value = 'q4'; j.dispatchEvent(new Event('change'))")
    settle(browser)
    check(abs(browser.run("return document.getElementById('q4').getBoundingClientRect().top")) < 200, "jump")


def check_controls(browser, reports, _):
    check_by_image(browser, reports.by_image())
    check_keyboard(browser, reports.by_image())
    check_by_caption(browser, reports.by_caption())


def check_contrast(browser, reports, _):
    for page in reports.all():
        for dark in (False, True):
            browser.dark(dark)
            browser.open(page)
            browser.run("dispatchEvent(new Event('beforeprint'))")
            equal(browser.run(CONTRAST), [], f"low contrast in {page.name}, {'dark' if dark else 'light'}")
    browser.dark(False)


def check_hostile(browser, reports, _):
    folder = reports.folder / "hostile"
    folder.mkdir()
    source = (IMAGES / "dog.jpg").read_bytes()
    names = ["<img src=x onerror=alert(1)>.jpg", "\"onload=alert(1) '.jpg", "]]><!--.jpg", "javascript:alert(1).jpg",
             "\u202egpj.exe.jpg", "&lt;b&gt;.jpg"]
    for name in names:
        (folder / name).write_bytes(source)
    (folder / os.fsdecode(b"\xff\xfe.jpg")).write_bytes(source)
    captions = ["</noscript><script>document.title = 'broken'</script>", "<svg onload=alert(1)>", "{{script}}", "\u202e\u2066x",
                "</bdi></li></ol>", "&amp;"]
    for by in ("image", "caption"):
        page = reports.folder / f"hostile-{by}.html"
        more = [word for caption in captions for word in ("-c", caption)]
        reports.score("--by", by, "-o", page.name, *more, inputs="hostile")
        browser.open("/dev/null")
        browser.requests()
        browser.console()
        browser.open(page)
        browser.run("dispatchEvent(new Event('beforeprint'))")
        time.sleep(0.3)
        equal(browser.console(), [], "messages")
        equal(outside(browser, page), [], "requests")
        check("ranked" in browser.run("return document.title"), "the title")
        equal(browser.run("return document.querySelectorAll('script').length"), 1, "scripts")
        texts = browser.run("return [...document.querySelectorAll('.card .path bdi')].map((b) => b.textContent)")
        shown = {f"hostile/{name}".replace("\u202e", "\\u202E") for name in names} | {"hostile/\\xFF\\xFE.jpg"}
        equal(set(texts), shown, "names")
        where = ".scores bdi" if by == "image" else ".sheet h2 bdi"
        texts = browser.run(f"return [...document.querySelectorAll('{where}')].map((b) => b.textContent)")
        equal(set(texts), {c.replace("\u202e", "\\u202E").replace("\u2066", "\\u2066") for c in captions}, "captions")
        links = browser.run("return [...document.querySelectorAll('.card a')].map((a) => a.href)")
        check(all(link.startswith(folder.as_uri() + "/") for link in links), "links:", links)


def check_scripts(browser, reports, screenshots):
    page = reports.by_image()
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    try:
        browser.open(page)
        root = browser.command("DOM.getDocument", depth=-1)["root"]["nodeId"]
        find = lambda selector: len(browser.command("DOM.querySelectorAll", nodeId=root, selector=selector)["nodeIds"])  # noqa: E731
        equal(find(".card img"), 12, "thumbnails without scripts")
        equal(find(".scores li"), 12 * 6, "scores without scripts")
        equal(find(".controls:not([hidden])"), 0, "controls without scripts")
        equal(find(".matrix td[title]"), 13 * 6, "cells without scripts")
        if screenshots:
            browser.screenshot(screenshots / "no-scripts.png")
    finally:
        browser.command("Emulation.setScriptExecutionDisabled", value=False)
    browser.open(page)
    browser.post("/print", {"shrinkToFit": True})
    equal(browser.run("return document.querySelectorAll('.card img').length"), 12, "thumbnails that are printed")


def check_large(browser, reports, _):
    samples = sorted(IMAGES.glob("*.jpg"))
    folder = reports.folder / "large"
    folder.mkdir()
    for number in range(LARGE):
        (folder / f"{number:05}.jpg").symlink_to(samples[number % len(samples)])
    times = {}
    for name in ("large.jsonl", "large.html"):
        begin = time.monotonic()
        reports.score("--labels", LABELS, "-o", name, inputs="large")
        times[name] = time.monotonic() - begin
    page = reports.folder / "large.html"
    size = page.stat().st_size / 1e6
    begin = time.monotonic()
    browser.open(page)
    opened = time.monotonic() - begin
    equal(browser.run("return document.querySelectorAll('.card').length"), LARGE, "cards")
    begin = time.monotonic()
    browser.run("const f = document.getElementById('filter'); f.value = '00123'; f.dispatchEvent(new Event('input'))")
    settle(browser)
    filtered = time.monotonic() - begin
    equal(len(browser.run(SHOWN)), 1, "filtered cards")
    print(f"  {LARGE} images of the demo model: jsonl {times['large.jsonl']:.1f} s, html {times['large.html']:.1f} s, "
          f"{size:.0f} MB, opened in {opened:.2f} s, filtered in {filtered:.2f} s")
    check(opened < OPEN_LIMIT_S, f"opened in {opened:.2f} s")
    check(filtered < FILTER_LIMIT_S, f"filtered in {filtered:.2f} s")


CHECKS = {"loads": check_loads, "controls": check_controls, "hostile": check_hostile, "contrast": check_contrast,
          "scripts": check_scripts, "large": check_large}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True, type=pathlib.Path)
    parser.add_argument("--screenshots", type=pathlib.Path)
    parser.add_argument("checks", nargs="*", metavar="CHECK")
    options = parser.parse_args()
    if tool := missing():
        print(f"skipped: {tool} is missing")
        return SKIPPED
    if options.screenshots:
        options.screenshots.mkdir(parents=True, exist_ok=True)
    failed = 0
    with tempfile.TemporaryDirectory(prefix="sightline-reports-") as folder, Browser() as browser:
        reports = Reports(options.binary.resolve(), pathlib.Path(folder))
        for name in options.checks or CHECKS:
            begin = time.monotonic()
            try:
                CHECKS[name](browser, reports, options.screenshots)
                print(f"{name}: passed ({time.monotonic() - begin:.1f} s)", flush=True)
            except (AssertionError, RuntimeError) as problem:
                print(f"{name}: {problem}", flush=True)
                failed += 1
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
