#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The manual page: docs/sightline.1 is what scripts/make_man_page.py makes, has the program's version and renders
without a warning, and Markdown that the script does not know is refused.

Usage: man_page.py --version X.Y.Z
"""
import argparse
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "sightline.1"
sys.path.insert(0, str(ROOT / "scripts"))
import make_man_page  # noqa: E402

RENDERERS = {  # each prints its warnings, and exits with 0 all the same
    "man": ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", str(PAGE)],
    "mandoc": ["mandoc", "-T", "lint", "-W", "warning", str(PAGE)],
    "groff": ["groff", "-man", "-Tutf8", "-ww", "-z", str(PAGE)],
}
HEAD = "% X(1) x 1 | Commands\n% someone\n% 2026-01-01\n\n# NAME\n\n"


def check_renderers(problems):
    for name, command in RENDERERS.items():
        if shutil.which(name) is None:
            print(f"{name}: skipped, not installed")
            continue
        result = subprocess.run(command, capture_output=True, text=True, errors="replace")
        complaints = result.stderr + (result.stdout if name == "mandoc" else "")
        if result.returncode != 0 or complaints.strip():
            problems.append(f"{name}: exit {result.returncode}\n{complaints}")


def check_converter(problems):
    made = make_man_page.convert(HEAD + "a *b* - **--c**\n\n**-d** *E*\n:   .f 'g'\n\n    x -y\n").split("\n")[5:]
    expected = ['.SH "NAME"', "a \\fIb\\fR \\- \\fB\\-\\-c\\fR", ".TP", "\\fB\\-d\\fR \\fIE\\fR",
                "\\&.f \\(aqg\\(aq", ".PP", ".nf", ".RS 4", "x \\-y", ".RE", ".fi", ""]
    if made != expected:
        problems.append(f"converter: {made}")
    for wrong in ("- item", "1. item", "> quote", "```\ncode\n```", "`code`", "[a](b)", "| a | b |", "**a", "**a *b***",
                  "text\n# heading", "    code\ntext"):
        try:
            problems.append(f"converter: {wrong!r} became {make_man_page.convert(HEAD + wrong)!r}")
        except make_man_page.MarkupError:
            pass


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--version", required=True)
    version = parser.parse_args().version
    problems = []
    if make_man_page.convert(make_man_page.SOURCE.read_text(encoding="utf-8")) != PAGE.read_text(encoding="utf-8"):
        problems.append("docs/sightline.1 is out of date: run scripts/make_man_page.py")
    if f'"sightline {version}"' not in PAGE.read_text(encoding="utf-8"):
        problems.append(f"the page does not say that it is of version {version}")
    check_renderers(problems)
    check_converter(problems)
    print("\n".join(problems) or "man page: ok")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
