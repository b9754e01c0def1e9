# SPDX-License-Identifier: Apache-2.0
# Control bytes of a name never reach the terminal.
printf x >"$(printf 'a\nb\033[31m\377.png')"
expect 4 sightline embed-image ./*.png
