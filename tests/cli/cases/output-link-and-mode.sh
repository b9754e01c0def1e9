# SPDX-License-Identifier: Apache-2.0
# A symbolic link is kept and its target replaced; a new file obeys umask, and a replaced file keeps its mode.
umask 022
sightline embed-text word -o a.npy
stat -c '%a %n' a.npy a.index.jsonl
(umask 077; sightline embed-text word -o b.npy; stat -c '%a %n' b.npy)
chmod 640 a.npy
sightline embed-text word -o a.npy --force
stat -c '%a %n' a.npy
mkdir elsewhere
echo old >elsewhere/target.npy
ln -s elsewhere/target.npy link.npy
sightline embed-text word -o link.npy --force
readlink link.npy
cmp a.npy elsewhere/target.npy
ls . elsewhere
