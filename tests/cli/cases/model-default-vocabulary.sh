# SPDX-License-Identifier: Apache-2.0
# A model without a tokenizer uses CLIP's vocabulary if the size matches; a note reports it if texts are read.
python3 - "$DATA" <<'P'
import json, os, shutil, struct, sys
import array
source = os.environ["MODELS"] + "/nano_layers1"
shutil.copytree(source, "m")
for name in os.listdir("m"):
    os.chmod("m/" + name, 0o644)
for name in ("vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json"):
    os.remove("m/" + name)
blob = open("m/model.safetensors", "rb").read()
size = struct.unpack("<Q", blob[:8])[0]
header, data = json.loads(blob[8:8 + size]), blob[8 + size:]
name = "text_model.embeddings.token_embedding.weight"
rows, width = 49408, header[name]["shape"][1]
out, parts, at = {}, [], 0
for key, entry in header.items():
    if key == "__metadata__":
        out[key] = entry
        continue
    part = data[entry["data_offsets"][0]:entry["data_offsets"][1]]
    if key == name:
        part = array.array("f", [((i * 7919) % 1009) / 1009 - 0.5 for i in range(rows * width)]).tobytes()
        entry["shape"] = [rows, width]
    out[key] = dict(entry, data_offsets=[at, at + len(part)])
    parts.append(part)
    at += len(part)
text = json.dumps(out).encode()
open("m/model.safetensors", "wb").write(struct.pack("<Q", len(text)) + text + b"".join(parts))
config = json.load(open("m/config.json"))
config["text_config"]["vocab_size"] = rows
json.dump(config, open("m/config.json", "w"))
P
sightline embed-text -m m 'a dog' -o a.npy
cat a.index.jsonl
sightline score "$IMAGES/grey.png" -m m -c 'a dog' -f tsv | wc -l
sightline embed-image -m m "$IMAGES/grey.png" -o b.npy
sightline info m | grep '^tokenizer'
cp "$DATA/vocab/vocab.json" "$DATA/vocab/merges.txt" m
sightline embed-text -m m 'a dog' -f npy | cmp - a.npy
