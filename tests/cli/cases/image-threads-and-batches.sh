# SPDX-License-Identifier: Apache-2.0
# The output is identical for every -j and -b, for each --backend.
copy_images
for i in 1 2 3; do cp photos/photo.jpg photos/more-$i.jpg; done
sightline embed-image photos -o a.npy -j 1 -b 1
for options in '-j 2 -b 1' '-j 1 -b 7' '-j 2 -b 7' '-j 3 -b 2' '-j 16' ''; do
  sightline embed-image photos -o b.npy --force $options
  cmp a.npy b.npy
  cmp a.index.jsonl b.index.jsonl
done
# -b is the number of images of a pass.
images=$(wc -l <a.index.jsonl)
for batch in 1 2 64; do
  passes="images: $images in $(((images + batch - 1) / batch)) passes of $batch"
  sightline embed-image photos -o b.npy --force -b $batch -j 2 -vv 2>log
  grep -qF "$passes" log
done
SIGHTLINE_THREADS=2 sightline embed-image photos -f npy | cmp - a.npy
backends=reference
if sightline --version -v | grep -q OpenBLAS; then backends+=' openblas'; fi
for backend in $backends; do
  sightline embed-image photos -o $backend.npy --backend $backend
  npy close a.npy $backend.npy 3e-6
  sightline embed-image photos --backend $backend -f npy -j 2 -b 3 | cmp - $backend.npy
done
