# SPDX-License-Identifier: Apache-2.0
# Prompts of an ensemble are not all kept at once.
[ $SANITIZED = no ] || skip "a sanitizer takes more memory than the program"
seq 1500 >labels.txt
bounded 60 42 sightline embed-text --labels-from labels.txt --templates openai-imagenet -o labels.npy -q
npy show labels.npy | cut -c 1-15
