# SPDX-License-Identifier: Apache-2.0
"""Random models of SigLIP's shapes for scripts/bench.py, with a small tokenizer: every text is padded to all positions."""
import json
import pathlib
import shutil

ROOT = pathlib.Path(__file__).resolve().parent.parent
POSITIONS = 64
PAD, PAD_TOKEN = 0, "<pad>"


def is_siglip(model):
    """Whether a model folder is of this kind."""
    return json.loads((pathlib.Path(model) / "config.json").read_text(encoding="utf-8"))["model_type"] == "siglip"


def tensors(shape, block_tensors):
    """Names and sizes as transformers stores them. `block_tensors(tower, width, layers, mlp)`: those of an encoder."""
    width, layers, _, mlp = shape["vision"]
    patch = shape["patch"]

    def dense(name, units, inputs):
        return [(name + ".weight", (units, inputs)), (name + ".bias", (units,))]

    def norm(name, size):
        return [(name + ".weight", (size,)), (name + ".bias", (size,))]
    yield "vision_model.embeddings.patch_embedding.weight", (width, 3, patch, patch)
    yield "vision_model.embeddings.patch_embedding.bias", (width,)
    yield "vision_model.embeddings.position_embedding.weight", ((shape["image"] // patch) ** 2, width)
    yield from block_tensors("vision_model", width, layers, mlp)
    yield from norm("vision_model.post_layernorm", width)
    head = "vision_model.head."
    yield head + "probe", (1, 1, width)
    yield head + "attention.in_proj_weight", (3 * width, width)
    yield head + "attention.in_proj_bias", (3 * width,)
    yield from dense(head + "attention.out_proj", width, width)
    yield from norm(head + "layernorm", width)
    yield from dense(head + "mlp.fc1", mlp, width)
    yield from dense(head + "mlp.fc2", width, mlp)
    width, layers, _, mlp = shape["text"]
    yield "text_model.embeddings.token_embedding.weight", (shape["vocab"], width)
    yield "text_model.embeddings.position_embedding.weight", (POSITIONS, width)
    yield from block_tensors("text_model", width, layers, mlp)
    yield from norm("text_model.final_layer_norm", width)
    yield from dense("text_model.head", shape["projection"], width)
    yield "logit_scale", (1,)
    yield "logit_bias", (1,)


def write_files(target, shape):
    """Everything but the weights."""
    tokenizer = ROOT / "data/golden/text/pipelines/gemma"
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(tokenizer / name, target / name)
    towers = {}
    for tower in ("text", "vision"):
        width, layers, heads, mlp = shape[tower]
        towers[tower] = dict(hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads,
                             intermediate_size=mlp, model_type=f"siglip_{tower}_model")
    towers["text"] |= dict(vocab_size=shape["vocab"], max_position_embeddings=POSITIONS,
                           projection_size=shape["projection"], pad_token_id=PAD)
    towers["vision"] |= dict(image_size=shape["image"], patch_size=shape["patch"])
    config = {"architectures": ["SiglipModel"], "model_type": "siglip", "text_config": towers["text"],
              "vision_config": towers["vision"]}
    side = {"height": shape["image"], "width": shape["image"]}
    preprocessor = {"do_resize": True, "size": side, "resample": 3, "do_rescale": True, "rescale_factor": 1 / 255,
                    "do_normalize": True, "do_convert_rgb": True, "image_mean": [0.5] * 3, "image_std": [0.5] * 3,
                    "image_processor_type": "SiglipImageProcessor"}
    settings = json.loads((target / "tokenizer_config.json").read_text(encoding="utf-8"))
    settings["model_max_length"] = POSITIONS
    for file, value in (("config.json", config), ("preprocessor_config.json", preprocessor),
                        ("tokenizer_config.json", settings)):
        (target / file).write_text(json.dumps(value, indent=1))
