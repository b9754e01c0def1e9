# SPDX-License-Identifier: Apache-2.0
"""Nano models of OpenCLIP with image towers of timm's `Eva` (PE-Core, EVA-CLIP), and their results in float32.

write(out_dir) writes, under out_dir:
  <name>/            open_clip_config.json and open_clip_model.safetensors, random weights
  expected/<name>/   input_ids (one text per row), pixel hashes, embeddings, logits
  versions.json      versions, seeds and the noise of the reference's float32

The images are those of data/golden/model/images. Needs torch, transformers, timm 1.0.31, Pillow, numpy, safetensors,
and OpenCLIP's main branch, commit 89fb801 or later (`timm_model_kwargs`), in PYTHONPATH. OpenCLIP imports torchvision,
of which nothing is used here: a stand-in will do.
"""
import importlib.abc
import importlib.machinery
import importlib.metadata
import importlib.util
import pathlib
import shutil
import sys
import types

import numpy as np

import models

TEXT = dict(context_length=32, vocab_size=64, width=8, heads=2, layers=1)
EMBED_DIM = 12
OPENAI = dict(mean=[0.48145466, 0.4578275, 0.40821073], std=[0.26862954, 0.26130258, 0.27577711],
              interpolation="bicubic", resize_mode="shortest")
HALVES = dict(mean=[0.5] * 3, std=[0.5] * 3, interpolation="bilinear", resize_mode="squash")
# A grid of 5 x 5 patches, unlike those that the angles are made for.
SPECS = [
    dict(name="pe_core", seed=301, timm="vit_pe_core_base_patch16_224", pool="map", depth=2, width=32, heads=2,
         preprocess=HALVES),
    dict(name="pe_core_gigantic", seed=302, timm="vit_pe_core_gigantic_patch14_448", pool="map", depth=1, width=24,
         heads=3, preprocess=HALVES),
    dict(name="eva02", seed=303, timm="eva02_base_patch16_clip_224", pool="token", depth=2, width=36, heads=3,
         preprocess=OPENAI),
    dict(name="eva01", seed=304, timm="eva_giant_patch14_224", pool="token", depth=1, width=20, heads=2,
         preprocess=OPENAI),
    dict(name="eva02_enormous", seed=305, timm="eva02_enormous_patch14_clip_224", pool="token", depth=2, width=20,
         heads=2, preprocess=OPENAI),
]
SIDE, PATCH = 20, 4
OPAQUE = ["exif.jpg", "grey.png", "photo.jpg", "tall.png"]  # OpenCLIP drops alpha


class _Member(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return name


def _member(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return _Member(name, (), {})


class _StandIn(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds torchvision and its modules, all of whose members are empty classes, whose members are their names."""

    def find_spec(self, name, path, target=None):
        if name.partition(".")[0] != "torchvision":
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        module = types.ModuleType(spec.name)
        module.__getattr__ = _member
        return module

    def exec_module(self, module):
        module.__version__ = "0"


def _import_open_clip():
    import transformers  # noqa: F401 (before the stand-in, which it must not see)

    if importlib.util.find_spec("torchvision") is None:
        sys.meta_path.append(_StandIn())
    import open_clip
    return open_clip


def write(out_dir):
    root = pathlib.Path(out_dir)
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    _import_open_clip()
    noise = {spec["name"]: _write_model(spec, root) for spec in SPECS}
    packages = ("timm", "torch", "pillow", "numpy", "safetensors")
    models._write_json(root / "versions.json", {
        "script": "scripts/golden/openclip_eva.py",
        "versions": dict({name: importlib.metadata.version(name) for name in packages}, open_clip="89fb801"),
        "seeds": {spec["name"]: spec["seed"] for spec in SPECS},
        "largest_difference_to_float64": noise,
    })


def _values(name, shape, random):
    if name == "logit_scale":
        return np.full(shape, 2.3)
    if "norm" in name or "ln_" in name:
        return random.normal(1 if name.endswith("weight") else 0, 0.2, shape)
    if len(shape) > 1 and not any(word in name for word in ("embed.weight", "pos_embed", "token", "embedding", "latent")):
        return random.normal(0, 1.4 / np.sqrt(np.prod(shape[1:])), shape)
    return random.normal(0, 0.4, shape)


def _pixels(preprocess):
    """What open_clip's transforms do: Resize and CenterCrop of pictures, ToTensor, Normalize."""
    import torch
    from PIL import Image, ImageOps

    images = pathlib.Path(__file__).resolve().parents[2] / "data/golden/model/images"
    resample = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}[preprocess["interpolation"]]
    rows = []
    for name in OPAQUE:
        picture = ImageOps.exif_transpose(Image.open(images / name)).convert("RGB")
        if preprocess["resize_mode"] == "squash":
            picture = picture.resize((SIDE, SIDE), resample)
        else:
            short = min(picture.size)
            width, height = (int(SIDE * side / short) for side in picture.size)
            left, top = round((width - SIDE) / 2), round((height - SIDE) / 2)
            picture = picture.resize((width, height), resample).crop((left, top, left + SIDE, top + SIDE))
        values = torch.tensor(np.asarray(picture).transpose(2, 0, 1)).to(torch.float32).div(255)
        mean, std = (torch.tensor(preprocess[key]).view(3, 1, 1) for key in ("mean", "std"))
        rows.append(values.sub(mean).div(std))
    return torch.stack(rows)


def _write_model(spec, root):
    import torch
    from open_clip.model import CustomTextCLIP
    from safetensors.torch import save_file

    torch.set_num_threads(1)
    folder, target = root / spec["name"], root / "expected" / spec["name"]
    folder.mkdir()
    target.mkdir(parents=True)
    config = dict(embed_dim=EMBED_DIM, custom_text=True, text_cfg=TEXT, vision_cfg=dict(
        image_size=SIDE, timm_model_name=spec["timm"], timm_model_pretrained=False, timm_pool=spec["pool"],
        timm_proj=None, timm_model_kwargs=dict(img_size=SIDE, patch_size=PATCH, embed_dim=spec["width"],
                                               depth=spec["depth"], num_heads=spec["heads"])))
    models._write_json(folder / "open_clip_config.json", {
        "model_cfg": config, "preprocess_cfg": dict(size=SIDE, mode="RGB", fill_color=0, **spec["preprocess"])})

    built = {key: value for key, value in config.items() if key != "custom_text"}
    model = CustomTextCLIP(**built).eval()
    random = np.random.RandomState(spec["seed"])
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            parameter.copy_(torch.tensor(_values(name, tuple(parameter.shape), random), dtype=torch.float32))
    save_file({name: value.contiguous() for name, value in model.state_dict().items()},
              folder / "open_clip_model.safetensors", metadata={"format": "pt"})

    def save(name, array, dtype="<f4"):
        array = array.detach().numpy() if isinstance(array, torch.Tensor) else array
        np.save(target / (name + ".npy"), np.ascontiguousarray(array, dtype=dtype), allow_pickle=False)

    pixels = _pixels(spec["preprocess"])
    save("pixel_hashes", np.array([models._fnv1a(x.numpy().astype("<f4").tobytes()) for x in pixels], np.uint64), "<u8")
    vocabulary, length = TEXT["vocab_size"], TEXT["context_length"]
    ids = np.zeros((4, length), np.int64)
    for row, size in enumerate([2, 5, 9, length]):
        ids[row, :size] = [vocabulary - 2, *random.randint(1, vocabulary - 2, size - 2), vocabulary - 1]
    save("input_ids", ids, "<i4")
    with torch.no_grad():
        batch = (torch.tensor(ids), pixels)
        texts, images = model.encode_text(batch[0], normalize=True), model.encode_image(batch[1], normalize=True)
        logits = model.logit_scale.exp() * images @ texts.T
        model.double()
        noise = max((images.double() - model.encode_image(pixels.double(), normalize=True)).abs().max().item(),
                    (texts.double() - model.encode_text(batch[0], normalize=True)).abs().max().item())
    save("image_embeds", images)
    save("text_embeds", texts)
    save("logits_per_image", logits)
    return float(f"{noise:.2g}")
