# SPDX-License-Identifier: Apache-2.0
# A caption that is the name of a file is used as a caption, and a note mentions --like.
copy_images
cp photos/grey.png 'my cat.png'
cp photos/grey.png "$(printf "it's\n.png")"
mkdir dog
sightline score photos/grey.png -c photos/tall.png -f jsonl | cut -c 1-80
sightline score photos/grey.png -c ./'my cat.png' -c "$(printf "it's\n.png")" -c dog -c word -f csv >/dev/null
echo --- silent >&2
sightline score photos/grey.png -c photos/tall.png -q -f csv >/dev/null
printf 'photos/tall.png\n' | sightline score photos/grey.png --captions - -f csv >/dev/null
sightline embed-text photos/tall.png >/dev/null
