# SPDX-License-Identifier: Apache-2.0
# An empty list fails before folders are walked, the model is opened or an output is created.
printf ' \n\n' >labels.txt
: >captions.txt
expect 4 sightline score no-such-folder/ --labels-from labels.txt -m no-such-model -o out.csv
expect 4 sightline score no-such-folder/ --captions captions.txt -m no-such-model -o out.csv
ls
