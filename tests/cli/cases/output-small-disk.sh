# SPDX-License-Identifier: Apache-2.0
# A full disk of 1 MB gives NOSPC and exit status 6, and the existing output is unchanged. The run continues when there is
# space, with the bytes of an undisturbed run. The disk is mounted in a separate namespace if the user is allowed to.
mkdir disk
unshare -rm mount -t tmpfs -o size=1m tmpfs disk 2>/dev/null || skip "no tmpfs can be mounted"
python3 -c 'open("captions", "w").write("a dog\n" * 20_000)'
export -f expect
unshare -rm bash -e <<'P'
mount -t tmpfs -o size=1m tmpfs disk
echo old >disk/out.npy
expect 6 sightline embed-text --captions captions -o disk/out.npy --force --no-index
[ "$(cat disk/out.npy)" = old ]
ls disk
expect 6 sightline embed-text --captions captions -o disk/out.npy --force --no-index --resume
mount -o remount,size=8m disk
sightline embed-text --captions captions -o disk/out.npy --force --no-index --resume
ls disk
sightline embed-text --captions captions -o undisturbed.npy --no-index
cmp disk/out.npy undisturbed.npy
P
