# SPDX-License-Identifier: Apache-2.0
# The reader of a pipe gets rows of texts continuously, not thousands at once: measured as processor time between rows.
[ "$SANITIZED" = no ] || skip "a sanitized build is too slow for times"
for i in $(seq 6000); do echo "a small house by the river and tree number $i, as seen from the road behind the hill"; done >captions
cat >gaps.py <<'P'
import os, subprocess
def processor_time(run):
    fields = open(f"/proc/{run.pid}/stat").read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
run = subprocess.Popen(["sightline", "embed-text", "-m", os.environ["DATA"] + "/demo-model", "--captions", "captions",
                        "-f", "tsv", "-j", "1", "-q"], stdout=subprocess.PIPE)
largest, last, count = 0, None, 0
while part := os.read(run.stdout.fileno(), 1 << 20):
    now = processor_time(run)
    if last is not None:
        largest = max(largest, now - last)
    last = now
    count += part.count(b"\n")
assert run.wait() == 0 and count == 6001, count
assert largest <= 0.3, f"{largest:.2f} s between rows"
P
python3 gaps.py
# the rows equal those written to a file
head -500 captions >few
sightline embed-text --captions few -o few.tsv -j 1
sightline embed-text --captions few -f tsv | cmp - few.tsv
