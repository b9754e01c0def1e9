# SPDX-License-Identifier: Apache-2.0
# SIGHTLINE_CPU limits the kernels of every step; an unknown value is refused before any image is read.
kernels() { sightline --version -v | sed -n '/^Kernels/,$p'; }
SIGHTLINE_CPU=portable kernels
allowed=portable
for level in sse4.2 avx avx2 avx_vnni avx512 avx512_vnni avx512_vbmi avx512_bf16; do
  allowed="$allowed $level"
  SIGHTLINE_CPU=$level kernels >page
  for used in $(sed -n 's/^  instruction sets *//p' page | sed 's/(.*//'); do
    [[ " $allowed " == *" $used "* ]]
  done
  products=$(sed -n 's/^  matrix products *native, *//p' page)
  [[ " $allowed " == *" ${products:-portable} "* ]]
done
SIGHTLINE_CPU= kernels | cmp - <(kernels)  # empty is not set
copy_images
for value in avx3 AVX2 'avx2 '; do
  SIGHTLINE_CPU=$value expect 2 sightline embed-image photos -o out.npy
  SIGHTLINE_CPU=$value expect 2 sightline embed-text word -o out.npy
done
[ ! -e out.npy ]
sightline embed-text word -f csv | cut -d, -f2 | head -c 5 >usual
SIGHTLINE_CPU=portable sightline embed-text word -f csv | cut -d, -f2 | head -c 5 | cmp - usual
