# SPDX-License-Identifier: Apache-2.0
# After Ctrl-C or SIGTERM, a file to which stdout is redirected has every row that was counted as done, in whole lines.
for i in {1..200000}; do echo "$IMAGES/photo.jpg"; done >list
for i in {1..200000}; do echo "a photo of number $i"; done >captions
cat >try.py <<'P'
import json, re, signal, subprocess, time
def interrupted(number, command, delay):
    with open("rows", "wb") as rows:
        run = subprocess.Popen(["sightline", *command, "--progress", "never"], stdout=rows, stderr=subprocess.PIPE,
                               preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
    time.sleep(delay)
    run.send_signal(number)
    message = run.communicate(timeout=20)[1].decode()
    done = re.findall(r"interrupted after (\d+) of 200000", message)
    return run.returncode, int(done[-1]) if done else 0
def check(number, form, command):
    delay = 0.3
    while True:
        status, done = interrupted(number, [*command, "-f", form], delay)
        if done > 0 or delay > 10:
            break
        delay *= 2  # a slow machine: nothing was done yet
    text = open("rows").read()
    rows = [json.loads(line) for line in text.splitlines()] if form == "jsonl" else text.splitlines()[1:]
    print(command[0], form, status == -number, text.endswith("\n"), len(rows) == done > 0, flush=True)
for number in (signal.SIGINT, signal.SIGTERM):
    check(number, "csv", ["score", "--files-from", "list", "-c", "word", "-j", "1", "-b", "4"])
    check(number, "jsonl", ["score", "--files-from", "list", "-c", "word"])
    check(number, "csv", ["embed-image", "--files-from", "list", "-b", "4"])
    check(number, "jsonl", ["embed-text", "--captions", "captions"])
P
python3 try.py
