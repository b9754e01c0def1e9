# SPDX-License-Identifier: Apache-2.0
copy_images
sightline embed-image photos -o a.npy -v 2>one
sightline embed-image photos -o b.npy -vv 2>two
[ -s one ]
[ "$(wc -l <two)" -gt "$(wc -l <one)" ]
cmp a.npy b.npy
for word in weights: 'matrix products:'; do
  [ "$(grep -c "^sightline: $word" two)" = 1 ]
  [ "$(grep -c "^sightline: $word" one || :)" = 0 ]
done
sightline embed-text cat -o c.npy -vv 2>&1 | grep -c '^sightline: tokenizer: .*vocab.json, [0-9]* tokens$'
