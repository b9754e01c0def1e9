#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks the dependencies: which layer may include which, which file may include which library, no include cycles, and
which headers are public.

Run it from any folder; it exits with 1 and lists each line that breaks a rule. docs/architecture.md shows the same table,
and this script checks that the two agree.
"""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
LIB = ROOT / "lib" / "sightline"

# layer -> layers that it may include (in addition to itself)
USES = {
    "base": [],
    "tensor": ["base"],
    "files": ["base"],
    "containers": ["base", "files"],
    "image": ["base"],
    "text": ["base", "files", "containers"],
    "ops": ["base", "tensor"],
    "weights": ["base", "tensor", "files", "containers", "ops"],
    "nn": ["base", "tensor", "ops", "weights"],
    "embeddings": ["base", "tensor", "files", "containers", "ops"],
    "output": ["base", "files", "containers"],
    "model": ["base", "tensor", "files", "containers", "image", "text", "ops", "weights", "nn"],
    "keras": ["base", "tensor", "files", "containers", "image", "text", "ops", "weights", "nn", "model"],
    "convert": ["base", "tensor", "files", "containers", "weights", "model"],
    "app": ["base", "tensor", "files", "containers", "image", "ops", "weights", "model", "convert",
            "embeddings", "output"],
}
# Headers that other programs include. The headers that these include are public too; no other header is installed
# (SIGHTLINE_PUBLIC_HEADERS in lib/CMakeLists.txt).
UMBRELLAS = ["sightline/sightline.h", "sightline/keras.h"]
# Layers whose headers may be public.
PUBLIC_LAYERS = {"base", "tensor", "model", "keras"}
# third-party header prefix -> files that may include it
LIBRARIES = {
    "spdlog/": ["base/log.cpp"],
    "xxhash.h": ["base/hash.cpp"],
    "simdjson": ["containers/json.cpp"],
    "png.h": ["image/png_library.cpp", "image/png_writer.cpp"],
    "jpeglib.h": ["image/jpeg.cpp", "image/jpeg_writer.cpp"],
    "jerror.h": ["image/jpeg.cpp"],
    "cblas.h": ["ops/openblas.cpp"],
    "openblas": ["ops/openblas.cpp"],
    "CLI/": ["app/cli/parser.cpp"],
    "webp/": ["image/webp.cpp"],
    "avif/": ["image/avif.cpp", "image/avif_precision.cpp"],
    "libheif/": ["image/heif.cpp"],
    "tiff": ["image/tiff_library.cpp"],
    "libdeflate.h": ["image/inflater.cpp", "image/png_orientation.cpp", "image/png_rows.cpp", "containers/zip.cpp",
                     "containers/zip_writer.cpp"],
    "zlib.h": ["containers/gzip_stream.cpp"],
    "zstd": ["containers/zstd_stream.cpp"],
}
# headers of the compiler and of Linux, besides those of the C++ library (which have neither a slash nor a dot)
SYSTEM = {"arm_neon.h", "cpuid.h", "immintrin.h", "dirent.h", "dlfcn.h", "fcntl.h", "fnmatch.h", "nss.h", "poll.h",
          "pthread.h", "pwd.h", "sched.h", "stdlib.h", "unistd.h"}
INCLUDE = re.compile(r'^\s*#\s*include\s+([<"])([^>"]+)[>"]', re.M)


def sources():
    for folder in (LIB, ROOT / "app"):
        yield from sorted(p for p in folder.rglob("*") if p.suffix in (".h", ".cpp", ".inc"))


def layer_of(path):
    if LIB not in path.parents:
        return "app"
    return "umbrella" if path.parent == LIB else path.relative_to(LIB).parts[0]


def closure(header):
    """The header and all that it includes of this library, and the lines that include anything else in quotes."""
    found, waiting, foreign = set(), [header], []
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        found.add(name)
        path = LIB.parent / name
        if not path.exists():
            foreign.append(f"{name}: is public, and does not exist")
            continue
        for kind, included in INCLUDE.findall(path.read_text(encoding="utf-8")):
            if included.startswith("sightline/"):
                waiting.append(included)
            elif kind == '"' or "/" in included or included.endswith(".h"):
                foreign.append(f"{name}: includes {included}, and is a public header")
    return found, foreign


def check_public(problems):
    text = (LIB.parent / "CMakeLists.txt").read_text(encoding="utf-8")
    match = re.search(r"set\(SIGHTLINE_PUBLIC_HEADERS\s+([^)]*)\)", text)
    listed = set(match.group(1).split()) if match else set()
    needed = set()
    for umbrella in UMBRELLAS:
        if not (LIB.parent / umbrella).exists():
            continue
        headers, foreign = closure(umbrella)
        needed |= headers
        problems += foreign
    for header in sorted(needed - listed):
        problems.append(f"{header}: is public, and SIGHTLINE_PUBLIC_HEADERS does not list it")
    for header in sorted(listed - needed):
        problems.append(f"{header}: is listed in SIGHTLINE_PUBLIC_HEADERS, and no public header includes it")
    for header in sorted(needed - set(UMBRELLAS)):
        if header.split("/")[1] not in PUBLIC_LAYERS:
            problems.append(f"{header}: is internal, and a public header includes it")


def short_name(path):
    return str(path.relative_to(LIB if LIB in path.parents else ROOT))


def check_library(path, header, problems):
    """An include in angle brackets."""
    name = short_name(path)
    for prefix, allowed in LIBRARIES.items():
        if header.startswith(prefix):
            if name not in allowed:
                problems.append(f"{name}: includes {header}, which only {', '.join(allowed) or 'no file'} may include")
            return
    if ("/" in header or "." in header) and header not in SYSTEM and not header.startswith("sys/"):
        problems.append(f"{name}: includes {header}, of a library that is not in the table of check_includes.py")


def check_own(path, header, problems):
    """An include in quotes that does not begin with sightline/: only the app has such, from its own folder."""
    if LIB in path.parents or ".." in header.split("/"):
        problems.append(f'{short_name(path)}: includes "{header}", which is to be written from lib/: "sightline/..."')


def find_circle(graph):
    state, stack = {}, []

    def visit(node):
        state[node] = "open"
        stack.append(node)
        for target in graph.get(node, ()):
            if state.get(target) == "open":
                return stack[stack.index(target):] + [target]
            if target not in state:
                circle = visit(target)
                if circle:
                    return circle
        stack.pop()
        state[node] = "done"
        return None

    for node in graph:
        if node not in state:
            circle = visit(node)
            if circle:
                return circle
    return None


def documented_table():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([^|]*) \|", text, re.M)
    return {name: [] if cell.strip() == "–" else cell.split() for name, cell in rows if name in USES}


def main():
    problems, graph = [], {}
    for path in sources():
        text = path.read_text(encoding="utf-8")
        layer = layer_of(path)
        for kind, header in INCLUDE.findall(text):
            if not header.startswith("sightline/"):
                (check_own if kind == '"' else check_library)(path, header, problems)
                continue
            target = LIB.parent / header
            if not target.exists():
                problems.append(f"{short_name(path)}: includes {header}, which does not exist")
                continue
            graph.setdefault(str(path), []).append(str(target))
            used = "umbrella" if header in UMBRELLAS else header.split("/")[1]
            if layer == "umbrella":
                continue  # check_public
            if used != layer and used not in USES[layer]:
                problems.append(f"{short_name(path)}: layer {layer} may not include {header}")
    circle = find_circle(graph)
    if circle:
        problems.append("circle: " + " -> ".join(pathlib.Path(p).name for p in circle))
    check_public(problems)
    if documented_table() != USES:
        problems.append("docs/architecture.md: its table of layers differs from the one in this script")
    print("\n".join(problems) if problems else "includes: no violations")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
