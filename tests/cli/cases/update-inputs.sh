# SPDX-License-Identifier: Apache-2.0
# --update with archives, stdin, lists from a pipe, shards, the same image twice, and warnings.
copy_images
tar -cf x.tar -C photos grey.png tall.png photo.jpg
cut_end() {
  python3 - "$@" <<'P'
import sys
png = open(sys.argv[1], "rb").read()
open(sys.argv[2], "wb").write(png[:png.rindex(b"IEND") - 4])
P
}
cut_end photos/palette.png warned.png
inputs='x.tar photos/grey.png photos/grey.png warned.png -'
sightline embed-image $inputs -o fresh.npy --index full --report fresh.jsonl <photos/rgba.png
sed 's/"mtime_ns":[0-9]*/"mtime_ns":T/' fresh.index.jsonl
sightline embed-image $inputs -o new.npy --update fresh.npy --report new.jsonl -v <photos/rgba.png 2>&1 | grep -e ' reused, ' -e warning:
for ending in npy index.jsonl info.json; do cmp fresh.$ending new.$ending; done
cmp <(head -n -1 fresh.jsonl) <(head -n -1 new.jsonl)
# a member by its content, wherever it was
mkdir elsewhere
cp photos/tall.png elsewhere/other.png
sightline embed-image elsewhere -o members.npy --update fresh.npy
sightline embed-image x.tar -o tar.npy --update members.npy
# --strict tries images with warnings again
expect 3 sightline embed-image $inputs -o strict.npy --strict --index full <photos/rgba.png
expect 3 sightline embed-image $inputs -o new.npy --update fresh.npy --strict --force <photos/rgba.png
for ending in npy index.jsonl; do cmp strict.$ending new.$ending; done

# an endless list
ls photos/* >list
sightline embed-image photos -o all.npy --index full
cat list | sightline embed-image --files-from - -o stream.npy --update all.npy
cmp stream.npy all.npy
# shards: of the whole array, then of themselves
for k in 1 2 3; do sightline embed-image photos -o s.npy --shard $k/3 --update all.npy --report s.jsonl; done
sightline merge s-*-of-3.npy -o s.npy --report s.jsonl
for ending in npy index.jsonl info.json; do cmp s.$ending all.$ending; done
tail -n 1 s.jsonl
# another list: most images are in other shards now, so that the merged array is the better source
rm photos/grey.png
for k in 1 2 3; do sightline embed-image photos -o s.npy --shard $k/3 --update s.npy --force 2>&1 | tail -n 1; done
sightline merge s-*-of-3.npy -o s.npy --force -q
sightline embed-image photos -o all.npy --update --report all.jsonl
cmp s.npy all.npy
tail -n 1 all.jsonl
# a file whose content changes while its size and time stay the same counts as unchanged; with another time, it does not
python3 -c 'import struct; open("a.bmp", "wb").write(b"BM" + struct.pack("<IIIIiiHHIIiiII", 102, 0, 54, 40, 4, 4, 1, 24, 0, 48, 0, 0, 0, 0) + bytes(range(48)))'
touch -d 2001-01-01 a.bmp
sightline embed-image a.bmp -o bmp.npy --update
printf '\377' | dd of=a.bmp bs=1 seek=60 conv=notrunc status=none
touch -d 2001-01-01 a.bmp
sightline embed-image a.bmp -o bmp.npy --update
touch -d 2001-01-02 a.bmp
sightline embed-image a.bmp -o bmp.npy --update
