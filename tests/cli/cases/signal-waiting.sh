# SPDX-License-Identifier: Apache-2.0
# A blocked pipe or an idle stdin does not delay the response to a signal, regardless of which thread waits.
cat >try.py <<'P'
import os, signal, subprocess, time
def end(name, arguments, **streams):
    run = subprocess.Popen(["sightline", *arguments, "--progress", "never"], stderr=subprocess.PIPE, **streams,
                           preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
    deadline = time.time() + 30
    while not os.path.exists("out.part") and time.time() < deadline:
        time.sleep(0.01)
    time.sleep(1.5)
    run.send_signal(signal.SIGINT)
    try:
        run.wait(timeout=20)
    except subprocess.TimeoutExpired:
        run.kill()
    print(name, run.wait(), run.stderr.read().decode().count("interrupted after"), flush=True)
silent, kept = os.pipe()
other, full = os.pipe()
os.set_blocking(full, False)
try:
    while True:
        os.write(full, bytes(4096))
except BlockingIOError:
    os.set_blocking(full, True)
long = os.environ["IMAGES"] + 1900 * "/." + "/photo.jpg"
open("list", "w").write(20000 * (long + "\n"))
for threads in "12":
    end("stdout", ["embed-image", "--files-from", "list", "-j", threads, "--report", "out"], stdout=full)
end("report", ["score", "--files-from", "list", "-c", "a", "-o", "out", "--report", f"/dev/fd/{full}"], pass_fds=[full])
end("stdin", ["score", "-", "-c", "a", "-o", "out"], stdin=silent)
P
python3 try.py
ls
