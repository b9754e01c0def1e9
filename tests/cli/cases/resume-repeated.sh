# SPDX-License-Identifier: Apache-2.0
# A run with --resume that has succeeded succeeds again and writes nothing, for every combination of outputs: a job that is
# queued again never fails after its success. Without an info file, the journal stays for this.
copy_images
tar -cf photos.tar photos
ls photos/* >list
repeated() {  # repeated STATUS COMMAND...
  local status=$1
  shift
  expect "$status" "$@" --resume -q 2>/dev/null <list
  cksum out* >before
  touch -d 2001-01-01 out*
  expect "$status" "$@" --resume -q 2>/dev/null <list
  cksum out* | cmp - before
  [ -z "$(find out* -newermt 2001-01-02)" ] || { echo "rewritten: $*"; ls -l; }
  rm out*
  count=$((count + 1))
}
count=0
for report in '' '--report out.jsonl'; do
  for index in '' --no-index '--index full'; do
    for shard in '' '--shard 2/2'; do
      for input in photos '--files-from list' '--files-from -' photos.tar; do
        repeated 0 sightline embed-image $input -o out.npy $index $report $shard
      done
    done
  done
  for index in '' --no-index; do
    for shard in '' '--shard 2/2' '--shard 4/4'; do repeated 0 sightline embed-text a b c -o out.npy $index $report $shard; done
  done
done
echo broken >photos/a.jpg
for index in '' --no-index; do
  repeated 3 sightline embed-image photos -o out.npy $index
  repeated 3 sightline embed-image photos -o out.npy $index --drop-bad --output-dtype f16
  repeated 4 sightline embed-image photos/a.jpg -o out.npy $index
done
rm photos/a.jpg
echo "$count runs"

# without an info file, the journal says what differs
sightline embed-image --files-from - -o out.npy --no-index --resume <list
sightline verify out.npy
head -n 3 list | expect 8 sightline embed-image --files-from - -o out.npy --no-index --resume
(cat list && echo absent.png) | expect 8 sightline embed-image --files-from - -o out.npy --no-index --resume
expect 8 sightline embed-image --files-from - -o out.npy --no-index --resume --no-normalize <list
expect 8 sightline embed-image --files-from - -o out.npy --resume <list
touch -r photos/grey.png time
touch -d 2001-01-01 photos/grey.png
expect 8 sightline embed-image --files-from - -o out.npy --no-index --resume <list
touch -r time photos/grey.png
printf '\1' | dd of=out.npy bs=1 seek=300 conv=notrunc status=none
expect 8 sightline embed-image photos -o out.npy --no-index --resume
# A run without --resume leaves only the array, and one whose array is gone begins again.
sightline embed-image photos -o out.npy --no-index --force
ls out*
sightline embed-image photos -o new.npy --no-index --resume
rm new.npy
sightline embed-image photos -o new.npy --no-index --resume
cmp new.npy out.npy
ls new*
