# Never blocks on a FIFO, a device or a socket; a folder named like a picture is walked.
pictures
mkfifo fifo.jpg
status=0
timeout 20 sightline embed-image fifo.jpg /dev/zero photos/grey.png -o out.npy --report report || status=$?
npy show out.npy
cat report
mkdir folder
mv fifo.jpg folder
cp photos/grey.png folder/good.png
timeout 20 sightline embed-image folder -f npy >/dev/null
exit $status
