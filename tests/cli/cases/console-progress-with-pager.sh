# SPDX-License-Identifier: Apache-2.0
# With a pager there is no progress line: stdout is a pipe, stderr the terminal. It is shown with --progress always and
# if the rows go to a file. The second of three images arrives on stdin after more than the interval between two
# updates; all runs wait at the same time.
cat >with-pager.py <<'P'
import os, pty, subprocess, sys, time
image = os.environ["IMAGES"] + "/photo.jpg"
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
    run = subprocess.Popen(["sightline", command, image, "-", image, "-j", "1", "-b", "1", *arguments],
                           stdin=subprocess.PIPE, stdout=out, stderr=there)
    os.close(there)
    started.append((run, here))
time.sleep(3)  # starting included; a progress line comes 0.2 s after the one before
for run, here in started:
    run.stdin.write(open(image, "rb").read())
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
