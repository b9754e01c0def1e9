# SPDX-License-Identifier: Apache-2.0
"""Nano CLIP models with random weights, and the results of transformers (fp32, eager) for them.

write(out_dir) writes, under out_dir:
  <name>/            a Hugging Face model folder (config, weights, preprocessor, tokenizer files)
  images/            small images in several formats
  captions.txt       one caption per line
  expected/<name>/   arrays (.npy) that a correct program must compute from the folder, the images and the captions
  index.json         the models with their oddities, shapes and rounding noise
  versions.json      versions and seeds

Every number comes from numpy's RandomState, whose streams are frozen, so a second run writes the same files.
Needs torch, transformers, tokenizers, Pillow, numpy, safetensors.
"""
import importlib.metadata
import json
import os
import shutil

import numpy as np

import nano_models

CAPTIONS = [
    "a photo of a cat",
    "a dog",
    "",
    "The quick brown fox, which isn't lazy, jumps over 13 sleeping dogs; they'll wake at 7:45 -- won't they?!",
    "ÀÉÎ naïve café, STRAßE",
    "日本語 \N{CAT FACE} mixed with words",
    "   leading,  repeated\t\tand trailing space   ",
    "text with <|endoftext|> in the middle",
    "<|startoftext|>hello <|ENDOFTEXT|>",
    "in the and then there " * 40,
    "word",
]
PICTURES = ["exif.jpg", "grey.png", "palette.png", "photo.jpg", "rgba.png", "tall.png"]
STAGE_PICTURES = [3, 4]
STAGE_CAPTIONS = [0, 7]
PIXELS_IN_FULL = ("nano_quick_gelu",)


def write(out_dir):
    from transformers.utils import logging

    logging.disable_progress_bar()
    root = os.fspath(out_dir)
    shutil.rmtree(root, ignore_errors=True)
    os.makedirs(os.path.join(root, "images"))
    _write_pictures(os.path.join(root, "images"))
    with open(os.path.join(root, "captions.txt"), "w", encoding="utf-8", newline="\n") as file:
        file.write("".join(caption + "\n" for caption in CAPTIONS))

    index = {"pictures": PICTURES, "captions": len(CAPTIONS), "stage_pictures": STAGE_PICTURES,
             "stage_captions": STAGE_CAPTIONS, "models": {}}
    for spec in nano_models.SPECS:
        folder = os.path.join(root, spec["name"])
        nano_models.write_model(spec, folder)
        index["models"][spec["name"]] = _write_expected(spec, root)
    _write_json(os.path.join(root, "index.json"), index)
    packages = ("torch", "transformers", "tokenizers", "pillow", "numpy", "safetensors")
    _write_json(os.path.join(root, "versions.json"), {
        "script": "scripts/golden/models.py",
        "versions": {name: importlib.metadata.version(name) for name in packages},
        "seeds": {spec["name"]: spec["seed"] for spec in nano_models.SPECS},
    })


def _write_json(path, value):
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        json.dump(value, file, indent=1, ensure_ascii=False)
        file.write("\n")


# ---------------------------------------------------------------- images


def _picture(seed, height, width, channels):
    """Smooth shapes with some noise, 8 bits."""
    random = np.random.RandomState(seed)
    y, x = np.mgrid[0:height, 0:width]
    planes = []
    for _ in range(channels):
        a, b, c, d = random.uniform(0.05, 0.6, 4)
        wave = np.sin(a * x + b * y) + np.cos(c * x - d * y + random.uniform(0, 6))
        planes.append(127 + 55 * wave + random.normal(0, 9, (height, width)))
    return np.clip(np.stack(planes, -1), 0, 255).astype(np.uint8)


def _write_pictures(folder):
    from PIL import Image

    def save(name, image, **options):
        image.save(os.path.join(folder, name), **options)

    exif = Image.Exif()
    exif[0x0112] = 6
    save("exif.jpg", Image.fromarray(_picture(1, 31, 48, 3)), quality=88, exif=exif, subsampling="4:2:2")
    save("grey.png", Image.fromarray(_picture(2, 29, 37, 1)[..., 0]))
    palette = Image.fromarray(_picture(3, 64, 33, 3)).quantize(17, method=Image.Quantize.MAXCOVERAGE,
                                                              dither=Image.Dither.NONE)
    save("palette.png", palette, transparency=bytes([0, 128]))
    save("photo.jpg", Image.fromarray(_picture(4, 47, 61, 3)), quality=80, subsampling="4:2:0")
    save("rgba.png", Image.fromarray(_picture(5, 53, 40, 4)))
    save("tall.png", Image.fromarray(_picture(6, 120, 21, 3)))


# ---------------------------------------------------------------- expected values


def _fnv1a(data):
    """FNV-1a, 64 bits: short enough to be reimplemented in the tests."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


def _write_expected(spec, root):
    import torch
    from PIL import Image, ImageOps
    from transformers import CLIPModel, CLIPTokenizer
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    torch.set_num_threads(1)
    source = os.path.join(root, spec["name"])
    target = os.path.join(root, "expected", spec["name"])
    os.makedirs(target)

    def save(name, array, dtype="<f4"):
        if isinstance(array, torch.Tensor):
            array = array.detach().numpy()
        np.save(os.path.join(target, name + ".npy"), np.ascontiguousarray(array, dtype=dtype), allow_pickle=False)

    model = CLIPModel.from_pretrained(source, dtype=torch.float32, attn_implementation="eager").eval()
    processor = CLIPImageProcessorPil.from_pretrained(source)
    tokenizer = CLIPTokenizer.from_pretrained(source)
    context = model.config.text_config.max_position_embeddings

    # transformers' load_image applies EXIF and then drops alpha; the processor itself composites it onto white. The
    # reference here applies EXIF and composites.
    pictures = [ImageOps.exif_transpose(Image.open(os.path.join(root, "images", name))) for name in PICTURES]
    pixels = processor(images=pictures, return_tensors="pt")["pixel_values"].to(torch.float32)
    save("pixel_hashes", np.array([_fnv1a(x.numpy().astype("<f4").tobytes()) for x in pixels], np.uint64), "<u8")
    if spec["name"] in PIXELS_IN_FULL:
        save("pixel_values", pixels)

    batch = tokenizer(CAPTIONS, padding=True, truncation=True, max_length=context, return_tensors="pt")
    ids = [tokenizer(text, truncation=True, max_length=context)["input_ids"] for text in CAPTIONS]
    save("input_ids", np.array([i for row in ids for i in row]), "<i4")
    save("input_lengths", np.array([len(row) for row in ids]), "<i4")

    with torch.no_grad():
        out = model(**batch, pixel_values=pixels)
        raw_images = model.get_image_features(pixel_values=pixels).pooler_output
        raw_texts = model.get_text_features(**batch).pooler_output
        save("image_features", raw_images)
        save("text_features", raw_texts)
        save("image_embeds", out.image_embeds)
        save("text_embeds", out.text_embeds)
        save("logits_per_image", out.logits_per_image)
        save("probabilities", out.logits_per_image.softmax(dim=1))
        if spec.get("stages"):
            _write_stages(model, pixels, ids, save)
        exact = model.double()(**batch, pixel_values=pixels.double())
    noise = max((out.image_embeds.double() - exact.image_embeds).abs().max().item(),
                (out.text_embeds.double() - exact.text_embeds).abs().max().item())
    spread = [_mean_cosine(x) for x in (out.image_embeds, out.text_embeds)]
    return {
        "about": spec["about"],
        "parameters": sum(p.numel() for p in model.parameters()),
        "stages": bool(spec.get("stages")),
        "longest_caption": max(len(row) for row in ids),
        "largest_difference_to_float64": float(f"{noise:.2g}"),
        "mean_cosine_images_texts": [round(value, 3) for value in spread],
    }


def _mean_cosine(rows):
    """Of all pairs: near 1 would mean that the weights make every input look the same."""
    count = len(rows)
    return ((rows @ rows.T).sum().item() - count) / (count * (count - 1))


def _write_stages(model, pixels, ids, save):
    """Activations of each stage, recorded by forward hooks. Texts one at a time and without padding."""
    import torch

    seen = {}
    hooks = []

    def watch(name, module, first_of_tuple=False):
        def hook(_module, _inputs, output):
            seen[name] = (output[0] if first_of_tuple and isinstance(output, tuple) else output).clone()
        hooks.append(module.register_forward_hook(hook))

    vision, text = model.vision_model, model.text_model
    watch("vision_embeddings", vision.embeddings)
    watch("vision_pre_norm", vision.pre_layrnorm)
    for i, layer in enumerate(vision.encoder.layers):
        watch(f"vision_attention_{i}", layer.self_attn, True)
        watch(f"vision_layer_{i}", layer, True)
    watch("vision_pooled", vision.post_layernorm)
    model.get_image_features(pixel_values=pixels[STAGE_PICTURES])
    for name, value in seen.items():
        save("stage_" + name, value)
    for hook in hooks:
        hook.remove()
    hooks.clear()

    for n, caption in enumerate(STAGE_CAPTIONS):
        seen.clear()
        watch(f"text{n}_embeddings", text.embeddings)
        for i, layer in enumerate(text.encoder.layers):
            watch(f"text{n}_attention_{i}", layer.self_attn, True)
            watch(f"text{n}_layer_{i}", layer, True)
        watch(f"text{n}_final_norm", text.final_layer_norm)
        model.get_text_features(input_ids=torch.tensor([ids[caption]]))
        for name, value in seen.items():
            save("stage_" + name, value)
        for hook in hooks:
            hook.remove()
        hooks.clear()
