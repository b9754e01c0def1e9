# SPDX-License-Identifier: Apache-2.0
# The line fits a terminal of any width, also after the width changes. Without a terminal, -v prints a summary.
for i in {1..400000}; do echo "$IMAGES/photo.jpg"; done >list
cat >widths.py <<'P'
import fcntl, os, pty, signal, struct, sys, termios, time
def set_columns(descriptor, columns):
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", 25, columns, 0, 0))
pid, descriptor = pty.fork()
if pid == 0:
    time.sleep(0.2)  # until the width is set
    os.execvp("sightline", ["sightline", "embed-image", "--files-from", "list", "-o", "a.npy"])
def lines(count):
    """Reads until the next `count` whole lines are on the terminal."""
    text = b""
    while text.count(b"\r\x1b[K") <= count:
        text += os.read(descriptor, 4096)
    return [line.decode() for line in text.split(b"\r\x1b[K")[1:-1]]
try:
    set_columns(descriptor, 120)
    wide = lines(2)[-1]
    assert " images, " in wide and "/s, " in wide and " MB/s, " in wide and wide.endswith(" left"), wide
    for columns in (60, 30, 24, 7, 1):
        set_columns(descriptor, columns)
        narrow = lines(3)[1:]  # one line may have been written for the old width
        assert all(len(line) < columns for line in narrow), (columns, narrow)
        assert columns == 1 or all(narrow), (columns, narrow)
    assert wide.startswith(narrow[-1])
finally:
    os.kill(pid, signal.SIGKILL)
P
TERM=xterm python3 widths.py
head -5 list | sightline embed-image --files-from - -o b.npy -v
echo 'a dog' | sightline embed-text --captions - -o t.npy -v
sightline score "$IMAGES/photo.jpg" -c a -c b -o s.csv -v
