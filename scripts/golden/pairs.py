# SPDX-License-Identifier: Apache-2.0
"""Pairs of image and caption with their CLIPScore, computed with transformers for nano models and the demo model.

  pairs.tsv        image, tab, caption, with the escapes of tsv output; paths are relative to the folder
  expected.json    for each model the cosine and the CLIPScore, 2.5 * max(cosine, 0), of each pair
  versions.json    what computed them

Definition: Hessel et al. 2021, "CLIPScore: A Reference-free Evaluation Metric for Image Captioning", section 3.
"""
import json

import torch
import transformers
from PIL import Image, ImageOps
from PIL import __version__ as pillow_version
from transformers import CLIPImageProcessorPil, CLIPModel, CLIPTokenizer

NANO = ["nano_quick_gelu", "nano_gelu", "nano_ratio"]
IMAGES = "../model/images"
PAIRS = [
    (f"{IMAGES}/photo.jpg", "a photo of a cat"),
    (f"{IMAGES}/photo.jpg", "a photo of a dog"),
    (f"{IMAGES}/photo.jpg", ""),
    (f"{IMAGES}/grey.png", "a tab\tand a line\nbreak and a \\ backslash \\n"),
    (f"{IMAGES}/rgba.png", "ÀÉÎ naïve café, STRAßE"),
    (f"{IMAGES}/photo.jpg", "a photo of a cat"),
    (f"{IMAGES}/exif.jpg", "one of very many words " * 30),
    ("../../images/dog.jpg", "a drawing of a dog"),
    ("../../images/dog.jpg", "a drawing of a pizza"),
    ("../../images/cat.png", "a drawing of a dog"),
]


def escaped(text):
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def cosines(folder, out):
    model = CLIPModel.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    processor = CLIPImageProcessorPil.from_pretrained(folder)
    tokenizer = CLIPTokenizer.from_pretrained(folder)
    images = [ImageOps.exif_transpose(Image.open(out / image)) for image, _ in PAIRS]
    texts = tokenizer([text for _, text in PAIRS], padding=True, truncation=True,
                      max_length=model.config.text_config.max_position_embeddings, return_tensors="pt")
    with torch.no_grad():
        result = model(**texts, pixel_values=processor(images=images, return_tensors="pt")["pixel_values"])
    pairs = result.image_embeds.double() * result.text_embeds.double()
    return pairs.sum(dim=1).tolist()


def write(out):
    root = out.parent.parent
    torch.set_num_threads(1)
    lines = [f"{escaped(image)}\t{escaped(text)}\n" for image, text in PAIRS]
    (out / "pairs.tsv").write_text("".join(lines), encoding="utf-8", newline="")
    expected = {}
    for name in [*NANO, "demo-model"]:
        folder = root / "demo-model" if name == "demo-model" else root / "golden" / "model" / name
        found = cosines(folder, out)
        expected[name] = [{"cosine": round(c, 9), "clipscore": round(2.5 * max(c, 0), 9)} for c in found]
    (out / "expected.json").write_text(json.dumps(expected, indent=1) + "\n")
    versions = {"torch": torch.__version__, "transformers": transformers.__version__, "pillow": pillow_version}
    (out / "versions.json").write_text(json.dumps({"script": "scripts/golden/pairs.py", "versions": versions},
                                                  indent=1) + "\n")
