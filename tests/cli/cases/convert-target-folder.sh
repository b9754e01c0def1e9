# SPDX-License-Identifier: Apache-2.0
# A symbolic link is kept and its target replaced; a replaced folder keeps its mode; a name may end in a dot.
umask 022
model=$MODELS/nano_quick_gelu
sightline convert-weights "$model" -o real/ -q
chmod 700 real
ln -s real link
sightline convert-weights "$model" -o link --force -q --dtype f16
readlink link
stat -c '%a %n' real real/config.json
sightline info real | grep stored
ln -s later dangling
expect 8 sightline convert-weights "$model" -o dangling -q
sightline convert-weights "$model" -o dangling --force -q
sightline convert-weights "$model" -o later/. --force -q
readlink dangling
ln -s loop loop
expect 6 sightline convert-weights "$model" -o loop --force -q
(cd later && expect 6 sightline convert-weights "$model" -o . --force -q)
# A target that cannot be created is reported before the model is read.
long=$(printf 'x%.0s' $(seq 300))
expect 6 sightline convert-weights "$model" -o "$long" -q 2>message
grep -c 'cannot be created: File name too long' message
touch file
expect 6 sightline convert-weights "$model" -o file/model -q
# Files and runs of other processes are not affected.
echo precious >new.part
expect 6 sightline convert-weights "$model" -o new -q
cat new.part
mkdir busy.part
flock busy.part sightline convert-weights "$model" -o busy -q || echo "exit $?"
sightline convert-weights "$model" -o busy -q
ls
