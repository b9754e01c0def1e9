# SPDX-License-Identifier: Apache-2.0
# All precisions rank the captions of the demo model alike; a row does not depend on -b and -j.
for dtype in f32 f16 bf16 int8; do
  sightline score "$DATA/images/apple.jpg" "$DATA/images/airplane.jpg" -m "$DATA/demo-model" --dtype $dtype --labels apple,airplane,cat \
    -f csv -q >$dtype.csv
  sightline embed-image "$DATA/images/apple.jpg" "$DATA/images/airplane.jpg" -m "$DATA/demo-model" --dtype $dtype -q >$dtype.jsonl
  sightline embed-image "$DATA/images/apple.jpg" "$DATA/images/airplane.jpg" -m "$DATA/demo-model" --dtype $dtype -q -b 1 -j 1 >one.jsonl
  cmp $dtype.jsonl one.jsonl
done
for dtype in bf16 int8; do
  if cmp -s $dtype.jsonl f32.jsonl; then echo "$dtype rounds nothing"; fi
done
for dtype in f32 f16 bf16 int8; do
  grep ',1,' $dtype.csv | cut -d, -f2
done
