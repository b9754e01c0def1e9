#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/cluster/object_storage.sh with rclone and the AWS CLI on an S3 server of this machine (`rclone serve s3`).

The uploaded files must be those of `sightline embed-image - <x.tar`. A second run reads nothing. A missing archive, and
a download that breaks off, upload nothing.

Usage: test_object_storage.py --binary PATH
"""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile

from cluster import SCRIPTS, finish, need, parse_arguments, run, skip, wait_for, write_archive

SCRIPT = SCRIPTS / "object_storage.sh"
KEY, SECRET = "access-key", "secret-key"
FILES = ("x.npy", "x.index.jsonl", "x.report.jsonl", "x.info.json")


class Server:
    """`rclone serve s3` over a folder whose folders are buckets; a with statement ends it."""

    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.folder = folder
        endpoint = f"http://127.0.0.1:{self.port}"
        os.environ |= {
            "AWS_ENDPOINT_URL": endpoint, "AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_DEFAULT_REGION": "us-east-1", "AWS_CONFIG_FILE": str(folder / "none"), "RCLONE_CONFIG": "",
            "AWS_SHARED_CREDENTIALS_FILE": str(folder / "none"), "RCLONE_CONFIG_STORE_TYPE": "s3",
            "RCLONE_CONFIG_STORE_PROVIDER": "Rclone", "RCLONE_CONFIG_STORE_ENDPOINT": endpoint,
            "RCLONE_CONFIG_STORE_ACCESS_KEY_ID": KEY, "RCLONE_CONFIG_STORE_SECRET_ACCESS_KEY": SECRET,
            "RCLONE_CONFIG_STORE_FORCE_PATH_STYLE": "true"}

    def __enter__(self):
        self.log = (self.folder.parent / "server.log").open("w")
        self.server = subprocess.Popen(["rclone", "serve", "s3", self.folder, "--addr", f"127.0.0.1:{self.port}",
                                        "--auth-key", f"{KEY},{SECRET}"], stdout=self.log, stderr=self.log)
        try:
            wait_for(lambda: self.server.poll() is not None or self.answers(), "the server", 20)
        except AssertionError:
            pass
        if self.server.poll() is not None or not self.answers():
            self.__exit__()
            skip("rclone has no 'serve s3' (1.65 or later) or does not start")
        return self

    def answers(self):
        return subprocess.run(["rclone", "lsf", "store:bucket"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                              check=False).returncode == 0

    def __exit__(self, *_):
        self.server.terminate()
        self.server.wait(timeout=30)


def break_downloads(folder, tool):
    """A folder for PATH whose `tool` fails in the middle of a download and otherwise is the real one."""
    folder.mkdir()
    download = "cat" if tool == "rclone" else "s3 cp --only-show-errors s3://bucket/x.tar -"
    script = folder / tool
    script.write_text(f'#!/bin/sh\ncase "$*" in "{download}"*) "{shutil.which(tool)}" "$@" | head -c 200000; exit 1 ;; '
                      f'esac\nexec "{shutil.which(tool)}" "$@"\n')
    script.chmod(0o755)
    return os.environ | {"PATH": f"{folder}:{os.environ['PATH']}"}


def check(tool, base, work, storage, expected):
    """base: how the tool names the bucket."""
    problems, results = [], storage / f"{tool}-results"
    destination = f"{base}/{results.name}"
    run([SCRIPT, f"{base}/x.tar", destination], work, expected=1, env=break_downloads(work / tool, tool))
    run([SCRIPT, f"{base}/absent.tar", destination], work, expected=1)
    if results.exists() and any(results.iterdir()):
        problems.append(f"{tool}: failed downloads have uploaded {list(results.iterdir())}")
    run([SCRIPT, f"{base}/x.tar", destination, "-q"], work)
    problems += [f"{tool}: {name} differs" for name in FILES
                 if not (results / name).exists() or (results / name).read_bytes() != expected[name]]
    again = run([SCRIPT, f"{base}/x.tar", destination], work)
    if again != "x: already done\n":
        problems.append(f"{tool}: the second run prints {again}")
    return problems


def check_listing(work, storage, expected):
    """All archives of a folder of the storage, as docs/cluster.md shows."""
    run(["bash", "-c", "rclone lsf --files-only store:bucket --include '*.tar' | parallel -j 2 --retries 3 "
         f"{SCRIPT} store:bucket/{{}} store:bucket/all -j 1 -q"], work)
    return [f"{name} of all archives differs" for name in ("x.npy", "y.npy", "z.npy")
            if not (storage / "all" / name).exists() or (storage / "all" / name).read_bytes() != expected["x.npy"]]


def main():
    parse_arguments(__doc__)
    need("rclone")
    with tempfile.TemporaryDirectory(prefix="sightline-storage-") as name:
        work = pathlib.Path(name).resolve()
        storage = work / "storage" / "bucket"
        storage.mkdir(parents=True)
        for archive_name in ("x.tar", "y.tar", "z.tar"):  # the server keeps its listings for minutes
            write_archive(storage / archive_name, 60)
        with (storage / "x.tar").open("rb") as archive:
            run(["sightline", "embed-image", "-", "-o", "x.npy", "--report", "x.report.jsonl", "-q"], work,
                stdin=archive)
        expected = {file: (work / file).read_bytes() for file in FILES}
        tools = {"rclone": "store:bucket"}
        if shutil.which("aws"):
            tools["aws"] = "s3://bucket"
        with Server(work / "storage"):
            problems = []
            for tool, base in tools.items():
                problems += check(tool, base, work, storage, expected)
            if shutil.which("parallel"):
                problems += check_listing(work, storage, expected)
    return finish("object storage", problems, f"60 images in an archive, with {' and '.join(tools)}")


if __name__ == "__main__":
    sys.exit(main())
