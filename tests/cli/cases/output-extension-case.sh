# SPDX-License-Identifier: Apache-2.0
# An extension selects the format in any case of letters.
sightline embed-text a -o A.NPY -q
head -c 6 A.NPY | tail -c 5
echo
sightline embed-text a -o A.Jsonl -q
cut -c 1-26 A.Jsonl
