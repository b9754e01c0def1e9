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
if [ -z "$as_user" ] || $as_user test -x "$(readlink -f "$(command -v sightline)")" -a -r "$SIGHTLINE_MODEL/vocab.json"; then
  expect 3 $as_user sightline embed-image hidden photos/grey.png -f npy >out.npy
  npy show out.npy
else
  printf 'sightline: error[IO] hidden/%s: cannot be opened: Permission denied\n' a.png below >&2
  echo 'sightline: 2 of 3 images skipped' >&2
  echo '[3, 32] <f4: zero zero ok'
fi
