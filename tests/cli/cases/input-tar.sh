# SPDX-License-Identifier: Apache-2.0
# A tar archive of any name is a shard, because the content decides: its images are rows. An image named like a tar
# archive is read, and a nonexistent one is MISSING.
copy_images
echo caption >photos/caption.txt
touch photos/drawing.svg
ln -s photo.jpg photos/link.jpg
tar --sort=name -cf shard.tar photos
cp shard.tar renamed.jpg
tar --sort=name --format=v7 -cf old.tar photos
cp photos/photo.jpg BM.jpg
tar -cf bitmap.tar BM.jpg
cp photos/photo.jpg photo.tar
cp shard.tar large.tar
truncate -s 300M large.tar
expect 3 sightline embed-image photo.tar shard.tar renamed.jpg old.tar bitmap.tar large.tar absent.tar -o out.npy 2>errors
sort errors >&2  # the count of an archive is printed when its end is read, perhaps before its rows
npy show out.npy
cut -d , -f 2,3 out.index.jsonl
# The rows are those of the files, and the counts are those of the folder.
rm photos/link.jpg
sightline embed-image photos --report folder.jsonl -q -o folder.npy
sightline embed-image shard.tar --report shard.jsonl -q -o shard.npy
cmp folder.npy shard.npy
sed 's/shard.tar.//' shard.jsonl | cmp - folder.jsonl
for options in '-j 1' '-j 3' '-b 1' '-b 3 -j 2'; do
  sightline embed-image shard.tar $options -q -o again.npy --force
  cmp again.npy shard.npy
done
# Compressed, from stdin, in a list and in folders.
gzip -c shard.tar >shard.tar.gz
expect 0 sightline embed-image shard.tar.gz -q -o again.npy --force
cmp again.npy shard.npy
if command -v zstd >/dev/null && sightline --version -v | grep -q libzstd; then
  zstd -q shard.tar
  sightline embed-image shard.tar.zst -q -o again.npy --force
  cmp again.npy shard.npy
fi
for file in shard.tar shard.tar.gz; do
  sightline embed-image - -q -o again.npy --force <$file
  cmp again.npy shard.npy
done
head -2 again.index.jsonl
printf 'photo.tar\nshard.tar\nrenamed.jpg\n' >list
expect 3 sightline embed-image --files-from list -q -o listed.npy
npy show listed.npy
mkdir folder
cp shard.tar folder
cp photos/photo.jpg folder/a.jpg
sightline embed-image folder -q -o plain.npy
npy show plain.npy
sightline embed-image folder --tar --exclude '*.png' -q -o both.npy
cut -d , -f 1,2 both.index.jsonl
# Scores.
sightline score photos -c cat -c dog -f csv -q | sed 's,^photos,shard.tar/photos,' >files.csv
sightline score shard.tar -c cat -c dog -f csv -q | cmp - files.csv
sightline score shard.tar --by caption -c cat --top 2 -f jsonl -q | cut -c 1-70
sightline score shard.tar -c cat -o matrix.npy -q
npy show matrix.npy
sightline score - -c cat -f tsv -q <shard.tar | cut -f 1,2
expect 4 sightline score - --by caption -c cat <shard.tar
expect 4 sightline embed-image - -f npy -o /dev/stdout <shard.tar >npy
expect 4 sightline score photos --like shard.tar
