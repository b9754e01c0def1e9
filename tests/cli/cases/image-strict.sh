# SPDX-License-Identifier: Apache-2.0
# Recoverable damage in an image is a warning, and an error with --strict.
copy_images
python3 - <<'P'
png = open("photos/grey.png", "rb").read()
open("no-end.png", "wb").write(png[:png.rindex(b"IEND") - 4])
P
sightline embed-image photos/grey.png no-end.png -o a.npy --report report
grep -o '"warnings.*' report
sightline embed-image no-end.png -v -f npy 2>&1 >/dev/null | grep warning
expect 3 sightline embed-image photos/grey.png no-end.png -o b.npy --strict
npy show b.npy
npy rows a.npy 0 b.npy 0
expect 3 sightline score photos/grey.png no-end.png -c word --strict -f jsonl | tail -1
sightline embed-image photos --strict -f npy -o whole.npy
expect 2 sightline embed-image photos --strict --lenient
