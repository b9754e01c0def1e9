# SPDX-License-Identifier: Apache-2.0
# Beside a pager there is no progress line: stdout is a pipe, stderr the terminal. Asked for by name it is there, and so
# it is when the rows go to a file. The second of three images comes from stdin, after longer than the pause between two
# progress lines; all runs wait at the same time.
cat >with-pager.py <<'P'
import os, pty, subprocess, sys, time
picture = os.environ["PICTURES"] + "/photo.jpg"
runs = [
    ["pipe", "embed-image", "-f", "jsonl"],
    ["pipe", "score", "-c", "word"],
    ["pipe", "embed-image", "-f", "jsonl", "--progress", "always"],
    ["pipe", "score", "-c", "word", "--progress", "always"],
    ["terminal", "embed-image", "-o", "out.npy"],
    ["pipe", "score", "-c", "word", "--progress", "never"],
]
started = []
for rows_to, command, *arguments in runs:
    here, there = pty.openpty()
    out = subprocess.PIPE if rows_to == "pipe" else there
    run = subprocess.Popen(["sightline", command, picture, "-", picture, "-j", "1", "-b", "1", *arguments],
                           stdin=subprocess.PIPE, stdout=out, stderr=there)
    os.close(there)
    started.append((run, here))
time.sleep(3)  # starting included; a progress line comes 0.2 s after the one before
for run, here in started:
    run.stdin.write(open(picture, "rb").read())
    run.stdin.close()
    rows = run.stdout.read() if run.stdout else b""
    seen = b""
    try:
        while part := os.read(here, 4096):
            seen += part
    except OSError:
        pass
    print(b"images" in seen, run.wait())
P
export TERM=xterm
python3 with-pager.py
