# SPDX-License-Identifier: Apache-2.0
# OpenAI's and OpenCLIP's forms of a model give its embeddings, and the same bytes when they are converted back.
# A model that they cannot express is refused before anything is written.
python3 - <<'P'
import array, json, os, random, struct
random.seed(1)
config = json.load(open(os.environ["MODELS"] + "/nano_quick_gelu/config.json"))
image, text = config["vision_config"], config["text_config"]
image.update(hidden_size=64, num_attention_heads=1, intermediate_size=256, num_hidden_layers=1, image_size=32,
             patch_size=16)
text.update(hidden_size=64, num_attention_heads=1, intermediate_size=256, num_hidden_layers=1, vocab_size=49408,
            max_position_embeddings=16, eos_token_id=49407)
for part in image, text, config:
    part["projection_dim"] = 32
shapes = {"logit_scale": [], "visual_projection.weight": [32, 64], "text_projection.weight": [32, 64],
          "vision_model.embeddings.class_embedding": [64],
          "vision_model.embeddings.patch_embedding.weight": [64, 3, 16, 16],
          "vision_model.embeddings.position_embedding.weight": [5, 64],
          "text_model.embeddings.token_embedding.weight": [49408, 64],
          "text_model.embeddings.position_embedding.weight": [16, 64]}
for norm in "vision_model.pre_layrnorm", "vision_model.post_layernorm", "text_model.final_layer_norm":
    shapes.update({norm + ".weight": [64], norm + ".bias": [64]})
for tower in "vision", "text":
    layer = tower + "_model.encoder.layers.0."
    for name, size in (("self_attn.q_proj", [64, 64]), ("self_attn.k_proj", [64, 64]), ("self_attn.v_proj", [64, 64]),
                       ("self_attn.out_proj", [64, 64]), ("mlp.fc1", [256, 64]), ("mlp.fc2", [64, 256]),
                       ("layer_norm1", [64]), ("layer_norm2", [64])):
        shapes.update({layer + name + ".weight": size, layer + name + ".bias": size[:1]})
noise = array.array("f", [random.uniform(-0.2, 0.2) for _ in range(1009)])
header, data = {}, bytearray()
for name, shape in sorted(shapes.items()):
    count = 1
    for side in shape:
        count *= side
    begin = len(data)
    data += (noise * (count // 1009 + 1))[:count].tobytes()
    header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [begin, len(data)]}
os.mkdir("m")
raw = json.dumps(header).encode()
open("m/model.safetensors", "wb").write(struct.pack("<Q", len(raw)) + raw + data)
json.dump(config, open("m/config.json", "w"))
P
sightline convert-weights m -o plain -q
sightline convert-weights m -o openclip --to openclip --verify
sightline convert-weights m -o m.pt --verify
ls openclip
cat openclip/open_clip_config.json
for model in openclip m.pt; do
  sightline embed-text -m $model 'a photo of a cat' 'two dogs' -f npy -q >text.npy
  sightline embed-text -m plain 'a photo of a cat' 'two dogs' -f npy -q | cmp - text.npy
  sightline embed-image -m $model "$IMAGES/grey.png" -f npy -q >image.npy
  sightline embed-image -m plain "$IMAGES/grey.png" -f npy -q | cmp - image.npy
  sightline convert-weights $model -o back-$model/ -q
  cmp plain/model.safetensors back-$model/model.safetensors
done
# A folder of either kind may be replaced.
sightline convert-weights m -o openclip --to openclip --dtype f16 --force -q
ln -s "$MODELS/nano_gelu" gelu
expect 5 sightline convert-weights gelu -o refused --to openclip
expect 5 sightline convert-weights gelu -o refused.pt
ls
