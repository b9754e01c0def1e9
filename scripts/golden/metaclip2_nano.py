# SPDX-License-Identifier: Apache-2.0
"""A nano MetaCLIP 2 model with random weights, and what transformers (fp32, eager) makes of images and captions.

write(out_dir) writes, under out_dir:
  metaclip2_nano/   the model as on the hub, with the tokenizer.json of data/golden/text/pipelines/xlm_roberta
  expected/         captions (a line each), ids (padded), embeddings, pixel hashes, logits and probabilities; ids without
                    an end token and their embeddings
  versions.json     versions, the seed and the noise of the reference's float32

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

SEED = 221
END, PAD = 2, 1
# The tokenizer truncates texts before the model would.
POSITIONS, MAX_LENGTH = 20, 16
CAPTIONS = ["a photo of a cat", "A photo of a Dog!", "two cats, on a sofa", "x", "ΟΔΟΣ in Αθήνα", "日本語 の 文",
            "a very long caption that goes on and on and on, until it has far more tokens than there are positions",
            "e\u0301 caf\u00e9 \ufb01sh", "  spaces   between  words ", "an end </s> in the middle", "100% \U0001f600"]
SOURCE = pathlib.Path(__file__).resolve().parents[2] / "data/golden"


def write(out_dir):
    import torch
    from transformers import AutoTokenizer

    torch.set_num_threads(1)
    root = pathlib.Path(out_dir)
    shutil.rmtree(root, ignore_errors=True)
    folder = root / "metaclip2_nano"
    folder.mkdir(parents=True)
    pipeline = SOURCE / "text/pipelines/xlm_roberta"
    settings = json.loads((pipeline / "tokenizer_config.json").read_text())
    models._write_json(folder / "tokenizer_config.json", dict(settings, model_max_length=MAX_LENGTH))
    shutil.copy(pipeline / "tokenizer.json", folder)
    models._write_json(folder / "config.json", {"model_type": "metaclip_2"})
    tokenizer = AutoTokenizer.from_pretrained(folder)
    _write_model(folder, len(tokenizer))
    noise = _write_expected(folder, root / "expected", tokenizer)
    packages = ("torch", "transformers", "tokenizers", "pillow", "numpy", "safetensors")
    models._write_json(root / "versions.json", {
        "script": "scripts/golden/metaclip2_nano.py",
        "versions": {name: importlib.metadata.version(name) for name in packages},
        "seed": SEED,
        "largest_difference_to_float64": noise,
    })


def _write_model(folder, vocabulary):
    import torch
    from safetensors.torch import save_file
    from transformers import MetaClip2Config, MetaClip2Model

    # Keys with the default of their class are left out.
    models._write_json(folder / "config.json", {
        "architectures": ["MetaClip2Model"], "model_type": "metaclip_2", "projection_dim": 20,
        "text_config": dict(model_type="metaclip_2_text_model", hidden_size=24, num_attention_heads=3, num_hidden_layers=2,
                            intermediate_size=40, vocab_size=vocabulary, max_position_embeddings=POSITIONS,
                            bos_token_id=0, eos_token_id=END),
        "vision_config": dict(model_type="metaclip_2_vision_model", hidden_size=16, num_attention_heads=2,
                              num_hidden_layers=2, intermediate_size=64, image_size=28, patch_size=7, hidden_act="gelu")})
    models._write_json(folder / "preprocessor_config.json", nano_models._image(
        {"shortest_edge": 28}, {"height": 28, "width": 28}, 3, processor_class="CLIPProcessor"))
    random = np.random.RandomState(SEED)
    weights = {}
    for name, tensor in sorted(MetaClip2Model(MetaClip2Config.from_pretrained(folder)).state_dict().items()):
        values = nano_models._values(name, tuple(tensor.shape), random)
        values = np.full(tuple(tensor.shape), 2.3) if values is None else values
        weights[name] = torch.tensor(values, dtype=torch.float32).contiguous()
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def _write_expected(folder, target, tokenizer):
    import torch
    from PIL import Image, ImageOps
    from transformers import MetaClip2Model
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    target.mkdir()

    def save(name, array, dtype="<f4"):
        array = array.detach().numpy() if isinstance(array, torch.Tensor) else array
        np.save(target / (name + ".npy"), np.ascontiguousarray(array, dtype=dtype), allow_pickle=False)

    model = MetaClip2Model.from_pretrained(folder, dtype=torch.float32, attn_implementation="eager").eval()
    pictures = [ImageOps.exif_transpose(Image.open(SOURCE / "model/images" / name)) for name in models.PICTURES]
    pixels = CLIPImageProcessorPil.from_pretrained(folder)(images=pictures, return_tensors="pt")["pixel_values"]
    pixels = pixels.to(torch.float32)
    save("pixel_hashes", np.array([models._fnv1a(x.numpy().astype("<f4").tobytes()) for x in pixels], np.uint64), "<u8")

    batch = dict(tokenizer(CAPTIONS, padding=True, truncation=True, return_tensors="pt"))
    save("input_ids", batch["input_ids"], "<i4")
    (target / "captions.txt").write_text("".join(text + "\n" for text in CAPTIONS), encoding="utf-8")
    free = np.random.RandomState(SEED + 1).randint(4, len(tokenizer), (3, POSITIONS))
    save("endless_ids", free, "<i4")
    with torch.no_grad():
        out = model(**batch, pixel_values=pixels)
        endless = model.get_text_features(input_ids=torch.tensor(free)).pooler_output
        exact = model.double()(**dict(batch, pixel_values=pixels.double()))
    save("image_embeds", out.image_embeds)
    save("text_embeds", out.text_embeds)
    save("endless_embeds", endless / endless.norm(dim=-1, keepdim=True))
    save("logits_per_image", out.logits_per_image)
    save("probabilities", out.logits_per_image.softmax(dim=1))
    noise = max((out.image_embeds.double() - exact.image_embeds).abs().max().item(),
                (out.text_embeds.double() - exact.text_embeds).abs().max().item())
    return float(f"{noise:.2g}")
