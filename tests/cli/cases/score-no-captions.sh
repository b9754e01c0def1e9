# SPDX-License-Identifier: Apache-2.0
# A list without an entry fails before images are walked, a model is opened or an output is made.
printf ' \n\n' >labels.txt
: >captions.txt
expect 4 sightline score no-such-folder/ --labels-from labels.txt -m no-such-model -o out.csv
expect 4 sightline score no-such-folder/ --captions captions.txt -m no-such-model -o out.csv
ls
