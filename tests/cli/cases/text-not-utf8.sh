# With line and byte; nothing is written.
try() {
  printf "$1" >captions
  expect 4 sightline embed-text --captions captions -o out.npy
}
try 'a dog\nab\377c\n'
try '\300\257\n'
try '\355\240\200'
try '\364\220\200\200\n'
try 'good\ncut \360\237\220'
expect 4 sightline embed-text "$(printf 'a\377')" good -o out.npy
ls
