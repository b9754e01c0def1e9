# SPDX-License-Identifier: Apache-2.0
# Whichever wait for the disk fails, the run that continues ends with the bytes of an undisturbed one. Needs strace.
strace -f -o /dev/null -e trace=none true 2>/dev/null || skip 'strace is missing or cannot trace here'
export ASAN_OPTIONS=${ASAN_OPTIONS:+$ASAN_OPTIONS:}detect_leaks=0  # LeakSanitizer cannot trace a traced program
copy_images
sightline embed-image photos -o whole.npy --report whole.jsonl
mkdir old
sightline embed-image photos -o old/out.npy -q --index full
for start in fresh update; do
  for number in {1..30}; do
    rm -f out.* report.jsonl
    options=()
    [ $start = update ] && cp old/* . && mv photos/photo.jpg photos/new.jpg && options=(--update)
    status=0
    strace -f -o /dev/null -e trace=fdatasync,fsync -e inject=fdatasync,fsync:error=EIO:when=$number \
      sightline embed-image photos -o out.npy --report report.jsonl -q -b 1 --checkpoint 2 "${options[@]}" 2>/dev/null || status=$?
    [ $status = 0 ] || [ $status = 6 ] || echo "status $status"
    [ $status = 0 ] || sightline embed-image photos -o out.npy --report report.jsonl -q "${options[@]}" --resume
    sightline verify out.npy --report report.jsonl >/dev/null
    [ $start = update ] && mv photos/new.jpg photos/photo.jpg
    [ $start = update ] || cmp out.npy whole.npy
    [ $status = 0 ] && break
  done
  echo "$start: $((number > 5))"
done
