# SPDX-License-Identifier: Apache-2.0
# Wherever a run that replaces an array is killed, the array is never beside the index of another one. Needs strace.
strace -f -o /dev/null -e trace=none true 2>/dev/null || skip 'strace is missing or cannot trace here'
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0  # LeakSanitizer cannot trace a traced program
copy_images
mkdir one two
set -- photos/*
cp "$1" one/
cp "$2" two/
for name in one two; do
  sightline embed-image $name -o $name.npy -q
  sightline embed-image $name -o shard-$name.npy -q --shard 1/1
  sightline merge shard-$name-1-of-1.npy -o merged-$name.npy -q
done

# replaced NAME OLD NEW: NAME.npy is one of the two arrays, and an index beside it is its own
replaced() {
  local array=$2
  cmp -s "$1.npy" "$2.npy" || array=$3
  cmp "$1.npy" "$array.npy"
  [ ! -e "$1.index.jsonl" ] || cmp "$1.index.jsonl" "$array.index.jsonl"
  [ ! -e "$1.info.json" ] || grep -q "$(grep -o '"xxh3": *"[0-9a-f]*"' "$array.info.json")" "$1.info.json" || echo "info of another"
}

killed() {
  (strace -f -o /dev/null -e trace=$call -e inject=$call:signal=KILL:when=$number sightline "$@" || true) 2>/dev/null
}

for number in {1..12}; do
  for call in rename unlink; do
    rm -f out.*
    cp one.npy out.npy && cp one.index.jsonl out.index.jsonl && cp one.info.json out.info.json
    killed embed-image two -o out.npy -q --force
    replaced out one two
    sightline embed-image two -o out.npy -q --force --resume && replaced out two two
    rm -f out.*
    cp merged-one.npy out.npy && cp merged-one.index.jsonl out.index.jsonl && cp merged-one.info.json out.info.json
    killed merge shard-two-1-of-1.npy -o out.npy -q --force
    replaced out merged-one merged-two
  done
done
echo done
