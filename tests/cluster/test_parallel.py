#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/cluster/parallel.sh with GNU parallel, on this machine and over ssh: the bytes of an undivided run.

In the first run, a program is killed, and parallel's retry continues it. The second uses two hosts: an sshd of its own
on a free port of this machine, and the machine itself. In the third, a host without a common folder returns its files,
as docs/cluster.md shows.

Usage: test_parallel.py --binary PATH
"""
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

from cluster import SCRIPTS, SKIPPED, differences, finish, need, parse_arguments, processes_of, run, run_undivided
from cluster import wait_for, write_archive, write_list

INPUTS = 6000
SHARDS = 3
SERVER = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {folder}/host
PidFile {folder}/pid
AuthorizedKeysFile {folder}/user.pub
StrictModes no
PermitRootLogin yes
UsePAM no
PasswordAuthentication no
"""
CLIENT = """\
Host node
  HostName 127.0.0.1
  Port {port}
  IdentityFile {folder}/user
  UserKnownHostsFile {folder}/known
  StrictHostKeyChecking no
  LogLevel ERROR
"""


def killed_and_retried(work, expected):
    process = subprocess.Popen([SCRIPTS / "parallel.sh", str(SHARDS), "out.npy", "--files-from", "list", "--checkpoint",
                                "250"], cwd=work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               env=os.environ | {"JOBS": str(SHARDS), "THREADS": "1"})
    journal = work / f"out-2-of-{SHARDS}.npy.journal"
    wait_for(lambda: journal.exists() and journal.stat().st_size > 1024, "a checkpoint")
    for killed in processes_of(work, "sightline", f"2/{SHARDS}"):
        os.kill(killed, signal.SIGKILL)
    printed = process.communicate()[0]
    problems = [] if process.returncode == 0 else [f"status {process.returncode}: {printed}"]
    if f"out-2-of-{SHARDS}.npy.part has " not in printed or "; continuing" not in printed:
        problems.append(f"the killed shard was not continued: {printed}")
    starts = (work / "out.joblog").read_text().count("\n") - 1
    if starts != SHARDS:
        problems.append(f"{starts} lines of the job log")
    return problems + differences(work, expected)


class SecureShell:
    """An sshd on a port of this machine, named node, and a command `ssh` that knows it; a with statement ends it."""

    def __init__(self, folder):
        self.folder = folder
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        for key in ("host", "user"):
            run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / key], folder)
        (folder / "sshd_config").write_text(SERVER.format(port=port, folder=folder))
        (folder / "ssh_config").write_text(CLIENT.format(port=port, folder=folder))
        os.environ["PARALLEL_SSH"] = f"ssh -F {folder}/ssh_config"

    def __enter__(self):
        if os.getuid() == 0:
            pathlib.Path("/run/sshd").mkdir(exist_ok=True)  # sshd's folder for privilege separation
        self.log = (self.folder / "sshd.log").open("w")
        self.server = subprocess.Popen([shutil.which("sshd"), "-D", "-e", "-f", self.folder / "sshd_config"],
                                       stderr=self.log)
        return self

    def works(self):
        probe = [*os.environ["PARALLEL_SSH"].split(), "node", "true"]
        try:
            wait_for(lambda: subprocess.run(probe, stderr=subprocess.DEVNULL, check=False).returncode == 0, "ssh", 15)
        except AssertionError:
            return False
        return True

    def __exit__(self, *_):
        self.server.terminate()
        self.server.wait(timeout=30)


def two_hosts(work, expected):
    run([SCRIPTS / "parallel.sh", SHARDS, "out.npy", "--files-from", "list"], work,
        env=os.environ | {"HOSTS": "node,:", "THREADS": "1"})
    hosts = {line.split("\t")[1] for line in (work / "out.joblog").read_text().splitlines()[1:]}
    return ([] if hosts == {"node", ":"} else [f"ran on {hosts}"]) + differences(work, expected)


def returned_files(work, expected):
    """The host writes in a folder of its own, from which the files are fetched."""
    files = [f"out-{{}}-of-{SHARDS}{ending}" for ending in (".npy", ".index.jsonl", ".info.json")]
    returned = [word for file in [*files, f"out.report-{{}}-of-{SHARDS}.jsonl"] for word in ("--return", file)]
    run(["parallel", "--sshlogin", "node", "--workdir", "...", "--transferfile", "list", *returned, "--cleanup",
         "--env", "PATH", "--env", "SIGHTLINE_MODEL", "--retries", "3",
         f"sightline embed-image --files-from list --shard {{}}/{SHARDS} -o out.npy --report out.report.jsonl "
         "--resume || [ $? = 3 ]", ":::", *map(str, range(1, SHARDS + 1))], work)
    run([SCRIPTS / "merge_shards.sh", SHARDS, "out.npy"], work)
    return differences(work, expected)


def archives(work):
    """An array per archive, as docs/cluster.md shows."""
    for name in ("a.tar", "b.tar"):
        write_archive(work / name, 40)
    run(["bash", "-c", "ls *.tar | parallel -j 2 "
         "'sightline embed-image {} -o {.}.npy --report {.}.report.jsonl --resume -j 1 || [ $? = 3 ]'"], work)
    run(["sightline", "embed-image", "b.tar", "-o", "expected.npy"], work)
    same = (work / "b.npy").read_bytes() == (work / "expected.npy").read_bytes()
    return [] if same and (work / "a.npy").exists() else ["the array of an archive differs"]


def main():
    parse_arguments(__doc__)
    need("parallel")
    os.environ["PARALLEL_HOME"] = tempfile.gettempdir()  # no note about citations, no files in the home folder
    with tempfile.TemporaryDirectory(prefix="sightline-parallel-") as name:
        folder = pathlib.Path(name).resolve()

        def prepared(test):
            work = folder / test.__name__
            work.mkdir()
            write_list(work / "list", INPUTS)
            return work

        work = prepared(killed_and_retried)
        expected = run_undivided(work, "--files-from", "list")
        problems = killed_and_retried(work, expected) + archives(prepared(archives))
        remote = all(shutil.which(command) for command in ("rsync", "ssh", "ssh-keygen", "sshd"))
        if remote:
            with SecureShell(folder) as shell:
                remote = shell.works()
                if remote:
                    problems += two_hosts(prepared(two_hosts), expected)
                    problems += returned_files(prepared(returned_files), expected)
    status = finish("GNU parallel", problems, f"{INPUTS} images in {SHARDS} shards")
    if status == 0 and not remote:
        print("skipped: hosts over ssh: sshd or rsync is missing, or sshd does not start")
        return SKIPPED
    return status


if __name__ == "__main__":
    sys.exit(main())
