# SPDX-License-Identifier: Apache-2.0
command -v zsh >/dev/null || skip 'zsh is not installed'
sightline completions zsh >_sightline
zsh -n _sightline
# _arguments accepts every specification.
zsh -f <<'Z'
autoload -U compinit
compinit -u -D
fpath=(. $fpath)
source ./_sightline
[[ ${_comps[sightline]} == _sightline ]] && print registered
Z
