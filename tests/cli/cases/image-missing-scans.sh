# SPDX-License-Identifier: Apache-2.0
# A progressive JPEG without its last scans gives a warning in the report, and --strict refuses it.
python3 - <<'P'
import os
data = open(os.environ["DATA"] + "/golden/image/files/jpeg-progressive-420.jpg", "rb").read()
open("whole.jpg", "wb").write(data)
open("coarse.jpg", "wb").write(data[:data.rindex(b"\xff\xda")] + b"\xff\xd9")
P
sightline embed-image whole.jpg coarse.jpg -o a.npy --report report
grep -o '"warnings.*' report
expect 3 sightline embed-image whole.jpg coarse.jpg -o b.npy --strict
npy rows a.npy 0 b.npy 0
