#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rejects words and phrases that readers found hard to understand (docs/conventions.md, Language).

Each rule has a pattern, the recommended wording, and path prefixes to which it does not apply.
Usage: check_language.py [FILE...]     (default: all files of lib/, app/, docs/, scripts/ and the README files)
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDERS = ("lib", "app", "docs", "scripts")
PAGES = ("README.md", "data/README.md", "third_party/README.md", "tests/cli/docs.py")
SUFFIXES = (".h", ".cpp", ".c", ".py", ".sh", ".md", ".txt", ".cmake")

# Not yet revised. Remove an entry when its files follow the rules.
PENDING = ()
GENERATED = ("lib/sightline/text/html_entities.cpp", "lib/sightline/text/unicode_tables.cpp")
ITSELF = "scripts/check_language.py"

# (pattern, recommended wording, paths to which the rule does not apply)
CAPTIONS = ("scripts/demo_data.py", "scripts/train_demo_model.py", "data/README.md")
RULES = [(re.compile(pattern, re.IGNORECASE), wording, exempt) for pattern, wording, exempt in (
    # Captions of the training set, and names and bytes of golden files, keep their words.
    (r"\bpictures?\b", "image", CAPTIONS + ("scripts/golden/",)),
    (r"(?<!there )\bis no (?!longer\b|more\b|such\b|server\b|transform\b)", "is not a", ()),
    (r"(?<!there )\bare no (?!longer\b|more\b|such\b|ids\b)", "are not", ()),
    (r"\bstands? (there|twice|beside|behind|for itself)\b", "is, is duplicated, is next to", ()),
    (r"\b(came|comes?) into being\b", "was created", ()),
    (r"\bwhat (becomes|became) of\b", "the result of, the status of", ()),
    (r"\b(one|row|object|path|caption|text|image|item|case)s? a (line|row|thread|pair|tower)\b",
     "one per line", ()),
    (r"\b(bytes?|bits|samples|indices) a pixel\b", "bits per pixel", ()),
    (r"\b(be|is|are|was) looked (at|into)\b", "is examined, cannot stat", ()),
    (r"\bmistakes? of the program\b", "internal error", ()),
    (r"\btwins?\b", "duplicate", ()),
    (r"\bback[ -]ends?\b", "backend", ()),
    (r"\b(is|are|be) told (by|apart|from)\b", "is recognised by, is distinguished from", ()),
    (r"\bnobody\b", "no caller, no layer, never", ()),
    (r"\bgit-lfs (pointer|file)s?\b", "Git LFS pointer", ()),
    (r"\bbehind (its|the) (end|data|header|last)\b", "after its end", ("scripts/golden/",)),
    (r"\b(which|that|whom|where) asks?\b", "name the caller", ()),
    (r"\bin small letters\b|\bsmall_letters\b", "in lower case, to_lower_ascii", ()),
    (r"\bkept out of\b|\bleft out of training\b", "held out from", ()),
    (r"\ba wish that\b", "advisory", ()),
    (r"\bmay be being\b", "may be", ()),
    (r"\bnot enough memory\b|\bmemory: not enough\b", "out of memory", ()),
    (r"\bvalid,? but not built\b|\bbut is not built\b", "valid but not supported", ()),
    (r"\bin the (place|stead) of a\b", "instead of a", ()),
    (r"\bas (long|many) as (it|they) says?\b", "the stated length", ()),
    (r"\b(hand_over_\w+|told_\w*|asking_\w*|kBytesOfALongLabel)\b", "a noun for a thing, a verb for an action", ()),
    (r"\b(auto|bool|int|size_t|int64_t|string|float)[&*]? (seen|made|soon|asked|told|otherwise)\b *[={;(]",
     "a noun for the value", ()),
)]


def files():
    for folder in FOLDERS:
        yield from sorted(p for p in (ROOT / folder).rglob("*") if p.is_file() and p.suffix in SUFFIXES)
    yield from (ROOT / page for page in PAGES)


def problems_of(name, text):
    for number, line in enumerate(text.split("\n"), 1):
        for pattern, wording, exempt in RULES:
            found = pattern.search(line)
            if found and not (exempt and name.startswith(exempt)):
                yield f"{name}:{number}: '{found.group()}'; use: {wording}"


def main():
    chosen = [pathlib.Path(path).resolve() for path in sys.argv[1:]] or files()
    problems, count = [], 0
    for path in chosen:
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(PENDING) or name in GENERATED or name == ITSELF:
            continue
        count += 1
        problems += problems_of(name, path.read_text(encoding="utf-8"))
    print("\n".join(problems + [f"language: {len(problems)} problems in {count} files"]))
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
