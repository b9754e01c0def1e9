# SPDX-License-Identifier: Apache-2.0
# On a terminal, one line is updated in place (with --progress always from the first item on) and removed at the end.
# Elsewhere, a short run shows nothing. With never and -q, nothing is shown.
for i in $(seq 40); do echo "a small house by the river and tree number $i"; done >captions
for i in $(seq 40); do echo "$IMAGES/photo.jpg"; done >list
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
text = seen.decode()
lines = [line for line in text.split("\r\x1b[K") if line.strip()]
print(len(lines) > 0, all("/s, " in line and " of " in line for line in lines), text.endswith("\r\x1b[K") or not lines)
P
export TERM=xterm
python3 on-terminal.py embed-image --files-from list -o a.npy -j 1 --progress always
python3 on-terminal.py score --files-from list -c word -o scores.csv -j 1 --progress always
python3 on-terminal.py embed-text --captions captions -o t.npy -j 1 --progress always
python3 on-terminal.py embed-image --files-from list -o a.npy --force --progress never
python3 on-terminal.py embed-image --files-from list -o a.npy --force -q
head -5 list | sightline embed-image --files-from - -o a.npy --force --progress always
head -5 captions | sightline embed-text --captions - -o t.npy --force --progress always
