# SPDX-License-Identifier: Apache-2.0
"""Nano models of transformers whose text towers are of the BERT kind, with random weights, and what transformers (fp32,
eager) makes of images and captions.

write(out_dir) writes, under out_dir:
  chinese_clip/   Chinese-CLIP as on the hub, with a vocab.txt trained on its captions, and a pooler's weights, which old
                  files have
  altclip/        AltCLIP, with the tokenizer.json of data/golden/text/pipelines/xlm_roberta
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


def write(out_dir):
    import torch

    torch.set_num_threads(1)
    root = pathlib.Path(out_dir)
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir(parents=True)
    noise = {spec["name"]: _write(spec, root) for spec in SPECS}
    packages = ("torch", "transformers", "tokenizers", "pillow", "numpy", "safetensors")
    models._write_json(root / "versions.json", {
        "script": "scripts/golden/bert_towers.py",
        "versions": {name: importlib.metadata.version(name) for name in packages},
        "seeds": {spec["name"]: spec["seed"] for spec in SPECS},
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
        pipeline = SOURCE / "text/pipelines/xlm_roberta"
        settings = json.loads((pipeline / "tokenizer_config.json").read_text())
        models._write_json(folder / "tokenizer_config.json", dict(settings, model_max_length=MAX_LENGTH))
        shutil.copy(pipeline / "tokenizer.json", folder)
    tokenizer = AutoTokenizer.from_pretrained(folder)
    _write_model(spec, folder, len(tokenizer))
    return _write_expected(spec, folder, root / "expected" / spec["name"], tokenizer)


def _write_vocabulary(path):
    from tokenizers import Tokenizer, models as kinds, normalizers, pre_tokenizers, trainers

    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    tokenizer = Tokenizer(kinds.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    texts = [text for text in CHINESE if "[" not in text and "\U0001f600" not in text]
    tokenizer.train_from_iterator(texts, trainers.WordPieceTrainer(vocab_size=150, special_tokens=special))
    words = tokenizer.get_vocab()
    path.write_text("".join(word + "\n" for word in sorted(words, key=words.get)), encoding="utf-8")


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
