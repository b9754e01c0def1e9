# SPDX-License-Identifier: Apache-2.0
"""What `quantize("int8")` makes of Keras's Dense and Embedding and of KerasCV's CLIP, for data/golden/keras/int8.json.

Needs the packages of keras_clip.py, whose formula gives the values (`values`). Kernels lie as [out, in] in the file.

Each layer: its weights after `quantize` (path below the layer, shape, dtype, trainable) in Keras's order, the integers
and scales, the order in a store, and the outputs of a call before and after. CLIP: the same without the integers, of
which there is a sum, each with its own factor. KerasCV's CLIP has to be called before it can be quantized.
"""
import json
import os

import keras_clip
import numpy as np
from keras_clip import _numbers, _one_line_lists, _ours, _relative, _theirs, values

os.environ.update(KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="", TF_CPP_MIN_LOG_LEVEL="3",
                  TF_ENABLE_ONEDNN_OPTS="0")
SCALE = 0.0137  # no power of two, so that values fall between the integers


def _hard_rows(rows):
    """Rows that are hard to quantize: zeros, numbers near Keras's epsilon, large ones, ties."""
    rows[0] = 0
    rows[1] *= np.float32(2e-9)
    rows[2] *= np.float32(3e5)
    rows[3] = np.arange(rows.shape[1], dtype=np.float32) - 4.5
    rows[3, 0] = 127
    return rows


def _here(weight):
    value = np.asarray(weight)
    return _theirs(value) if weight.path.endswith("/kernel") else value


def _listed(layer, renamed):
    entries = []
    for weight in layer.weights:
        shape = tuple(weight.shape)
        entry = {"path": _relative(weight.path, layer, renamed),
                 "shape": list(_ours(shape) if weight.path.endswith("/kernel") else shape),
                 "dtype": str(weight.dtype), "trainable": weight.trainable}
        if entry["dtype"] == "int8":
            numbers = _here(weight).astype(np.int64).flatten()
            entry["sum"] = int(np.sum(numbers * (np.arange(numbers.size) % 101 + 1)))
        entries.append(entry)
    return entries


def _raised(action):
    try:
        action()
    except Exception as error:  # noqa: BLE001 - its class is what is recorded
        return type(error).__name__
    return ""


def _quantized(layer, arguments, weights, inputs, matrix):
    for weight, value in zip(layer.weights, weights):
        weight.assign(_theirs(value) if weight.path.endswith("/kernel") else value)
    entry = {"class": type(layer).__name__, "arguments": arguments, "before": _numbers(layer(inputs))}
    layer.quantize("int8")
    store = {}
    layer.save_own_variables(store)
    own = [np.asarray(weight) for weight in layer.weights]
    order = [next(weight.name for weight, value in zip(layer.weights, own)
                  if value.shape == np.shape(store[key]) and np.array_equal(value, np.asarray(store[key])))
             for key in sorted(store)]
    entry.update(weights=_listed(layer, {}), store=order, policy=layer.dtype_policy.name,
                 count_params=layer.count_params(), after=_numbers(layer(inputs)))
    for weight in layer.weights:
        if weight.name == matrix:
            entry["integers"] = _here(weight).flatten().tolist()
        if weight.name == matrix + "_scale":
            entry["scales"] = _numbers(weight)
    entry["twice"] = _raised(lambda: layer.quantize("int8"))
    return entry


def _layers(keras):
    dense = keras.layers.Dense(7, name="dense")
    dense.build((None, 13))
    plain = _quantized(dense, {"units": 7, "in": 13, "use_bias": True},
                       [values(1, (7, 13), SCALE), values(2, (7,), SCALE)],
                       values(3, (3, 13), SCALE), "kernel")
    dense = keras.layers.Dense(50, use_bias=False, name="dense")
    dense.build((None, 18))
    hard = _quantized(dense, {"units": 50, "in": 18, "use_bias": False}, [_hard_rows(values(4, (50, 18), SCALE))],
                      values(5, (2, 18), SCALE), "kernel")
    embedding = keras.layers.Embedding(6, 9, name="embedding")
    embedding.build((None,))
    table = _quantized(embedding, {"input_dim": 6, "output_dim": 9}, [_hard_rows(values(6, (6, 9), SCALE))],
                       np.arange(6, dtype=np.int32), "embeddings")
    return [plain, hard, table]


def _of_policy(keras):
    dense = keras.layers.Dense(2, dtype="int8_from_float32", name="dense")
    dense.build((None, 3))
    embedding = keras.layers.Embedding(4, 2, dtype="int8_from_float32", name="embedding")
    embedding.build((None,))
    return [{"class": type(layer).__name__, "weights": _listed(layer, {}),
             "values": [np.asarray(weight).flatten().tolist() for weight in layer.weights],
             "twice": _raised(lambda layer=layer: layer.quantize("int8"))} for layer in (dense, embedding)]


def _refused(keras, clip_encoder):
    convolution = keras.layers.Conv2D(2, 2)
    convolution.build((None, 4, 4, 3))
    norm = keras.layers.LayerNormalization()
    norm.build((None, 4))
    attention = clip_encoder.CLIPAttention(proj_dim=8, num_heads=2, num_hidden_layers=1)
    attention.build((1, 2, 8))
    result = {type(layer).__name__: _raised(lambda layer=layer: layer.quantize("int8"))
              for layer in (convolution, norm, attention)}
    result["not built"] = _raised(lambda: keras.layers.Dense(2).quantize("int8"))
    dense = keras.layers.Dense(2)
    dense.build((None, 2))
    result["another mode"] = _raised(lambda: dense.quantize("int7"))
    return result


def _model(clip_model):
    arguments = dict(embed_dim=6, image_resolution=8, vision_layers=2, vision_width=128, vision_patch_size=4,
                     context_length=6, vocab_size=12, transformer_width=8, transformer_heads=2, transformer_layers=1)
    model = clip_model.CLIP(**arguments, name="clip")
    keras_clip._described(model, arguments)
    model.text_encoder.ln_final.epsilon = 1e-5
    ids, mask = keras_clip._texts()
    feed = {"images": values(102, (1, 3, 8, 8), 1 / 64).transpose(0, 2, 3, 1), "token_ids": ids[:1],
            "padding_mask": mask[:1]}
    before = model(feed)["image_logits"]
    model.quantize("int8")
    renamed = keras_clip._block_names(model)
    leaves = {renamed.get(layer.name, layer.name): layer.dtype_policy.name for layer in model._flatten_layers()
              if len(list(layer._flatten_layers())) == 1}
    return {"arguments": arguments, "token_ids": ids[:1].tolist(), "padding_mask": mask[:1].tolist(),
            "weights": _listed(model, renamed), "count_params": model.count_params(),
            "quantized": sorted(name for name, policy in leaves.items() if policy != "float32"),
            "policy_of_model": model.dtype_policy.name, "before": _numbers(before),
            "after": _numbers(model(feed)["image_logits"])}


def write(out_dir):
    import keras
    import keras_cv
    import tensorflow
    from keras_cv.src.models.feature_extractor.clip import clip_encoder, clip_model, clip_text_model

    clip_text_model.ops = keras_clip._MendedOps(clip_text_model.ops)
    golden = {"versions": {module.__name__: module.__version__ for module in (keras, keras_cv, tensorflow, np)},
              "script": "scripts/golden/keras_int8.py", "layers": _layers(keras), "of_policy": _of_policy(keras),
              "refused": _refused(keras, clip_encoder), "clip": _model(clip_model)}
    text = _one_line_lists(json.dumps(golden, indent=1))
    (out_dir / "int8.json").write_text(text + "\n", encoding="utf-8")
