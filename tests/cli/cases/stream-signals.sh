# SPDX-License-Identifier: Apache-2.0
# SIGINT ends a run that waits for its list, which can be continued if it writes an array; a reader that has gone away ends a run silently.
copy_images
cat >try.py <<'P'
import os, select, signal, subprocess, time
def start(arguments, **streams):
    run = subprocess.Popen(["sightline", *arguments, "--files-from", "-", "--progress", "never"], stdin=subprocess.PIPE,
                           stderr=subprocess.PIPE, preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
                           **streams)
    run.stdin.write(b"photos/grey.png\n")
    run.stdin.flush()
    return run
def interrupt(name, run):
    begin = time.monotonic()
    run.send_signal(signal.SIGINT)
    status = run.wait(timeout=30)
    print(name, status, run.stderr.read().decode(), end="", flush=True)
    assert time.monotonic() - begin < 2 or os.environ["SANITIZED"] == "yes"
for threads in "13":
    run = start(["embed-image", "-j", threads], stdout=subprocess.PIPE)
    select.select([run.stdout], [], [], 30)
    interrupt("jsonl", run)
    run = start(["embed-image", "-j", threads, "-o", "out.npy", "--report", "/dev/stdout"], stdout=subprocess.PIPE)
    select.select([run.stdout], [], [], 30)
    interrupt("npy", run)
    run = start(["score", "-c", "a dog", "-j", threads], stdout=subprocess.PIPE)
    select.select([run.stdout], [], [], 30)
    run.stdout.close()
    for i in range(3):
        try:
            run.stdin.write(b"photos/grey.png\n")
            run.stdin.flush()
        except BrokenPipeError:
            pass
        time.sleep(0.3)
    print("reader", run.wait(timeout=30), run.stderr.read().decode(), flush=True)
P
python3 try.py
ls
