# SPDX-License-Identifier: Apache-2.0
# --files-from: LF or CRLF, blank lines are ignored, the last newline is optional, NUL with -0, a repeated path gives
# two rows.
copy_images
paths() { python3 -c 'import json, sys; [print(json.loads(l)["path"]) for l in sys.stdin]'; }
printf 'photos/grey.png\r\n\r\n\nphotos/tall.png\nphotos/grey.png' >list
sightline embed-image --files-from list | paths
echo --
sightline embed-image --files-from - photos/rgba.png <list | paths
echo --
printf 'photos/grey.png\0photos/tall.png' | sightline embed-image --files-from - -0 | paths
