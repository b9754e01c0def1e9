# SPDX-License-Identifier: Apache-2.0
# Binary output to a terminal is refused with a remedy; to a pipe it is allowed. Text is coloured only on a terminal.
copy_images
cat >on-terminal.py <<'P'
import os, pty, sys
pid, descriptor = pty.fork()
if pid == 0:
    os.environ["TERM"] = "xterm"
    os.execvp("sightline", ["sightline", *sys.argv[1:]])
seen = b""
while True:
    try:
        part = os.read(descriptor, 4096)
    except OSError:
        break
    if not part:
        break
    seen += part
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
sys.stdout.write(seen.decode().replace("\r\n", "\n"))
sys.exit(status)
P
expect 2 python3 on-terminal.py embed-image photos -f npy
expect 0 python3 on-terminal.py score photos/grey.png -c word --progress never >colour
grep -c "$(printf '\033')\[" colour >/dev/null
NO_COLOR=1 python3 on-terminal.py score photos/grey.png -c word --progress never | grep -c "$(printf '\033')" || true
sightline score photos/grey.png -c word --color always | grep -c "$(printf '\033')\[" >/dev/null
sightline embed-image photos -f npy | head -c 6 | tail -c 5
