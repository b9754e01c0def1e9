# SPDX-License-Identifier: Apache-2.0
"""Folders that configure the image preprocessing in different files and keys, and the pixels that transformers computes.

write(out_dir) makes cases.json under out_dir: for each case the files beside a config.json of CLIP, the class that
transformers' AutoProcessor builds from them, the side of its images, and the FNV-1a of the float32 pixel values of each
image of data/golden/model/images. "refused" is the error class that sightline reports instead, and
"transformers" what the reference does there: an error, or "ok" for steps that sightline does not support.

A class that does not convert to RGB is given images as transformers' own load_image (and so its pipelines) gives them:
turned as their EXIF says, and converted. Of images that are RGB that is what the class itself makes.
Needs transformers, tokenizers, Pillow, numpy; no torchvision, so that the classes are those of the Pillow backend.
"""
import importlib.metadata
import json
import os
import pathlib
import shutil
import tempfile

import numpy as np

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
MODEL = ROOT / "data" / "golden" / "model" / "nano_quick_gelu"
PICTURES = sorted((ROOT / "data" / "golden" / "model" / "images").iterdir())
PREPROCESSOR, PROCESSOR, CONFIG = "preprocessor_config.json", "processor_config.json", "config.json"
TOKENIZER = "tokenizer_config.json"

HALF = {"image_mean": [0.5, 0.5, 0.5], "image_std": [0.5, 0.5, 0.5]}
SMALL = {"size": {"shortest_edge": 20}, "crop_size": {"height": 20, "width": 20}}
OTHER = {"size": {"shortest_edge": 16}, "crop_size": {"height": 16, "width": 16}}


def _flat(**keys):
    return {PREPROCESSOR: keys}


def _class(name, **keys):
    return {PREPROCESSOR: {"image_processor_type": name, **keys}}


# name, files, side of the images
FOLLOWED = [
    # Precedence of files.
    ("flat", _flat(**SMALL), 20),
    ("nested", {PROCESSOR: {"processor_class": "CLIPProcessor", "image_processor": SMALL | HALF}}, 20),
    ("nested wins", {PROCESSOR: {"image_processor": SMALL | HALF}, PREPROCESSOR: OTHER}, 20),
    ("nested is not merged", {PROCESSOR: {"image_processor": SMALL}, PREPROCESSOR: HALF}, 20),
    ("nested empty: defaults", {PROCESSOR: {"image_processor": {}}, PREPROCESSOR: SMALL}, 224),
    ("nested null: flat", {PROCESSOR: {"image_processor": None}, PREPROCESSOR: SMALL | HALF}, 20),
    ("processor_config without images: flat", {PROCESSOR: {"processor_class": "CLIPProcessor"} | OTHER,
                                               PREPROCESSOR: SMALL}, 20),
    ("images_kwargs are not read", {PROCESSOR: {"images_kwargs": HALF, "video_processor": HALF,
                                                "image_processor": SMALL}}, 20),
    ("flat image_processor is not a section", {PREPROCESSOR: SMALL | {"image_processor": {}}}, 20),
    # Keys that name the class.
    ("class by image_processor_type", _class("ViTImageProcessor", size=20), 20),
    ("class: null is absent", _class(None, **SMALL), 20),
    ("class by feature_extractor_type", _flat(feature_extractor_type="ViTFeatureExtractor", size=20), 20),
    ("image_processor_type before feature_extractor_type",
     _class("CLIPImageProcessor", feature_extractor_type="ViTFeatureExtractor", size=20, crop_size=20), 20),
    ("class of the nested section", {PROCESSOR: {"image_processor": {"image_processor_type": "ViTImageProcessor",
                                                                     "size": 20}},
                                     PREPROCESSOR: {"image_processor_type": "CLIPImageProcessor"}}, 20),
    ("class by config.json", {PREPROCESSOR: {"size": 20}, CONFIG: {"image_processor_type": "ViTImageProcessor"}}, 20),
    ("config.json comes last", {PREPROCESSOR: {"image_processor_type": "CLIPImageProcessor"} | SMALL,
                                CONFIG: {"image_processor_type": "ViTImageProcessor"}}, 20),
    ("auto_map hides feature_extractor_type",
     _flat(feature_extractor_type="ViTFeatureExtractor",
           auto_map={"AutoImageProcessor": "custom.Processor"}, **SMALL), 20),
    ("auto_map beside a class", _class("ViTImageProcessor", auto_map={"AutoImageProcessor": "custom.Processor"},
                                       size=20), 20),
    ("image_processor_class is not read", _flat(image_processor_class="ViTImageProcessor", **SMALL), 20),
    ("Fast", _class("CLIPImageProcessorFast", **SMALL), 20),
    ("Pil", _class("ViTImageProcessorPil", size=20), 20),
    # Every class, with its defaults if they give small images, else with sizes of the case.
    ("CLIP: defaults", _class("CLIPImageProcessor"), 224),
    ("ChineseCLIP", _class("ChineseCLIPImageProcessor", size=24, crop_size=20), 20),
    ("Bit", _class("BitImageProcessor", size=24, crop_size=20), 20),
    ("Llava", _class("LlavaImageProcessor", size=24, crop_size=20), 20),
    ("Chameleon", _class("ChameleonImageProcessor", size=24, crop_size=20), 20),
    ("Blip", _class("BlipImageProcessor", size=20), 20),
    ("Siglip", _class("SiglipImageProcessor", size={"height": 20, "width": 20}), 20),
    ("Siglip: a number is the shorter side", _class("SiglipImageProcessor", size=24, do_center_crop=True,
                                                    crop_size=20), 20),
    ("OwlViT", _class("OwlViTImageProcessor", size=20), 20),
    ("OwlViT: rescale", _class("OwlViTImageProcessor", size=20, rescale=False, do_rescale=True), 20),
    ("ViT: defaults", _class("ViTImageProcessor"), 224),
    ("ViT: number", _class("ViTImageProcessor", size=20), 20),
    ("ViT: crop", _class("ViTImageProcessor", size={"height": 30, "width": 24}, do_center_crop=True, crop_size=20), 20),
    ("ViT: default_to_square", _class("ViTImageProcessor", size=24, default_to_square=False, do_center_crop=True,
                                      crop_size=20), 20),
    ("ViT: converted", _class("ViTImageProcessor", size=20, do_convert_rgb=True), 20),
    ("DeiT: defaults", _class("DeiTImageProcessor"), 224),
    ("DeiT", _class("DeiTImageProcessor", size=24, crop_size=20), 20),
    ("Beit", _class("BeitImageProcessor", size=20, do_reduce_labels=True), 20),
    ("Pvt", _class("PvtImageProcessor", size=20), 20),
    ("MobileNetV1", _class("MobileNetV1ImageProcessor", size=24, crop_size=20), 20),
    ("MobileNetV2", _class("MobileNetV2ImageProcessor", size=24, crop_size=20), 20),
    ("EfficientNet", _class("EfficientNetImageProcessor", size=20, include_top=False), 20),
    ("Levit", _class("LevitImageProcessor", size=20, crop_size=20), 20),
    ("Levit: height and width", _class("LevitImageProcessor", size={"height": 24, "width": 30}, crop_size=20), 20),
    ("ConvNext: below 384", _class("ConvNextImageProcessor", size=20), 20),
    ("ConvNext: crop_pct", _class("ConvNextImageProcessor", size={"shortest_edge": 20}, crop_pct=0.7), 20),
    ("ConvNext: 384", _class("ConvNextImageProcessor", size=384, do_center_crop=True, crop_size=20), 20),
    ("PoolFormer", _class("PoolFormerImageProcessor", size=20, crop_size=20), 20),
    ("PoolFormer: crop_pct", _class("PoolFormerImageProcessor", size={"height": 20, "width": 20}, crop_pct=0.5,
                                    crop_size=20), 20),
    ("PoolFormer: sides", _class("PoolFormerImageProcessor", size={"height": 20, "width": 26}, crop_pct=0.8,
                                 crop_size=20), 20),
    # Values.
    ("null switches a step off", _flat(do_resize=None, size=None, resample=None, do_rescale=None, rescale_factor=None,
                                       do_normalize=None, image_mean=None, image_std=None, crop_size=20), 20),
    ("null: not cropped", _flat(do_center_crop=None, crop_size=None, size=[20, 20]), 20),
    ("null: not converted, not padded", _flat(do_convert_rgb=None, do_pad=None, **SMALL), 20),
    ("null: not squared", _class("ViTImageProcessor", size=24, default_to_square=None, do_center_crop=True,
                                 crop_size=20), 20),
    ("PoolFormer: crop_pct null", _class("PoolFormerImageProcessor", size=24, crop_pct=None, crop_size=20), 20),
    ("sizes as lists", _flat(size=[24, 30], crop_size=[20, 20]), 20),
    ("padding crop", _flat(size=12, crop_size=20), 20),
    ("no crop of the class", _flat(size=[20, 20], do_center_crop=False), 20),
    ("not converted", _flat(do_convert_rgb=False, **SMALL), 20),
    ("one mean", _flat(image_mean=0.25, image_std=2, **SMALL), 20),
    ("no rescale", _flat(do_rescale=False, **SMALL), 20),
    ("no normalisation", _flat(do_normalize=False, rescale_factor=0.5, **SMALL), 20),
    ("nothing asked for", _flat(crop_pct=None, do_flip_channel_order=False, size_divisor=0, **SMALL), 20),
]

# name, files, class of this program's error
REFUSED = [
    ("nested is not an object", {PROCESSOR: {"image_processor": "clip"}, PREPROCESSOR: SMALL}, "TYPE"),
    ("unknown class", _class("NoSuchImageProcessor"), "UNSUP"),
    ("unknown class of the nested section",
     {PROCESSOR: {"image_processor": {"image_processor_type": "NoSuchImageProcessor"}}, PREPROCESSOR: SMALL}, "UNSUP"),
    ("Donut", _class("DonutImageProcessor"), "UNSUP"),
    ("Pix2Struct", _class("Pix2StructImageProcessor"), "UNSUP"),
    ("LayoutLMv3", _class("LayoutLMv3ImageProcessor", apply_ocr=False, size=20), "UNSUP"),
    ("Perceiver", _class("PerceiverImageProcessor", size=20, crop_size=24), "UNSUP"),
    ("do_pad", _flat(do_pad=True, pad_size={"height": 24, "width": 24}, **SMALL), "UNSUP"),
    ("Llava: do_pad", _class("LlavaImageProcessor", do_pad=True, **SMALL), "UNSUP"),
    ("EfficientNet: include_top", _class("EfficientNetImageProcessor", size=20), "UNSUP"),
    ("EfficientNet: rescale_offset", _class("EfficientNetImageProcessor", size=20, include_top=False,
                                            rescale_offset=True), "UNSUP"),
    ("ConvNext: two crops", _class("ConvNextImageProcessor", size=24, do_center_crop=True, crop_size=20), "UNSUP"),
    ("ConvNext: height and width", _class("ConvNextImageProcessor", size={"height": 20, "width": 20}), "UNSUP"),
    ("crop without its size", _class("ViTImageProcessor", size=20, do_center_crop=True), "MISSING"),
    ("crop of a shorter side", _flat(size=20, crop_size={"shortest_edge": 20}), "UNSUP"),
    ("size with a longest edge", _flat(size={"shortest_edge": 20, "longest_edge": 30}), "UNSUP"),
    ("size of the longest edge", _flat(size={"longest_edge": 30}), "UNSUP"),
    ("size of too many keys", _flat(size={"shortest_edge": 20, "height": 20, "width": 20}), "UNSUP"),
    ("null size", _flat(size=None), "TYPE"),
    ("null filter", _flat(resample=None), "TYPE"),
    ("null crop", _flat(crop_size=None), "TYPE"),
    ("null factor", _flat(rescale_factor=None), "TYPE"),
    ("null mean", _flat(image_mean=None), "TYPE"),
    ("null std", _flat(image_std=None), "TYPE"),
    ("ConvNext: null crop_pct", _class("ConvNextImageProcessor", size=20, crop_pct=None), "TYPE"),
    ("rescale is a function", _flat(rescale=None, **SMALL), "UNSUP"),
    ("a class of config.json", {PREPROCESSOR: SMALL, CONFIG: {"image_processor_type": "DonutImageProcessor"}}, "UNSUP"),
    ("old name under the new key", _class("NoSuchFeatureExtractor", **SMALL), "UNSUP"),
    ("unknown key", _flat(do_sharpen=True, **SMALL), "UNSUP"),
    ("flipped channels", _flat(do_flip_channel_order=True, **SMALL), "UNSUP"),
    ("images among the tokenizer's settings", {PREPROCESSOR: SMALL, TOKENIZER: {"do_normalize": False}}, "UNSUP"),
]


def lay(folder, files):
    """The folder of a case: the tokenizer and config of a nano model, and the files of the case."""
    os.makedirs(folder)
    for name in ("vocab.json", "merges.txt", TOKENIZER, CONFIG):
        shutil.copyfile(MODEL / name, os.path.join(folder, name))
    for name, content in files.items():
        path = os.path.join(folder, name)
        if name in (CONFIG, TOKENIZER):  # keys beside those that are there
            with open(path, encoding="utf-8") as file:
                content = json.load(file) | content
            os.remove(path)
        with open(path, "w", encoding="utf-8") as file:
            json.dump(content, file)


def fnv1a(values):
    value = 0xCBF29CE484222325
    for byte in np.ascontiguousarray(values, "<f4").tobytes():
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


def reference(folder, pictures=None):
    """Class of the image processor, and the pixel values of each image, channels first."""
    from PIL import Image, ImageOps
    from transformers import AutoProcessor
    from transformers.image_utils import load_image

    processor = AutoProcessor.from_pretrained(folder)
    converts = processor.image_processor.do_convert_rgb
    pixels = []
    for path in pictures or PICTURES:
        image = ImageOps.exif_transpose(Image.open(path)) if converts else load_image(os.fspath(path))
        pixels.append(np.asarray(processor(images=image, return_tensors="np")["pixel_values"][0]))
        if not converts and Image.open(path).mode == "RGB":
            own = processor(images=ImageOps.exif_transpose(Image.open(path)), return_tensors="np")["pixel_values"][0]
            assert np.array_equal(own, pixels[-1])
    return type(processor.image_processor).__name__.removesuffix("Pil"), pixels


def write(out_dir):
    from transformers.utils import logging

    logging.set_verbosity_error()
    with tempfile.TemporaryDirectory() as name:
        cases = []
        for number, (case, files, side) in enumerate(FOLLOWED):
            folder = os.path.join(name, str(number))
            lay(folder, files)
            pictures = [path for path in PICTURES if side < 100 or path.name in ("photo.jpg", "grey.png")]
            try:
                of, pixels = reference(folder, pictures)
            except Exception as error:
                raise RuntimeError(case) from error
            assert all(values.shape == (3, side, side) for values in pixels), case
            cases.append({"name": case, "files": files, "class": of, "side": side,
                          "pixels": {path.name: fnv1a(values) for path, values in zip(pictures, pixels)}})
        for number, (case, files, refused) in enumerate(REFUSED):
            folder = os.path.join(name, f"refused{number}")
            lay(folder, files)
            try:
                reference(folder)
                answer = "ok"
            except Exception as error:  # whatever it is, it goes into the file by its type
                answer = type(error).__name__
            cases.append({"name": case, "files": files, "refused": refused, "transformers": answer})
    versions = {package: importlib.metadata.version(package) for package in ("transformers", "pillow", "numpy")}
    lines = ",\n".join("  " + json.dumps(case) for case in cases)
    with open(os.path.join(out_dir, "cases.json"), "w", encoding="utf-8", newline="\n") as file:
        file.write(f'{{\n "script": "scripts/golden/processors.py",\n "versions": {json.dumps(versions)},\n'
                   f' "cases": [\n{lines}\n ]\n}}\n')
