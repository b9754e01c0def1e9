# SPDX-License-Identifier: Apache-2.0
# A stream that is not a list of paths ends the run with the line, after the rows before it; -o writes nothing then.
copy_images
printf 'photos/grey.png\nphotos/tall.png\nb\0c\n' >null
mkfifo list
cat null >list &
expect 4 sightline embed-image --files-from list -f tsv -b 1 -j 2 | cut -f 1
cat null | expect 4 sightline embed-image --files-from - -o out.npy
cat photos/photo.jpg | expect 4 sightline embed-image --files-from -
printf 'photos/grey.png\n' | iconv -t UTF-16 | expect 4 sightline score --files-from - -c 'a dog'
# stdin cannot be the list and an image
printf 'photos/grey.png\n-\n' | expect 2 sightline embed-image --files-from - -f tsv | cut -f 1
printf 'photos/grey.png\n' | expect 2 sightline score - --files-from - -c 'a dog'
expect 0 sightline embed-image --files-from <(echo -) -f tsv <photos/grey.png | cut -f 1
expect 2 sightline embed-image - --files-from <(echo -) <photos/grey.png | cut -c 1-30
echo word | expect 2 sightline score --captions - --files-from <(echo -)
expect 4 sightline embed-image --files-from <(printf 'missing.png\nphotos/grey.png\n') --on-error stop -b 1 -j 1
expect 6 sightline embed-image --files-from - <&-
ls
