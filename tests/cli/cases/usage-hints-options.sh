# SPDX-License-Identifier: Apache-2.0
# Options and commands of other programs.
for option in '--device cuda' --device=cuda --gpu '--topk 3' '-k 3' '--text cat' '--pretrained openai' '--num-workers 2' \
  '--precision fp16' --fp16 --json -r '--images dog.jpg' '--ignore x' --overwrite -V --version; do
  expect 2 sightline score dog.jpg -c cat $option
done
expect 2 sightline embed-text cat --device cuda
expect 2 sightline embed-text --text cat
expect 2 sightline embed-image dog.jpg -c cat
expect 2 sightline --device cuda score dog.jpg
expect 2 sightline -c cat dog.jpg
expect 2 sightline -v
for command in search classify version hlep; do expect 2 sightline $command; done
expect 2 sightline download ViT-B/32 2>message
sed 's|model: .*/scripts|model: scripts|' message >&2
touch dog.jpg
expect 2 sightline dog.jpg -c 'a dog'
