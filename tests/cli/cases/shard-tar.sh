# SPDX-License-Identifier: Apache-2.0
# Shards of tar archives: whole archives if there are enough and nothing else, else their members. The merged shards are
# the files of the run without shards, byte for byte.
copy_images
touch photos/drawing.svg photos/a.psd photos/b.psd
echo 'not an image' >photos/broken.jpg
tar --sort=name -cf all.tar photos
tar -cf one.tar photos/photo.jpg photos/drawing.svg
tar -czf three.tar.gz photos/grey.png photos/photo.jpg photos/b.psd photos/tall.png
head -c $(($(stat -c %s all.tar) / 2)) all.tar >cut.tar
head -c 10240 /dev/zero >empty.tar
tar -cf none.tar photos/drawing.svg
cp one.tar packed.tar
if command -v zstd >/dev/null && sightline --version -v | grep -q libzstd; then zstd -q packed.tar && mv packed.tar.zst packed.tar; fi
archives='all.tar one.tar three.tar.gz empty.tar cut.tar none.tar packed.tar all.tar'

# compare N INPUTS OPTIONS: N shards against one run; prints how the list was divided
compare() {
  local n=$1 k status=0
  shift
  rm -rf whole shards merged
  mkdir whole shards merged
  sightline embed-image "$@" -o whole/a.npy --report whole/r.jsonl 2>/dev/null || status=$?
  [ $status = 3 ] || [ $status = 0 ]
  for ((k = n; k >= 1; --k)); do
    status=0
    sightline embed-image "$@" --shard "$k/$n" -o shards/a.npy --report shards/r.jsonl -j $((k % 2 + 1)) -b $k 2>/dev/null || status=$?
    [ $status = 0 ] || [ $status = 3 ]
    sightline verify "shards/a-$k-of-$n.npy" --report "shards/r-$k-of-$n.jsonl" >verified
  done
  echo "$n: $(sed 's/.*"list":"[0-9a-f]*",//' shards/*.info.json | sort | uniq -c | tr -s ' ' | tr '\n' ' ')"
  cp shards/r-*-of-*.jsonl merged
  (cd shards && sightline merge a-*-of-"$n".npy -o ../merged/a.npy --report ../merged/r.jsonl)
  rm merged/r-*-of-*.jsonl
  diff -r whole merged
}

counts='1 2 3 4 5 7'
[ "$SANITIZED" = no ] || counts='1 3'
for n in $counts; do compare $n $archives; done >archives.log
for n in $counts; do compare $n all.tar --drop-bad; done >one.log
for n in $counts; do compare $n all.tar photos/photo.jpg three.tar.gz photos --output-dtype f16; done >mixed.log
grep -h ^3: archives.log one.log mixed.log

# In lists and folders; empty shards.
mkdir folder
cp one.tar folder/a.tar
cp three.tar.gz folder/b.tar.gz
touch folder/x.svg
compare 2 folder --tar
printf '%s\n' $archives >list
compare 8 --files-from list
compare 9 --files-from list
compare 2 empty.tar one.tar
sightline embed-image empty.tar one.tar --shard 1/2 -o e.npy
npy show e-1-of-2.npy
# No image at all is an error; a shard of whole archives does not know of the others.
for inputs in empty.tar 'empty.tar none.tar'; do expect 4 sightline embed-image $inputs --shard 2/3 -o n.npy --force -q; done
expect 0 sightline embed-image empty.tar none.tar --shard 1/2 -o n.npy -q
# Rows on stdout.
sightline embed-image one.tar three.tar.gz --shard 2/2 -f csv -q | cut -d , -f 1
sightline embed-image three.tar.gz --shard 2/2 -f csv -q | cut -d , -f 1
# stdin is one image.
expect 3 sightline embed-image - --shard 1/2 -o s.npy <one.tar

# Archives that are no copies of each other.
rm -rf shards
mkdir shards
sightline embed-image one.tar three.tar.gz --shard 1/2 -o shards/a.npy -q
tar -cf one.tar photos/photo.jpg photos/grey.png photos/tall.png photos/drawing.svg photos/rgba.png
sightline embed-image one.tar three.tar.gz --shard 2/2 -o shards/a.npy -q
expect 4 sightline merge shards/a-*.npy -o m.npy
sightline embed-image all.tar --shard 1/2 -o b.npy -q 2>errors || [ $? = 3 ]
sightline embed-image all.tar photos/photo.jpg --shard 2/2 -o b.npy -q 2>errors || [ $? = 3 ]
expect 4 sightline merge b-*-of-2.npy -o m.npy
