# 1 MiB is accepted and cut to the context; one byte more is LIMIT. NUL is a byte like any other.
python3 -c 'open("most", "w").write("a" * (1 << 20)); open("more", "w").write("a" * ((1 << 20) + 1))'
sightline embed-text --captions most -o a.npy
cut -c 1048580- a.index.jsonl | grep -o '"tokens".*'
expect 4 sightline embed-text --captions more -o b.npy
printf 'a\0b\nword\n' >nul
sightline embed-text --captions nul -o c.npy
npy show c.npy
