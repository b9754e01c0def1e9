#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/cluster/slurm_*.sh on a Slurm cluster of one node: requeued and killed tasks give the undivided run's bytes.

The daemons of the cluster (munged, slurmctld, slurmd) run as the current user, keep their files in a temporary folder,
and end with the test. In an array of four tasks, one is requeued, the program of another is killed, the third is told
that its time limit is near, and the fourth is left alone; the merged outputs must have the bytes of one process. In a
second array, one task fails, so that nothing is merged; a second submission completes it.

Usage: test_slurm.py --binary PATH
"""
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile

from cluster import SCRIPTS, differences, finish, need, parse_arguments, processes_of, run, run_undivided, skip
from cluster import wait_for, write_list

INPUTS = 24_000
TASKS = 4
CONFIGURATION = """\
ClusterName=test
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,batch_sched_delay=0
KillWait=10
NodeName={host} NodeAddr=127.0.0.1 CPUs={cpus} RealMemory=65536
PartitionName=all Nodes=ALL Default=YES State=UP
"""
CGROUPS = "CgroupPlugin=cgroup/v1\nCgroupAutomount=no\n"  # read by slurmd, used by none of these plugins


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for opened in sockets:
        opened.bind(("127.0.0.1", 0))
    ports = [opened.getsockname()[1] for opened in sockets]
    for opened in sockets:
        opened.close()
    return ports


class Cluster:
    """The daemons; a with statement ends them."""

    def __init__(self, folder):
        self.folder, self.daemons = folder, []
        for name in ("munge", "state", "spool"):
            (folder / name).mkdir()
        folder.chmod(0o755)
        (folder / "munge").chmod(0o711)
        key = folder / "munge" / "key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        controller_port, node_port = free_ports(2)
        user = subprocess.run(["id", "-un"], stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        (folder / "slurm.conf").write_text(CONFIGURATION.format(
            host=socket.gethostname().split(".")[0], controller_port=controller_port, node_port=node_port, user=user,
            folder=folder, cpus=8 * TASKS))
        (folder / "cgroup.conf").write_text(CGROUPS)
        os.environ["SLURM_CONF"] = str(folder / "slurm.conf")

    def __enter__(self):
        munge = self.folder / "munge"
        self.start("munged", "--foreground", f"--key-file={munge}/key", f"--socket={munge}/socket",
                   f"--pid-file={munge}/pid", f"--log-file={munge}/log", f"--seed-file={munge}/seed")
        self.start_until(lambda: (munge / "socket").exists(), "munged")
        self.start("slurmctld", "-D", "-i")
        self.start_until(lambda: "all" in self.query("sinfo", "--noheader"), "slurmctld")
        self.start("slurmd", "-D")
        self.start_until(lambda: "idle" in self.query("sinfo", "--noheader", "--format=%T"), "slurmd")
        return self

    def __exit__(self, *_):
        for daemon in reversed(self.daemons):
            daemon.terminate()
        for daemon in self.daemons:
            try:
                daemon.wait(timeout=30)
            except subprocess.TimeoutExpired:
                daemon.kill()

    def start(self, *command):
        log = (self.folder / f"{command[0]}.log").open("w")
        self.daemons.append(subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL))

    def start_until(self, condition, name):
        try:
            wait_for(lambda: condition() or self.daemons[-1].poll() is not None, name, 30)
        except AssertionError:
            pass
        if not condition():
            self.__exit__()
            log = (self.folder / f"{name}.log").read_text().strip().split("\n")
            skip(f"{name} does not start: {log[-1]}")

    def query(self, *command):
        return subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                              check=False).stdout

    def states(self, job):
        """State of each task of an array, or of a job."""
        lines = self.query("scontrol", "--oneliner", "show", "job", str(job)).splitlines()
        fields = [dict(part.split("=", 1) for part in line.split() if "=" in part) for line in lines]
        return {int(field.get("ArrayTaskId", "0")): field["JobState"] for field in fields
                if field.get("ArrayTaskId", "0").isdigit()}

    def start_soon(self, task):
        """Starts a requeued task after 5 seconds, which Slurm would do after two minutes. Slurm refuses to start it in
        the second in which its first run ended."""
        wait_for(lambda: "JobState=PENDING" in self.query("scontrol", "show", "job", task), f"{task} requeued")
        run(["scontrol", "update", f"JobId={task}", "StartTime=now+5"], self.folder)

    def wait_for_job(self, job, state, seconds=240):
        def ended():
            states = set(self.states(job).values())
            return states if states and states <= {"COMPLETED", "CANCELLED", "FAILED"} else None
        found = wait_for(ended, f"the end of job {job}", seconds)
        if found != {state}:
            raise AssertionError(f"job {job} is {found}, expected {state}:\n{self.query('scontrol', 'show', 'job')}")


def checkpoints(work, task):
    """Bytes of the journal of a task."""
    journal = work / f"out-{task}-of-{TASKS}.npy.journal"
    return journal.stat().st_size if journal.exists() else 0


def wait_for_checkpoint(work, task, more_than=0):
    """Waits until a task has secured rows: its journal has a header and records."""
    first = wait_for(lambda: checkpoints(work, task), f"journal of task {task}")
    wait_for(lambda: checkpoints(work, task) > max(first, more_than), f"checkpoint of task {task}")


def submit(work, *more):
    printed = run([SCRIPTS / "slurm_submit.sh", TASKS, "out.npy", *more], work).split()
    return printed[1].strip(","), printed[3]


def log_of(work, array, task):
    return (work / f"sightline-{array}_{task}.log").read_text()


def disturbed_array(cluster, work, expected):
    """A requeued task, a killed program, a time limit that comes too early, and an undisturbed task."""
    array, merge = submit(work, "--files-from", "list", "--checkpoint", "250")
    problems = []
    wait_for_checkpoint(work, 1)
    run(["scontrol", "requeue", f"{array}_1"], work)
    wait_for_checkpoint(work, 2)
    for process in processes_of(work, "sightline", f"2/{TASKS}"):
        os.kill(process, signal.SIGKILL)
    wait_for_checkpoint(work, 3)
    run(["scancel", "--batch", "--signal=USR1", f"{array}_3"], work)  # as the option --signal does
    for task in (1, 2, 3):
        cluster.start_soon(f"{array}_{task}")
    cluster.wait_for_job(merge, "COMPLETED")
    for task, words in {1: ["interrupted after", "continue with --resume"], 2: ["killed; requeued"],
                        3: ["the time limit is near; requeued", "interrupted after"]}.items():
        words = [*words, "rows; continuing"]
        problems += [f"the log of task {task} has no '{word}': {log_of(work, array, task)}"
                     for word in words if word not in log_of(work, array, task)]
    if set(cluster.states(array).values()) != {"COMPLETED"}:
        problems.append(f"states {cluster.states(array)}")
    if "agrees with index" not in (work / f"sightline-merge-{merge}.log").read_text():
        problems.append("the merged array was not verified")
    return problems + differences(work, expected)


def failed_array(cluster, work, expected):
    """A task that cannot write fails, and its array is not merged; a second submission completes it."""
    (work / f"out-2-of-{TASKS}.npy").mkdir()
    array, merge = submit(work, "--files-from", "list")
    cluster.wait_for_job(merge, "CANCELLED")
    states = cluster.states(array)
    problems = [] if states == {1: "COMPLETED", 2: "FAILED", 3: "COMPLETED", 4: "COMPLETED"} else [f"states {states}"]
    if (work / "out.npy").exists():
        problems.append("shards were merged although one of them has failed")
    (work / f"out-2-of-{TASKS}.npy").rmdir()
    _, merge = submit(work, "--files-from", "list")
    cluster.wait_for_job(merge, "COMPLETED")
    return problems + differences(work, expected)


def main():
    parse_arguments(__doc__)
    need("munged", "slurmctld", "slurmd", "sbatch")
    with tempfile.TemporaryDirectory(prefix="sightline-slurm-") as name:
        folder = pathlib.Path(name).resolve()
        problems = []
        with Cluster(folder) as cluster:
            for test, count in ((disturbed_array, INPUTS), (failed_array, INPUTS // 10)):
                work = folder / test.__name__
                work.mkdir()
                write_list(work / "list", count)
                problems += test(cluster, work, run_undivided(work, "--files-from", "list"))
    return finish("slurm", problems, f"{INPUTS} images in {TASKS} tasks, three of them interrupted")


if __name__ == "__main__":
    sys.exit(main())
