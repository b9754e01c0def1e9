# SPDX-License-Identifier: Apache-2.0
# A list from stdin is read again: its first entries must be those of the interrupted run. While a run waits for more of
# its list, another one with the same output ends with status 8.
copy_images
for i in {1..20}; do ls photos/*; done >list
cat list | sightline embed-image --files-from - -o all.npy --report all.jsonl
mkfifo pipe
sightline embed-image --files-from - -o out.npy --report out.jsonl --checkpoint 10 -q <pipe &
exec 3>pipe
head -n 50 list >&3
for i in {1..500}; do
  [ "$(stat -c %s out.npy.journal 2>/dev/null || echo 0)" -lt 1000 ] || break
  sleep 0.02
done
expect 8 sightline embed-image --files-from list -o out.npy
expect 8 sightline embed-image --files-from list -o out.npy --force
expect 8 sightline embed-image --files-from list -o out.npy --resume
kill -TERM $!
expect 143 wait $!
exec 3>&-
# a run that still reads what it will pass over
sightline embed-image --files-from - -o out.npy --report out.jsonl --resume -q <pipe &
exec 3>pipe
head -n 3 list >&3
for i in {1..500}; do
  readlink /proc/$!/fd/* | grep -q 'out.npy.journal$' && break
  sleep 0.02
done
expect 8 sightline embed-image --files-from list -o out.npy
expect 8 sightline score photos -c a -o out.npy
kill -TERM $!
expect 143 wait $!
exec 3>&-
tac list | expect 8 sightline embed-image --files-from - -o out.npy --report out.jsonl --resume
head -n 3 list | expect 8 sightline embed-image --files-from - -o out.npy --report out.jsonl --resume
sightline embed-image --files-from - -o out.npy --report out.jsonl --resume <list
for ending in npy jsonl index.jsonl info.json; do cmp all.$ending out.$ending; done
ls
