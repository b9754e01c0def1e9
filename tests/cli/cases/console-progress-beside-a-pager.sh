# Beside a pager there is no progress line: stdout is a pipe, stderr the terminal. Asked for by name it is there, and so
# it is when the rows go to a file.
count=4000
[ "$SANITIZED" = no ] || count=300
for i in $(seq $count); do echo "$PICTURES/photo.jpg"; done >list
cat >with-pager.py <<'P'
import os, pty, subprocess, sys
rows_to, *arguments = sys.argv[1:]
here, there = pty.openpty()
out = subprocess.PIPE if rows_to == "pipe" else there
run = subprocess.Popen(["sightline", *arguments], stdout=out, stderr=there)
os.close(there)
rows = run.stdout.read() if rows_to == "pipe" else b""
seen = b""
try:
    while part := os.read(here, 4096):
        seen += part
except OSError:
    pass
print(b"images" in seen or b"texts" in seen, run.wait())
P
export TERM=xterm
run() { python3 with-pager.py "$@" --files-from list -j 1; }
run pipe embed-image -f jsonl
run pipe score -c word
run pipe embed-image -f jsonl --progress always
run pipe score -c word --progress always
run terminal embed-image -o out.npy
run pipe score -c word --progress never
