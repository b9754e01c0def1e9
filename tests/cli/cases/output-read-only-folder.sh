# SPDX-License-Identifier: Apache-2.0
# A folder that must not be written to is exit 6. Root may write anywhere, so there it is tried as another user.
pictures
as_user=
if [ "$(id -u)" = 0 ]; then
  as_user='setpriv --reuid 65534 --regid 65534 --clear-groups'
  chmod a+rx .. . ../bin photos
fi
mkdir readonly
chmod 555 readonly
reachable "$as_user" || skip "another user cannot reach the program"
expect 6 $as_user sightline embed-image photos -o readonly/out.npy
