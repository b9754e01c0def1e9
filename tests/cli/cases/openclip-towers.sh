# SPDX-License-Identifier: Apache-2.0
# Models of OpenCLIP with other towers than CLIP's, as folders and packed: its embeddings, with the cleaning, padding and
# probabilities that its config asks for.
pictures="$DATA/golden/model/images/exif.jpg $DATA/golden/model/images/photo.jpg $DATA/golden/model/images/tall.png"
for name in siglip siglip2 clipa naflex coca; do
  model=$DATA/golden/openclip_towers/$name expected=$DATA/golden/openclip_towers/$name/expected
  sightline convert-weights "$model" -o $name.sightline --dtype f32 --verify -q
  for opened in "$model" $name.sightline; do
    sightline embed-text -m "$opened" --captions "$expected/captions.txt" -o t.npy -q --force
    npy close t.npy "$expected/text_embeds.npy" 2e-6
    sightline embed-image -m "$opened" $pictures -o i.npy -q --force
    npy close i.npy "$expected/image_embeds.npy" 2e-6
    grep -o '"cleaning":"[a-z]*"' t.info.json
  done
  expect 5 sightline convert-weights "$model" -o oc --to openclip -q 2>refused
  grep -o 'UNSUP.*' refused
done
expect 5 sightline convert-weights "$DATA/golden/openclip_towers/clipa" -o hf -q 2>refused
grep -o 'transformers has no class.*' refused
# With a vocab.txt alone, the name in the config decides on the tokenizer.
model=$DATA/golden/openclip_towers/clipa
mkdir clipa
cp "$model"/open_clip* clipa
python3 -c '
import json, sys
ids = json.load(open(sys.argv[1], encoding="utf-8"))["model"]["vocab"]
open("clipa/vocab.txt", "w", encoding="utf-8").writelines(token + "\n" for token in sorted(ids, key=ids.get))
' "$model/tokenizer.json"
sightline embed-text -m "$model" --captions "$model/expected/captions.txt" -o t.npy -q --force
sightline convert-weights clipa -o vocabulary.sightline --dtype f32 --verify -q
for opened in clipa vocabulary.sightline; do
  sightline embed-text -m $opened --captions "$model/expected/captions.txt" -o v.npy -q --force
  cmp t.npy v.npy
done
sed -i 's/bert-base-uncased/other/' clipa/open_clip_config.json
expect 5 sightline embed-text x -m clipa -q 2>refused
grep -o 'MISSING.*' refused
# Hugging Face's folder has no cleaning; with the option the texts are the same.
model=$DATA/golden/openclip_towers/siglip2
sightline convert-weights "$model" -o hf --verify 2>converted
grep -o 'texts: .*' converted
sightline embed-text -m hf --captions "$model/expected/captions.txt" -o t.npy -q --force --text-cleaning siglip
npy close t.npy "$model/expected/text_embeds.npy" 2e-6
# CoCa's text tower adds the padding and the class row itself.
sightline info -m "$DATA/golden/openclip_towers/coca" | grep -E 'attention_pooling|ln_[2qk] |class_embedding|tokenizer:'
# Images are prepared as OpenCLIP does it: the alpha channel is dropped, unless another program's way is asked for.
model=$DATA/golden/openclip_towers/siglip2
sightline convert-weights "$model" -o packed.sightline -q
for opened in "$model" packed.sightline; do
  sightline embed-image "$IMAGES/rgba.png" -m "$opened" -o default.npy -q --force
  sightline embed-image "$IMAGES/rgba.png" -m "$opened" -o openai.npy -q --force --preprocess openai
  sightline embed-image "$IMAGES/rgba.png" -m "$opened" -o hf.npy -q --force --preprocess hf
  cmp default.npy openai.npy
  expect 1 cmp -s default.npy hf.npy
done
