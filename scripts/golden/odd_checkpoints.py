# SPDX-License-Identifier: Apache-2.0
"""Checkpoints written by torch.save and safetensors, with other values, wrappers and prefixes around the weights.

Needs torch 2.13, numpy and safetensors, and for `tensorflow` h5py (without it that file stays as it is). Tiny tensors, few names of a CLIP.

- values/NAME.pt: {"w": a tensor, "x": a value}; values/index.json says of each whether torch.load(weights_only=True) took
  it. `protocol4.pt` holds what another protocol writes in another way.
- wrapped/NAME.pt: a model in what training programs save around it; value of logit_scale: 1 the model, 2 an average of it.
- prefixed/: shards of .bin and of safetensors whose names all begin with `module.model.`.
- trained/: nano_layers1 with 24 rows of the token embedding, as a training program saves it: the model under "model", an
  average of it (all zeros) under "model_ema"; and its config.
- tensorflow/tf_model.h5: the layout of Keras 2's save_weights, in which transformers kept TensorFlow models.
- element_types.pt: tensors of unsupported types, and one of float32.
"""
import argparse
import collections
import json
import pathlib
import shutil

import numpy
import torch
from torch import nn

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent / "data" / "golden" / "model" / "nano_layers1"
ROWS, SEED = 24, 127
NAMES = ("logit_scale", "vision_model.pre_layrnorm.bias", "text_model.final_layer_norm.bias",
         "text_model.encoder.layers.0.mlp.fc1.bias")


def _with_attribute(tensor):
    tensor.note = "text"
    return tensor


def _values():
    dictionary = collections.OrderedDict(a=1)
    dictionary._metadata = {"": {"version": 1}}
    return {
        "dtype": [torch.float16, torch.bool, torch.complex64, torch.qint8], "float8_dtype": torch.float8_e4m3fn,
        "device": torch.device("cuda:0"), "size": torch.Size([2, 3]), "counter": collections.Counter("abca"),
        "ordered_dict": dictionary, "defaultdict": collections.defaultdict(list, {"a": [1]}),
        "defaultdict_of_none": collections.defaultdict(None, {"a": 1}), "set": {1, 2}, "bytes": b"ab\xff",
        "empty_bytes": b"", "bytearray": bytearray(b"ab\x00"), "empty_bytearray": bytearray(), "complex": 1 + 2j,
        "integer_of_9_bytes": 2 ** 63, "negative_integer": -2 ** 200, "integer_of_376_bytes": 2 ** 3000,
        "parameter": nn.Parameter(torch.zeros(2)), "parameter_with_state": _with_attribute(nn.Parameter(torch.zeros(2))),
        "tensor_with_state": _with_attribute(torch.zeros(2)), "buffer": nn.Buffer(torch.zeros(2)),
        "scheme": torch.per_tensor_affine, "layout": torch.strided, "tensor_class": torch.FloatTensor,
        "storage": torch.zeros(2).untyped_storage(), "nan": float("nan"), "nested": {"a": {1: [torch.zeros(2)]}},
        "quantized": {"a": torch.quantize_per_tensor(torch.zeros(2), 1.0, 0, torch.qint8)},
        "sparse": {"a": torch.zeros(2, 2).to_sparse()}, "meta": {"a": torch.zeros(2, device="meta")},
        "namespace": argparse.Namespace(a=1), "path": pathlib.PurePosixPath("a"), "frozenset": frozenset({1}),
        "numpy_scalar": numpy.float64(1), "numpy_array": numpy.zeros(2), "numpy_dtype": numpy.dtype("f4"),
        "type": dict, "range": range(3), "slice": slice(1), "module": nn.Linear(1, 1), "function": torch.tensor,
    }


def _write_values(folder):
    folder.mkdir()
    index = {}
    for name, value in _values().items():
        torch.save({"w": torch.ones(1), "x": value}, folder / f"{name}.pt")
        try:
            torch.load(folder / f"{name}.pt", weights_only=True)
            index[name] = True
        except Exception:  # whatever the reason, it was not taken
            index[name] = False
    everything = {"set": {1, 2}, "bytes": b"ab\xff", "many bytes": b"x" * 300, "bytearray": bytearray(b"x" * 300)}
    torch.save({"w": torch.ones(1), "x": everything}, folder / "protocol4.pt", pickle_protocol=4)
    torch.save({"w": torch.ones(1), "x": everything}, folder / "protocol5.pt", pickle_protocol=5)
    (folder / "index.json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")


def _model(scale=1.0, prefix="", names=NAMES):
    return collections.OrderedDict((prefix + name, torch.full([] if name == "logit_scale" else [2], scale)) for name in names)


def _write_wrapped(folder):
    folder.mkdir()
    optimizer = {"state": {0: {"step": torch.tensor(7.0)}}, "param_groups": [{"lr": 1e-3, "params": [0]}]}
    wrapped = {
        "lightning": {"epoch": 1, "pytorch-lightning_version": "2.5", "state_dict": _model(prefix="model.clip."),
                      "optimizer_states": [optimizer], "callbacks": {}, "hyper_parameters": {"lr": 1e-3}},
        "deepspeed": {"module": _model(prefix="module."), "optimizer": optimizer, "dtype": torch.float16,
                      "ds_config": {}, "param_shapes": [collections.OrderedDict(a=torch.Size([2]))]},
        "average_first": {"model_ema": _model(2.0), "epoch": 1, "model": _model(1.0)},
        "timm": {"state_dict_ema": _model(2.0), "state_dict": _model(1.0), "optimizer": optimizer},
        "average_only": {"ema": _model(2.0), "epoch": 1},
        "basicsr": {"params": _model(1.0), "params_ema": _model(2.0)},
        "two_levels": {"model": {"state_dict": _model(1.0), "config": {"a": 1}}, "epoch": 1},
        "model_at_the_top": _model(1.0) | {"model": {"x": torch.zeros(1)}},
        "net": {"net": _model(1.0, "_orig_mod.")},
        "half_in_state_dict": {"state_dict": {"logit_scale": torch.tensor(2.0)}, "model": _model(1.0)},
        "unknown": {"epoch": 1, "teacher": _model(), "student": _model(), 3: 4},
        "both_prefixes": _model(1.0) | _model(2.0, "module."),
        "mixed_prefixes": _model(1.0, "model.", NAMES[1:]) | _model(1.0, "", NAMES[:1]),
        "with_a_head": _model(1.0, "clip.") | {"classifier.weight": torch.zeros(2)},
        "averaged": _model(1.0, "module.") | {"n_averaged": torch.tensor(3)},
        "negative": {"logit_scale": torch._neg_view(torch.tensor([1.0, 2.0]))},
    }
    for name, value in wrapped.items():
        torch.save(value, folder / f"{name}.pt")


def _write_prefixed(folder):
    from safetensors.torch import save_file

    tensors = dict(_model(1.0, "module.model."))
    for end, save in (("bin", torch.save), ("safetensors", save_file)):
        inner = folder / end
        inner.mkdir(parents=True)
        stem = "pytorch_model" if end == "bin" else "model"
        files = [f"{stem}-0000{i}-of-00002.{end}" for i in (1, 2)]
        places = {name: files[i % 2] for i, name in enumerate(tensors)}
        for file in files:
            save({name: tensors[name] for name in tensors if places[name] == file}, inner / file)
        index = {"metadata": {"total_size": 28}, "weight_map": places}
        (inner / f"{stem}.{end}.index.json").write_text(json.dumps(index, indent=1) + "\n", encoding="utf-8")


def _write_trained(folder):
    from safetensors.torch import load_file

    folder.mkdir()
    tensors = load_file(SOURCE / "model.safetensors")
    name = "text_model.embeddings.token_embedding.weight"
    tensors[name] = tensors[name][:ROWS].clone()
    model = {f"module.{k}": v.half() for k, v in tensors.items()}
    torch.save({"model_ema": {k: torch.zeros_like(v) for k, v in model.items()}, "epoch": 3, "model": model,
                "args": {"dtype": torch.float16, "size": torch.Size([2]), "seen": collections.Counter("ab")}},
               folder / "checkpoint.ckpt")
    config = json.loads((SOURCE / "config.json").read_text(encoding="utf-8"))
    config["text_config"]["vocab_size"] = ROWS
    (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    shutil.copy(SOURCE / "preprocessor_config.json", folder)


def _write_tensorflow(folder):
    import h5py

    folder.mkdir(exist_ok=True)
    names = ["clip/text_model/final_layer_norm/gamma:0", "clip/logit_scale:0", "clip/vision_model/pre_layrnorm/beta:0"]
    with h5py.File(folder / "tf_model.h5", "w") as file:
        file.attrs.update(layer_names=[b"clip"], backend=b"tensorflow", keras_version=b"2.11.0")
        group = file.create_group("clip")
        group.attrs["weight_names"] = [name.encode() for name in names]
        for name in names:
            group.create_dataset(name, data=numpy.ones(() if "scale" in name else 4, "f4"))
        file.create_group("top_level_model_weights").attrs["weight_names"] = numpy.array([], "S1")


def _write_types(path):
    kinds = (torch.uint16, torch.uint32, torch.complex64, torch.float8_e4m3fn, torch.float8_e5m2, torch.float8_e4m3fnuz,
             torch.float8_e5m2fnuz, torch.float8_e8m0fnu)
    torch.save({str(kind).split(".")[1]: torch.ones(4).to(kind) for kind in kinds} |
               {"view": torch.ones(2, 3).to(torch.float8_e5m2).t(), "float32": torch.ones(4)}, path)


def write(out_dir):
    out_dir = pathlib.Path(out_dir) / "odd"
    for part in ("values", "wrapped", "prefixed", "trained"):
        shutil.rmtree(out_dir / part, ignore_errors=True)
    out_dir.mkdir(exist_ok=True)
    torch.manual_seed(SEED)
    _write_values(out_dir / "values")
    _write_wrapped(out_dir / "wrapped")
    _write_prefixed(out_dir / "prefixed")
    _write_trained(out_dir / "trained")
    try:
        _write_tensorflow(out_dir / "tensorflow")
    except ImportError:
        print("odd: no h5py, tensorflow/tf_model.h5 stays as it is")
    _write_types(out_dir / "element_types.pt")
    versions = {"torch": torch.__version__, "numpy": numpy.__version__, "seed": SEED,
                "script": "scripts/golden/odd_checkpoints.py"}
    (out_dir / "versions.json").write_text(json.dumps(versions, indent=1) + "\n", encoding="utf-8")
