# SPDX-License-Identifier: Apache-2.0
# The remedy names an available command: sightline-fetch if installed, the script in a checkout, else Hugging Face's.
export HF_HUB_CACHE=cache
PATH=${PATH%%:*}:/usr/bin:/bin  # nothing that is installed here
remedy() { expect 5 sightline info "$@" 2>&1 | sed -n 's/.*download it with: //p'; }
remedy clip-vit-base-patch32 | sed 's|^.*/scripts|CHECKOUT/scripts|'
ln -s "$DATA/../scripts" scripts
remedy laion/some-model
rm scripts
installed
remedy ViT-B/32
remedy laion/some-model
cp "$DATA/../scripts/fetch-model.sh" elsewhere/sightline-fetch
remedy clip-vit-large-patch14
folder=$PWD/elsewhere
(PATH=/usr/bin:/bin; expect 5 "$folder/sightline" info a/b 2>&1 | sed -n "s|.*download it with: $folder|ELSEWHERE|p")
# The script uses the name under which it was called.
expect 2 sightline-fetch
sightline-fetch --help | grep Usage
expect 2 "$DATA/../scripts/fetch-model.sh"
# The note about the demo model, too.
unset SIGHTLINE_MODEL
sightline embed-text cat >out
