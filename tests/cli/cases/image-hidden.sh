# SPDX-License-Identifier: Apache-2.0
# A file that is listed but not accessible is a failed item and not ignored. Root can access everything, so it is tested
# as another user, if that user can run the program.
copy_images
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
