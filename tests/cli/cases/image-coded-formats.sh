# SPDX-License-Identifier: Apache-2.0
# WebP, AVIF and HEIC by name and on stdin; messages of the libraries about broken data are suppressed.
images=$DATA/golden/image_codecs/files
cp "$images/webp-exif-6.webp" good.png  # the content decides
head -c -5 good.png > cut.webp
break_data() {  # the file up to its coded data, then zeros
  head -c $(($(grep -abo mdat "$1" | head -1 | cut -d: -f1) + 4)) "$1"
  head -c 9000 /dev/zero
}
break_data "$images/avif-420-full.avif" > broken.avif
break_data "$images/heic-444.heic" > broken.heic
status=0
sightline embed-image good.png cut.webp broken.avif broken.heic -o out.npy --no-index || status=$?
test $status -eq 3
sightline embed-image good.png -o one.npy --no-index
sightline embed-image - -o two.npy --no-index < "$images/webp-exif-6.webp"
cmp one.npy two.npy
