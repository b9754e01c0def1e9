# SPDX-License-Identifier: Apache-2.0
# After Ctrl-C or SIGTERM, the program ends within two seconds with that signal. It leaves nothing, or all that --resume
# needs to go on, and says which.
for i in {1..200000}; do echo "$IMAGES/photo.jpg"; done >list
for signal in INT TERM; do
  python3 - $signal <<'P'
import os, signal, subprocess, sys, time
number = getattr(signal, "SIG" + sys.argv[1])
command = ["sightline", "embed-image", "--files-from", "list", "-o", "out.npy", "--report", "report", "--progress", "never"]
run = subprocess.Popen(command, stderr=subprocess.PIPE,
                       preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
deadline = time.time() + 30
while not os.path.exists("out.npy.part") and time.time() < deadline:
    time.sleep(0.01)
time.sleep(0.3)
begin = time.time()
run.send_signal(number)
message = run.communicate(timeout=20)[1].decode()
assert time.time() - begin < 2 or "SAN_OPTIONS" in "".join(os.environ), "too slow"
assert run.returncode == -number, run.returncode
left = {name for name in os.listdir() if name != "list"}
kept = {"out.npy.part", "out.index.jsonl.part", "out.info.json.part", "report.part", "out.npy.journal"}
assert left == (kept if "continue with --resume" in message else set()), (left, message)
for name in left:
    os.unlink(name)
print(sys.argv[1], "stopped" in message or "interrupted" in message)
P
done
