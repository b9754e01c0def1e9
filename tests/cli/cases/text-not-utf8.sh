# SPDX-License-Identifier: Apache-2.0
# A text that is not UTF-8 is a failed item: a row of zeros and exit status 3, and the others are not affected; score
# ends the run instead.
printf 'a dog\nab\377c\nlast\n' >captions
printf 'a dog\nlast\n' >good
sightline embed-text --captions good -o good.npy
expect 3 sightline embed-text --captions captions -o out.npy --report report
npy show out.npy
npy rows out.npy 0,2 good.npy 0,1
cat out.index.jsonl report
expect 3 sightline embed-text --captions captions -o dropped.npy --drop-bad
cmp dropped.npy good.npy
expect 4 sightline embed-text --captions captions -o stopped.npy --on-error stop
expect 4 sightline score "$IMAGES/grey.png" --captions captions
refused() {
  printf "$1" >captions
  expect 4 sightline embed-text --captions captions --on-error stop
}
refused '\300\257\n'
refused '\355\240\200'
refused '\364\220\200\200\n'
refused 'good\ncut \360\237\220'
expect 3 sightline embed-text "$(printf 'a\377')" good -f csv | cut -d , -f 1 | od -An -tx1 | tail -1
ls
