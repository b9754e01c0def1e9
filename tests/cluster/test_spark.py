#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/cluster/spark_*.py on a local Spark: every path has its line, and merged shards the bytes of one process.

Spark runs with two executor threads and four attempts for a task. A program of spark_shards.py is killed, and later the
Python process that waits for another one; both tasks are started again and must continue.

Usage: test_spark.py --binary PATH   (with a Python that has pyspark)
"""
import importlib.util
import json
import os
import pathlib
import re
import signal
import struct
import subprocess
import sys
import tempfile

from cluster import SCRIPTS, differences, finish, need, parse_arguments, processes_of, run, run_undivided, skip
from cluster import wait_for, write_list

PIPED = 3000
PARTITIONS = 3
INPUTS = 12_000
SHARDS = 4


def submit(script, *arguments):
    beside_python = pathlib.Path(sys.executable).with_name("spark-submit")
    command = str(beside_python) if beside_python.exists() else "spark-submit"
    return [command, "--master", "local[2,4]", "--conf", "spark.ui.enabled=false", SCRIPTS / script,
            *map(str, arguments)]


def piped(work):
    """Lines are those of one process, in order; a partition without any usable image is no failure."""
    write_list(work / "list", PIPED)
    expected = run(["sightline", "embed-image", "-f", "jsonl", "--files-from", "list"], work, expected=3,
                   env=os.environ | {"SIGHTLINE_THREADS": "1"})
    expected = [line for line in expected.splitlines() if line.startswith("{")]
    run(submit("spark_pipe.py", "list", "lines", "--partitions", PARTITIONS), work)
    parts = sorted((work / "lines").glob("part-*"))
    lines = [line for part in parts for line in part.read_text().splitlines()]
    problems = [] if lines == expected else [f"{len(lines)} lines that differ from {len(expected)} of one process"]
    if len(parts) != PARTITIONS:
        problems.append(f"{len(parts)} partitions")
    (work / "absent").write_text("absent.jpg\n")
    run(submit("spark_pipe.py", "absent", "skipped", "--partitions", 2), work)
    lines = [line for part in (work / "skipped").glob("part-*") for line in part.read_text().splitlines()]
    if [json.loads(line)["status"] for line in lines] != ["skipped"]:
        problems.append(f"{lines} for a list with one absent image")
    printed = run(submit("spark_pipe.py", "list", "refused", "--", "-m", "absent-model"), work, expected=1)
    if "PIPE_FUNCTION_EXITED" not in printed:
        problems.append(f"a model that does not exist: {printed}")
    return problems


def parent_of(process):
    return int(pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[1])


def wait_for_checkpoint(work, shard):
    journal = work / f"out-{shard}-of-{SHARDS}.npy.journal"
    wait_for(lambda: journal.exists() and journal.stat().st_size > 1024, f"a checkpoint of shard {shard}")


def table_rows(work):
    """Rows of the parquet table, read in a process of its own."""
    code = ("import json; from pyspark.sql import SparkSession; s = SparkSession.builder.getOrCreate(); "
            "[print(json.dumps(list(r))) for r in s.read.parquet('table').orderBy('row').collect()]")
    printed = subprocess.run([sys.executable, "-c", code], cwd=work, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL, text=True, check=True).stdout
    return [json.loads(line) for line in printed.splitlines() if line.startswith("[")]


def sharded(work):
    write_list(work / "list", INPUTS)
    expected = run_undivided(work, "--files-from", "list")
    spark = subprocess.Popen(submit("spark_shards.py", SHARDS, "out.npy", "--parquet", "table", "--", "-j", "1",
                                    "--files-from", work / "list", "--checkpoint", "250"),
                             cwd=work, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    problems = []
    for shard, target in ((1, lambda process: process), (2, parent_of)):
        wait_for_checkpoint(work, shard)
        running = processes_of(None, "embed-image", f"{shard}/{SHARDS}", str(work / "list"))
        if not running:
            problems.append(f"shard {shard} had ended before it could be interrupted")
        for process in running:
            os.kill(target(process), signal.SIGKILL)
    printed = spark.communicate()[0]
    if spark.returncode != 0:
        return [*problems, f"status {spark.returncode}: {printed}"]
    if "agrees with index" not in printed:
        problems.append(f"not verified: {printed}")
    problems += [f"shard {shard} was not continued: {printed}" for shard in (1, 2)
                 if not re.search(f"out-{shard}-of-{SHARDS}.npy.part has [0-9,]+ of [0-9,]+ rows; continuing", printed)]
    rows = table_rows(work)
    flat = [number for row in rows for number in row[3]]
    if struct.pack(f"<{len(flat)}f", *flat) != expected["out.npy"][128:]:
        problems.append(f"the table of {len(rows)} rows differs from the array")
    index = [json.loads(line) for line in expected["out.index.jsonl"].decode().splitlines()]
    if [row[:3] for row in rows] != [[line["row"], line["path"], line["status"]] for line in index]:
        problems.append("the table's paths differ from the index")
    return problems + differences(work, expected)


def main():
    parse_arguments(__doc__)
    need("java", "setpriv")
    if not importlib.util.find_spec("pyspark"):
        skip(f"pyspark is missing from {sys.executable}")
    os.environ |= {"PYSPARK_PYTHON": sys.executable, "SPARK_LOCAL_IP": "127.0.0.1",
                   "PYSPARK_SUBMIT_ARGS": "--master local[2,4] --conf spark.ui.enabled=false pyspark-shell"}
    with tempfile.TemporaryDirectory(prefix="sightline-spark-") as name:
        work = pathlib.Path(name).resolve()
        try:
            run([sys.executable, "-c", "from pyspark import SparkContext; SparkContext()"], work)
        except AssertionError as error:
            skip(f"Spark does not start: {str(error).strip().splitlines()[-1]}")
        problems = []
        for test in (piped, sharded):
            (work / test.__name__).mkdir()
            problems += test(work / test.__name__)
    return finish("Spark", problems, f"{PIPED} piped paths, {INPUTS} images in {SHARDS} shards")


if __name__ == "__main__":
    sys.exit(main())
