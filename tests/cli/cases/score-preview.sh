# SPDX-License-Identifier: Apache-2.0
# Previews go to terminals that are known to understand them, and to nothing else.
cat >on-terminal.py <<'P'
import os, pty, re, sys
pid, descriptor = pty.fork()
if pid == 0:
    os.execvp("sightline", ["sightline", "score", *sys.argv[1:]])
seen = b""
try:
    while part := os.read(descriptor, 4096):
        seen += part
except OSError:
    pass
status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
seen = seen.replace(b"\r\n", b"\n")
# Only the frame of an image is shown.
seen = re.sub(rb"\x1b_G([^;]*);[A-Za-z0-9+/=]*\x1b\\", rb"<kitty \1>", seen)
seen = re.sub(rb"\x1b\]1337;File=([^:]*):[A-Za-z0-9+/=]*\x07", rb"<iterm \1>", seen)
seen = re.sub(rb"\x1bP([^#]*)#[#;!$?@A-Za-z0-9\[\\\]^_`{|}~-]*\x1b\\", rb"<sixel \1>", seen)
seen = re.sub(rb"(<kitty m=1,?>)+", b"", seen)
sys.stdout.write(seen.replace(b"\x1b", b"ESC").decode())
if status:
    print("exit", status)
P
cp "$IMAGES"/rgba.png "$IMAGES"/photo.jpg .
echo broken >broken.png
show() {
  echo "== $*"
  python3 on-terminal.py "$@" -q --color never 2>&1 | sed -E 's/ +-?[0-9.]+%/ N%/; s/ +-?0\.[0-9]{4}/ N/; s/size=[0-9]+/size=N/; s/,-?[0-9]+\.[0-9]+/,N/g'
}
show rgba.png broken.png -c dog -c cat --preview kitty
show photo.jpg -c dog --preview iterm
show photo.jpg rgba.png -c dog --by caption --preview sixel
show rgba.png --like photo.jpg --preview kitty
TERM=xterm-kitty show rgba.png -c dog --preview auto
TERM=xterm-kitty TMUX=1 show rgba.png -c dog --preview auto
TERM=xterm show rgba.png -c dog --preview auto
TERM=xterm-kitty show rgba.png -c dog -f csv --preview auto
TERM=xterm-kitty sightline score rgba.png -c dog -q --preview auto | grep -c dog
sightline score rgba.png -c dog --preview kitty || echo "exit $?"
sightline score rgba.png -c dog -o x.txt --preview sixel || echo "exit $?"
