# SPDX-License-Identifier: Apache-2.0
"""Nano models of transformers whose text towers are of the BERT kind, with random weights, and what transformers (fp32,
eager) makes of images and captions.

write(out_dir) writes, under out_dir:
  chinese_clip/   Chinese-CLIP as on the hub, with a vocab.txt made from its captions, and a pooler's weights, which old files
                  have
  altclip/        AltCLIP, with the tokenizer.json of data/golden/text/pipelines/xlm_roberta
  m_clip/         M-CLIP, a text tower alone, with the same tokenizer; its config.json has sizes of its own
  expected/NAME/  captions (a line each), ids (padded), embeddings, pixel hashes, logits and probabilities
  versions.json   versions, seeds and the noise of the reference's float32

The images are those of data/golden/model/images; data/golden/text must be complete. Needs torch, transformers,
tokenizers, Pillow, numpy, safetensors.
"""
import importlib.metadata
import json
import pathlib
import shutil

import numpy as np

import models
import nano_models

SOURCE = pathlib.Path(__file__).resolve().parents[2] / "data/golden"
MAX_LENGTH = 18
LONG = "a very long caption that goes on and on and on, until it has far more tokens than a text may have"
CHINESE = ["一只猫", "一张狗的照片。", "两只猫在沙发上，一只在睡觉", "A photo of a Cat!", "caf\u00e9 e\u0301 100%", "日本語のテキスト",
           "ﬁsh　全角，标点！", "x", "", LONG, "[SEP] in the middle", "a [PAD] inside", "\U0001f600 绝"]
WORLDWIDE = ["a photo of a cat", "A photo of a Dog!", "two cats, on a sofa", "x", "", "ΟΔΟΣ in Αθήνα", "日本語 の 文", LONG,
             "an end </s> in the middle", "a <pad> is not counted <pad> here", "100% \U0001f600"]
SPECS = [
    dict(name="chinese_clip", classes="ChineseCLIP", seed=231, captions=CHINESE, projection=20,
         text=dict(hidden_size=24, num_attention_heads=3, num_hidden_layers=2, intermediate_size=40,
                   max_position_embeddings=32, layer_norm_eps=1e-12, type_vocab_size=2),
         processor="ChineseCLIPImageProcessor"),
    dict(name="altclip", classes="AltCLIP", seed=232, captions=WORLDWIDE, projection=20,
         text=dict(hidden_size=16, num_attention_heads=2, num_hidden_layers=2, intermediate_size=36,
                   max_position_embeddings=MAX_LENGTH + 4, project_dim=12, pad_token_id=1),
         processor="CLIPImageProcessor"),
]
M_CLIP_SEED = 233


def write(out_dir):
    import torch

    torch.set_num_threads(1)
    root = pathlib.Path(out_dir)
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    noise = {spec["name"]: _write(spec, root) for spec in SPECS}
    noise["m_clip"] = _write_m_clip(root)
    packages = ("torch", "transformers", "tokenizers", "pillow", "numpy", "safetensors")
    models._write_json(root / "versions.json", {
        "script": "scripts/golden/bert_towers.py",
        "versions": {name: importlib.metadata.version(name) for name in packages},
        "seeds": dict({spec["name"]: spec["seed"] for spec in SPECS}, m_clip=M_CLIP_SEED),
        "largest_difference_to_float64": noise,
    })


def _write(spec, root):
    from transformers import AutoTokenizer

    folder = root / spec["name"]
    folder.mkdir()
    models._write_json(folder / "config.json", {"model_type": spec["name"]})
    if spec["name"] == "chinese_clip":
        _write_vocabulary(folder / "vocab.txt")
        models._write_json(folder / "tokenizer_config.json", {
            "do_lower_case": True, "model_max_length": MAX_LENGTH, "tokenizer_class": "BertTokenizer"})
    else:
        _copy_xlm_roberta(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    _write_model(spec, folder, len(tokenizer))
    return _write_expected(spec, folder, root / "expected" / spec["name"], tokenizer)


def _copy_xlm_roberta(folder):
    pipeline = SOURCE / "text/pipelines/xlm_roberta"
    settings = json.loads((pipeline / "tokenizer_config.json").read_text())
    models._write_json(folder / "tokenizer_config.json", dict(settings, model_max_length=MAX_LENGTH))
    shutil.copy(pipeline / "tokenizer.json", folder)


def _write_m_clip(root):
    """MultilingualCLIP of github.com/FreddeFrallan/Multilingual-CLIP: mean of the rows, then a Linear."""
    import torch
    from transformers import AutoTokenizer, XLMRobertaConfig, XLMRobertaModel

    folder, target = root / "m_clip", root / "expected/m_clip"
    folder.mkdir()
    target.mkdir(parents=True)
    _copy_xlm_roberta(folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    sizes = dict(hidden_size=16, num_attention_heads=2, intermediate_size=36, num_hidden_layers=2,
                 max_position_embeddings=MAX_LENGTH + 4, vocab_size=len(tokenizer))
    models._write_json(folder / "config.json", dict(
        sizes, architectures=["MultilingualCLIP"], modelBase="xlm-roberta-large", model_type="M-CLIP", numDims=20,
        transformerDimensions=16))
    transformer = XLMRobertaModel(XLMRobertaConfig(**sizes, type_vocab_size=1, layer_norm_eps=1e-5,
                                                   attn_implementation="eager")).eval()
    linear = torch.nn.Linear(16, 20)
    random = np.random.RandomState(M_CLIP_SEED)
    with torch.no_grad():
        for part in (transformer, linear):
            for name, parameter in sorted(part.named_parameters()):
                parameter.copy_(_tensor(nano_models._values(name.replace("LayerNorm", "norm"), tuple(parameter.shape),
                                                            random)))
    weights = {"transformer." + name: value.clone() for name, value in transformer.state_dict().items()}
    weights.update({"LinearTransformation." + name: value for name, value in linear.state_dict().items()})
    torch.save(weights, folder / "pytorch_model.bin")

    batch = dict(tokenizer(WORLDWIDE, padding=True, truncation=True, return_tensors="pt"))
    np.save(target / "input_ids.npy", batch["input_ids"].numpy().astype("<i4"))
    np.save(target / "lengths.npy", batch["attention_mask"].sum(1).numpy().astype("<i4"))
    (target / "captions.txt").write_text("".join(text + "\n" for text in WORLDWIDE), encoding="utf-8")

    def embed():
        rows, mask = transformer(**batch)[0], batch["attention_mask"]
        mean = (rows * mask.unsqueeze(2)).sum(dim=1) / mask.sum(dim=1)[:, None]
        embeddings = linear(mean)
        return embeddings / embeddings.norm(dim=-1, keepdim=True)

    with torch.no_grad():
        embeddings = embed()
        transformer.double(), linear.double()
        exact = embed()
    np.save(target / "text_embeds.npy", embeddings.numpy().astype("<f4"))
    return float(f"{(embeddings.double() - exact).abs().max().item():.2g}")


def _write_vocabulary(path):
    """Characters, beginnings and ends of the words of the captions. A trained vocabulary would differ with each run."""
    from tokenizers import normalizers, pre_tokenizers

    words = set()
    for text in CHINESE:
        if "[" not in text and "\U0001f600" not in text:
            text = normalizers.BertNormalizer(lowercase=True).normalize_str(text)
            words.update(word for word, _ in pre_tokenizers.BertPreTokenizer().pre_tokenize_str(text))
    pieces = {character for word in words for character in word} | {word[:3] for word in words}
    pieces |= {"##" + character for word in words for character in word[1:]}
    pieces |= {"##" + word[-2:] for word in words if len(word) > 3}
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    path.write_text("".join(piece + "\n" for piece in special + sorted(pieces)), encoding="utf-8")


def _classes(spec):
    import transformers
    return [getattr(transformers, spec["classes"] + kind) for kind in ("Config", "Model")]


def _write_model(spec, folder, vocabulary):
    import torch
    from safetensors.torch import save_file

    config, model = _classes(spec)
    # Keys with the default of their class are left out.
    models._write_json(folder / "config.json", {
        "architectures": [spec["classes"] + "Model"], "model_type": spec["name"], "projection_dim": spec["projection"],
        "text_config": dict(spec["text"], model_type=spec["name"] + "_text_model", vocab_size=vocabulary),
        "vision_config": dict(model_type=spec["name"] + "_vision_model", hidden_size=16, num_attention_heads=2,
                              num_hidden_layers=2, intermediate_size=64, image_size=28, patch_size=7)})
    settings = nano_models._image({"shortest_edge": 28}, {"height": 28, "width": 28}, 3,
                                  processor_class=spec["classes"] + "Processor")
    if spec["name"] == "chinese_clip":  # as its files on the hub
        settings.update(do_center_crop=False, size={"height": 28, "width": 28})
    models._write_json(folder / "preprocessor_config.json",
                       dict(settings, image_processor_type=spec["processor"]))
    random = np.random.RandomState(spec["seed"])
    weights = {}
    for name, tensor in sorted(model(config.from_pretrained(folder)).state_dict().items()):
        shape = tuple(tensor.shape)
        values = nano_models._values(name.replace("LayerNorm", "norm").replace("pre_LN", "norm"), shape, random)
        values = np.full(shape, 2.3) if values is None else values
        weights[name.replace("roberta.encoder.layers.", "roberta.encoder.layer.")] = _tensor(values)
    if spec["name"] == "chinese_clip":
        width = spec["text"]["hidden_size"]
        # transformers 5 loads this row as zeros whatever the file says (ChineseCLIPPreTrainedModel._init_weights).
        weights["text_model.embeddings.word_embeddings.weight"][0] = 0
        weights["text_model.pooler.dense.weight"] = _tensor(random.standard_normal((width, width)))
        weights["text_model.pooler.dense.bias"] = _tensor(random.standard_normal(width))
        weights["text_model.embeddings.position_ids"] = torch.arange(32).reshape(1, -1)
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def _tensor(values):
    import torch
    return torch.tensor(values, dtype=torch.float32).contiguous()


def _write_expected(spec, folder, target, tokenizer):
    import torch
    import transformers
    from PIL import Image, ImageOps

    target.mkdir(parents=True)

    def save(name, array, dtype="<f4"):
        array = array.detach().numpy() if isinstance(array, torch.Tensor) else array
        np.save(target / (name + ".npy"), np.ascontiguousarray(array, dtype=dtype), allow_pickle=False)

    model = _classes(spec)[1].from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    pictures = [ImageOps.exif_transpose(Image.open(SOURCE / "model/images" / name)) for name in models.PICTURES]
    processor = getattr(transformers, spec["processor"] + "Pil").from_pretrained(folder)
    pixels = processor(images=pictures, return_tensors="pt")["pixel_values"].to(torch.float32)
    save("pixel_hashes", np.array([models._fnv1a(x.numpy().astype("<f4").tobytes()) for x in pixels], np.uint64), "<u8")

    batch = dict(tokenizer(spec["captions"], padding=True, truncation=True, return_tensors="pt"))
    save("input_ids", batch["input_ids"], "<i4")
    save("lengths", batch["attention_mask"].sum(1), "<i4")
    (target / "captions.txt").write_text("".join(text + "\n" for text in spec["captions"]), encoding="utf-8")
    with torch.no_grad():
        out = model(**batch, pixel_values=pixels)
        exact = model.double()(**dict(batch, pixel_values=pixels.double()))
    save("image_embeds", out.image_embeds)
    save("text_embeds", out.text_embeds)
    save("logits_per_image", out.logits_per_image)
    save("probabilities", out.logits_per_image.softmax(dim=1))
    noise = max((out.image_embeds.double() - exact.image_embeds).abs().max().item(),
                (out.text_embeds.double() - exact.text_embeds).abs().max().item())
    return float(f"{noise:.2g}")
