# SPDX-License-Identifier: Apache-2.0
# FIFOs, devices and sockets never block the run; a folder named like an image is walked.
copy_images
mkfifo fifo.jpg
mkdir folder.jpg
python3 -c 'import socket; socket.socket(socket.AF_UNIX).bind("socket.jpg")'
status=0
bounded 20 - sightline embed-image fifo.jpg /dev/zero socket.jpg photos/grey.png -o out.npy --report report || status=$?
npy show out.npy
cat report
mv fifo.jpg socket.jpg folder.jpg
mkdir folder.jpg/a.jpg
cp photos/grey.png folder.jpg/a.jpg/good.png
bounded 20 - sightline embed-image folder.jpg -o walked.npy
cat walked.index.jsonl
exit $status
