# Mode 000 is IO (root may read everything, so there it is a good picture); a path of 5,000 bytes is LIMIT.
pictures
chmod 000 photos/photo.jpg
status=0
sightline embed-image photos/photo.jpg photos/grey.png -f npy 2>message >out.npy || status=$?
if [ "$(id -u)" = 0 ]; then [ $status = 0 ]; else [ $status = 3 ] && grep -q 'error\[IO\] photos/photo.jpg: ' message; fi
expect 4 sightline embed-image "$(printf 'x%.0s' {1..5000})" 2>message >/dev/null
grep -c 'error\[LIMIT\]' message
