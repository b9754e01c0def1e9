# SPDX-License-Identifier: Apache-2.0
# Sorting by token ids, passes and threads change neither the order nor the values.
for i in 1 2 3 4 5 6 7 8; do cat "$MODELS/captions.txt"; done >captions
sightline embed-text --captions captions -o a.npy -j 1 -b 1
for options in '-j 2 -b 1' '-j 1 -b 7' '-j 2 -b 7' '-j 3' ''; do
  sightline embed-text --captions captions -o b.npy --force $options
  cmp a.npy b.npy
  cmp a.index.jsonl b.index.jsonl
done
# -b is the number of texts of a pass, whatever prefixes they share.
sightline embed-text --captions captions -o b.npy --force -b 7 -vv 2>log
grep -qF "texts: 88 in 13 passes" log
npy rows a.npy 0,1,2,10 a.npy 77,78,79,87
