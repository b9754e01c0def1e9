# CRLF, a BOM, empty captions, no last newline; U+2028, U+0085 and VT end no line.
printf '\357\273\277a dog\r\n\r\nword\nx\342\200\250y\302\205z\013w\nlast' >captions
sightline embed-text --captions captions -o a.npy
python3 - <<'P'
import json
for line in open("a.index.jsonl", encoding="utf-8"):
    print(ascii(json.loads(line)["text"]))
P
sightline embed-text 'a dog' '' word -o b.npy
npy rows a.npy 0,1,2 b.npy 0,1,2
sightline embed-text --captions - -f npy <captions | cmp - a.npy
