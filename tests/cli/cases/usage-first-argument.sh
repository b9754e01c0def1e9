# SPDX-License-Identifier: Apache-2.0
# A first argument that is not a command: the hint is the command that takes it.
copy_images
cp photos/photo.jpg 'my dog.jpg'
echo x >rows.npy
ln -s "$MODELS/nano_quick_gelu" model
for argument in photos photos/photo.jpg 'my dog.jpg' absent.png '*.jpg' - rows.npy absent.npy model clip.sightline \
  'a photo of a cat' https://example.org/dog.jpg absent; do
  expect 2 sightline "$argument"
done
# An existing file is meant even if it has the name of a command of another program.
mkdir search
expect 2 sightline search -c cat
