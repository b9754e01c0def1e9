# 1 MiB is accepted and cut to the context; one byte more is LIMIT, and only its beginning is repeated. NUL is a byte
# like any other.
python3 -c 'open("most", "w").write("a" * (1 << 20)); open("more", "w").write("a" * ((1 << 20) + 1) + "\nword\n")'
bounded 1 60 sightline embed-text --captions most -o a.npy --report report
cut -c 1048580- a.index.jsonl | grep -o '"tokens".*'
grep -o '"warnings.*' report
expect 3 sightline embed-text --captions more -o b.npy
npy show b.npy
wc -c <b.index.jsonl
printf 'a\0b\nword\n' >nul
sightline embed-text --captions nul -o c.npy
npy show c.npy
