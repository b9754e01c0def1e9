# SPDX-License-Identifier: Apache-2.0
# A read-only folder gives exit status 6. Root can write anywhere, so it is tested as another user.
copy_images
as_user=
if [ "$(id -u)" = 0 ]; then
  as_user='setpriv --reuid 65534 --regid 65534 --clear-groups'
  chmod a+rx .. . ../bin photos
fi
mkdir readonly
chmod 555 readonly
reachable "$as_user" || skip "another user cannot reach the program"
expect 6 $as_user sightline embed-image photos -o readonly/out.npy
