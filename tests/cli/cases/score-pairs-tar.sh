# SPDX-License-Identifier: Apache-2.0
# Pairs in a tar archive, as WebDataset writes them, have the scores of the same pairs in a list: plain, compressed, from
# stdin and a pipe, regardless of threads and batches. What is not one image and one caption is a failed pair.
copy_images
mkdir set
n=0
for image in photos/*; do
  n=$((n + 1))
  cp "$image" "set/00$n.${image##*.}"
  printf 'caption %s, "quoted"\n' $n >set/00$n.txt
  echo '{}' >set/00$n.json
done
tar --sort=name -cf set.tar set
gzip -k set.tar
for image in set/*.jpg set/*.png; do printf '%s\t%s\n' "$image" "$(cat "${image%.*}.txt")"; done | sort >pairs.tsv
sightline score --pairs pairs.tsv -q | sed 's,"image":",&set.tar/,' >expected
[ "$(wc -l <expected)" = $n ]
for options in '' '-j 1 -b 1' '-j 3 -b 2'; do sightline score --pairs set.tar -q $options | cmp - expected; done
sightline score --pairs set.tar.gz -q | sed 's,set.tar.gz/,set.tar/,' | cmp - expected
for input in set.tar set.tar.gz; do
  sightline score --pairs - -q <$input | sed 's,"-/,"set.tar/,' | cmp - expected
  cat $input | sightline score --pairs - -q | sed 's,"-/,"set.tar/,' | cmp - expected
  sightline score --pairs <(cat $input) -q | sed 's,"/dev/fd/[0-9]*/,"set.tar/,' | cmp - expected
done
if command -v zstd >/dev/null && sightline --version -v | grep -q libzstd; then
  zstd -q set.tar
  sightline score --pairs set.tar.zst -q | sed 's,set.tar.zst/,set.tar/,' | cmp - expected
fi
# a slow pipe
(head -c 700 set.tar; sleep 0.3; tail -c +701 set.tar) | sightline score --pairs - -q | sed 's,"-/,"set.tar/,' | cmp - expected

# failed pairs
cp photos/photo.jpg a.jpg
cp photos/photo.jpg b.jpg
cp photos/grey.png b.png
cp photos/photo.jpg d.jpg
cp photos/photo.jpg f.jpg
echo 'no image' >e.jpg
for key in a b c e f; do echo "text $key" >$key.txt; done
printf 'caf\351' >f.txt
printf '<svg xmlns="http://www.w3.org/2000/svg"/>' >g.svg
echo drawing >g.txt
tar -cf bad.tar a.jpg a.txt b.jpg b.png b.txt c.txt d.jpg e.jpg e.txt f.jpg f.txt g.svg g.txt
expect 3 sightline score --pairs bad.tar -f csv --report report.jsonl 2>errors | cut -d , -f 1-3
sed -E 's/[0-9]+\.[0-9]+/N/; s/this build reads .*\)/this build reads FORMATS)/' errors
sed -E 's/"mean":[0-9.]+/"mean":N/' report.jsonl | tail -1
expect 3 sightline score --pairs bad.tar --drop-bad -f csv -q 2>/dev/null | cut -d , -f 1-3
expect 3 sightline score --pairs bad.tar --invalid-utf8 replace -f csv -q 2>/dev/null | grep -c 'f.jpg,.*,ok,'
expect 4 sightline score --pairs bad.tar --on-error stop -o none.csv -q 2>/dev/null
[ ! -e none.csv ]
head -c $(($(stat -c %s set.tar) / 2 - 1000)) set.tar >cut.tar
expect 3 sightline score --pairs cut.tar -f csv 2>&1 >cut.csv | grep -c 'error.TRUNC. cut.tar'
grep -c ,ok, cut.csv
# images and captions apart
tar -cf apart.tar set/00*.jpg set/00*.png set/00*.txt
expect 4 sightline score --pairs apart.tar -f csv 2>&1 >/dev/null | tail -2

# nothing to score; an archive in a format that is not read
tar -cf none.tar set/001.json
expect 4 sightline score --pairs none.tar
printf '\3757zXZ\0\0\0\0' >x.tar.xz
expect 4 sightline score --pairs x.tar.xz
expect 8 sightline score --pairs bad.tar -o bad.tar -f csv --force

# Memory does not grow with the archive: 400 MB from a pipe.
if [ "$SANITIZED" = no ]; then
  cat >many.py <<'P'
import sys, tarfile
def member(name, data):
    info = tarfile.TarInfo(name)
    info.size = len(data)
    sys.stdout.buffer.write(info.tobuf() + data + bytes(-len(data) % 512))
image = open("photos/photo.jpg", "rb").read() + bytes(1 << 20)
for i in range(400):
    member(f"{i}.jpg", image)
    member(f"{i}.txt", b"text")
P
  python3 many.py | bounded 60 250 sightline score --pairs - -q -f csv >many.csv
  [ "$(grep -c ,ok, many.csv)" = 400 ]
fi
