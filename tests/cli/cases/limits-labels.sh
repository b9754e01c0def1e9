# SPDX-License-Identifier: Apache-2.0
# Prompts of an ensemble are not all kept at once.
seq 1500 >labels.txt
bounded 60 42 sightline embed-text --labels-from labels.txt --templates openai-imagenet -o labels.npy -q
npy show labels.npy | cut -c 1-15
