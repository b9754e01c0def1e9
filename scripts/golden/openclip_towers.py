# SPDX-License-Identifier: Apache-2.0
"""Nano models of OpenCLIP with other towers than CLIP's, random weights, and OpenCLIP's results for them (fp32).

write(out_dir) writes, under out_dir:
  <name>/            open_clip_config.json, open_clip_model.safetensors, and the tokenizer of a folder of
                     data/golden/text/pipelines, or of CLIP's kind of data/golden/model, if the model has one
  <name>/expected/   pixels.npy, input_ids.npy [texts, context], embeddings (normalised), logits.npy and
                     probabilities.npy (with a logit_bias), captions.txt for models with a tokenizer
  versions.json      versions, seeds and the noise of the reference's float32

siglip and siglip2: timm's trunk with exact and tanh GELU, `canonicalize`, T5's and Gemma's tokenizer. clipa: BERT's
tokenizer without its [SEP]. mobileclip: timm's CLIP trunk, no causal mask. naflex: timm's NaFlex trunk with OpenCLIP's
images of one size, to which the positions are resized. coca: pooling by attention with other sizes of rows and
embeddings, and a class embedding after the text, masked by position; coca_same: the same with equal sizes, without a
causal mask, for ids only. Captions and ids contain the padding's id 0, and fill the context. The images are those of
data/golden/model/images that are RGB. Needs open_clip's main branch of 2026-06-27 (89fb801; 3.3.0 lacks
timm_model_kwargs) on PYTHONPATH, timm, ftfy, torch, transformers, Pillow, numpy, safetensors; data/golden/text must be
complete.
"""
import importlib.abc
import importlib.machinery
import importlib.metadata
import pathlib
import shutil
import sys
import types

import numpy as np

import models

CONTEXT = 12
CANONICAL = dict(hf_tokenizer_name="local", tokenizer_kwargs=dict(clean="canonicalize"))
BIDIRECTIONAL = dict(context_length=CONTEXT, no_causal_mask=True)
SIGLIP_TEXT = dict(BIDIRECTIONAL, **CANONICAL, width=24, heads=3, layers=2, mlp_ratio=1.6, proj_bias=True,
                   pool_type="last", norm_kwargs=dict(eps=1e-6))


def _timm(name, pool, proj, side, patch, width, heads, depth, **more):
    kwargs = dict(embed_dim=width, depth=depth, num_heads=heads, mlp_ratio=1.5, img_size=side, patch_size=patch)
    return dict(image_size=side, timm_model_name=name, timm_model_pretrained=False, timm_pool=pool, timm_proj=proj,
                timm_model_kwargs=kwargs, **more)


def _coca(embed_dim, vision, text):
    text = dict(context_length=CONTEXT, width=16, heads=2, mlp_ratio=2, embed_cls=True, output_tokens=True, **text)
    decoder = dict(context_length=CONTEXT, vocab_size=8, width=8, heads=1, layers=1, attn_pooler_heads=1)
    return dict(embed_dim=embed_dim, custom_text=True, multimodal_cfg=decoder, text_cfg=text,
                vision_cfg=dict(image_size=20, patch_size=7, mlp_ratio=1.5, attentional_pool=True, output_tokens=True,
                                **vision))


OPENAI = dict(mean=[0.48145466, 0.4578275, 0.40821073], std=[0.26862954, 0.26130258, 0.27577711],
              resize_mode="shortest", interpolation="bicubic")
HALF = dict(mean=[0.5] * 3, std=[0.5] * 3, resize_mode="squash")


def _naflex(width, heads, depth, side, patch):
    kwargs = dict(embed_dim=width, depth=depth, num_heads=heads, mlp_ratio=1.5, patch_size=patch)
    return dict(image_size=side, image_seq_len=(side // patch) ** 2, timm_model_name="naflexvit_base_patch16_siglip",
                timm_model_pretrained=False, timm_pool="map", timm_proj="none", timm_model_kwargs=kwargs)


SPECS = [
    dict(name="siglip", seed=221, tokenizer="t5", preprocess=dict(HALF, interpolation="bicubic"), model=dict(
        embed_dim=24, init_logit_bias=-10, custom_text=True,
        vision_cfg=_timm("vit_base_patch16_siglip_224", "map", "none", 28, 9, 24, 3, 2), text_cfg=dict(SIGLIP_TEXT))),
    dict(name="siglip2", seed=222, tokenizer="gemma", preprocess=dict(HALF, interpolation="bicubic"), model=dict(
        embed_dim=16, init_logit_bias=-10, custom_text=True,
        vision_cfg=_timm("vit_base_patch32_siglip_256", "map", "none", 16, 8, 16, 2, 1),
        text_cfg=dict(SIGLIP_TEXT, layers=1, act_kwargs=dict(approximate="tanh")))),
    dict(name="clipa", seed=223, tokenizer="bert", preprocess=dict(
        mean=[0.485, 0.456, 0.406], std=[0.229, 0.224, 0.225], resize_mode="squash", interpolation="bilinear"),
        model=dict(embed_dim=20, vision_cfg=dict(image_size=20, layers=1, width=24, head_width=8, mlp_ratio=1.5,
                                                 patch_size=7, no_ln_pre=True, pool_type="avg",
                                                 final_ln_after_pool=True),
                   text_cfg=dict(BIDIRECTIONAL, hf_tokenizer_name="bert-base-uncased",
                                 tokenizer_kwargs=dict(strip_sep_token=True), width=16, heads=2, layers=1,
                                 mlp_ratio=2, pool_type="last"))),
    dict(name="mobileclip", seed=224, tokenizer=None, vocabulary=48, preprocess=OPENAI,
        model=dict(embed_dim=20, custom_text=True,
                   vision_cfg=_timm("vit_large_patch14_clip_224", "token", None, 16, 8, 24, 3, 1, timm_drop=0.0,
                                    timm_drop_path=0.1),
                   text_cfg=dict(BIDIRECTIONAL, width=16, heads=2, layers=1, mlp_ratio=2))),
    dict(name="naflex", seed=227, tokenizer="nano_quick_gelu",
         preprocess=dict(HALF, interpolation="bicubic"), model=dict(
             embed_dim=16, init_logit_bias=-10, custom_text=True, vision_cfg=_naflex(16, 2, 1, 40, 2),
             text_cfg=dict(BIDIRECTIONAL, width=16, heads=2, layers=1, mlp_ratio=2))),
    dict(name="coca", seed=225, tokenizer="nano_quick_gelu", preprocess=OPENAI, model=_coca(
        20, dict(width=24, head_width=8, layers=2, attn_pooler_queries=3, attn_pooler_heads=4), dict(layers=2))),
    dict(name="coca_same", seed=226, tokenizer=None, vocabulary=48, preprocess=OPENAI, model=_coca(
        16, dict(width=16, head_width=8, layers=1, attn_pooler_queries=2), dict(layers=1, no_causal_mask=True))),
]
PICTURES = ["exif.jpg", "photo.jpg", "tall.png"]
CAPTIONS = ["a photo of a cat", "A photo of a Dog!", "two cats, on a sofa", "x", "ΟΔΟΣ in Αθήνα", "日本語，の 文",
            "a very long caption that goes on and on and on, until it has far more tokens than there are positions",
            "e\u0301 caf\u00e9 \ufb01sh", "  spaces   between\u0085words ", "a_b 100% \U0001f600", "fish &amp;amp; chips",
            "\u201ccurly\u201d", ""]


def _import_open_clip():
    """torchvision is only named when open_clip is imported: none of its functions is called."""
    import transformers  # noqa: F401  # before the stand-in, whose presence it would notice

    class AnyAttribute(type):
        def __getattr__(cls, name):
            return name

    class Anything(types.ModuleType):
        __path__ = []

        def __getattr__(self, name):
            if name.startswith("__"):
                raise AttributeError(name)
            return AnyAttribute(name, (), {})

    class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
        def find_spec(self, name, path, target=None):
            if name.partition(".")[0] == "torchvision":
                return importlib.machinery.ModuleSpec(name, self, is_package=True)

        def create_module(self, spec):
            return Anything(spec.name)

        def exec_module(self, module):
            pass

    sys.meta_path.insert(0, Finder())
    import open_clip
    return open_clip


def write(out_dir):
    root = pathlib.Path(out_dir)
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    _import_open_clip()
    noise = {spec["name"]: _write_model(spec, root / spec["name"]) for spec in SPECS}
    packages = ("torch", "timm", "transformers", "tokenizers", "ftfy", "pillow", "numpy", "safetensors")
    models._write_json(root / "versions.json", {
        "script": "scripts/golden/openclip_towers.py",
        "versions": {"open_clip": "main 89fb801", **{name: importlib.metadata.version(name) for name in packages}},
        "seeds": {spec["name"]: spec["seed"] for spec in SPECS},
        "largest_difference_to_float64": noise,
    })


def _values(name, shape, random):
    if name == "logit_scale":
        return np.full(shape, 2.3)
    if name == "logit_bias":
        return np.full(shape, -1.7)
    if ("norm" in name or "ln_" in name) and name.endswith("weight"):
        return random.normal(1, 0.2, shape)
    embeds = any(part in name for part in ("embed", "latent", "cls_token"))
    if len(shape) > 1 and (not embeds or "patch_embed" in name):
        fan = shape[0] if name.endswith("text_projection") else np.prod(shape[1:])
        return random.normal(0, 1.4 / np.sqrt(fan), shape)
    return random.normal(0, 0.4, shape)


def _pixels(preprocess, side):
    import torch
    from PIL import Image, ImageOps

    filters = {"bicubic": Image.Resampling.BICUBIC, "bilinear": Image.Resampling.BILINEAR}
    images = pathlib.Path(__file__).resolve().parents[2] / "data/golden/model/images"
    rows = []
    for name in PICTURES:
        picture = ImageOps.exif_transpose(Image.open(images / name))
        width, height = side, side
        if preprocess["resize_mode"] == "shortest":
            short = min(picture.size)
            width, height = (int(side * length / short) for length in picture.size)
        picture = picture.resize((width, height), filters[preprocess["interpolation"]])
        left, top = round((width - side) / 2), round((height - side) / 2)
        values = np.array(picture.crop((left, top, left + side, top + side)))
        tensor = torch.from_numpy(values).permute(2, 0, 1).float().div(255)  # ToTensor, then Normalize
        mean, std = (torch.tensor(preprocess[key]).view(3, 1, 1) for key in ("mean", "std"))
        rows.append((tensor - mean) / std)
    return torch.stack(rows)


def _tokenize(spec, text_cfg, folder):
    """Ids of the captions, or random ones, with the largest at the end, for a model without a tokenizer."""
    import torch

    if spec["tokenizer"] is None:
        random = np.random.RandomState(spec["seed"] + 1000)
        ids = np.zeros((4, CONTEXT), np.int64)
        for row, length in enumerate((2, 5, CONTEXT - 1, CONTEXT)):
            last = spec["vocabulary"] - 1
            ids[row, :length] = [last - 1, *random.randint(0, last - 1, length - 2), last]
        if text_cfg.get("embed_cls"):
            ids[1, 1] = ids[2, 3:5] = ids[3, [1, 10]] = 0
            ids = np.concatenate([ids, ids[-1:]])
            ids[-1, -1] = 0
        return torch.tensor(ids)
    if spec["tokenizer"].startswith("nano"):
        return _tokenize_nano(spec, folder)
    from open_clip.tokenizer import HFTokenizer

    source = pathlib.Path(__file__).resolve().parents[2] / "data/golden/text/pipelines" / spec["tokenizer"]
    for name in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(source / name, folder)
    tokenizer = HFTokenizer(str(folder), context_length=CONTEXT, **text_cfg["tokenizer_kwargs"])
    spec["vocabulary"] = tokenizer.vocab_size
    (folder / "expected/captions.txt").write_text("".join(text + "\n" for text in CAPTIONS), encoding="utf-8")
    return tokenizer(CAPTIONS)


def _tokenize_nano(spec, folder):
    """As open_clip's SimpleTokenizer, with the small vocabulary of a model of data/golden/model."""
    import torch
    from transformers import CLIPTokenizer

    source = pathlib.Path(__file__).resolve().parents[2] / "data/golden/model" / spec["tokenizer"]
    for name in ("vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json"):
        shutil.copy(source / name, folder)
    tokenizer = CLIPTokenizer.from_pretrained(str(folder))
    spec["vocabulary"] = len(tokenizer)
    captions = ["a cat", "a photo", "!? (!) a dog", "really!!! ?", "", "exactly",
                "a caption that is longer than the context of the tower", "long words, and at the end !?"]
    (folder / "expected/captions.txt").write_text("".join(text + "\n" for text in captions), encoding="utf-8")
    ids = np.zeros((len(captions), CONTEXT), np.int64)
    for row, text in enumerate(captions):
        tokens = tokenizer(text)["input_ids"]
        if len(tokens) > CONTEXT:
            tokens = tokens[:CONTEXT - 1] + [tokenizer.eos_token_id]
        ids[row, :len(tokens)] = tokens
    return torch.tensor(ids)


def _write_model(spec, folder):
    import torch
    from open_clip.coca_model import CoCa
    from open_clip.model import CLIP, CustomTextCLIP
    from safetensors.torch import save_file

    torch.set_num_threads(1)
    target = folder / "expected"
    target.mkdir(parents=True)
    cfg = spec["model"]
    ids = _tokenize(spec, cfg["text_cfg"], folder)
    cfg["text_cfg"]["vocab_size"] = spec["vocabulary"]
    built = {key: value for key, value in cfg.items() if key != "custom_text"}
    kind = CoCa if "multimodal_cfg" in cfg else CustomTextCLIP if cfg.get("custom_text") else CLIP
    model = kind(**built).eval()
    random = np.random.RandomState(spec["seed"])
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            parameter.copy_(torch.tensor(_values(name, tuple(parameter.shape), random).astype(np.float32)))
    save_file({name: tensor.contiguous() for name, tensor in model.state_dict().items()},
              folder / "open_clip_model.safetensors", metadata={"format": "pt"})
    side = cfg["vision_cfg"]["image_size"]
    models._write_json(folder / "open_clip_config.json", {
        "model_cfg": cfg, "preprocess_cfg": dict(size=side, mode="RGB", fill_color=0, **spec["preprocess"])})

    pixels = _pixels(spec["preprocess"], side)

    def save(name, array, dtype="<f4"):
        np.save(target / (name + ".npy"), np.ascontiguousarray(array.detach().numpy(), dtype), allow_pickle=False)

    with torch.no_grad():
        images = model.encode_image(pixels, normalize=True)
        texts = model.encode_text(ids, normalize=True)
        if cfg.get("init_logit_bias") is not None:
            logits = model.logit_scale.exp() * images @ texts.T + model.logit_bias
            save("logits", logits)
            save("probabilities", torch.sigmoid(logits))
        exact = model.double()
        noise = max((images.double() - exact.encode_image(pixels.double(), normalize=True)).abs().max().item(),
                    (texts.double() - exact.encode_text(ids, normalize=True)).abs().max().item())
    save("pixels", pixels)
    save("input_ids", ids, "<i4")
    save("image_embeds", images)
    save("text_embeds", texts)
    return float(f"{noise:.2g}")
