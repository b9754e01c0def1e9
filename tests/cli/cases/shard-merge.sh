# SPDX-License-Identifier: Apache-2.0
# The merged shards of a run are the files of the run without shards, byte for byte.
copy_images
echo 'not an image' >photos/broken.jpg
: >photos/empty.png
touch photos/x.svg
printf 'a dog\ncaf\351\n\na cat\na very long text\na dog\nlast' >captions.txt

# compare N COMMAND OPTIONS...: N shards against one run
compare() {
  local n=$1 k status=0
  shift
  rm -rf whole shards merged
  mkdir whole shards merged
  sightline "$@" -o whole/a.npy --report whole/r.jsonl 2>/dev/null || status=$?
  [ $status = 3 ]
  for ((k = n; k >= 1; --k)); do  # the first shard last, and in varying numbers of threads
    status=0
    sightline "$@" --shard "$k/$n" -o shards/a.npy --report shards/r.jsonl -j $((k % 2 + 1)) 2>/dev/null || status=$?
    [ $status = 0 ] || [ $status = 3 ]
    [ -f "shards/a-$k-of-$n.npy" ] && [ -f "shards/a-$k-of-$n.index.jsonl" ] && [ -f "shards/r-$k-of-$n.jsonl" ]
    sightline verify "shards/a-$k-of-$n.npy" --report "shards/r-$k-of-$n.jsonl" >verified
  done
  [ "$(ls shards | wc -l)" = $((4 * n)) ]
  mv shards/r-*-of-*.jsonl merged
  (cd shards && sightline merge a-*-of-"$n".npy -o ../merged/a.npy --report ../merged/r.jsonl)
  rm merged/r-*-of-*.jsonl
  diff -r whole merged
  sightline verify merged/a.npy --report merged/r.jsonl >verified
  echo "$n: equal: $*"
}

counts='1 2 3 4 5 6 7 11'
[ "$SANITIZED" = no ] || counts='2 3 11'
for n in $counts; do
  case $((n % 4)) in
    0) compare "$n" embed-image photos ;;
    1) compare "$n" embed-image photos --drop-bad -b 3 ;;
    2) compare "$n" embed-image photos --output-dtype f16 -b 1 ;;
    3) compare "$n" embed-image photos --no-normalize --drop-bad --output-dtype f16 ;;
  esac
done >images
for n in 1 3 8; do compare "$n" embed-text --captions captions.txt --drop-bad; done >texts
compare 2 embed-text --captions captions.txt --output-dtype f16
[ "$SANITIZED" = yes ] || [ "$(wc -l <images)" = 8 ]
[ "$(wc -l <texts)" = 3 ]

# a list on stdin: each process reads all of it
ls photos/*.{jpg,png} >list
sightline embed-image --files-from list -o s.npy 2>/dev/null || [ $? = 3 ]
for k in 1 2 3; do sightline embed-image --files-from - --shard $k/3 -o s.npy <list 2>/dev/null || [ $? = 3 ]; done
# any order of the arrays; --force overwrites
expect 8 sightline merge s-3-of-3.npy s-1-of-3.npy s-2-of-3.npy -o s.npy
cp s.npy whole.npy
sightline merge s-3-of-3.npy s-1-of-3.npy s-2-of-3.npy -o s.npy --force
cmp s.npy whole.npy
