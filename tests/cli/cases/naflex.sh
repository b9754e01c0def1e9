# SPDX-License-Identifier: Apache-2.0
# SigLIP 2 NaFlex: images of different sizes in one pass, a limit of patches, which stored embeddings record, conversions.
data=$DATA/golden/naflex expected=$DATA/golden/naflex/expected
ln -s "$data/naflex_nano" naflex
ln -s "$DATA/golden/siglip/siglip_nano" siglip
export SIGHTLINE_MODEL=naflex
mkdir all
cp "$MODELS"/images/* "$data"/images/* all
ls -d "$MODELS"/images/* "$data"/images/* >list
embed() { sightline embed-image --files-from list -q "$@"; }
embed -o i.npy
npy close i.npy "$expected/image_embeds_256.npy" 2e-6
embed -o few.npy --max-patches 64
npy close few.npy "$expected/image_embeds_64.npy" 2e-6
for batch in 1 3 64; do
  embed -o again.npy --force -b $batch -j 3
  cmp i.npy again.npy
done
grep -q '"family":"siglip2"' i.info.json
grep -q '"max_patches":64' few.info.json
sightline embed-text --captions "$expected/captions.txt" -o t.npy -q
npy close t.npy "$expected/text_embeds.npy" 2e-6
sightline score --files-from list --captions "$expected/captions.txt" -o p.npy --values probability -q
npy close p.npy "$expected/probabilities.npy" 2e-5
expect 1 cmp -s p.npy <(sightline score --files-from list --captions "$expected/captions.txt" -f npy --values probability -q --max-patches 64)

# Another limit is another preprocessing.
expect 8 embed -o few.npy --resume
expect 8 embed -o few.npy --resume --max-patches 65
embed -o few.npy --resume --max-patches 64
sightline embed-image all -o u.npy -q --index full --max-patches 64
expect 4 sightline embed-image all -o u.npy -q --update --index full
embed --shard 1/2 -o s.npy --max-patches 64
embed --shard 2/2 -o s.npy
expect 4 sightline merge s-*.npy -o m.npy
sightline verify i.npy
# Models of fixed size have no such limit.
expect 5 sightline embed-image all -m siglip -o x.npy --max-patches 64
expect 2 embed -o x.npy --max-patches 0
expect 2 sightline score --image-embeddings i.npy --text-embeddings t.npy --max-patches 64

sightline info | tail -9
for target in copy m.sightline int8.sightline; do
  sightline convert-weights naflex -o $target --verify -q $([ $target != int8.sightline ] || echo --dtype int8)
  [ $target = int8.sightline ] && break
  embed -m $target -o again.npy --force
  cmp i.npy again.npy
  sightline embed-text -m $target --captions "$expected/captions.txt" -o again.npy -q --force
  cmp t.npy again.npy
done
embed -m int8.sightline -o int8.npy
embed -m int8.sightline -o again.npy --force -b 1 -j 3
cmp int8.npy again.npy
expect 5 sightline convert-weights naflex -o x.pt --to openai
