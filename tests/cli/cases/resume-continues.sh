# SPDX-License-Identifier: Apache-2.0
# A run that a failed write ended is continued with the bytes of an undisturbed run, also with failed images, float16 and
# dropped rows; a complete output is left alone, with the status of its run.
copy_images
printf 'not an image' >photos/broken.png
for i in {1..60}; do ls photos/*; done >list
run() {
  sightline embed-image --files-from list --checkpoint 50 -q "$@" 2>/dev/null
}
for options in '' --drop-bad '--output-dtype f16 -j 1 -b 3' '--no-index --no-normalize'; do
  expect 3 run -o all.npy --report all.jsonl --force $options
  (ulimit -f 20; expect 6 sightline embed-image --files-from list --checkpoint 50 -q -o out.npy --report out.jsonl $options 2>message)
  grep -q 'rows; continue with --resume$' message
  ls out.npy.part out.npy.journal out.jsonl.part >/dev/null
  [ ! -e out.npy ]
  expect 3 sightline embed-image --files-from list --checkpoint 50 -o out.npy --report out.jsonl --resume $options 2>message
  grep -q '^sightline: out.npy.part has .* rows; continuing$' message
  for ending in npy jsonl; do cmp all.$ending out.$ending; done
  if [ -e out.index.jsonl ]; then
    [ ! -e out.npy.journal ]
    cmp all.index.jsonl out.index.jsonl
    cmp all.info.json out.info.json
  fi
  touch -d 2001-01-01 out.npy
  expect 3 run -o out.npy --report out.jsonl --resume $options
  [ "$(date -r out.npy +%Y)" = 2001 ]
  sightline verify out.npy --report out.jsonl >/dev/null
  rm out.*
done
expect 3 run -o out.npy --report out.jsonl --resume  # nothing to resume
ls

# the duration and the rate are those of the process that continues the run
rm out.*
(ulimit -f 20; expect 6 sightline embed-image --files-from list --checkpoint 50 -q -o out.npy 2>/dev/null)
expect 3 sightline embed-image --files-from list -o out.npy --resume -v 2>&1 |
  grep -oE '^sightline: [0-9]+ images, [1-9][0-9]* of them in' | sed 's/, [0-9]* of/, N of/'
