# SPDX-License-Identifier: Apache-2.0
# Every command that replaces an array removes what an interrupted run left there, unless that run still goes on.
copy_images
for i in {1..60}; do ls photos/*; done >list
for k in 1 2; do sightline embed-text a b c --shard $k/2 -o part.npy; done
sightline embed-text a b c -o whole.npy
stopped() {
  (ulimit -f 20; expect 6 sightline embed-image --files-from list -o out.npy --checkpoint 50 -q 2>/dev/null)
  ls out.npy.part out.npy.journal out.index.jsonl.part >/dev/null
}
replace() {  # replace COMMAND...
  stopped
  "$@" -o out.npy
  ls out.*
  rm out.*
}
replace sightline merge part-1-of-2.npy part-2-of-2.npy
replace sightline score photos --labels a,b
replace sightline score photos --labels a,b --no-index
replace sightline embed-text a b c
replace sightline embed-text a b c --no-index

# a journal in use
stopped
for command in 'merge part-1-of-2.npy part-2-of-2.npy' 'score photos --labels a,b'; do
  rm -f out.*.part
  flock out.npy.journal bash -c "$(declare -f expect); expect 8 sightline $command -o out.npy"
  ls out.*
done
# the index of a run that keeps none is in use
rm out.*
: >out.index.jsonl.part
for command in 'embed-text a --no-index' 'score photos --labels a,b'; do
  flock out.index.jsonl.part bash -c "$(declare -f expect); expect 8 sightline $command -o out.npy"
  ls out.*
done
