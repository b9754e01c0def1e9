# SPDX-License-Identifier: Apache-2.0
# The prompts of an ensemble are not all in memory at the same time.
[ $SANITIZED = no ] || skip "a sanitizer takes more memory than the program"
seq 1500 >labels.txt
bounded 60 42 sightline embed-text --labels-from labels.txt --templates openai-imagenet -o labels.npy -q
npy show labels.npy | cut -c 1-15
