# SPDX-License-Identifier: Apache-2.0
# Ten times as many captions take at most eleven times as much processor time.
python3 - <<'P'
import os, random
few = 20 if os.environ["SANITIZED"] == "yes" else 2000
random.seed(1)
words = ["cat", "dog", "red", "blue", "photo", "small", "house", "tree", "river", "walking", "sunny", "of", "a", "the"]
def lines(count):
    return "".join(" ".join(random.choices(words, k=24))[:100].ljust(100, "x") + "\n" for _ in range(count))
open("few", "w").write(lines(few))
open("many", "w").write(lines(10 * few))
P
python3 - <<'P'
import os, sys
def seconds(name):
    command = ["sightline", "embed-text", "--captions", name, "-o", name + ".npy", "--force", "--progress", "never"]
    _, status, usage = os.wait4(os.posix_spawnp(command[0], command, os.environ), 0)
    assert status == 0
    return usage.ru_utime + usage.ru_stime
few = min(seconds("few") for _ in range(3))
many = min(seconds("many") for _ in range(2))
if many > 11 * few + 0.2 and os.environ["SANITIZED"] != "yes":
    sys.exit(f"2,000 captions took {few:.2f} s, 20,000 {many:.2f} s")
P
bounded 60 150 sightline embed-text --captions many -f npy --progress never | cmp - many.npy
