# SPDX-License-Identifier: Apache-2.0
expect 2 sightline completions
expect 2 sightline completions tcsh
expect 2 sightline completions bash zsh
# Whatever the shell: the same script twice, and no trace of options that are refused.
for shell in bash zsh fish; do
  sightline completions $shell >script
  sightline completions $shell | cmp - script
  if grep -n 'shard\|resume' script; then echo "$shell: offers what is refused"; fi
done
