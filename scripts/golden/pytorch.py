# SPDX-License-Identifier: Apache-2.0
"""Checkpoints as PyTorch writes them, for data/golden/weights.

Needs torch 2.13 and safetensors. The tensors are those of data/golden/model/nano_layers1, with the token embedding
reduced to its first ROWS rows to keep the files small.

- pytorch_f32.bin, pytorch_f16.bin, pytorch_bf16.bin: Hugging Face's names, pickle protocols 2, 4 and 5.
- pytorch_sharded/: the same as float16 in two shards with their index.
- pytorch_openai_jit.pt: openai/CLIP's model, matrices in float16 as its convert_weights leaves them, traced and saved
  by torch.jit.save, as OpenAI published its files; pytorch_openai.pt: the same model's state_dict.
- pytorch_openclip.pt: a checkpoint as OpenCLIP's training writes it under DistributedDataParallel.
- pytorch_views.pt: transposed, sliced, shared and empty tensors, a Parameter, every element type.
- pytorch_legacy.pt: the format before the zip archive, which is rejected.
"""
import collections
import json
import pathlib
import shutil

import torch
from torch import nn

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent / "data" / "golden" / "model" / "nano_layers1"
ROWS, SEED = 24, 113
IMAGE, PATCH = 16, 8


def _tensors():
    from safetensors.torch import load_file

    tensors = load_file(SOURCE / "model.safetensors")
    name = "text_model.embeddings.token_embedding.weight"
    tensors[name] = tensors[name][:ROWS].clone()
    return dict(sorted(tensors.items()))


class LayerNorm(nn.LayerNorm):
    def forward(self, x):
        return super().forward(x.type(torch.float32)).type(x.dtype)


class QuickGELU(nn.Module):
    def forward(self, x):
        return x * torch.sigmoid(1.702 * x)


class ResidualAttentionBlock(nn.Module):
    """The modules of openai/CLIP's model.py, with its names."""

    def __init__(self, width, heads, mlp, mask=None):
        super().__init__()
        self.attn = nn.MultiheadAttention(width, heads)
        self.ln_1 = LayerNorm(width)
        self.mlp = nn.Sequential(collections.OrderedDict([
            ("c_fc", nn.Linear(width, mlp)), ("gelu", QuickGELU()), ("c_proj", nn.Linear(mlp, width))]))
        self.ln_2 = LayerNorm(width)
        self.attn_mask = mask

    def forward(self, x):
        mask = None if self.attn_mask is None else self.attn_mask.to(x.dtype)
        y = self.ln_1(x)
        x = x + self.attn(y, y, y, need_weights=False, attn_mask=mask)[0]
        return x + self.mlp(self.ln_2(x))


class Transformer(nn.Module):
    def __init__(self, width, layers, heads, mlp, mask=None):
        super().__init__()
        self.resblocks = nn.Sequential(*[ResidualAttentionBlock(width, heads, mlp, mask) for _ in range(layers)])

    def forward(self, x):
        return self.resblocks(x)


class VisionTransformer(nn.Module):
    def __init__(self, width, layers, heads, mlp, output):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, PATCH, PATCH, bias=False)
        self.class_embedding = nn.Parameter(torch.zeros(width))
        self.positional_embedding = nn.Parameter(torch.zeros((IMAGE // PATCH) ** 2 + 1, width))
        self.ln_pre = LayerNorm(width)
        self.transformer = Transformer(width, layers, heads, mlp)
        self.ln_post = LayerNorm(width)
        self.proj = nn.Parameter(torch.zeros(width, output))

    def forward(self, x):
        x = self.conv1(x).flatten(2).permute(0, 2, 1)
        x = torch.cat([self.class_embedding.expand(x.shape[0], 1, -1).to(x.dtype), x], dim=1)
        x = self.ln_pre(x + self.positional_embedding.to(x.dtype))
        x = self.transformer(x.permute(1, 0, 2)).permute(1, 0, 2)
        return self.ln_post(x[:, 0, :]) @ self.proj


class CLIP(nn.Module):
    def __init__(self, width, heads, mlp, context, projection):
        super().__init__()
        mask = torch.full((context, context), float("-inf")).triu_(1)
        self.visual = VisionTransformer(width, 1, heads, mlp, projection)
        self.transformer = Transformer(width, 1, heads, mlp, mask)
        self.token_embedding = nn.Embedding(ROWS, width)
        self.positional_embedding = nn.Parameter(torch.zeros(context, width))
        self.ln_final = LayerNorm(width)
        self.text_projection = nn.Parameter(torch.zeros(width, projection))
        self.logit_scale = nn.Parameter(torch.zeros([]))

    def forward(self, image, text):
        dtype = self.visual.conv1.weight.dtype
        x = self.token_embedding(text).type(dtype) + self.positional_embedding.type(dtype)
        x = self.ln_final(self.transformer(x.permute(1, 0, 2)).permute(1, 0, 2)).type(dtype)
        x = x[torch.arange(x.shape[0]), text.argmax(dim=-1)] @ self.text_projection
        return self.visual(image.type(dtype)) @ x.t() * self.logit_scale.exp()


def _openai_names(tensors):
    """Hugging Face's tensors under OpenAI's names: q, k and v in one matrix, projections transposed."""
    def block(theirs, ours):
        at = lambda name: tensors[f"{ours}.{name}"]
        result = {f"{theirs}.attn.in_proj_{kind}": torch.cat([at(f"self_attn.{p}_proj.{kind}") for p in "qkv"])
                  for kind in ("weight", "bias")}
        for mine, other in (("attn.out_proj", "self_attn.out_proj"), ("ln_1", "layer_norm1"), ("ln_2", "layer_norm2"),
                            ("mlp.c_fc", "mlp.fc1"), ("mlp.c_proj", "mlp.fc2")):
            for kind in ("weight", "bias"):
                result[f"{theirs}.{mine}.{kind}"] = at(f"{other}.{kind}")
        return result

    result = {
        "visual.conv1.weight": tensors["vision_model.embeddings.patch_embedding.weight"],
        "visual.class_embedding": tensors["vision_model.embeddings.class_embedding"],
        "visual.positional_embedding": tensors["vision_model.embeddings.position_embedding.weight"],
        "visual.proj": tensors["visual_projection.weight"].t().contiguous(),
        "token_embedding.weight": tensors["text_model.embeddings.token_embedding.weight"],
        "positional_embedding": tensors["text_model.embeddings.position_embedding.weight"],
        "text_projection": tensors["text_projection.weight"].t().contiguous(),
        "logit_scale": tensors["logit_scale"],
    }
    for mine, other in (("visual.ln_pre", "vision_model.pre_layrnorm"), ("visual.ln_post", "vision_model.post_layernorm"),
                        ("ln_final", "text_model.final_layer_norm")):
        for kind in ("weight", "bias"):
            result[f"{mine}.{kind}"] = tensors[f"{other}.{kind}"]
    result.update(block("visual.transformer.resblocks.0", "vision_model.encoder.layers.0"))
    result.update(block("transformer.resblocks.0", "text_model.encoder.layers.0"))
    return result


def _convert_weights(model):
    """openai/CLIP's convert_weights: matrices of layers and projections become float16, the rest is unchanged."""
    def convert(layer):
        if isinstance(layer, (nn.Conv2d, nn.Linear)):
            layer.weight.data = layer.weight.data.half()
            if layer.bias is not None:
                layer.bias.data = layer.bias.data.half()
        if isinstance(layer, nn.MultiheadAttention):
            for name in ("in_proj_weight", "in_proj_bias"):
                getattr(layer, name).data = getattr(layer, name).data.half()
        for name in ("text_projection", "proj"):
            if isinstance(getattr(layer, name, None), nn.Parameter):
                getattr(layer, name).data = getattr(layer, name).data.half()

    model.apply(convert)


def _openai_model(named):
    text = named["positional_embedding"]
    mlp = named["transformer.resblocks.0.mlp.c_fc.weight"].shape[0]
    model = CLIP(text.shape[1], 2, mlp, text.shape[0], named["text_projection"].shape[1]).eval()
    model.load_state_dict(named)
    _convert_weights(model)
    for name, value in (("input_resolution", IMAGE), ("context_length", text.shape[0]), ("vocab_size", ROWS)):
        model.register_buffer(name, torch.tensor(value))
    return model


def _write_sharded(tensors, folder):
    folder.mkdir(exist_ok=True)
    names = list(tensors)
    half = len(names) // 2
    files = ["pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin"]
    places = {name: files[i >= half] for i, name in enumerate(names)}
    for file in files:
        torch.save({name: tensors[name] for name in names if places[name] == file}, folder / file)
    size = sum(value.numel() * value.element_size() for value in tensors.values())
    index = {"metadata": {"total_size": size}, "weight_map": places}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")


def _views():
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    kinds = (torch.float64, torch.float16, torch.bfloat16, torch.int64, torch.int32, torch.int16, torch.int8, torch.uint8)
    result = {str(kind).split(".")[1]: torch.arange(3).to(kind) for kind in kinds}
    result.update(base=base, transposed=base.t(), row=base[1], column=base[:, 1], block=base[1:3, 2:5],
                  permuted=torch.arange(24, dtype=torch.float16).reshape(2, 3, 4).permute(2, 0, 1),
                  bool=torch.tensor([True, False]), scalar=torch.tensor(2.5), empty=torch.zeros(0, 3),
                  parameter=nn.Parameter(base[3], requires_grad=False), steps=base.flatten()[::5])
    return result


def write(out_dir):
    out_dir = pathlib.Path(out_dir)
    torch.manual_seed(SEED)
    tensors = _tensors()
    torch.save(collections.OrderedDict(tensors), out_dir / "pytorch_f32.bin")
    torch.save({k: v.half() for k, v in tensors.items()}, out_dir / "pytorch_f16.bin", pickle_protocol=4)
    torch.save({k: v.bfloat16() for k, v in tensors.items()}, out_dir / "pytorch_bf16.bin", pickle_protocol=5)
    shutil.rmtree(out_dir / "pytorch_sharded", ignore_errors=True)
    _write_sharded({k: v.half() for k, v in tensors.items()}, out_dir / "pytorch_sharded")

    named = _openai_names(tensors)
    model = _openai_model(named)
    example = torch.rand(1, 3, IMAGE, IMAGE), torch.randint(0, ROWS, (1, len(named["positional_embedding"])))
    with torch.no_grad():
        torch.jit.save(torch.jit.trace(model, example, check_trace=False), out_dir / "pytorch_openai_jit.pt")
    torch.save(model.state_dict(), out_dir / "pytorch_openai.pt")
    training = {"epoch": 3, "name": "nano", "optimizer": {"state": {0: {"step": torch.tensor(7.0)}},
                                                          "param_groups": [{"lr": 5e-4, "betas": (0.9, 0.98), "params": [0]}]},
                "state_dict": collections.OrderedDict((f"module.{k}", v.bfloat16()) for k, v in named.items())}
    torch.save(training, out_dir / "pytorch_openclip.pt")
    torch.save(_views(), out_dir / "pytorch_views.pt")
    torch.save({"logit_scale": torch.tensor(1.0)}, out_dir / "pytorch_legacy.pt", _use_new_zipfile_serialization=False)
    versions = {"torch": torch.__version__, "seed": SEED, "script": "scripts/golden/pytorch.py",
                "tensors": f"nano_layers1, seed 108, {ROWS} rows of the token embedding"}
    (out_dir / "pytorch_versions.json").write_text(json.dumps(versions, indent=1) + "\n", encoding="utf-8")
