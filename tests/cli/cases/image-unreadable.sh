# SPDX-License-Identifier: Apache-2.0
# A path of 5,000 bytes is LIMIT. Mode 000 is IO; root can read everything, so it is tested as another user, if that
# user can run the program.
copy_images
expect 4 sightline embed-image "$(printf 'x%.0s' {1..5000})" 2>message >/dev/null
grep -c 'error\[LIMIT\]' message
as_user=
if [ "$(id -u)" = 0 ]; then
  as_user='setpriv --reuid 65534 --regid 65534 --clear-groups'
  chmod a+rx .. . ../bin photos
fi
chmod 000 photos/photo.jpg
reachable "$as_user" || skip "another user cannot reach the program"
expect 3 $as_user sightline embed-image photos/photo.jpg photos/grey.png -f npy 2>message >out.npy
[ "$(head -1 message)" = 'sightline: error[IO] photos/photo.jpg: cannot be opened: Permission denied' ]
npy show out.npy
