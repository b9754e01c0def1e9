# SPDX-License-Identifier: Apache-2.0
"""Nano SigLIP models with random weights, and the results of transformers (fp32, eager) for them.

write(out_dir) writes, under out_dir:
  <name>/            config.json, model.safetensors and preprocessor_config.json as on the hub, without a tokenizer
  expected/<name>/   input_ids (one text per row, padded), pixel hashes, embeddings, logits and probabilities
  versions.json      versions, seeds and the noise of the reference's float32

The images are those of data/golden/model/images. Needs torch, transformers, Pillow, numpy, safetensors.
"""
import importlib.metadata
import os
import pathlib
import shutil

import numpy as np

import models

# siglip_nano: a remainder of the image is narrower than a patch; text and image towers of different widths.
# siglip_wide: head width 72 as in so400m; bilinear, do_convert_rgb null as in SigLIP 2's files; 64 positions.
SPECS = [
    dict(name="siglip_nano", seed=201, image=(28, 9), vision=(24, 3, 2, 40), text=(20, 2, 2, 36), positions=16,
         vocabulary=60, logit=(2.3, -1.7), resample=3, convert=True),
    dict(name="siglip_wide", seed=202, image=(24, 8), vision=(72, 1, 1, 64), text=(16, 2, 1, 32), positions=64,
         vocabulary=40, logit=(4.7, -12.9), resample=2, convert=None),
]
# Their modes are RGB, which a processor with do_convert_rgb null requires.
RGB_PICTURES = ["exif.jpg", "photo.jpg", "tall.png"]
PAD = 1


def write(out_dir):
    root = pathlib.Path(out_dir)
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    noise = {spec["name"]: _write_model(spec, root) for spec in SPECS}
    packages = ("torch", "transformers", "pillow", "numpy", "safetensors")
    models._write_json(root / "versions.json", {
        "script": "scripts/golden/siglip_nano.py",
        "versions": {name: importlib.metadata.version(name) for name in packages},
        "seeds": {spec["name"]: spec["seed"] for spec in SPECS},
        "largest_difference_to_float64": noise,
    })


def _section(sizes, kind, **more):
    width, heads, layers, mlp = sizes
    return dict(hidden_size=width, num_attention_heads=heads, num_hidden_layers=layers, intermediate_size=mlp,
                model_type=kind, **more)


def _write_model(spec, root):
    import torch
    from transformers import SiglipConfig, SiglipModel

    torch.set_num_threads(1)
    folder = root / spec["name"]
    folder.mkdir()
    side, patch = spec["image"]
    # Keys with the default of their class are left out, as in the files of the hub.
    config = {
        "architectures": ["SiglipModel"], "model_type": "siglip",
        "text_config": _section(spec["text"], "siglip_text_model", vocab_size=spec["vocabulary"],
                                max_position_embeddings=spec["positions"], projection_size=spec["vision"][0]),
        "vision_config": _section(spec["vision"], "siglip_vision_model", image_size=side, patch_size=patch),
    }
    if spec["positions"] == 64:
        del config["text_config"]["max_position_embeddings"]
    models._write_json(folder / "config.json", config)
    models._write_json(folder / "preprocessor_config.json", {
        "do_convert_rgb": spec["convert"], "do_normalize": True, "do_rescale": True, "do_resize": True,
        "image_mean": [0.5, 0.5, 0.5], "image_processor_type": "SiglipImageProcessor", "image_std": [0.5, 0.5, 0.5],
        "processor_class": "SiglipProcessor", "resample": spec["resample"], "rescale_factor": 1 / 255,
        "size": {"height": side, "width": side}})

    model = SiglipModel(SiglipConfig.from_pretrained(folder)).eval()
    _save_weights(model, spec["logit"], np.random.RandomState(spec["seed"]), folder)
    return _write_expected(spec, root)


def _save_weights(model, logit, random, folder):
    """Random weights in the shapes of `model`; `logit`: those of the scale and the bias."""
    import torch
    from safetensors.torch import save_file

    weights = {}
    for name, tensor in sorted(model.state_dict().items()):
        shape = tuple(tensor.shape)
        if name in ("logit_scale", "logit_bias"):
            values = np.full(shape, logit[name == "logit_bias"])
        elif "norm" in name and name.endswith("weight"):
            values = random.normal(1, 0.2, shape)
        elif len(shape) > 1 and "probe" not in name and ("embedding" not in name or _is_kernel(name, shape)):
            values = random.normal(0, 1.4 / np.sqrt(np.prod(shape[1:])), shape)
        else:
            values = random.normal(0, 0.4, shape)
        weights[name] = torch.tensor(values, dtype=torch.float32).contiguous()
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def _is_kernel(name, shape):
    return "patch_embedding" in name and len(shape) == 2


def _write_expected(spec, root):
    import torch
    from PIL import Image, ImageOps
    from transformers import SiglipModel
    from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

    folder, target = root / spec["name"], root / "expected" / spec["name"]
    target.mkdir(parents=True)

    def save(name, array, dtype="<f4"):
        array = array.detach().numpy() if isinstance(array, torch.Tensor) else array
        np.save(target / (name + ".npy"), np.ascontiguousarray(array, dtype=dtype), allow_pickle=False)

    model = SiglipModel.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    names = models.PICTURES if spec["convert"] else RGB_PICTURES
    images = pathlib.Path(__file__).resolve().parents[2] / "data/golden/model/images"
    pictures = [ImageOps.exif_transpose(Image.open(images / name)) for name in names]
    pixels = SiglipImageProcessorPil.from_pretrained(folder)(images=pictures, return_tensors="pt")["pixel_values"]
    pixels = pixels.to(torch.float32)
    hashes = [models._fnv1a(x.numpy().astype("<f4").tobytes()) for x in pixels]
    save("pixel_hashes", np.array(hashes, np.uint64), "<u8")

    random = np.random.RandomState(spec["seed"] + 1000)
    ids = np.full((6, spec["positions"]), PAD)
    for row, length in enumerate([1, 2, 5, 8, spec["positions"] - 1, spec["positions"]]):
        ids[row, :length] = random.randint(2, spec["vocabulary"], length)
        if length < spec["positions"]:
            ids[row, length - 1] = PAD  # SigLIP's end token is its pad token
    save("input_ids", ids, "<i4")
    with torch.no_grad():
        batch = dict(input_ids=torch.tensor(ids), pixel_values=pixels)
        out = model(**batch)
        exact = model.double()(**dict(batch, pixel_values=pixels.double()))
    save("image_embeds", out.image_embeds)
    save("text_embeds", out.text_embeds)
    save("logits_per_image", out.logits_per_image)
    save("probabilities", torch.sigmoid(out.logits_per_image))
    noise = max((out.image_embeds.double() - exact.image_embeds).abs().max().item(),
                (out.text_embeds.double() - exact.text_embeds).abs().max().item())
    return float(f"{noise:.2g}")
