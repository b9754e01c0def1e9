# SPDX-License-Identifier: Apache-2.0
# --color applies to every error message; NO_COLOR and a dumb terminal disable colours, and a pipe gets none.
cat >on-terminal.py <<'P'
import os, pty, sys
pid, descriptor = pty.fork()
if pid == 0:
    os.execvp("sightline", ["sightline", *sys.argv[1:]])
seen = b""
try:
    while part := os.read(descriptor, 4096):
        seen += part
except OSError:
    pass
os.waitpid(pid, 0)
for line in seen.decode().replace("\033", "ESC").splitlines():
    print(line[:41] if "ESC" in line else line[:32])
P
export TERM=xterm
python3 on-terminal.py info absent
python3 on-terminal.py info absent --color never
NO_COLOR=1 python3 on-terminal.py info absent
NO_COLOR= python3 on-terminal.py embed-image absent.png
TERM=dumb python3 on-terminal.py convert-weights absent -o out
python3 on-terminal.py score --tpo
sightline info absent 2>&1 | cut -c 1-26
sightline info absent --color always 2>&1 | cut -c 1-36
sightline convert-weights absent -o out --color=always 2>&1 | cut -c 1-36
printf 'word\n\377\n' | expect 3 sightline embed-text --captions - --color always --output out.npy
expect 2 sightline info --progress never
expect 2 sightline convert-weights "$SIGHTLINE_MODEL" -o out --progress never
