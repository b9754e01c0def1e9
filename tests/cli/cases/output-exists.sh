# SPDX-License-Identifier: Apache-2.0
# Exit status 8 without --force, and all files are unchanged; the index and the report are protected, too.
copy_images
for name in out.npy out.index.jsonl report; do
  echo old >$name
  expect 8 sightline embed-image photos -o out.npy --report report
  [ "$(cat $name)" = old ]
  rm -f $name
done
ls
for name in out.npy out.index.jsonl report; do echo old >$name; done
sightline embed-image photos -o out.npy --report report --force
npy show out.npy
ls
