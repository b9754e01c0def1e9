#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The manual pages: docs/*.1 are what scripts/make_man_page.py makes, have the program's version and render without a
warning, and Markdown that the script does not know is refused.

Usage: man_page.py --version X.Y.Z
"""
import argparse
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))
import make_man_page  # noqa: E402

RENDERERS = {  # each prints its warnings, and exits with 0 all the same
    "man": ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z"],
    "mandoc": ["mandoc", "-T", "lint", "-W", "warning"],
    "groff": ["groff", "-man", "-Tutf8", "-ww", "-z"],
}
HEAD = "% X(1) x 1 | Commands\n% someone\n% 2026-01-01\n\n# NAME\n\n"


def check_renderers(page, problems):
    for name, command in RENDERERS.items():
        if shutil.which(name) is None:
            print(f"{name}: skipped, not installed")
            continue
        result = subprocess.run([*command, page], capture_output=True, text=True, errors="replace")
        complaints = result.stderr + (result.stdout if name == "mandoc" else "")
        if result.returncode != 0 or complaints.strip():
            problems.append(f"{page.name}: {name}: exit {result.returncode}\n{complaints}")


def check_converter(problems):
    made = make_man_page.convert(HEAD + "a *b* - **--c**\n\n**-d** *E*\n:   .f 'g'\n\n    x -y\n").split("\n")[5:]
    expected = ['.SH "NAME"', "a \\fIb\\fR \\- \\fB\\-\\-c\\fR", ".TP", "\\fB\\-d\\fR \\fIE\\fR",
                "\\&.f \\(aqg\\(aq", ".PP", ".nf", ".RS 4", "x \\-y", ".RE", ".fi", ""]
    if made != expected:
        problems.append(f"converter: {made}")
    for wrong in ("- item", "1. item", "> quote", "```\ncode\n```", "`code`", "[a](b)", "| a | b |", "**a", "**a *b***",
                  "text\n# heading", "    code\ntext", "    code \\-\\-option"):
        try:
            problems.append(f"converter: {wrong!r} became {make_man_page.convert(HEAD + wrong)!r}")
        except make_man_page.MarkupError:
            pass


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", required=True)
    version = parser.parse_args().version
    problems = []
    for source in make_man_page.SOURCES:
        page = source.with_suffix("")
        text = page.read_text(encoding="utf-8")
        if make_man_page.convert(source.read_text(encoding="utf-8")) != text:
            problems.append(f"docs/{page.name} is out of date: run scripts/make_man_page.py")
        if f'"sightline {version}"' not in text:
            problems.append(f"docs/{page.name} does not say that it is of version {version}")
        check_renderers(page, problems)
    check_converter(problems)
    print("\n".join(problems) or "man pages: ok")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
