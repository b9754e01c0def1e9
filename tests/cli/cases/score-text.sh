# SPDX-License-Identifier: Apache-2.0
# The text format: the path, then one aligned line per caption, best first. No escape sequences if stdout is not a
# terminal.
copy_images
sightline score photos/photo.jpg photos/grey.png -c 'a dog' -c 'a photo of a cat' -c word
