# SPDX-License-Identifier: Apache-2.0
copy_images
for by in image caption; do
  sightline score photos -c 'a dog' -c word --by $by -f jsonl >lines
  sightline score photos -c 'a dog' -c word --by $by -f json >array
  python3 -c 'import json; assert json.load(open("array")) == [json.loads(l) for l in open("lines")]'
done
sightline score photos -c 'a dog' -c word -o out.json
cmp out.json <(sightline score photos -c 'a dog' -c word -f json)
