# SPDX-License-Identifier: Apache-2.0
# Out of memory gives exit status 7, one message and no files. OpenBLAS hangs if an allocation fails, so the native
# backend is used. A sanitizer's shadow memory alone exceeds the limit.
[ $SANITIZED = no ] || skip "the sanitizer alone needs more memory than the limit"
python3 - <<'P'
import struct, zlib
def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
header = chunk(b"IHDR", struct.pack(">IIBBBBB", 16000, 11000, 8, 6, 0, 0, 1))  # interlaced: held whole, 704 MB
open("large.png", "wb").write(b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b""))
P
run() { ulimit -v 600000; exec timeout -s KILL 60 sightline embed-image large.png --backend native -o out.npy; }
expect 7 eval '(run)'
ls
