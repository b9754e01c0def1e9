#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Embeds N shards with mapPartitions, one process of sightline per partition, and merges them.

Each partition runs `sightline embed-image --shard K/N --resume`, so a task that Spark starts again continues where it
stopped. Then it yields the rows of its .npy file, which --parquet writes as a table. INPUT and OUT.npy must be on
storage that all executors and the driver share.

usage: spark-submit spark_shards.py N OUT.npy INPUT... [--parquet DIR] [--sightline PATH] [-- OPTION...]
       (INPUT and OPTION: arguments of sightline embed-image)
"""
import argparse
import array
import json
import os
import pathlib
import shutil
import subprocess
import sys

from pyspark.sql import SparkSession

SCHEMA = "row long, path string, status string, embedding array<float>"
SKIPPED = 3  # the status of a run that has skipped images
HEADER = 128  # bytes of the header of an .npy file


def rows_of(output, shard, shards):
    """(row of the merged array, path, status, embedding) of each image of a shard."""
    stem = f"{output.removesuffix('.npy')}-{shard}-of-{shards}"
    width = json.loads(pathlib.Path(f"{stem}.info.json").read_text())["width"]
    with open(f"{stem}.index.jsonl", encoding="utf-8") as index, open(f"{stem}.npy", "rb") as rows:
        rows.seek(HEADER)
        for line in index:
            entry, embedding = json.loads(line), array.array("f")
            embedding.fromfile(rows, width)
            yield entry["row"] * shards + shard - 1, entry["path"], entry["status"], embedding.tolist()


def embed(program, arguments, output, shards, environment):
    """The function for mapPartitions over numbers of shards."""
    def run(numbers):
        for shard in numbers:
            # If Spark ends the worker, the process must not go on: setpriv has it terminated.
            command = ["setpriv", "--pdeathsig", "TERM", program, "embed-image", *arguments, "--shard",
                       f"{shard}/{shards}", "-o", output, "--report", report_of(output), "--resume"]
            status = subprocess.run(command, env=os.environ | environment, check=False).returncode
            if status not in (0, SKIPPED):
                raise RuntimeError(f"sightline ends with status {status} for shard {shard} of {shards}")
            yield from rows_of(output, shard, shards)
    return run


def report_of(output):
    return output.removesuffix(".npy") + ".report.jsonl"


def merge(program, output, shards):
    arrays = [f"{output.removesuffix('.npy')}-{shard}-of-{shards}.npy" for shard in range(1, shards + 1)]
    subprocess.run([program, "merge", *arrays, "-o", output, "--report", report_of(output), "--force"], check=True)
    subprocess.run([program, "verify", output, "--report", report_of(output)], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("shards", type=int, metavar="N")
    parser.add_argument("output", metavar="OUT.npy")
    parser.add_argument("inputs", nargs="*", metavar="INPUT")
    parser.add_argument("--parquet", metavar="DIR", help="also write a table of the rows")
    parser.add_argument("--sightline", default=shutil.which("sightline") or "sightline", help="path on the executors")
    end = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    arguments = parser.parse_args(sys.argv[1:end])
    inputs = [*arguments.inputs, *sys.argv[end + 1:]]
    output = os.path.abspath(arguments.output)
    environment = {name: os.environ[name] for name in ("SIGHTLINE_MODEL",) if name in os.environ}

    spark = SparkSession.builder.appName("sightline").getOrCreate()
    numbers = spark.sparkContext.parallelize(range(1, arguments.shards + 1), arguments.shards)
    rows = numbers.mapPartitions(embed(arguments.sightline, inputs, output, arguments.shards, environment))
    if arguments.parquet:
        spark.createDataFrame(rows, SCHEMA).write.mode("overwrite").parquet(arguments.parquet)
    else:
        print(f"{rows.count()} rows")
    spark.stop()
    merge(arguments.sightline, output, arguments.shards)


if __name__ == "__main__":
    main()
