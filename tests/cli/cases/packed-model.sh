# SPDX-License-Identifier: Apache-2.0
# A packed model needs no folder beside it, and gives the same bits as the folder.
sightline convert-weights "$MODELS/nano_quick_gelu" -o nano.sightline --verify 2>&1 | sed "s|$MODELS|MODELS|"
expect 8 sightline convert-weights "$MODELS/nano_quick_gelu" -o nano.sightline
sightline convert-weights "$MODELS/nano_quick_gelu" -o half.sightline --to packed --dtype f16 -q
sightline convert-weights "$MODELS/nano_quick_gelu" -o half --dtype f16 -q
sightline convert-weights "$MODELS/nano_quick_gelu" -o brain.sightline --dtype bf16 -q
sightline convert-weights "$MODELS/nano_quick_gelu" -o brain --dtype bf16 -q
mkdir away
mv nano.sightline half.sightline brain.sightline away
for pair in "away/nano.sightline $MODELS/nano_quick_gelu" "away/half.sightline half"; do
  set -- $pair
  sightline score -m "$1" "$IMAGES" --captions "$MODELS/captions.txt" -f npy >a.npy
  sightline score -m "$2" "$IMAGES" --captions "$MODELS/captions.txt" -f npy >b.npy
  cmp a.npy b.npy
done
# A file in bfloat16 computes in it.
sightline score -m away/brain.sightline "$IMAGES" --captions "$MODELS/captions.txt" -f npy >a.npy
sightline score -m brain --dtype bf16 "$IMAGES" --captions "$MODELS/captions.txt" -f npy >b.npy
cmp a.npy b.npy
sightline score -m away/brain.sightline --dtype f32 "$IMAGES" --captions "$MODELS/captions.txt" -f npy >a.npy
sightline score -m brain "$IMAGES" --captions "$MODELS/captions.txt" -f npy >b.npy
cmp a.npy b.npy
SIGHTLINE_MODEL=away/half.sightline sightline info | sed -n '1,5p;/stored/p;/from:/p'
sightline info away/nano.sightline --check | tail -1
# The embeddings of the rounded model count as those of its source.
sightline embed-image -m away/half.sightline "$IMAGES" -o stored.npy -q
sightline score -m "$MODELS/nano_quick_gelu" --image-embeddings stored.npy -c dog --top 1 -f csv | head -1
# Unpacked, it is the folder that its source gives.
sightline convert-weights away/half.sightline -o unpacked -q
diff -r half unpacked
ls away
