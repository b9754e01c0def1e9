# SPDX-License-Identifier: Apache-2.0
command -v fish >/dev/null || skip 'fish is not installed'
sightline completions fish >sightline.fish
fish --no-config --no-execute sightline.fish
fish --no-config -c '
source sightline.fish
complete -C "sightline emb" | cut -f 1
complete -C "sightline score --im" | cut -f 1
complete -C "sightline embed-text --format j" | cut -f 1
'
