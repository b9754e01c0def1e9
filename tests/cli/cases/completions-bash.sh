# SPDX-License-Identifier: Apache-2.0
# The script is generated from the option definitions: everything in the help can be completed.
sightline completions bash >script
bash -n script
source ./script

# completes WORD...: prints the completions of the last word
completes() {
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  _sightline || true
  printf '%s\n' "${COMPREPLY[@]}"
}

tried=0
echo '# commands'
completes sightline ''
completes sightline emb
completes sightline help con
echo '# options of a command'
completes sightline score --im
completes sightline embed-text --no-
completes sightline info -
completes sightline score --res  # refused, so not offered
echo '# values'
completes sightline score photo.jpg -f ''
completes sightline embed-text --format j
completes sightline embed-text --format = js
completes sightline embed-text --format =
completes sightline score --by c
completes sightline convert-weights --from open
completes sightline score -m clip-vit-l
completes sightline info clip-vit-base
completes sightline completions ''
completes sightline score -c ''
completes sightline embed-text ''
echo '# files'
mkdir -p 'my photos' empty
touch 'my photos/a b.jpg' list.txt
completes sightline score 'my p'
completes sightline score 'my photos/'
completes sightline embed-image --files-from l
completes sightline convert-weights --tokenizer e
completes sightline score -m em

for command in score embed-image embed-text merge verify convert-weights info completions; do
  for option in $(sightline $command --help | sed -nE 's/^  (-[^ ]+(, -[^ ]+)*).*/\1/p' | tr -d ,); do
    completes sightline $command "$option" | grep -qxF -- "$option" || echo "$command: $option is not completed"
    tried=$((tried + 1))
  done
done
[ $tried -gt 100 ] || echo "only $tried options tried"
