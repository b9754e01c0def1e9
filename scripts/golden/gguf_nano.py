# SPDX-License-Identifier: Apache-2.0
"""GGUF files of a nano CLIP, laid out as clip.cpp's converter does, for data/golden/weights/gguf.

Needs gguf 0.19.0 in addition to the packages of scripts/make_golden.py.

- nano-TYPE.gguf: one model in seven types, with the names, keys and types of tensors of monatis/clip.cpp
  (models/convert_hf_to_gguf.py, and models/quantize.cpp for the quantized ones): patch convolution always float16,
  matrices named *.weight in TYPE, everything else float32; no logit_scale. 64 tokens, one layer per tower.
- blocks.gguf: random blocks of every quantized type, of all finite scales.
- dequantized.tsv: file, tensor, FNV-1a of the values that gguf.quants.dequantize gives, as little-endian float32
  (of the quantized files, only their quantized tensors).
- pixels.npy [2, 3, 8, 8], ids.npy [3, 12] (the end token's id is 63 and comes last): the inputs.
- nano-TYPE.image_embeds.npy [2, 32], nano-TYPE.text_embeds.npy [3, 32]: normalised, as transformers' CLIPModel gives
  them in float32 with the dequantized weights.
"""
import json
import os

import numpy as np

SEED = 120
TYPES = ["f32", "f16", "q8_0", "q4_0", "q4_1", "q5_0", "q5_1"]
FILE_TYPES = {"f32": 0, "f16": 1, "q4_0": 2, "q4_1": 3, "q5_0": 6, "q5_1": 7, "q8_0": 8}
WIDTH, HEADS, LAYERS, VOCABULARY, CONTEXT, IMAGE, PATCH, PROJECTION, EPS = 32, 4, 1, 64, 12, 8, 4, 32, 1e-5
MLP = {"text": 32, "vision": 64}
MEAN, STD = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
# The chain of replacements of the converter.
RENAMES = [("text_model", "t"), ("vision_model", "v"), ("encoder.layers", "blk"), ("embeddings.", ""), ("_proj", ""),
           ("self_attn.", "attn_"), ("layer_norm", "ln"), ("layernorm", "ln"), ("mlp.fc1", "ffn_down"),
           ("mlp.fc2", "ffn_up"), ("embedding", "embd"), ("final", "post"), ("layrnorm", "ln")]


def _name(name):
    if "projection" in name:
        return name
    for old, new in RENAMES:
        name = name.replace(old, new)
    return name


def _model():
    import torch
    from nano_models import _values
    from transformers import CLIPConfig, CLIPModel

    tower = dict(hidden_size=WIDTH, num_attention_heads=HEADS, num_hidden_layers=LAYERS,
                 hidden_act="quick_gelu", layer_norm_eps=EPS, projection_dim=PROJECTION)
    text = dict(tower, intermediate_size=MLP["text"], vocab_size=VOCABULARY, max_position_embeddings=CONTEXT,
                eos_token_id=VOCABULARY - 1, bos_token_id=VOCABULARY - 2, pad_token_id=VOCABULARY - 1)
    vision = dict(tower, intermediate_size=MLP["vision"], image_size=IMAGE, patch_size=PATCH)
    model = CLIPModel(CLIPConfig(text_config=text, vision_config=vision, projection_dim=PROJECTION)).eval()
    random = np.random.RandomState(SEED)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            values = _values(name, tuple(parameter.shape), random)
            if values is None:
                values = np.log(100.0)
            parameter.copy_(torch.tensor(np.asarray(values, np.float32)))
    return model


def _write_keys(writer, kind):
    writer.add_bool("clip.has_text_encoder", True)
    writer.add_bool("clip.has_vision_encoder", True)
    writer.add_file_type(FILE_TYPES[kind])
    writer.add_name("nano")
    writer.add_description("two-tower CLIP model")
    for tower in ("text", "vision"):
        if tower == "text":
            writer.add_uint32("clip.text.context_length", CONTEXT)
        else:
            writer.add_uint32("clip.vision.image_size", IMAGE)
            writer.add_uint32("clip.vision.patch_size", PATCH)
        writer.add_uint32(f"clip.{tower}.embedding_length", WIDTH)
        writer.add_uint32(f"clip.{tower}.feed_forward_length", MLP[tower])
        writer.add_uint32(f"clip.{tower}.projection_dim", PROJECTION)
        writer.add_uint32(f"clip.{tower}.attention.head_count", HEADS)
        writer.add_float32(f"clip.{tower}.attention.layer_norm_epsilon", EPS)
        writer.add_uint32(f"clip.{tower}.block_count", LAYERS)
        if tower == "text":
            letters = [chr(ord("!") + i) for i in range(VOCABULARY - 2)]
            writer.add_token_list([*letters, "<|startoftext|>", "<|endoftext|>"])
    writer.add_array("clip.vision.image_mean", MEAN)
    writer.add_array("clip.vision.image_std", STD)
    writer.add_bool("clip.use_gelu", False)
    if kind not in ("f32", "f16"):
        writer.add_quantization_version(2)


def _stored(name, values, kind):
    """Bytes, type, and the values that come back."""
    from gguf import GGMLQuantizationType as Type
    from gguf.quants import dequantize, quantize

    matrix = name.endswith("weight") and values.ndim == 2
    if values.ndim == 4 or (kind == "f16" and matrix):
        half = values.astype(np.float16)
        return half, Type.F16, half.astype(np.float32)
    if kind in ("f32", "f16") or not matrix:
        return values, Type.F32, values
    quantized = Type[kind.upper()]
    blocks = quantize(values, quantized)
    return blocks, quantized, dequantize(blocks, quantized).reshape(values.shape)


def _fnv1a(values):
    value = 0xCBF29CE484222325
    for byte in np.ascontiguousarray(values, "<f4").tobytes():
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


def _finish(writer):
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _write_model(folder, kind, model, lines):
    """Returns the model's tensors as they come back from the file."""
    import torch
    from gguf import GGUFWriter

    writer = GGUFWriter(os.path.join(folder, f"nano-{kind}.gguf"), arch="clip")
    _write_keys(writer, kind)
    back = {}
    for name, value in model.state_dict().items():
        if name == "logit_scale" or name.endswith("position_ids"):
            continue
        values = value.squeeze().numpy().astype(np.float32)
        data, stored_type, read = _stored(_name(name), values, kind)
        writer.add_tensor(_name(name), data, raw_dtype=stored_type)
        back[name] = torch.tensor(read.reshape(value.shape))
        if kind in ("f32", "f16") or data.dtype == np.uint8:
            lines.append(f"nano-{kind}.gguf\t{_name(name)}\t{_fnv1a(read):016x}")
    _finish(writer)
    return back


def _write_blocks(folder, lines):
    from gguf import GGMLQuantizationType as Type
    from gguf import GGUFWriter
    from gguf.constants import GGML_QUANT_SIZES
    from gguf.quants import dequantize

    random = np.random.RandomState(SEED + 1)
    writer = GGUFWriter(os.path.join(folder, "blocks.gguf"), arch="clip")
    for kind in TYPES[2:]:
        quantized = Type[kind.upper()]
        size = GGML_QUANT_SIZES[quantized][1]
        blocks = random.randint(0, 256, (6, 4, size)).astype(np.uint8)
        halves = 2 if kind.endswith("_1") else 1
        for i in range(halves):  # infinities and NaN have all exponent bits set, so clear one
            high = blocks[..., 2 * i + 1]
            high[(high & 0x7C) == 0x7C] &= 0xFB
        blocks = blocks.reshape(6, 4 * size)
        writer.add_tensor(kind, blocks, raw_dtype=quantized)
        lines.append(f"blocks.gguf\t{kind}\t{_fnv1a(dequantize(blocks, quantized)):016x}")
    _finish(writer)


def _write_expected(folder, kind, model, pixels, ids):
    import torch

    with torch.no_grad():
        out = model(pixel_values=torch.tensor(pixels), input_ids=torch.tensor(ids))
    np.save(os.path.join(folder, f"nano-{kind}.image_embeds.npy"), out.image_embeds.numpy())
    np.save(os.path.join(folder, f"nano-{kind}.text_embeds.npy"), out.text_embeds.numpy())


def write(out_dir):
    from importlib.metadata import version

    folder = os.path.join(out_dir, "gguf")
    os.makedirs(folder, exist_ok=True)
    random = np.random.RandomState(SEED + 2)
    pixels = random.standard_normal((2, 3, IMAGE, IMAGE)).astype(np.float32)
    ids = random.randint(0, VOCABULARY - 2, (3, CONTEXT))
    ids[:, 0], ids[:, -1] = VOCABULARY - 2, VOCABULARY - 1
    np.save(os.path.join(folder, "pixels.npy"), pixels)
    np.save(os.path.join(folder, "ids.npy"), ids.astype("<i4"))

    lines = []
    for kind in TYPES:
        model = _model()
        back = _write_model(folder, kind, model, lines)
        model.load_state_dict(back, strict=False)
        _write_expected(folder, kind, model, pixels, ids)
    _write_blocks(folder, lines)
    with open(os.path.join(folder, "dequantized.tsv"), "w", encoding="utf-8", newline="\n") as file:
        file.write("\n".join(lines) + "\n")
    versions = {name: version(name) for name in ("gguf", "torch", "transformers", "numpy")}
    with open(os.path.join(folder, "versions.json"), "w", encoding="utf-8", newline="\n") as file:
        json.dump(dict(versions, seed=SEED), file, indent=1)
        file.write("\n")
