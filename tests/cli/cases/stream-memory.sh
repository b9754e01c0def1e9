# SPDX-License-Identifier: Apache-2.0
# The memory of a run does not grow with the number of lines of a stream, and no descriptor stays open.
[ "$SANITIZED" = no ] || skip "a sanitized build is too slow, and its memory grows"
copy_images
cat >try.py <<'P'
import os, subprocess, sys, threading
lines = b"missing.png\n" * 1000
def peak(count, arguments):
    run = subprocess.Popen(["sightline", *arguments, "--files-from", "-", "-j", "2", "-q"], stdin=subprocess.PIPE,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    run.stdin.write(b"photos/grey.png\n")
    for i in range(count // 1000):
        run.stdin.write(lines)
    run.stdin.flush()
    descriptors = len(os.listdir(f"/proc/{run.pid}/fd"))
    run.stdin.close()
    _, status, usage = os.wait4(run.pid, 0)
    return os.waitstatus_to_exitcode(status), usage.ru_maxrss / 1024, descriptors
for name, arguments in {"jsonl": ["embed-image", "--report", "/dev/null"], "npy": ["embed-image", "-o", "out.npy", "--force"],
                        "score": ["score", "-c", "a dog", "--fail-under", "1"]}.items():
    few, many = peak(20_000, arguments), peak(200_000, arguments)  # the few fill the buffers of files
    assert many[1] < few[1] + 6, f"{name}: {few[1]:.1f} MiB for 20,000 lines, {many[1]:.1f} for 200,000"
    assert many[2] < 20, f"{name}: {many[2]} descriptors"
    print(name, few[0], many[0], flush=True)
P
python3 try.py
npy show out.npy | cut -c 1-18
wc -l <out.index.jsonl
