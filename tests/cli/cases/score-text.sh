# SPDX-License-Identifier: Apache-2.0
# For people: the path, then one aligned line a caption, best first. No escapes when stdout is no terminal.
pictures
sightline score photos/photo.jpg photos/grey.png -c 'a dog' -c 'a photo of a cat' -c word
