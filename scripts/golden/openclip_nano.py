# SPDX-License-Identifier: Apache-2.0
"""Nano models and pixels of OpenCLIP, for data/golden/weights/openclip.

Needs open_clip_torch 3.3.0, timm, ftfy and torchvision beside what scripts/make_golden.py needs, in a separate
environment: a torchvision without kernels for this torch breaks transformers.

Folders as push_to_hf_hub writes them, open_clip_config.json and weights:
- flat: CLIP, quick_gelu, open_clip_pytorch_model.bin.
- custom_text: CustomTextCLIP (text tower under `text.`), exact gelu, open_clip_model.safetensors.
- linear: CLIP whose text projection is the weight of a Linear without bias, open_clip_model.safetensors.
Beside them: pixels.npy [2, 3, 8, 8], ids.npy [3, 8] (end token 47, the largest id; 0 behind it), and for each folder
NAME.image_embeds.npy [2, 10], NAME.text_embeds.npy [3, 10]: normalised, from open_clip itself in float32.
preprocess.json: variants of preprocess_cfg; preprocess-I.npy [2, 3, side, side]: what image_transform_v2 makes with
variant I of wide.png and small.png (noise).
"""
import json
import pathlib

import numpy as np

SEED = 130
PICTURES = {"wide.png": (31, 17), "small.png": (7, 9)}  # width, height
VISION = dict(layers=1, width=12, head_width=4, mlp_ratio=2.0, patch_size=4, image_size=8)
TEXT = dict(context_length=8, vocab_size=48, width=12, heads=2, layers=1, mlp_ratio=2.0)
EMBED_DIM = 10
MEAN, STD = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
MODELS = {
    "flat": dict(embed_dim=EMBED_DIM, quick_gelu=True, vision_cfg=VISION, text_cfg=TEXT),
    "custom_text": dict(embed_dim=EMBED_DIM, custom_text=True, vision_cfg=VISION, text_cfg=TEXT),
    "linear": dict(embed_dim=EMBED_DIM, vision_cfg=dict(VISION, head_width=6), text_cfg=dict(TEXT, heads=4)),
}
PREPROCESS = [
    dict(size=12, mode="RGB", mean=MEAN, std=STD, interpolation="bicubic", resize_mode="shortest", fill_color=0),
    dict(size=12, mode="RGB", mean=[0.5] * 3, std=[0.5] * 3, interpolation="bilinear", resize_mode="shortest",
         fill_color=0),
    dict(size=12, mode="RGB", mean=MEAN, std=STD, interpolation="bicubic", resize_mode="squash", fill_color=0),
    dict(size=12, mode="RGB", mean=[0.5] * 3, std=[0.5] * 3, interpolation="bilinear", resize_mode="squash",
         fill_color=0),
    dict(size=12, mode="RGB", mean=MEAN, std=STD, interpolation="bicubic", resize_mode="longest", fill_color=0),
    dict(size=12, mode="RGB", mean=[0.5] * 3, std=[0.25] * 3, interpolation="bilinear", resize_mode="longest",
         fill_color=127),
]


def _import_open_clip():
    """torchvision registers shapes of operators whose kernels a torch without CUDA may not load: their names are
    enough, none of them is called."""
    import torch

    library = torch.library.Library("torchvision", "DEF")
    for name in ("nms", "qnms"):
        library.define(name + "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    import open_clip
    return open_clip, library


def _values(name, shape, random):
    noise = random.standard_normal(shape)
    if name.endswith("bias"):
        return 0.2 * noise
    if "ln_" in name:
        return 1 + 0.3 * noise
    if name.endswith("in_proj_weight"):
        return noise * 1.3 / np.sqrt(shape[-1])
    if name.endswith("conv1.weight"):
        return noise / np.sqrt(np.prod(shape[1:]))
    if "embedding" in name:
        return 0.6 * noise
    return noise / np.sqrt(shape[-1])


def _fill(model, seed):
    import torch

    random = np.random.RandomState(seed)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            values = 2.6592 if name == "logit_scale" else _values(name, tuple(parameter.shape), random)
            if name == "text_projection.bias":
                values = np.zeros(parameter.shape)
            parameter.copy_(torch.tensor(np.asarray(values, np.float32)))


def _write_json(path, value):
    path.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")


def _write_model(name, cfg, seed, folder, pixels, ids):
    import torch
    from open_clip.model import CLIP, CustomTextCLIP
    from safetensors.torch import save_file

    built = {key: value for key, value in cfg.items() if key != "custom_text"}
    if name == "linear":
        built["text_cfg"] = dict(cfg["text_cfg"], proj_bias=True)  # a Linear; its bias is zero and not saved
    model = (CustomTextCLIP if cfg.get("custom_text") else CLIP)(**built).eval()
    _fill(model, seed)
    with torch.no_grad():
        images = model.encode_image(torch.tensor(pixels), normalize=True)
        texts = model.encode_text(torch.tensor(ids), normalize=True)
    np.save(folder / f"{name}.image_embeds.npy", images.numpy())
    np.save(folder / f"{name}.text_embeds.npy", texts.numpy())

    (folder / name).mkdir(exist_ok=True)
    tensors = {key: value.contiguous() for key, value in model.state_dict().items() if key != "text_projection.bias"}
    if name == "flat":
        torch.save(tensors, folder / name / "open_clip_pytorch_model.bin")
    else:
        save_file(tensors, folder / name / "open_clip_model.safetensors", metadata={"format": "pt"})
    preprocess = dict(size=8, mode="RGB", mean=MEAN, std=STD, interpolation="bicubic", resize_mode="shortest",
                      fill_color=0)
    _write_json(folder / name / "open_clip_config.json", {"model_cfg": cfg, "preprocess_cfg": preprocess})


def _write_preprocess(folder):
    from open_clip.transform import PreprocessCfg, image_transform_v2
    from PIL import Image

    random = np.random.RandomState(SEED + 10)
    pictures = []
    for name, (width, height) in PICTURES.items():
        pictures.append(Image.fromarray(random.randint(0, 256, (height, width, 3)).astype(np.uint8)))
        pictures[-1].save(folder / name)
    for index, cfg in enumerate(PREPROCESS):
        transform = image_transform_v2(PreprocessCfg(**cfg), is_train=False)
        np.save(folder / f"preprocess-{index}.npy", np.stack([transform(picture).numpy() for picture in pictures]))
    _write_json(folder / "preprocess.json", {"pictures": list(PICTURES), "variants": PREPROCESS})


def write(out_dir):
    from importlib.metadata import version

    _open_clip, _library = _import_open_clip()
    folder = pathlib.Path(out_dir) / "openclip"
    folder.mkdir(exist_ok=True)
    random = np.random.RandomState(SEED)
    pixels = random.standard_normal((2, 3, 8, 8)).astype(np.float32)
    ids = np.zeros((3, 8), np.int64)
    for row, length in enumerate((8, 5, 3)):
        ids[row, :length] = [46, *random.randint(1, 46, length - 2), 47]
    np.save(folder / "pixels.npy", pixels)
    np.save(folder / "ids.npy", ids.astype("<i4"))
    for index, (name, cfg) in enumerate(MODELS.items()):
        _write_model(name, cfg, SEED + 1 + index, folder, pixels, ids)
    _write_preprocess(folder)
    packages = ("open_clip_torch", "torchvision", "torch", "pillow", "safetensors", "numpy")
    _write_json(folder / "versions.json", dict({name: version(name) for name in packages}, seed=SEED,
                                               script="scripts/golden/openclip_nano.py"))
