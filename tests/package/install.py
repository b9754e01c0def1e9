#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What `cmake --install` gives: installs into another prefix, moves it, and checks that every file is there, that no
file names the build or the source folder, and that an outside program builds with find_package and with pkg-config and
prints the installed program's numbers.

Usage: install.py --build FOLDER --cxx COMPILER --version X.Y.Z [--cmake CMAKE]
"""
import argparse
import json
import os
import pathlib
import shutil
import struct
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
OUTSIDE = ROOT / "tests" / "package" / "outside"
IMAGE = ROOT / "data" / "images" / "dog.jpg"
CAPTIONS = ["a photo of a dog", "a photo of a cat"]
FILES = ["bin/sightline", "bin/sightline-fetch", "share/man/man1/sightline.1",
         "share/man/man1/sightline-fetch.1", "share/sightline/README.md",
         "share/sightline/vocab/vocab.json", "share/sightline/demo-model/model.safetensors",
         "share/sightline/templates/openai-imagenet.txt", "share/doc/sightline/LICENSE",
         "share/doc/sightline/CHANGELOG.md", "share/doc/sightline/third-party.md",
         "share/doc/sightline/licences/CLI11.txt"]
SCRIPTS = [f"share/sightline/cluster/{path.name}" for path in (ROOT / "scripts" / "cluster").glob("*.*")]
LIBRARY = ["libsightline.a", "cmake/sightline/sightline-config.cmake", "cmake/sightline/sightline-targets.cmake",
           "cmake/sightline/sightline-config-version.cmake", "pkgconfig/sightline.pc"]
COMPLETIONS = {"bash": "share/bash-completion/completions/sightline", "zsh": "share/zsh/site-functions/_sightline",
               "fish": "share/fish/vendor_completions.d/sightline.fish"}


class Failure(Exception):
    """What the installation lacks."""


def run(command, **settings):
    """The output of a command that must succeed."""
    result = subprocess.run([str(word) for word in command], capture_output=True, text=True, **settings)
    if result.returncode != 0:
        raise Failure(f"exit {result.returncode}: {' '.join(map(str, command))}\n{result.stdout}{result.stderr}")
    return result.stdout


def library_folder(prefix):
    """lib, lib64 or lib/<triplet>: where libsightline.a lies."""
    found = list(prefix.glob("lib*/**/libsightline.a"))
    if len(found) != 1:
        raise Failure(f"expected one libsightline.a, found {found}")
    return found[0].parent


def check_files(prefix):
    lib = library_folder(prefix)
    missing = [name for name in FILES + SCRIPTS if not (prefix / name).is_file()]
    missing += [name for name in LIBRARY if not (lib / name).is_file()]
    if missing:
        raise Failure(f"not installed: {', '.join(missing)}")
    for name in SCRIPTS:
        if os.access(ROOT / "scripts" / "cluster" / pathlib.Path(name).name, os.X_OK) != os.access(prefix / name, os.X_OK):
            raise Failure(f"{name} has another mode than its source")
    if not list((prefix / "include" / "sightline").rglob("*.h")):
        raise Failure("no header is installed")


def check_completions(prefix):
    for shell, name in COMPLETIONS.items():
        result = subprocess.run([prefix / "bin/sightline", "completions", shell], capture_output=True, text=True)
        if not (prefix / name).is_file() or (prefix / name).read_text() != result.stdout or not result.stdout:
            raise Failure(f"{name} is not what `sightline completions {shell}` prints")


def check_no_folder_is_named(prefix, folders):
    needles = [str(folder).encode() for folder in folders]
    for path in prefix.rglob("*"):
        if path.is_symlink():
            raise Failure(f"{path} is a link to {os.readlink(path)}")
        if path.is_file():
            content = path.read_bytes()
            for needle in needles:
                if needle in content:
                    raise Failure(f"{path.relative_to(prefix)} names {needle.decode()}")


def float32(text):
    return struct.unpack("f", struct.pack("f", float(text)))[0]


def check_numbers(program, expected, environment):
    printed = [float32(line) for line in run([program, IMAGE, *CAPTIONS], env=environment).split()]
    if len(printed) != len(expected) or any(abs(a - b) > 2e-7 for a, b in zip(printed, expected)):
        raise Failure(f"{program.name} prints {printed}, the installed program {expected}")


def expected_numbers(prefix, environment):
    output = run([prefix / "bin/sightline", "score", IMAGE, "-c", CAPTIONS[0], "-c", CAPTIONS[1], "-f", "jsonl", "-q"],
                 env=environment)
    by_caption = {score["caption"]: score["cosine"] for score in json.loads(output)["scores"]}
    return [float32(by_caption[caption]) for caption in CAPTIONS]


def build_with_cmake(arguments, prefix, source, folder, wanted):
    configure = [arguments.cmake, "-S", OUTSIDE, "-B", folder, f"-DCMAKE_PREFIX_PATH={prefix}",
                 f"-DCMAKE_CXX_COMPILER={arguments.cxx}", f"-DSOURCE={source}", f"-DWANTED_VERSION={wanted}"]
    run(configure)
    run([arguments.cmake, "--build", folder])
    return folder / "ranking"


def check_versions(arguments, prefix, source, folder):
    """SameMinorVersion: 0.2.0 and 0.2 are served, another minor version is not."""
    major, minor, _ = arguments.version.split(".")
    for wanted in (f"{major}.{int(minor) + 1}", f"{major}.{int(minor) - 1}"):
        try:
            build_with_cmake(arguments, prefix, source, folder / wanted, wanted)
        except Failure as refused:
            if "sightline" not in str(refused) or "version" not in str(refused):
                raise
            continue
        raise Failure(f"find_package(sightline {wanted}) accepts {arguments.version}")


def build_with_pkg_config(arguments, prefix, source, program):
    environment = {**os.environ, "PKG_CONFIG_PATH": str(library_folder(prefix) / "pkgconfig")}
    version = run(["pkg-config", "--modversion", "sightline"], env=environment).strip()
    if version != arguments.version:
        raise Failure(f"pkg-config knows version {version}")
    flags = run(["pkg-config", "--cflags", "--libs", "--static", "sightline"], env=environment).split()
    run([arguments.cxx, source, *flags, "-o", program])
    return program


def check_older_standards(arguments, prefix):
    """A compiler that is not asked for C++20 says so, instead of listing what it does not know."""
    for header in ("sightline/sightline.h", "sightline/keras.h"):
        command = [arguments.cxx, "-std=c++17", "-fsyntax-only", "-x", "c++", f"-I{prefix / 'include'}", "-"]
        result = subprocess.run(command, input=f"#include <{header}>\n", capture_output=True, text=True)
        if result.returncode == 0 or "compile with -std=c++20" not in result.stderr:
            raise Failure(f"{header} in C++17: exit {result.returncode}\n{result.stderr}")


def check(arguments, folder):
    first, moved = folder / "first", folder / "moved" / "elsewhere"
    run([arguments.cmake, "--install", arguments.build, "--prefix", first])
    moved.parent.mkdir()
    shutil.move(first, moved)
    check_files(moved)
    check_completions(moved)
    check_no_folder_is_named(moved, [ROOT, arguments.build, first])
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SIGHTLINE_")}
    expected = expected_numbers(moved, environment)
    source = OUTSIDE / "ranking.cpp"
    with_cmake = build_with_cmake(arguments, moved, source, folder / "cmake", arguments.version.rsplit(".", 1)[0])
    check_numbers(with_cmake, expected, environment)
    check_versions(arguments, moved, source, folder)
    check_older_standards(arguments, moved)
    check_numbers(build_with_pkg_config(arguments, moved, source, folder / "with_pkg_config"), expected,
                  environment)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", required=True, type=lambda name: pathlib.Path(name).resolve())
    parser.add_argument("--cxx", required=True)
    parser.add_argument("--version", required=True)
    parser.add_argument("--cmake", default="cmake")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="sightline-install-") as name:
        try:
            check(arguments, pathlib.Path(name).resolve())
        except Failure as failure:
            sys.exit(f"install: {failure}")
    print("install: ok")


if __name__ == "__main__":
    main()
