# SPDX-License-Identifier: Apache-2.0
# Checkpoints of one tower: the embeddings of transformers' classes, from a folder, a packed model and a folder written by
# us. What needs the other tower is refused, and names it.
towers=$DATA/golden/one_tower pipeline=$DATA/golden/one_tower/stable_diffusion
cp -r "$pipeline" pipeline
cp -r "$towers/clip_text" with_vocabulary
cp "$pipeline"/tokenizer/* with_vocabulary
captions=$MODELS/captions.txt words=$DATA/golden/siglip_words/siglip_words/expected/captions.txt
masked=$DATA/golden/bert_towers/expected/altclip/captions.txt
embed_text() { sightline embed-text -m "$1" --captions "$lines" -o r.npy -q --force "${@:2}"; }
embed_image() { sightline embed-image -m "$1" "$MODELS"/images -o r.npy -q --force "${@:2}"; }

# check KIND EXPECTED MODEL
check() {
  embed=embed_$1 lines=$captions
  [ "$2" = siglip_text ] && lines=$words
  [ "$2" = altclip_text ] && lines=$masked
  sightline convert-weights "$3" -o packed.sightline --verify -q --force
  sightline convert-weights "$3" -o copy --verify -q --force
  $embed "$3"
  npy close r.npy "$towers/expected/$2.npy" 2e-6
  mv r.npy whole.npy
  for opened in "$3" packed.sightline copy; do
    $embed $opened -b 1 -j 3
    cmp r.npy whole.npy
  done
  for dtype in f16 bf16 int8; do
    $embed "$3" --dtype $dtype
    npy close r.npy whole.npy 0.1
    expect 1 cmp -s r.npy whole.npy
  done
}
for name in clip_text_projected siglip_text altclip_text; do check text $name "$towers/$name"; done
check text clip_text with_vocabulary
check text clip_text pipeline/text_encoder
sightline info -m packed.sightline | sed -n '/^text tower/,$p'
for name in clip_vision_projected clip_vision siglip_vision; do check image $name "$towers/$name"; done
sightline info -m "$towers/clip_vision" | sed -n '/^image tower/,/^embedding/p'
sightline convert-weights "$towers/clip_vision_projected" -o int8.sightline --dtype int8 --force -q
sightline info -m int8.sightline --check | grep -e '^self-check' -e '^checked'

# The folder of a pipeline has a tokenizer beside that of its text tower; without it, CLIP's does not fit.
(cd pipeline/text_encoder && sightline embed-text 'a cat' -o r.npy -q)
mv pipeline/tokenizer pipeline/vocabulary
expect 5 sightline embed-text 'a cat' -m pipeline/text_encoder

expect 5 sightline embed-image "$MODELS"/images -m with_vocabulary
expect 5 sightline score "$MODELS"/images -c x -m with_vocabulary
for command in 'embed-text x' "score $MODELS/images -c x"; do
  cp -r "$towers/siglip_vision" vision
  expect 5 sightline $command -m vision
done
expect 5 sightline convert-weights with_vocabulary -o x.pt --to openai
expect 5 sightline convert-weights with_vocabulary -o x --to openclip
expect 5 sightline convert-weights vision -o x.weights.h5
