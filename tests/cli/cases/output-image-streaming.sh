# SPDX-License-Identifier: Apache-2.0
# The reader of a pipe gets the row of an image before the next image is read: stdin delivers the second image only
# after the first row. The same holds for a FIFO, the report and a terminal.
copy_images
cat >try.py <<'P'
import os, pty, select, subprocess, sys
image = open("photos/grey.png", "rb").read()
def has_row(text):
    return b"photos/photo.jpg" in text
def first_part(descriptor, enough=has_row):
    """What comes before the second image is sent, up to the first row; less when that does not come."""
    text = b""
    while not enough(text) and select.select([descriptor], [], [], 20)[0]:  # a header may come before the row
        part = os.read(descriptor, 1 << 16)
        if not part:
            break
        text += part
    return text
def rest(descriptor):
    text = b""
    try:
        while part := os.read(descriptor, 1 << 16):
            text += part
    except OSError:  # the end of a terminal
        pass
    return text
def start(arguments, **streams):
    # One thread and batch size 1: the first image is encoded before the second is read.
    command = ["sightline", *arguments, "-b", "1", "-j", "1", "-q"]
    return subprocess.Popen(command, stdin=subprocess.PIPE, **streams)
def finish(run, descriptor):
    run.stdin.write(image)
    run.stdin.close()
    text = rest(descriptor)
    return text, run.wait(timeout=60)
def report(name, before, after, status):
    print(name, before.count(b"photos/photo.jpg") > 0, b"photos/photo.jpg" not in after, len(after) > 0, status, flush=True)
score, embed = ["score", "photos/photo.jpg", "-", "-c", "word"], ["embed-image", "photos/photo.jpg", "-"]
for form in ("text", "tsv", "csv", "jsonl", "json"):
    run = start([*score, "-f", form], stdout=subprocess.PIPE)
    before = first_part(run.stdout.fileno())
    report(f"score {form}", before, *finish(run, run.stdout.fileno()))
for form in ("tsv", "csv", "jsonl", "json"):
    run = start([*embed, "-f", form], stdout=subprocess.PIPE)
    before = first_part(run.stdout.fileno())
    report(f"embed-image {form}", before, *finish(run, run.stdout.fileno()))
run = start([*embed, "-f", "npy"], stdout=subprocess.PIPE)
before = first_part(run.stdout.fileno(), lambda text: len(text) >= 256)
after, status = finish(run, run.stdout.fileno())
print("embed-image npy", len(before), len(after), status, flush=True)
os.mkfifo("fifo")
for name, arguments in {"fifo": [*score, "-o", "fifo", "-f", "csv"],
                        "report": [*embed, "-o", "out.npy", "--report", "fifo"]}.items():
    reader = os.open("fifo", os.O_RDONLY | os.O_NONBLOCK)
    run = start(arguments)
    while not select.select([reader], [], [], 20)[0] or not (before := os.read(reader, 1 << 16)):
        if run.poll() is not None:
            break
    os.set_blocking(reader, True)
    before += first_part(reader, lambda text: has_row(before + text))
    report(name, before, *finish(run, reader))
    os.close(reader)
for name, arguments in {"score": score, "embed-image": [*embed, "-f", "tsv"]}.items():
    here, there = pty.openpty()
    run = start([*arguments, "--color", "never"], stdout=there)
    os.close(there)
    before = first_part(here)
    report(f"{name} terminal", before, *finish(run, here))
P
python3 try.py
# The first of many texts arrive after few are encoded: a reader that takes one row stops the program early.
for i in $(seq 4000); do echo "a small house by the river and tree number $i, as seen from the road behind the hill"; done >captions
cat >texts.py <<'P'
import os, subprocess, time
def processor_time(run):
    fields = open(f"/proc/{run.pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
run = subprocess.Popen(["sightline", "embed-text", "--captions", "captions", "-f", "tsv", "-j", "1"],
                       stdout=subprocess.PIPE)
first = os.read(run.stdout.fileno(), 1)
spent = [-1, processor_time(run)]
while spent[-1] > spent[-2]:  # until it waits for its reader
    time.sleep(0.3)
    spent.append(processor_time(run))
count = len((first + run.stdout.read()).splitlines())
_, status, usage = os.wait4(run.pid, 0)
share = spent[-1] / (usage.ru_utime + usage.ru_stime)
print("texts", count, status, "early" if share < 0.6 else f"after {share:.0%} of the work")
P
python3 texts.py
