#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks a report of `score -f html` by parsing it, and prints what it shows.

It must be well-formed; its Content-Security-Policy must allow its own style and script and images in data: URLs, and
nothing else; no attribute may be a script, a style or a link to anything but a file; all strings must be escaped. With
SCORES.jsonl, its numbers must be those of the same run as JSON lines, digit for digit.

Usage: report.py REPORT.html [SCORES.jsonl]
"""
import base64
import hashlib
import html.parser
import json
import re
import struct
import sys

VOID = {"meta", "link", "input", "img", "br"}
OPTIONAL = {"rect"}  # written with "/>"
HIDDEN = re.compile("[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
LINK = re.compile(r"(\./|\.\./|file:///)[A-Za-z0-9\-._~/%]*|#[a-z]+")
NUMBERS = ("cosine", "logit", "probability")


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.open, self.problems, self.texts = [], [], {}
        self.cards, self.sheets, self.policy, self.cells = [], [], None, 0
        self.facts, self.images = [], 0

    def problem(self, text):
        self.problems.append(f"line {self.getpos()[0]}: {text}")

    def handle_startendtag(self, tag, attrs):
        if tag not in OPTIONAL:
            self.problem(f"<{tag}/>")
        self.check(tag, attrs)

    def handle_starttag(self, tag, attrs):
        self.check(tag, attrs)
        if self.open and self.open[-1] in ("ol", "ul") and tag != "li":
            self.problem(f"<{tag}> is in a list")
        if tag not in VOID:
            self.open.append(tag)
        self.see(tag, {name: value if value is not None else "" for name, value in attrs})

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            self.problem(f"</{tag}> ends {self.open[-1:] or 'nothing'}")
        else:
            self.open.pop()

    def check(self, tag, attrs):
        names = [name for name, _ in attrs]
        if len(set(names)) != len(names):
            self.problem(f"<{tag}> has an attribute twice")
        for name, value in attrs:
            if name.startswith("on") or name in ("style", "srcset", "action", "formaction", "ping"):
                self.problem(f"<{tag}> has the attribute {name}")
            if name == "href" and not (LINK.fullmatch(value) or (tag == "link" and value == "data:,")):
                self.problem(f"<{tag}> links to {value!r}")
            if name == "src" and not re.fullmatch(r"data:image/(jpeg|png);base64,[A-Za-z0-9+/]+=*", value):
                self.problem(f"<{tag}> shows {value[:80]!r}")
            if value and HIDDEN.search(value):
                self.problem(f"{name} has a hidden character: {value!r}")

    def see(self, tag, a):
        kinds = a.get("class", "").split()
        if tag == "meta" and a.get("http-equiv") == "Content-Security-Policy":
            self.policy = a["content"]
        if tag == "section" and ("sheet" in kinds or a.get("aria-labelledby") == "skipped-images"):
            self.sheets.append({"name": "" if kinds else "(skipped)", "cards": []})
        if tag == "li" and "card" in kinds:
            self.cards.append({"label": a["data-label"], "skipped": "skipped" in kinds, "values": a, "scores": [], "link": "",
                               "size": "", "problem": "", "alt": None})
            if self.sheets:
                self.sheets[-1]["cards"].append(self.cards[-1])
        if tag == "li" and "data-caption" in a:
            self.cards[-1]["scores"].append(a | {"label": ""})
        if tag == "a" and "li" in self.open and kinds and kinds[0] in ("open", "file"):
            self.cards[-1]["link"] = a["href"]
        if tag == "img":
            self.images += 1
            if self.cards and "query: " not in a["alt"]:
                self.cards[-1]["size"] = f"{a['width']}x{a['height']}"
                self.cards[-1]["alt"] = a["alt"]
            if not a["alt"]:
                self.problem("an image has no alt text")
            data = base64.b64decode(a["src"].partition(",")[2], validate=True)
            size = struct.unpack(">II", data[16:24]) if data[:4] == b"\x89PNG" else jpeg_size(data)
            if size != (int(a["width"]), int(a["height"])):
                self.problem(f"an image of {size} pixels is said to have {a['width']}x{a['height']}")
        if tag == "td" and "title" in a:
            self.cells += 1

    def handle_data(self, data):
        tag = self.open[-1] if self.open else ""
        if tag in ("script", "style"):
            self.texts[tag] = self.texts.get(tag, "") + data
            return
        if HIDDEN.search(data):
            self.problem(f"text has a hidden character: {data!r}")
        if tag == "bdi" and "dd" in self.open:
            self.facts.append(data)
        if tag == "bdi" and self.open[-2] == "h2" and self.sheets and "section" in self.open:
            self.sheets[-1]["name"] += data
        if tag == "bdi" and self.open[-2] == "li" and self.cards and self.cards[-1]["scores"]:
            self.cards[-1]["scores"][-1]["label"] += data
        if tag == "p" and self.cards and self.getpos() and re.match(r"[A-Z0-9]+: ", data) and "li" in self.open:
            self.cards[-1]["problem"] = data


def jpeg_size(data):
    at = 2
    while data[at + 1] not in (0xC0, 0xC2):
        at += 2 + struct.unpack(">H", data[at + 2:at + 4])[0]
    height, width = struct.unpack(">HH", data[at + 5:at + 9])
    return width, height


def token(text):
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def numbers(attributes):
    return {name: attributes.get(f"data-{name}") for name in NUMBERS}


def compare(page, lines):
    """Numbers of JSON lines are kept as text."""
    rankings = [json.loads(line, parse_float=str, parse_int=str) for line in lines]
    if rankings and "image" in rankings[0]:
        expected = [[{name: s[name] for name in NUMBERS} for s in r.get("scores", [])] for r in rankings]
        found = [[numbers(s) for s in card["scores"]] for card in page.cards]
    else:
        expected = [[{name: s[name] for name in NUMBERS} for s in r["scores"]] for r in rankings]
        found = [[numbers(card["values"]) for card in sheet["cards"]] for sheet in page.sheets
                 if sheet["name"] != "(skipped)"]
    if expected != found:
        page.problems.append(f"other numbers than in JSON: {found} and {expected}")


def main():
    raw = open(sys.argv[1], "rb").read()
    text = raw.decode("utf-8")
    page = Page()
    page.feed(text)
    page.close()
    if page.open:
        page.problem(f"not closed: {page.open}")
    policy = (f"default-src 'none'; img-src data:; style-src {token(page.texts['style'])}; "
              f"script-src {token(page.texts['script'])}; base-uri 'none'; form-action 'none'")
    if page.policy != policy:
        page.problem(f"the policy is {page.policy}, expected {policy}")
    if text.index("Content-Security-Policy") > text.index("<style>"):
        page.problem("the policy comes after what it is for")
    if len(sys.argv) > 2:
        compare(page, open(sys.argv[2], encoding="utf-8"))
    for problem in page.problems:
        print(problem, file=sys.stderr)
    for card in page.cards if not page.sheets else []:
        print("card", card["label"], card["size"] or "-", card["link"] or "-", card["problem"])
    for sheet in page.sheets:
        print("sheet", sheet["name"])
        for card in sheet["cards"]:
            print(" card", card["label"], card["size"] or "-", card["link"] or "-", card["problem"])
    if page.cells:
        print("matrix", page.cells)
    return 1 if page.problems else 0


if __name__ == "__main__":
    sys.exit(main())
