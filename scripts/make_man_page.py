#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the manual pages that are installed (docs/*.1) from docs/*.1.md.

Reads the part of pandoc's Markdown that the pages use: title, author and date lines, headings, paragraphs, **bold** and *italic* (one
inside the other is an error), definition lists (a line of terms, then ":   text") and indented code. Anything else
stops it with the number of the line, so that nothing is rendered wrongly in silence.

Usage: make_man_page.py [--check]      (--check: exit 1 when a page is not what this script makes)
"""
import pathlib
import re
import sys
import textwrap

DOCS = pathlib.Path(__file__).resolve().parent.parent / "docs"
SOURCES = sorted(DOCS.glob("*.1.md"))
TITLE = re.compile(r"^% (\S+)\((\d)\) (.+?) \| (.+)$")
DATE = re.compile(r"^% (\d{4}-\d\d-\d\d)$")
FONTS = {"**": "\\fB", "*": "\\fI"}
INLINE = re.compile(r"\\(.)|(\*\*|\*)|([^\\*]+)")
UNSUPPORTED = re.compile(r"^(?:[-+*] |\d+\. |> |```|~~~|\||!\[)|`|\[[^\]]*\]\(")


class MarkupError(Exception):
    """Markdown that this script does not render."""


def escape(text):
    """Text as roff prints it: a backslash, and the hyphen of options, which must stay a plain '-' to be copied."""
    return text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace('"', "\\(dq")


def inline(text):
    """Bold and italic as font changes."""
    out, opened = [], None
    for escaped, mark, plain in INLINE.findall(text):
        if not mark:
            out.append(escape(escaped or plain))
        elif opened is None:
            opened = mark
            out.append(FONTS[mark])
        elif opened == mark:
            opened = None
            out.append("\\fR")
        else:
            raise MarkupError("bold and italic inside each other")
    if opened:
        raise MarkupError(f"'{opened}' is not closed")
    return "".join(out)


def fill(text):
    """Lines of at most 79 columns, none of which roff takes for a request."""
    lines = textwrap.wrap(text, 79, break_long_words=False, break_on_hyphens=False)
    return [("\\&" if line.startswith((".", "'")) else "") + line for line in lines]


def blocks(lines):
    """(number of the first line, lines) of each run of lines between blank ones."""
    start, run = 0, []
    for number, line in enumerate(lines + [""], 1):
        if line.strip():
            start = start or number
            run.append(line.rstrip())
        elif run:
            yield start, run
            start, run = 0, []


def paragraph(lines):
    for line in lines:
        if UNSUPPORTED.search(line):
            raise MarkupError("Markdown that this script does not know")
    return fill(inline(" ".join(line.strip() for line in lines)))


def render(block, after_heading):
    """The roff lines of one block."""
    first = block[0]
    if first.startswith("## "):
        return [f'.SS "{inline(first[3:])}"']
    if first.startswith("# "):
        return [f'.SH "{inline(first[2:])}"']
    if len(block) > 1 and block[1].startswith(":   "):
        return [".TP", inline(first.strip()), *paragraph([block[1][4:], *block[2:]])]
    if any(line.startswith((":", "#")) for line in block):
        raise MarkupError("a heading or a definition inside a paragraph")
    start = [] if after_heading else [".PP"]
    if not first.startswith("    "):
        return start + paragraph(block)
    if not all(line.startswith("    ") for line in block):
        raise MarkupError("code and text in one block")
    if any("\\-" in line for line in block):
        raise MarkupError("an escaped hyphen in code, where Markdown has no escapes")
    return [*start, ".nf", ".RS 4", *(escape(line[4:]) for line in block), ".RE", ".fi"]


def header(lines):
    """The first roff lines, from the page's title, author and date."""
    title = TITLE.match(lines[0])
    if not title:
        raise MarkupError("line 1: expected '% NAME(SECTION) VERSION | MANUAL'")
    date = DATE.match(lines[2])
    if not lines[1].startswith("% ") or not date:
        raise MarkupError("lines 2 and 3: expected '% AUTHOR' and '% YYYY-MM-DD'")
    name, section, version, manual = title.groups()
    return ['.\\" SPDX-License-Identifier: Apache-2.0',
            '.\\" Made by scripts/make_man_page.py from the .md file beside it; do not edit.',
            f'.TH "{name}" "{section}" "{date[1]}" "{version}" "{manual}"', ".nh", ".ad l"]


def convert(text):
    lines = text.split("\n")
    out = header(lines)
    after_heading = True
    for number, block in blocks(lines[3:]):
        try:
            out += render(block, after_heading)
        except MarkupError as error:
            raise MarkupError(f"line {number + 3}: {error}") from None
        after_heading = block[0].startswith("#")
    return "\n".join(out) + "\n"


def main():
    if sys.argv[1:] not in ([], ["--check"]):
        sys.exit(__doc__.strip().split("\n\n")[-1])
    for source in SOURCES:
        target = source.with_suffix("")
        try:
            page = convert(source.read_text(encoding="utf-8"))
        except MarkupError as error:
            sys.exit(f"{source}: {error}")
        if sys.argv[1:] != ["--check"]:
            target.write_text(page, encoding="utf-8")
        elif not target.exists() or target.read_text(encoding="utf-8") != page:
            sys.exit(f"{target} is not what {source.name} gives; run scripts/make_man_page.py")


if __name__ == "__main__":
    main()
