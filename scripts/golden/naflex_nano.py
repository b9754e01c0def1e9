# SPDX-License-Identifier: Apache-2.0
"""A nano SigLIP 2 NaFlex model with random weights and a tokenizer, and what transformers makes of images and captions.

write(out_dir) writes, under out_dir:
  images/            images of extreme shapes; the other ones are those of data/golden/model/images
  naflex_nano/       the model as on the hub, with the tokenizer data/golden/text/pipelines/siglip2
  expected/          captions (a line each), padded ids; per image, for 256 and for 64 patches at most: hashes of its
                     patches, its rows and columns of patches, its embedding; logits
  versions.json      versions, seed and the noise of the reference's float32

Everything goes through Siglip2Processor with the Pillow backend (fp32, eager). torchvision_hashes.npy, the hashes of the
patches with the torchvision backend, are written only if torchvision can be imported, and are kept otherwise. Needs
torch, transformers, Pillow, numpy, safetensors; data/golden/text must be complete.
"""
import importlib.metadata
import importlib.util
import json
import pathlib
import shutil

import numpy as np

import models
import siglip_nano

SEED = 221
NAME = "naflex_nano"
# The grid of positions is smaller than that of most images and larger than that of the narrow ones. The file of the
# image processor asks for 100 patches, which Siglip2Processor overrides.
SPEC = dict(vision=(24, 3, 2, 40), text=(20, 2, 2, 36), positions=64, logit=(2.3, -1.7), patches=36, of_file=100)
CAPTIONS = ["a photo of a cat", "A photo of a Dog!", "two cats, on a sofa", "x", "ΟΔΟΣ in Αθήνα", "日本語 の 文", ""]
# width, height: the scale of the largest is bounded from below by one patch, that of the smallest by 100.
SHAPES = {"band": (3000, 17), "column": (100, 1000), "dot": (1, 1), "odd": (37, 41), "square": (256, 256)}
LIMITS = (256, 64)
PAD = 0


def write(out_dir):
    root = pathlib.Path(out_dir)
    kept = root / "expected/torchvision_hashes.npy"
    hashes = kept.read_bytes() if kept.exists() else None
    shutil.rmtree(root, ignore_errors=True)
    (root / "expected").mkdir(parents=True)
    _write_images(root / "images")
    _write_model(root / NAME)
    noise = _write_expected(root)
    if importlib.util.find_spec("torchvision"):
        _write_torchvision(root)
    elif hashes:
        kept.write_bytes(hashes)
    packages = ("torch", "transformers", "tokenizers", "pillow", "numpy", "safetensors")
    models._write_json(root / "versions.json", {
        "script": "scripts/golden/naflex_nano.py",
        "versions": {name: importlib.metadata.version(name) for name in packages},
        "seed": SEED,
        "largest_difference_to_float64": noise,
    })


def _write_images(folder):
    from PIL import Image

    folder.mkdir()
    for name, (width, height) in SHAPES.items():
        y, x = np.mgrid[0:height, 0:width]
        channels = [x * 5 // 2 + y, (x // 7) * 40 + (y // 5) * 60, x * y // 16]
        pixels = np.stack([channel % 256 for channel in channels], -1).astype(np.uint8)
        Image.fromarray(pixels, "RGB").save(folder / (name + ".png"), optimize=True)


def _write_model(folder):
    from transformers import AutoTokenizer, Siglip2Config, Siglip2Model

    folder.mkdir()
    source = pathlib.Path(__file__).resolve().parents[2] / "data/golden/text/pipelines/siglip2"
    shutil.copy(source / "tokenizer.json", folder)
    settings = json.loads((source / "tokenizer_config.json").read_text())
    settings["model_max_length"] = int(1e30)  # as in Gemma's files; Siglip2Processor pads to 64
    models._write_json(folder / "tokenizer_config.json", settings)
    models._write_json(folder / "config.json", {"model_type": "siglip2"})
    vocabulary = len(AutoTokenizer.from_pretrained(folder))
    models._write_json(folder / "config.json", {
        "architectures": ["Siglip2Model"], "model_type": "siglip2",
        "text_config": siglip_nano._section(SPEC["text"], "siglip2_text_model", vocab_size=vocabulary,
                                            projection_size=SPEC["vision"][0]),
        "vision_config": siglip_nano._section(SPEC["vision"], "siglip2_vision_model", num_patches=SPEC["patches"]),
    })
    models._write_json(folder / "preprocessor_config.json", {
        "do_convert_rgb": True, "do_normalize": True, "do_rescale": True, "do_resize": True,
        "image_mean": [0.5, 0.5, 0.5], "image_processor_type": "Siglip2ImageProcessor", "image_std": [0.5, 0.5, 0.5],
        "max_num_patches": SPEC["of_file"], "patch_size": 16, "processor_class": "Siglip2Processor", "resample": 2,
        "rescale_factor": 1 / 255})
    model = Siglip2Model(Siglip2Config.from_pretrained(folder)).eval()
    siglip_nano._save_weights(model, SPEC["logit"], np.random.RandomState(SEED), folder)


def _pictures(root):
    from PIL import Image, ImageOps

    shared = pathlib.Path(__file__).resolve().parents[2] / "data/golden/model/images"
    paths = [shared / name for name in models.PICTURES] + [root / "images" / (name + ".png") for name in SHAPES]
    return [ImageOps.exif_transpose(Image.open(path)) for path in paths]


def _hashes(batch):
    """Of the patches of each image, without the padding."""
    counts = batch["pixel_attention_mask"].sum(-1).tolist()
    return np.array([models._fnv1a(np.asarray(x[:n], "<f4").tobytes())
                     for x, n in zip(batch["pixel_values"], counts)], np.uint64)


def _write_expected(root):
    import torch
    from transformers import AutoTokenizer, Siglip2Model, Siglip2Processor
    from transformers.models.siglip2.image_processing_pil_siglip2 import Siglip2ImageProcessorPil

    torch.set_num_threads(1)
    folder, target = root / NAME, root / "expected"

    def save(name, array, dtype="<f4"):
        array = array.detach().numpy() if isinstance(array, torch.Tensor) else array
        np.save(target / (name + ".npy"), np.ascontiguousarray(array, dtype=dtype), allow_pickle=False)

    processor = Siglip2Processor(Siglip2ImageProcessorPil.from_pretrained(folder), AutoTokenizer.from_pretrained(folder))
    model = Siglip2Model.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    ids = processor(text=CAPTIONS, return_tensors="pt")["input_ids"]
    save("input_ids", ids, "<i4")
    (target / "captions.txt").write_text("".join(text + "\n" for text in CAPTIONS), encoding="utf-8")
    noise = 0.0
    for limit in LIMITS:
        options = {} if limit == 256 else {"max_num_patches": limit}
        images = processor(images=_pictures(root), return_tensors="pt", **options)
        images["pixel_values"] = images["pixel_values"].to(torch.float32)
        with torch.no_grad():
            out = model.float()(input_ids=ids, **images)
            exact = model.double()(input_ids=ids, **{**images, "pixel_values": images["pixel_values"].double()})
        save(f"patch_hashes_{limit}", _hashes(images), "<u8")
        save(f"grids_{limit}", images["spatial_shapes"], "<i4")
        save(f"image_embeds_{limit}", out.image_embeds)
        noise = max(noise, (out.image_embeds.double() - exact.image_embeds).abs().max().item(),
                    (out.text_embeds.double() - exact.text_embeds).abs().max().item())
        if limit == 256:
            save("text_embeds", out.text_embeds)
            save("logits_per_image", out.logits_per_image)
            save("probabilities", torch.sigmoid(out.logits_per_image))
    return float(f"{noise:.2g}")


def _write_torchvision(root):
    from transformers.models.siglip2.image_processing_siglip2 import Siglip2ImageProcessor

    processor = Siglip2ImageProcessor.from_pretrained(root / NAME)
    batch = processor(images=_pictures(root), return_tensors="pt", max_num_patches=256, patch_size=16)
    np.save(root / "expected/torchvision_hashes.npy", _hashes(batch).astype("<u8"), allow_pickle=False)
