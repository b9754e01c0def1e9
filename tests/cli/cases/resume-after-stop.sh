# SPDX-License-Identifier: Apache-2.0
# A run that --on-error stop ended is continued after the image is mended or other files have changed that it had not read
# yet. Files of finished rows must be unchanged.
copy_images
mkdir all
for i in {100..160}; do cp photos/grey.png all/$i.png; done
sightline embed-image all -o whole.npy -q
echo broken >all/150.png
expect 4 sightline embed-image all -o out.npy -q -b 1 -j 1 --checkpoint 10 --on-error stop
cp photos/grey.png all/150.png
touch -d 2001-01-01 all/155.png
touch -r all/100.png time
touch -d 2001-01-01 all/100.png
expect 8 sightline embed-image all -o out.npy -q --resume --on-error stop
touch -r time all/100.png
cp all/160.png all/161.png
expect 8 sightline embed-image all -o out.npy -q --resume --on-error stop
rm all/161.png
sightline embed-image all -o out.npy --resume --on-error stop
for ending in npy index.jsonl info.json; do cmp whole.$ending out.$ending; done
ls out*
