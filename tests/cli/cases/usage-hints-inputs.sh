# SPDX-License-Identifier: Apache-2.0
# A hint is printed for a probable mistake, once per kind of mistake.
copy_images
cp photos/photo.jpg dog.jpg
expect 4 sightline score '*.jpeg' 'photos/[a-c]?.gif' -c cat >out
expect 3 sightline embed-image dog.jpg '*.jpeg' -f csv >out
expect 4 sightline score https://example.org/dog.jpg -c cat >out
expect 4 sightline embed-image s3://bucket/dog.jpg >out
expect 4 sightline embed-image file:///tmp/absent.jpg >out
expect 4 sightline score '~/dog.jpg' -c cat >out
echo '# list on stdin' >&2
ls photos/* | expect 4 sightline score - -c cat >out
find photos -print0 | expect 4 sightline embed-image - >out
ls photos/* >list.txt
expect 3 sightline embed-image dog.jpg list.txt -f csv >out
echo 'no list' | expect 4 sightline embed-image - >out
echo '# captions and labels' >&2
expect 2 sightline score dog.jpg 'a photo of a dog'
expect 2 sightline score dog.jpg dog
expect 2 sightline score absent.jpg
expect 3 sightline score dog.jpg -c 'a photo' 'of a dog' cat >out
expect 3 sightline score dog.jpg --labels cat dog >out
expect 2 sightline score dog.jpg --labels cat, dog
expect 4 sightline embed-image 'a dog' >out
# No hint for a name with spaces and an image extension, or for a path.
expect 4 sightline score 'my dog.jpg' ./dog photos/dog -c cat >out
# -q shows errors only, and --on-error stop ends with the hint.
expect 4 sightline score '*.jpeg' -c cat -q >out
expect 4 sightline score '*.jpeg' -c cat --on-error stop >out
