# SPDX-License-Identifier: Apache-2.0
# Help goes to stdout, in 80 columns, with defaults and examples at the end; -h is the same.
for command in score embed-image embed-text convert-weights info; do
  sightline $command --help >help
  sightline $command -h | cmp - help
  awk -v c=$command 'length($0) > 80 { print c ": " length($0) " columns: " $0 }' help
  grep -q "^usage: sightline $command" help
  [ "$(sed -n '/^Examples/,$p' help | grep -c '^  ')" -ge 3 ] || echo "$command: fewer than three examples"
  if grep -n '[[:blank:]]$' help; then echo "$command: blanks at a line's end"; fi
done
