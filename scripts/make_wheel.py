#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a Python wheel of an installed static program: `pip install` puts `sightline` beside `python`, and its data into
the environment's share/. No Python code is in it.

The bytes depend on the files, the version and $SOURCE_DATE_EPOCH alone.

Usage: make_wheel.py --prefix INSTALLATION --version X.Y.Z --machine x86_64 --output FOLDER
"""
import argparse
import base64
import hashlib
import os
import pathlib
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
# A static program asks for no C library at all, so each of these holds.
PLATFORMS = ("manylinux_2_17_{0}", "manylinux2014_{0}", "musllinux_1_1_{0}")
METADATA = """Metadata-Version: 2.1
Name: sightline
Version: {version}
Summary: Zero-shot image/text similarity with CLIP models, from the command line
Author: the sightline contributors
License: Apache-2.0
License-File: LICENSE
Keywords: CLIP,embeddings,image search,zero-shot
Classifier: Environment :: Console
Classifier: License :: OSI Approved :: Apache Software License
Classifier: Operating System :: POSIX :: Linux
Classifier: Topic :: Scientific/Engineering :: Image Recognition
Requires-Python: >=3.7
Description-Content-Type: text/markdown

{description}"""
DESCRIPTION = """# sightline

Which caption fits this image? `sightline` answers from the command line, with CLIP models, in one native program: it
ranks captions against images, embeds folders of images and files of captions into `.npy`, and needs no Python packages.

    pip install sightline
    sightline score dog.jpg --labels dog,cat,pizza

The small demo model that is included recognises drawings only; `sightline-fetch clip-vit-base-patch32` gets a real one.
This wheel holds the static program, which does not read AVIF images and has no OpenBLAS backend;
`sightline --version -v` lists what it reads.
"""


class Wheel:
    """A zip archive whose RECORD is written when it is closed."""

    def __init__(self, path, info_folder):
        self.archive = zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9)
        self.record = f"{info_folder}/RECORD"
        self.rows = []
        epoch = int(os.environ.get("SOURCE_DATE_EPOCH", time.time()))
        self.date = time.gmtime(max(epoch, 315532800))[:6]  # a zip knows no time before 1980

    def _write(self, name, content, mode):
        entry = zipfile.ZipInfo(name, self.date)
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.external_attr = (0o100000 | mode) << 16
        self.archive.writestr(entry, content)

    def add(self, name, content, mode=0o644):
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
        self.rows.append(f"{name},sha256={digest},{len(content)}\n")
        self._write(name, content, mode)

    def close(self):
        self._write(self.record, "".join([*self.rows, f"{self.record},,\n"]).encode(), 0o644)
        self.archive.close()


def make_wheel(prefix, version, machine, output):
    """The path of the wheel."""
    name = f"sightline-{version}"
    platforms = [platform.format(machine) for platform in PLATFORMS]
    path = output / f"{name}-py3-none-{'.'.join(platforms)}.whl"
    wheel = Wheel(path, f"{name}.dist-info")
    for program in sorted((prefix / "bin").iterdir()):
        wheel.add(f"{name}.data/scripts/{program.name}", program.read_bytes(), 0o755)
    for file in sorted(p for p in (prefix / "share").rglob("*") if p.is_file()):
        wheel.add(f"{name}.data/data/{file.relative_to(prefix)}", file.read_bytes())
    # Those of the libraries are in share/doc/sightline/licences.
    wheel.add(f"{name}.dist-info/licenses/LICENSE", (ROOT / "LICENSE").read_bytes())
    wheel.add(f"{name}.dist-info/METADATA", METADATA.format(version=version, description=DESCRIPTION).encode())
    tags = "".join(f"Tag: py3-none-{platform}\n" for platform in platforms)
    wheel.add(f"{name}.dist-info/WHEEL",
              f"Wheel-Version: 1.0\nGenerator: sightline make_wheel\nRoot-Is-Purelib: false\n{tags}".encode())
    wheel.close()
    return path


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--prefix", required=True, type=pathlib.Path)
    parser.add_argument("--version", required=True)
    parser.add_argument("--machine", required=True)
    parser.add_argument("--output", required=True, type=pathlib.Path)
    arguments = parser.parse_args()
    print(make_wheel(arguments.prefix, arguments.version, arguments.machine, arguments.output))


if __name__ == "__main__":
    main()
