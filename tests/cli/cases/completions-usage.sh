# SPDX-License-Identifier: Apache-2.0
expect 2 sightline completions
expect 2 sightline completions tcsh
expect 2 sightline completions bash zsh
# For every shell, the script is reproducible.
for shell in bash zsh fish; do
  sightline completions $shell >script
  sightline completions $shell | cmp - script
done
