# SPDX-License-Identifier: Apache-2.0
# What a folder lists but does not let through is an item that failed, not one passed over. Root sees everything: there
# it is tried as another user, where that one can reach the program.
pictures
mkdir -p hidden/below
cp photos/grey.png hidden/a.png
echo text >hidden/a.txt
as_user=
if [ "$(id -u)" = 0 ]; then
  as_user='setpriv --reuid 65534 --regid 65534 --clear-groups'
  chmod a+rx .. . ../bin photos
fi
chmod 744 hidden
chmod a-x hidden
reachable "$as_user" || skip "another user cannot reach the program"
expect 3 $as_user sightline embed-image hidden photos/grey.png -f npy >out.npy
npy show out.npy
