# SPDX-License-Identifier: Apache-2.0
"""Nano models of OpenCLIP with text towers of transformers, and OpenCLIP's results (fp32) for them.

write(out_dir) writes, under out_dir:
  xlm_roberta/   a CLIP with a tower named xlm-roberta-base (mean pooler, mlp), and the tokenizer.json of
                 data/golden/text/pipelines/xlm_roberta
  biomed/        a timm vit_base_patch16_224 and a tower named as BiomedCLIP's (row of [CLS], mlp), and the vocab.txt of
                 data/golden/bert_towers/chinese_clip
  expected/NAME/ captions (a line each), ids (padded), embeddings, and the pixels from which those of the images come
  versions.json  versions and seeds
The files are as push_to_hf_hub writes them; the sizes stand in `hf_model_config` and `timm_model_kwargs`, which OpenCLIP
has read since version 3.4.

Needs open_clip_torch 3.3.0, timm, torch, transformers, tokenizers, numpy, safetensors.
"""
import importlib.abc
import importlib.machinery
import importlib.metadata
import importlib.util
import pathlib
import shutil
import sys
import tempfile
import types

import numpy as np

import models

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "data/golden"
CONTEXT = 20
LONG = "a very long caption that goes on and on and on, until it has far more tokens than a text may have"
CAPTIONS = ["a photo of a cat", "two cats, on a sofa", "x", LONG, "an end in the middle", "100%"]
MEAN, STD = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
SPECS = [
    dict(name="xlm_roberta", seed=241, hub="xlm-roberta-base", kind="XLMRoberta", type="xlm-roberta", text=dict(
             hidden_size=16, num_attention_heads=2, intermediate_size=40, num_hidden_layers=2, max_position_embeddings=30,
             type_vocab_size=1, pad_token_id=1, layer_norm_eps=1e-5),
         vision=dict(layers=2, width=16, head_width=8, mlp_ratio=2.0, patch_size=7, image_size=28), pooler="mean_pooler"),
    dict(name="biomed", seed=242, hub="microsoft/BiomedNLP-BiomedBERT-base-uncased-abstract", kind="Bert", type="bert", text=dict(
             hidden_size=24, num_attention_heads=3, intermediate_size=40, num_hidden_layers=2, max_position_embeddings=32,
             type_vocab_size=2, layer_norm_eps=1e-12),
         vision=dict(timm_model_name="vit_base_patch16_224", timm_pool="", timm_proj="linear", image_size=28),
         timm=dict(embed_dim=24, depth=2, num_heads=3, patch_size=7, img_size=28), pooler="cls_last_hidden_state_pooler"),
]
EMBED_DIM = 20


def write(out_dir):
    _import_open_clip()
    root = pathlib.Path(out_dir)
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    noise = {spec["name"]: _write(spec, root) for spec in SPECS}
    packages = ("open_clip_torch", "timm", "torch", "transformers", "tokenizers", "numpy", "safetensors")
    models._write_json(root / "versions.json", {
        "script": "scripts/golden/openclip_bert.py",
        "versions": {name: importlib.metadata.version(name) for name in packages},
        "seeds": {spec["name"]: spec["seed"] for spec in SPECS},
        "largest_difference_to_float64": noise,
    })


class Anything(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return name


class StandIn(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """A torchvision whose modules have every name."""

    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] != "torchvision":
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=True)

    def create_module(self, spec):
        class Module(types.ModuleType):
            def __getattr__(self, name):
                if name.startswith("__"):
                    raise AttributeError(name)
                return Anything(name, (), {})
        return Module(spec.name)

    def exec_module(self, module):
        pass


def _import_open_clip():
    """open_clip and timm import torchvision for transforms and datasets, which are not used here."""
    import transformers  # noqa: F401  before the stand-in, which it would take for the real library

    if importlib.util.find_spec("torchvision") is None:
        sys.meta_path.append(StandIn())
    import open_clip
    return open_clip


def _write(spec, root):
    import torch
    import transformers
    from safetensors.torch import save_file

    torch.set_num_threads(1)
    folder = root / spec["name"]
    folder.mkdir()
    if spec["kind"] == "Bert":
        shutil.copy(SOURCE / "bert_towers/chinese_clip/vocab.txt", folder)
        models._write_json(folder / "tokenizer_config.json", {"do_lower_case": True, "tokenizer_class": "BertTokenizer"})
    else:
        for name in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copy(SOURCE / "text/pipelines/xlm_roberta" / name, folder)
    models._write_json(folder / "config.json", {"model_type": spec["type"]})  # for AutoTokenizer
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    (folder / "config.json").unlink()
    sizes = dict(spec["text"], vocab_size=len(tokenizer))
    model = _build(spec, getattr(transformers, spec["kind"] + "Config")(**sizes)).eval()
    random = np.random.RandomState(spec["seed"])
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            parameter.copy_(torch.tensor(_values(name, tuple(parameter.shape), random), dtype=torch.float32))
    save_file({name: value.contiguous() for name, value in model.state_dict().items()},
              folder / "open_clip_model.safetensors", metadata={"format": "pt"})
    vision = dict(spec["vision"], **({"timm_model_kwargs": spec["timm"]} if "timm" in spec else {}))
    models._write_json(folder / "open_clip_config.json", {
        "model_cfg": {"embed_dim": EMBED_DIM, "vision_cfg": vision, "text_cfg": {
            "hf_model_name": spec["hub"], "hf_tokenizer_name": spec["hub"], "hf_proj_type": "mlp",
            "hf_pooler_type": spec["pooler"], "hf_model_config": sizes, "context_length": CONTEXT}},
        "preprocess_cfg": {"size": [28, 28], "mode": "RGB", "mean": MEAN, "std": STD, "interpolation": "bicubic",
                           "resize_mode": "shortest", "fill_color": 0}})
    return _write_expected(root / "expected" / spec["name"], spec, model, tokenizer)


def _build(spec, config):
    """OpenCLIP 3.3 reads the tower's config from a folder, and has no keys for the sizes of timm's tower."""
    import timm
    from open_clip.model import CustomTextCLIP

    create = timm.create_model
    with tempfile.TemporaryDirectory() as hub:
        config.save_pretrained(hub)
        text = dict(hf_model_name=hub, hf_proj_type="mlp", hf_pooler_type=spec["pooler"], hf_model_pretrained=False,
                    context_length=CONTEXT)
        try:
            if "timm" in spec:
                timm.create_model = lambda name, **more: create(name, **dict(more, **spec["timm"]))
            return CustomTextCLIP(embed_dim=EMBED_DIM, vision_cfg=dict(spec["vision"]), text_cfg=text)
        finally:
            timm.create_model = create


def _values(name, shape, random):
    noise = random.standard_normal(shape)
    if name == "logit_scale":
        return np.full(shape, 2.3)
    if name.endswith("bias"):
        return 0.2 * noise
    if "norm" in name.lower() or "ln_" in name:
        return 1 + 0.3 * noise
    if "embed" in name or "cls_token" in name:
        return 0.6 * noise
    return noise * 1.3 / np.sqrt(np.prod(shape[1:]))


def _write_expected(target, spec, model, tokenizer):
    import torch

    target.mkdir(parents=True)

    def save(name, array, dtype="<f4"):
        np.save(target / (name + ".npy"), np.ascontiguousarray(array, dtype=dtype), allow_pickle=False)

    # HFTokenizer: the cleaning does not change these captions.
    batch = tokenizer(CAPTIONS, max_length=CONTEXT, padding="max_length", truncation=True, return_tensors="pt")
    save("input_ids", batch["input_ids"].numpy(), "<i4")
    save("lengths", batch["attention_mask"].sum(1).numpy(), "<i4")
    (target / "captions.txt").write_text("".join(text + "\n" for text in CAPTIONS), encoding="utf-8")
    pixels = np.random.RandomState(spec["seed"] + 1).uniform(-2, 2, (2, 3, 28, 28)).astype(np.float32)
    save("pixels", pixels)
    with torch.no_grad():
        images = model.encode_image(torch.tensor(pixels), normalize=True)
        texts = model.encode_text(batch["input_ids"], normalize=True)
        model = model.double()
        exact = (model.encode_image(torch.tensor(pixels).double(), normalize=True),
                 model.encode_text(batch["input_ids"], normalize=True))
    save("image_embeds", images.numpy())
    save("text_embeds", texts.numpy())
    return float(f"{max((a.double() - b).abs().max().item() for a, b in zip((images, texts), exact)):.2g}")
