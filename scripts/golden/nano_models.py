# SPDX-License-Identifier: Apache-2.0
"""The nano models of scripts/golden/models.py: their oddities as a table, and the writer of a model folder."""
import json
import os

import numpy as np

START, END = "<|startoftext|>", "<|endoftext|>"
CLIP_MEAN = [0.48145466, 0.4578275, 0.40821073]
CLIP_STD = [0.26862954, 0.26130258, 0.27577711]


def _tower(width, heads, layers, mlp, act, eps=1e-5):
    return dict(hidden_size=width, num_attention_heads=heads, num_hidden_layers=layers, intermediate_size=mlp,
                hidden_act=act, layer_norm_eps=eps)


def _image(size, crop, resample, mean=None, std=None, **more):
    return dict(size=size, crop_size=crop, resample=resample, image_mean=mean or CLIP_MEAN, image_std=std or CLIP_STD,
                do_resize=True, do_center_crop=True, do_rescale=True, do_normalize=True, do_convert_rgb=True,
                rescale_factor=1 / 255, image_processor_type="CLIPImageProcessor", **more)


# image: side and patch. merges: how many of CLIP's own merges the vocabulary holds. eos: text_config.eos_token_id
# ("legacy" = 2, which means the position of the largest id). logit_scale: the logarithm that is stored.
SPECS = [
    dict(name="nano_quick_gelu", about="OpenAI's shape: quick_gelu, eos_token_id 2", seed=101, stages=True,
         image=(32, 8), vision=_tower(32, 4, 2, 64, "quick_gelu"), text=_tower(32, 4, 2, 64, "quick_gelu"),
         context=32, projection=32, merges=62, eos="legacy", logit_scale=2.6592,
         preprocessor=_image({"shortest_edge": 32}, {"height": 32, "width": 32}, 3)),
    dict(name="nano_gelu", about="exact gelu, towers of different widths and depths, head width 12, 77 tokens",
         seed=102, stages=True,
         image=(24, 6), vision=_tower(36, 3, 1, 72, "gelu"), text=_tower(24, 2, 2, 96, "gelu"),
         context=77, projection=20, merges=86, eos="real", logit_scale=3.0,
         preprocessor=_image(28, 24, 2, [0.5, 0.5, 0.5], [0.5, 0.5, 0.5])),
    dict(name="nano_ratio", about="MLP ratios 4.3637 and 4.346, image side no multiple of the patch", seed=103,
         stages=True, image=(30, 7), vision=_tower(22, 2, 2, 96, "gelu"), text=_tower(26, 2, 1, 113, "gelu"),
         context=20, projection=13, merges=30, eos="real", logit_scale=2.0,
         preprocessor=_image({"shortest_edge": 30}, {"height": 30, "width": 30}, 1)),
    dict(name="nano_f16", about="weights stored as float16; one head of width 80; no crop", seed=104, dtype="float16",
         stages=True, image=(20, 5), vision=_tower(80, 1, 1, 40, "quick_gelu"),
         text=_tower(24, 3, 2, 96, "quick_gelu"), context=24, projection=28, merges=86, eos="real", logit_scale=2.5,
         preprocessor=dict(_image({"height": 20, "width": 20}, {"height": 18, "width": 18}, 4), do_center_crop=False)),
    dict(name="nano_bf16", about="weights stored as bfloat16; 145 image tokens; size {height, width}", seed=105,
         dtype="bfloat16", image=(36, 3), vision=_tower(20, 2, 2, 80, "gelu"), text=_tower(20, 2, 2, 80, "gelu"),
         context=28, projection=16, merges=86, eos="real", logit_scale=2.5,
         preprocessor=_image({"height": 38, "width": 51}, {"height": 36, "width": 36}, 5,
                             [0.1, 0.2, 0.3], [0.9, 0.5, 0.25])),
    dict(name="nano_legacy", about="text_config_dict and vision_config_dict override and bring class defaults; "
         "position_ids stored; old preprocessor_config.json", seed=106, legacy=True,
         image=(16, 4), vision=_tower(20, 2, 2, 40, "quick_gelu"), text=_tower(20, 5, 2, 60, "quick_gelu"),
         context=18, projection=18, merges=46, eos="legacy", logit_scale=2.6592,
         preprocessor=dict(crop_size=16, do_center_crop=True, do_normalize=True, do_resize=True,
                           feature_extractor_type="CLIPFeatureExtractor", image_mean=CLIP_MEAN, image_std=CLIP_STD,
                           resample=3, size=16)),
    dict(name="nano_sharded", about="three shards and an index; nearest neighbour", seed=107, shards="60KB",
         stages=True, image=(20, 10), vision=_tower(24, 2, 2, 48, "gelu"), text=_tower(24, 4, 1, 48, "gelu"),
         context=22, projection=24, merges=46, eos="real", logit_scale=2.2,
         preprocessor=_image({"shortest_edge": 24}, {"height": 20, "width": 20}, 0)),
    dict(name="nano_layers1", about="one layer a tower, 16 tokens, pixels 0 to 255 as they are", seed=108,
         image=(16, 8), vision=_tower(16, 2, 1, 64, "quick_gelu"), text=_tower(16, 2, 1, 64, "quick_gelu"),
         context=16, projection=24, merges=46, eos="legacy", logit_scale=2.0,
         preprocessor=dict(_image({"shortest_edge": 17}, {"height": 16, "width": 16}, 3), do_rescale=False,
                           do_normalize=False)),
    dict(name="nano_tokenizer_json", about="tokenizer.json alone; start and end are ids 0 and 1, so that the rule of "
         "the largest id pools before the end; picture smaller than the crop", seed=109, tokenizer_json=True,
         image=(16, 4), vision=_tower(16, 2, 2, 32, "quick_gelu"), text=_tower(16, 4, 2, 32, "quick_gelu"),
         context=40, projection=16, merges=86, eos="legacy", logit_scale=2.0,
         preprocessor=_image({"shortest_edge": 11}, {"height": 16, "width": 16}, 3)),
    dict(name="nano_mixed", about="quick_gelu sees, gelu reads; ten heads of width 3, one of width 18; epsilons differ; "
         "rescale_factor 1/127.5", seed=110, stages=True,
         image=(18, 3), vision=_tower(30, 10, 2, 60, "quick_gelu", 1e-6), text=_tower(18, 1, 1, 72, "gelu", 1e-3),
         context=77, projection=22, merges=46, eos="real", logit_scale=3.5,
         preprocessor=dict(_image({"shortest_edge": 20}, 18, 3, [1.0, 1.0, 1.0], [1.0, 0.8, 1.25]),
                           rescale_factor=1 / 127.5)),
]


# The first 86 merges of CLIP's own merges.txt, "; " between them.
MERGES = """
i n; t h; a n; r e; a r; e r; th e</w>; in g</w>; o u; o n; s t; o r; e n; o n</w>; a l; a t; e r</w>; i t;
i n</w>; t o</w>; r o; i s</w>; l e; i c; a t</w>; an d</w>; e d</w>; o f</w>; c h; o r</w>; e s</w>; i l; e
l; s t</w>; a c; o m; a m; l o; a n</w>; a y</w>; s h; r i; l i; t i; f or</w>; n e; ð Ł; r a; h a; d e; o
l; v e</w>; s i; u r; a l</w>; s e; ' s</w>; u n; d i; b e; l a; w h; o o; d ay</w>; e n</w>; m a; n o; l
e</w>; t o; ou r</w>; i r; g h; w it; i t</w>; y o; a s; s p; th is</w>; t s</w>; at i; yo u</w>; wit h</w>;
a d; i s; a b; l y</w>
""".replace("\n", " ").strip().split("; ")


def _vocabulary(spec):
    """A prefix of CLIP's own: 256 byte symbols, the same at the end of a word, the first merges, the special tokens."""
    kept = [*range(33, 127), *range(161, 173), *range(174, 256)]
    symbols = [chr(byte) for byte in kept] + [chr(256 + n) for n in range(256 - len(kept))]
    merges = MERGES[:spec["merges"]]
    tokens = [*symbols, *(symbol + "</w>" for symbol in symbols), *(line.replace(" ", "") for line in merges)]
    tokens = [START, END, *tokens] if spec.get("tokenizer_json") else [*tokens, START, END]
    return {token: i for i, token in enumerate(tokens)}, merges


def _write_json(path, value):
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        json.dump(value, file, indent=1, ensure_ascii=False)
        file.write("\n")


def _write_tokenizer(spec, vocabulary, merges, folder):
    from transformers import CLIPTokenizer

    if spec.get("tokenizer_json"):
        pairs = [tuple(line.split(" ")) for line in merges]
        tokenizer = CLIPTokenizer(vocab=vocabulary, merges=pairs, model_max_length=spec["context"])
        tokenizer.save_pretrained(folder)
        assert not os.path.exists(os.path.join(folder, "vocab.json"))
        return
    with open(os.path.join(folder, "vocab.json"), "w", encoding="utf-8", newline="\n") as file:
        json.dump(vocabulary, file, ensure_ascii=False, separators=(",", ":"))
    with open(os.path.join(folder, "merges.txt"), "w", encoding="utf-8", newline="\n") as file:
        file.write("#version: 0.2\n" + "\n".join(merges) + "\n")
    special = dict(bos_token=START, eos_token=END, pad_token=END, unk_token=END)
    _write_json(os.path.join(folder, "special_tokens_map.json"), special)
    _write_json(os.path.join(folder, "tokenizer_config.json"),
                dict(special, model_max_length=spec["context"], tokenizer_class="CLIPTokenizer", errors="replace"))


def _values(name, shape, random):
    """Wide enough that a wrong mask, a transposed matrix or a lost bias shows in every output."""
    if name == "logit_scale":
        return None
    noise = random.standard_normal(shape)
    if "norm" in name or "layrnorm" in name:
        return 1 + 0.3 * noise if name.endswith("weight") else 0.2 * noise
    if name.endswith("bias"):
        return 0.2 * noise
    if "q_proj" in name or "k_proj" in name:
        return noise * 1.6 / np.sqrt(shape[-1])
    if "patch_embedding" in name:
        return noise / np.sqrt(np.prod(shape[1:]))
    if "embedding" in name:
        return 0.6 * noise
    return noise / np.sqrt(shape[-1])


def _config(spec, vocabulary):
    from transformers import CLIPConfig

    side, patch = spec["image"]
    eos = 2 if spec["eos"] == "legacy" else vocabulary[END]
    text = dict(spec["text"], vocab_size=len(vocabulary), max_position_embeddings=spec["context"],
                projection_dim=spec["projection"], eos_token_id=eos,
                bos_token_id=0 if spec["eos"] == "legacy" else vocabulary[START],
                pad_token_id=1 if spec["eos"] == "legacy" else vocabulary[END])
    vision = dict(spec["vision"], image_size=side, patch_size=patch, projection_dim=spec["projection"])
    return CLIPConfig(text_config=text, vision_config=vision, projection_dim=spec["projection"]), text, vision


def _write_legacy_config(spec, text, vision, folder):
    """As in files of 2022: the dicts take precedence, and text_config and vision_config contain values to be overridden."""
    wrong = dict(hidden_size=512, num_hidden_layers=12, num_attention_heads=8, hidden_act="gelu",
                 layer_norm_eps=1e-3, intermediate_size=2048, eos_token_id=0, vocab_size=49408)
    without = [key for key in text if key not in ("hidden_act", "layer_norm_eps")]
    _write_json(os.path.join(folder, "config.json"), {
        "architectures": ["CLIPModel"], "initializer_factor": 1.0, "logit_scale_init_value": 2.6592,
        "model_type": "clip", "projection_dim": spec["projection"],
        "text_config": dict(wrong, model_type="clip_text_model"),
        "text_config_dict": {key: text[key] for key in without},
        "torch_dtype": "float32", "transformers_version": None,
        "vision_config": dict(wrong, image_size=224, patch_size=32, model_type="clip_vision_model"),
        "vision_config_dict": {key: value for key, value in vision.items() if key != "hidden_act"},
    })


def write_model(spec, folder):
    import torch
    from safetensors.torch import save_file
    from transformers import CLIPModel

    os.makedirs(folder)
    vocabulary, merges = _vocabulary(spec)
    _write_tokenizer(spec, vocabulary, merges, folder)
    _write_json(os.path.join(folder, "preprocessor_config.json"), spec["preprocessor"])

    config, text, vision = _config(spec, vocabulary)
    model = CLIPModel(config)
    random = np.random.RandomState(spec["seed"])
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            values = _values(name, tuple(parameter.shape), random)
            if values is None:
                values = np.float32(spec["logit_scale"])
            parameter.copy_(torch.tensor(np.asarray(values, np.float32)))
    model.to(getattr(torch, spec.get("dtype", "float32")))
    if spec.get("legacy"):
        tensors = {name: value.contiguous() for name, value in model.state_dict().items()}
        tensors["text_model.embeddings.position_ids"] = torch.arange(spec["context"])[None]
        tensors["vision_model.embeddings.position_ids"] = torch.arange(model.vision_model.embeddings.num_positions)[None]
        save_file(tensors, os.path.join(folder, "model.safetensors"), metadata={"format": "pt"})
        _write_legacy_config(spec, text, vision, folder)
    else:
        model.save_pretrained(folder, **({"max_shard_size": spec["shards"]} if spec.get("shards") else {}))
    for name in os.listdir(folder):
        os.chmod(os.path.join(folder, name), 0o644)
