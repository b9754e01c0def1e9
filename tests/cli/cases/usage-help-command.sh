# SPDX-License-Identifier: Apache-2.0
# `sightline help` is the same as `sightline --help`; `sightline help COMMAND` shows the help of a command.
sightline --help >main
for help in help '-h' 'help help' 'help --help' 'help -h'; do sightline $help | cmp - main; done
for command in score embed-image embed-text convert-weights info; do
  sightline $command --help >page
  sightline help $command | cmp - page
  grep -q "^  $command " main
done
grep -q '^  help ' main
awk 'length($0) > 80 { print }' main
expect 2 sightline help scroe
expect 2 sightline help --scroe
expect 2 sightline help score info
