# SPDX-License-Identifier: Apache-2.0
# While stdin stays open, each line gives its row: before the next line is sent, and within 0.2 s apart from the time
# to encode it. A line in two pieces counts when its end arrives. Closing stdin ends the run.
copy_images
cat >try.py <<'P'
import os, select, subprocess, sys, time
slack = 10 if os.environ["SANITIZED"] == "yes" else 2  # the machine may be busy
def rows(descriptor, count, seconds):
    text, deadline = b"", time.monotonic() + seconds
    while text.count(b"\n") < count and select.select([descriptor], [], [], max(0, deadline - time.monotonic()))[0]:
        part = os.read(descriptor, 1 << 16)
        if not part:
            break
        text += part
    return text
def run(name, arguments, header=0):
    run = subprocess.Popen(["sightline", *arguments, "--files-from", "-", "-q"], stdin=subprocess.PIPE,
                           stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    out, counts, late = run.stdout.fileno(), [], 0
    def send(text, count, seconds=slack):
        nonlocal late
        run.stdin.write(text)
        run.stdin.flush()
        start = time.monotonic()
        counts.append(rows(out, count, seconds).count(b"\n"))
        late = max(late, time.monotonic() - start)
    send(b"photos/grey.png\n", 1 + header, 60)  # loads the model
    late = 0
    send(b"photos/tall.png\n\n\n", 1)
    send(b"missing.png\n", 1)
    send(b"photos/gr", 0)
    send(b"ey.png\nphotos/tall.png\n", 2)
    send(b"photos\n", 6)
    run.stdin.write(b"photos/grey.png")
    run.stdin.close()
    rest = run.stdout.read().count(b"\n")
    print(name, counts, rest, run.wait(timeout=60), "in time" if late < slack else f"late: {late:.2f} s", flush=True)
for threads in "13":
    run("jsonl", ["embed-image", "-j", threads])
    run("csv", ["embed-image", "-f", "csv", "-j", threads], header=1)
    run("tsv", ["embed-image", "-f", "tsv", "-j", threads], header=1)
    run("score", ["score", "-c", "a dog", "-f", "jsonl", "-j", threads])
P
python3 try.py
