# SPDX-License-Identifier: Apache-2.0
# If another process creates a final name during the run, the rows are kept, and the message says how to go on.
copy_images
ls photos/* >list
sightline embed-image photos -o whole.npy --report whole.jsonl
mkfifo pipe

# opened FILE...: waits until the run has opened all of them, and so has found their names free
opened() {
  for name; do
    for i in {1..1500}; do
      [ ! -e "$name.part" ] || break
      sleep 0.02
    done
  done
}

for taken in out.npy out.index.jsonl out.info.json out.jsonl; do
  for checkpoint in 1 1000; do
    sightline embed-image --files-from - -o out.npy --report out.jsonl --checkpoint $checkpoint <pipe &
    exec 3>pipe
    cat list >&3
    opened out.npy out.index.jsonl out.info.json out.jsonl
    echo other >$taken
    exec 3>&-
    expect 8 wait $!
    [ "$(cat $taken)" = other ]
    rm $taken
    sightline embed-image --files-from list -o out.npy --report out.jsonl --resume
    for ending in npy index.jsonl info.json; do cmp whole.$ending out.$ending; done
    cmp whole.jsonl out.jsonl
    rm out.*
  done
done
# with --force instead
sightline embed-image --files-from - -o out.npy <pipe &
exec 3>pipe
cat list >&3
opened out.npy out.index.jsonl out.info.json
echo other >out.npy
exec 3>&-
expect 8 wait $! 2>/dev/null
expect 8 sightline embed-image --files-from list -o out.npy --resume
sightline embed-image --files-from list -o out.npy --resume --force
cmp whole.npy out.npy
ls
