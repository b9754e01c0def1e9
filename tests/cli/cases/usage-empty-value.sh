# SPDX-License-Identifier: Apache-2.0
# --name= is an empty value; the next argument is not used as the value.
captions() { python3 -c 'import json, sys; print([score["caption"] for score in json.load(sys.stdin)[0]["scores"]])'; }
sightline score "$IMAGES/grey.png" --caption= -c word -f json | captions
sightline score --caption= "$IMAGES/grey.png" -f json | captions
sightline score "$IMAGES/grey.png" -c --caption= -f json | captions
sightline score "$IMAGES/grey.png" --model= -c word -f json | captions
expect 2 sightline score "$IMAGES/grey.png" --labels= a,b
expect 2 sightline score "$IMAGES/grey.png" -c word --top= 3
expect 6 sightline embed-image --output= "$IMAGES/grey.png"
expect 4 sightline embed-image -f csv -- --report= 2>&1 | tail -1
