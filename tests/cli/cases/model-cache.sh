# SPDX-License-Identifier: Apache-2.0
# A preset is found in the Hugging Face cache with each of the variables that locate it.
copy_images
sightline score photos -c word -f csv >direct
place() {
  mkdir -p "$1/models--openai--clip-vit-base-patch16/refs" "$1/models--openai--clip-vit-base-patch16/snapshots"
  printf abc123 >"$1/models--openai--clip-vit-base-patch16/refs/main"
  cp -r "$MODELS/nano_quick_gelu" "$1/models--openai--clip-vit-base-patch16/snapshots/abc123"
}
place cache
HF_HUB_CACHE=$PWD/cache sightline score photos -c word -f csv -m clip-vit-base-patch16 | cmp - direct
HF_HUB_CACHE=$PWD/cache sightline score photos -c word -f csv -m openai/clip-vit-base-patch16 | cmp - direct
place home/hub
HF_HOME=$PWD/home sightline score photos -c word -f csv -m clip-vit-base-patch16 | cmp - direct
