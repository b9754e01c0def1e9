#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Embeds the images of a list with RDD.pipe: paths in, one JSON line per path out, in the same order.

LIST has one path per line, and OUT becomes a folder of text files; both are names that Spark understands. A process of
sightline reads the images of each partition, so their paths must be valid on every executor.

usage: spark-submit spark_pipe.py LIST OUT [--partitions N] [--sightline PATH] [-- OPTION...]
       (OPTION: options of sightline embed-image)
"""
import argparse
import os
import shlex
import shutil
import sys

from pyspark.sql import SparkSession

# Spark fails a task for every status but 0. Skipped images give 3, or 4 if a partition has no usable image; their lines
# have "status":"skipped". The number of lines is compared at the end.
COMMAND = "{program} embed-image -q -f jsonl --files-from - {options} || case $? in 3 | 4) ;; *) exit 1 ;; esac"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("list")
    parser.add_argument("out")
    parser.add_argument("--partitions", type=int, help="of the list; more than executor cores [Spark's choice]")
    parser.add_argument("--sightline", default=shutil.which("sightline") or "sightline", help="path on the executors")
    end = sys.argv.index("--") if "--" in sys.argv else len(sys.argv)
    arguments = parser.parse_args(sys.argv[1:end])
    script = COMMAND.format(program=shlex.quote(arguments.sightline),
                            options=shlex.join(["-j", "1", *sys.argv[end + 1:]]))
    # The process gets these variables and no others: neither PATH nor SIGHTLINE_MODEL is inherited.
    environment = {name: os.environ[name] for name in ("PATH", "HOME", "SIGHTLINE_MODEL") if name in os.environ}

    spark = SparkSession.builder.appName("sightline").getOrCreate()
    paths = spark.sparkContext.textFile(arguments.list, arguments.partitions).filter(str.strip)
    paths.pipe(shlex.join(["sh", "-c", script]), environment, checkCode=True).saveAsTextFile(arguments.out)
    expected, written = paths.count(), spark.sparkContext.textFile(arguments.out).count()
    spark.stop()
    if written != expected:
        raise SystemExit(f"spark_pipe.py: {written} lines for {expected} paths; is a folder or archive among them?")
    print(f"{written} images")


if __name__ == "__main__":
    main()
