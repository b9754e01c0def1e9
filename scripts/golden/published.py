# SPDX-License-Identifier: Apache-2.0
"""The configs of published models with CLIP's towers, and what transformers says of them.

write(out_dir) makes published.json under out_dir: for each model its config (Hugging Face's or OpenCLIP's) and, if that
does not have it, its preprocessor_config.json; the number of parameters of transformers' CLIPModel of these sizes, the
activation, and the FNV-1a of the float32 pixel values of two images of data/golden/model/images.

OpenCLIP's configs have their keys in transformers' words here, too ("as"), because OpenCLIP is not the reference of pixels.
Needs torch, transformers, Pillow, numpy; no torchvision.
"""
import importlib.metadata
import pathlib

import numpy as np

import models
import nano_models

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
IMAGES = ("photo.jpg", "tall.png")
HALF = [0.5, 0.5, 0.5]


def _tower(width, heads, layers, **more):
    return dict(hidden_size=width, num_attention_heads=heads, num_hidden_layers=layers, intermediate_size=4 * width, **more)


def _hf(name, embedding, vision, text, image, mean=None, std=None):
    config = dict(model_type="clip", projection_dim=embedding, vision_config=vision, text_config=text)
    return dict(name=name, config=config, preprocessor=nano_models._image(
        {"shortest_edge": image}, {"height": image, "width": image}, 3, mean, std))


def _openclip(name, embedding, vision, text, quick_gelu=False, mean=None, std=None, squash=False):
    image, layers, width, head, patch = vision
    text_width, heads, text_layers = text
    model = dict(embed_dim=embedding, vision_cfg=dict(image_size=image, layers=layers, width=width, patch_size=patch),
                 text_cfg=dict(context_length=77, vocab_size=49408, width=text_width, heads=heads, layers=text_layers))
    if head != 64:
        model["vision_cfg"]["head_width"] = head
    if quick_gelu:
        model["quick_gelu"] = True
    preprocess = dict(mean=mean or nano_models.CLIP_MEAN, std=std or nano_models.CLIP_STD)
    if squash:
        preprocess.update(interpolation="bicubic", resize_mode="squash")
    act = "quick_gelu" if quick_gelu else "gelu"
    same = _hf(name, embedding, _tower(width, width // head, layers, patch_size=patch, image_size=image, hidden_act=act),
               _tower(text_width, heads, text_layers, hidden_act=act), image, mean, std)
    if squash:
        same["preprocessor"].update(size={"height": image, "width": image}, do_center_crop=False)
    return dict(name=name, openclip=dict(model_cfg=model, preprocess_cfg=preprocess), same=same)


B32, B32_TEXT = _tower(768, 12, 12, patch_size=32), _tower(512, 8, 12)
MODELS = [
    _openclip("DataComp ViT-B-32-256", 512, (256, 12, 768, 64, 32), (512, 8, 12)),
    _openclip("DFN5B ViT-H-14-378", 1024, (378, 32, 1280, 80, 14), (1024, 16, 24), quick_gelu=True, squash=True),
    _openclip("LAION ViT-L-14", 768, (224, 24, 1024, 64, 14), (768, 12, 12), mean=HALF, std=HALF),
    _hf("MetaCLIP b32", 512, B32, B32_TEXT, 224),
    _hf("StreetCLIP", 768, _tower(1024, 16, 24, patch_size=14, image_size=336), _tower(768, 12, 12, eos_token_id=2), 336),
    _hf("FashionCLIP", 512, B32, B32_TEXT, 224),
    _hf("TinyCLIP ViT-8M-16-Text-3M", 512, _tower(256, 4, 10, patch_size=16), _tower(256, 4, 3), 224),
    _hf("TinyCLIP ViT-61M-32-Text-29M", 512, _tower(640, 10, 12, patch_size=32, hidden_act="gelu"),
        _tower(640, 10, 6, hidden_act="gelu"), 224),
    _hf("Long-CLIP ViT-L-14", 768, _tower(1024, 16, 24, patch_size=14),
        _tower(768, 12, 12, max_position_embeddings=248), 224),
]


def write(out_dir):
    import torch
    from PIL import Image
    from transformers import CLIPConfig, CLIPModel
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    for model in MODELS:
        same = model.pop("same", model)
        with torch.device("meta"):
            reference = CLIPModel(CLIPConfig(**same["config"]))
        model["parameters"] = sum(p.numel() for p in reference.parameters())
        model["activation"] = reference.config.vision_config.hidden_act
        processor = CLIPImageProcessorPil(**same["preprocessor"])
        model["pixels"] = {}
        for name in IMAGES:
            image = Image.open(ROOT / "data/golden/model/images" / name)
            pixels = np.asarray(processor(images=[image])["pixel_values"][0], "<f4")
            model["pixels"][name] = f"{models._fnv1a(pixels.tobytes()):016x}"
    packages = ("torch", "transformers", "pillow", "numpy")
    models._write_json(pathlib.Path(out_dir) / "published.json", {
        "script": "scripts/golden/published.py",
        "versions": {name: importlib.metadata.version(name) for name in packages},
        "models": MODELS,
    })
