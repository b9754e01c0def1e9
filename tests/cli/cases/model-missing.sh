# SPDX-License-Identifier: Apache-2.0
# Exit status 5 with the command that downloads the model; sightline itself downloads nothing.
copy_images
expect 5 sightline score photos -c word -m absent/folder/
expect 5 sightline score photos -c word -m clip-vit-base-patch32 2>message
sed "s|($HOME[^)]*)|(CACHE)|; s|with: .*/scripts|with: scripts|" message
expect 5 sightline score photos -c word -m openai/clip-vit-large-patch14 2>message
sed "s|($HOME[^)]*)|(CACHE)|; s|with: .*/scripts|with: scripts|" message
expect 5 sightline score photos -c word -m nonsense
expect 5 sightline info -m nonsense 2>/dev/null || expect 2 sightline info -m nonsense 2>/dev/null
