# SPDX-License-Identifier: Apache-2.0
# OpenAI's and OpenCLIP's names of the four presets are accepted, also by fetch-model.sh; a folder with that name takes
# precedence.
export HF_HUB_CACHE=cache
for pair in 'ViT-B/32 base-patch32' 'ViT-B-32 base-patch32' 'ViT-B/16 base-patch16' 'ViT-B-16 base-patch16' \
  'ViT-L/14 large-patch14' 'ViT-L-14 large-patch14' 'ViT-L/14@336px large-patch14-336' 'ViT-L-14-336 large-patch14-336'; do
  read -r name preset <<<"$pair"
  expect 5 sightline info "$name" 2>message
  grep -qxF "sightline: error[MISSING] $name: is not in the Hugging Face cache (cache)" message
  grep -qx "sightline: download it with: .*scripts/fetch-model.sh clip-vit-$preset" message
  root=cache/models--openai--clip-vit-$preset
  mkdir -p $root/refs $root/snapshots
  printf abc >$root/refs/main
  cp -r "$SIGHTLINE_MODEL" $root/snapshots/abc
  [ "$(sightline info "$name" | head -1)" = "model: $root/snapshots/abc" ]
  rm -rf $root
  # The error that no server answers shows that the name was accepted.
  if command -v curl >/dev/null; then  # otherwise end_to_end/fetch_model is skipped and says so
    expect 1 env HF_ENDPOINT=http://127.0.0.1:9 "$DATA/../scripts/fetch-model.sh" "$name" 2>message
    grep -q "http://127.0.0.1:9/openai/clip-vit-$preset/resolve/main/config.json" message
  fi
done
mkdir ViT-B
cp -r "$SIGHTLINE_MODEL" ViT-B/32
sightline info ViT-B/32 | head -1
expect 5 sightline info https://huggingface.co/openai/clip-vit-base-patch32/tree/main
expect 5 sightline info hf-hub:laion/CLIP-ViT-B-32-laion2B-s34B-b79K
