pictures
sightline embed-image photos -o out.npy --no-index
sightline embed-image photos -o out.jsonl
ls
