# SPDX-License-Identifier: Apache-2.0
# Control bytes in a name are escaped in messages.
printf x >"$(printf 'a\nb\033[31m\377.png')"
expect 4 sightline embed-image ./*.png
