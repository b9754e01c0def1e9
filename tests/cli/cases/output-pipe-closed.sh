# SPDX-License-Identifier: Apache-2.0
# ... | head -1 ends with SIGPIPE and without a message.
for i in {1..3000}; do echo "$IMAGES/grey.png"; done >list
set +e
sightline embed-image --files-from list | head -1 | cut -c 1-8
echo "${PIPESTATUS[0]}"
sightline score --files-from list -c word -f csv | head -1
echo "${PIPESTATUS[0]}"
