# SPDX-License-Identifier: Apache-2.0
"""What KerasCV's CLIP and its layers are and compute, for data/golden/keras/clip.json.

Needs keras 3.15.1, keras-cv 0.9.0, keras-nlp 0.32.0 and tensorflow-cpu 2.21 (keras-cv imports it, and its CLIP builds on
no other backend).

Each layer: its arguments and get_config, the names of its sublayers, its weights (path below the layer, shape, trainable)
in KerasCV's order, their number of scalars, and the outputs of calls. Values follow from a formula, see `values`: element
i of the t-th weight, where a kernel lies as [out, in], a patch kernel as [out, channels, height, width]. Images lie channels
first in the file.

Where KerasCV departs from CLIP it is set right before it is asked, so that the numbers are CLIP's: the text tower's
causal mask hides what lies behind a position (KerasCV adds 1 to its scores), and its final norm has the epsilon 1e-5
(KerasCV leaves Keras's 1e-3). A whole model is called with one image and one text, since KerasCV's head divides by the
norm of the batch.
"""
import json
import os

import numpy as np

os.environ.update(KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="", TF_CPP_MIN_LOG_LEVEL="3",
                  TF_ENABLE_ONEDNN_OPTS="0")
HIDDEN = -1e9


def values(t, shape, scale):
    """Element i is ((i % 37)^2 + 11 t) % 127 - 63, times the scale."""
    i = np.arange(int(np.prod(shape)), dtype=np.int64) % 37
    return (((i * i + 11 * t) % 127 - 63) * scale).astype(np.float32).reshape(shape)


def _value_of(t, path, shape):
    """A weight's value in this library's layout: a norm's gamma lies around 1."""
    if path.endswith("gamma"):
        return 1 + values(t, shape, 1 / 256)
    if path.endswith("logit_scale"):
        return np.float32(2.5)
    return values(t, shape, 1 / 256)


def _ours(shape):
    """Dense kernels [in, out] lie as [out, in] here, a patch kernel [h, w, c, out] as [out, c, h, w]."""
    return tuple(reversed(shape)) if len(shape) == 2 else (shape[3], shape[2], shape[0], shape[1])


def _theirs(value):
    return value.T if value.ndim == 2 else value.transpose(2, 3, 1, 0)


def _relative(path, layer, renamed):
    path = path.removeprefix(layer.name + "/")
    return "/".join(renamed.get(part, part) for part in path.split("/"))


def _block_names(layer):
    """KerasCV leaves its blocks without names, so Keras numbers them in the whole process; here within their encoder."""
    names = {}
    for sub in layer._flatten_layers():
        for i, block in enumerate(getattr(sub, "resblocks", [])):
            names[block.name] = "residual_attention" + (f"_{i}" if i else "")
    return names


def _described(layer, arguments):
    """Sets the weights and says what they are."""
    renamed, weights = _block_names(layer), []
    for t, weight in enumerate(layer.weights):
        path = _relative(weight.path, layer, renamed)
        shape = tuple(weight.shape)
        kernel = path.endswith("/kernel")
        value = _value_of(t, path, _ours(shape) if kernel else shape)
        weight.assign(_theirs(value) if kernel else value)
        weights.append({"path": path, "shape": list(shape), "trainable": weight.trainable})
    config = {key: value for key, value in layer.get_config().items() if key not in ("name", "trainable", "dtype")}
    return {"class": type(layer).__name__, "arguments": arguments, "config": config,
            "sublayers": [renamed.get(sub.name, sub.name) for sub in layer._layers if sub.name not in
                          ("images", "token_ids", "padding_mask")],
            "weights": weights, "count_params": layer.count_params()}


def _numbers(array):
    return [float(f"{value:.9g}") for value in np.asarray(array, np.float32).flatten()]


def _causal(length):
    return np.triu(np.full((length, length), HIDDEN, np.float32), k=1)


def _sequence_layers(encoder):
    import tensorflow as tf

    shape, cases = (2, 5, 8), []
    x = values(100, shape, 1 / 64)
    for make, arguments in (
            (encoder.CLIPAttention, dict(proj_dim=8, num_heads=2, num_hidden_layers=3, dropout=0.25)),
            (encoder.ResidualAttention, dict(proj_dim=8, num_heads=4, num_hidden_layers=3)),
            (encoder.CLIPEncoder, dict(width=8, num_layers=2, heads=2))):
        layer = make(**arguments)
        layer.build(shape)
        entry = _described(layer, arguments)
        entry["input_shape"] = list(shape)
        for name, mask in (("none", None), ("causal", tf.constant(_causal(shape[1])))):
            if isinstance(layer, encoder.CLIPAttention):
                y = layer(x, attention_mask=mask)[0]
            else:
                y = layer(x, causal_attention_mask=mask)
            entry[name] = _numbers(y)
        entry["output_shape"] = list(y.shape)
        cases.append(entry)
    return cases


class _MendedOps:
    """keras.ops, whose triu is the mask that CLIP's text tower adds to its scores."""

    def __init__(self, ops):
        self.ops = ops

    def __getattr__(self, name):
        return getattr(self.ops, name)

    def triu(self, x):
        return self.ops.triu(x, k=1) * HIDDEN


def _towers(clip_image_model, clip_text_model):
    image_arguments = dict(input_resolution=9, patch_size=4, width=8, num_layers=2, heads=2, output_dim=6)
    image = clip_image_model.CLIPImageEncoder(**image_arguments, name="clip_image_encoder")
    image.build([None, 9, 9, 3])
    first = _described(image, image_arguments)
    pixels = values(101, (2, 3, 9, 9), 1 / 64)
    first.update(input_shape=[2, 3, 9, 9], none=_numbers(image(pixels.transpose(0, 2, 3, 1))),
                 output_shape=[2, 6])
    embeddings = image.embeddings
    first["patching_and_embedding"] = _numbers(embeddings(pixels.transpose(0, 2, 3, 1)))
    first["patching_and_embedding_config"] = {key: value for key, value in embeddings.get_config().items()
                                              if key not in ("name", "trainable", "dtype")}

    text_arguments = dict(transformer_width=8, transformer_layers=2, transformer_heads=2, vocab_size=12, embed_dim=6,
                          context_length=6)
    text = clip_text_model.CLIPTextEncoder(**text_arguments, name="clip_text_encoder")
    text.build([None, 6])
    second = _described(text, text_arguments)
    text.ln_final.epsilon = 1e-5
    ids, mask = _texts()
    second.update(token_ids=ids.tolist(), padding_mask=mask.tolist(), output_shape=[3, 6],
                  none=_numbers(text(ids, attention_mask=mask)))
    return [first, second]


def _texts():
    ids = np.array([[10, 3, 7, 11, 0, 0], [10, 11, 0, 0, 0, 0], [10, 1, 2, 3, 4, 11]], np.int32)
    mask = np.array([[1, 1, 1, 1, 0, 0], [1, 1, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1]], np.int32)
    return ids, mask


def _model(clip_model):
    arguments = dict(embed_dim=6, image_resolution=8, vision_layers=2, vision_width=128, vision_patch_size=4,
                     context_length=6, vocab_size=12, transformer_width=8, transformer_heads=2, transformer_layers=1)
    model = clip_model.CLIP(**arguments, name="clip")
    entry = _described(model, arguments)
    model.text_encoder.ln_final.epsilon = 1e-5
    pixels = values(102, (1, 3, 8, 8), 1 / 64)
    ids, mask = _texts()
    logits = model({"images": pixels.transpose(0, 2, 3, 1), "token_ids": ids[:1], "padding_mask": mask[:1]})
    entry.update(input_shape=[1, 3, 8, 8], token_ids=ids[:1].tolist(), padding_mask=mask[:1].tolist(),
                 image_logits=_numbers(logits["image_logits"]), text_logits=_numbers(logits["text_logits"]))
    return entry


def _quick_gelu(encoder):
    x = values(103, (2, 7), 1 / 16)
    return {"class": "QuickGELU", "input_shape": [2, 7], "none": _numbers(encoder.QuickGELU()(x))}


def _defaults(clip_model):
    import inspect

    return {name: parameter.default for name, parameter in inspect.signature(clip_model.CLIP.__init__).parameters.items()
            if parameter.default is not inspect.Parameter.empty}


def write(out_dir):
    import keras
    import keras_cv
    import keras_nlp
    import tensorflow
    from keras_cv.src.models.feature_extractor.clip import (clip_encoder, clip_image_model, clip_model, clip_presets,
                                                            clip_text_model)

    clip_text_model.ops = _MendedOps(clip_text_model.ops)
    golden = {
        "versions": {module.__name__: module.__version__ for module in (keras, keras_cv, keras_nlp, tensorflow, np)},
        "script": "scripts/golden/keras_clip.py",
        "layers": _sequence_layers(clip_encoder) + _towers(clip_image_model, clip_text_model) + [_model(clip_model)],
        "quick_gelu": _quick_gelu(clip_encoder),
        "defaults": _defaults(clip_model),
        "presets": {name: preset["metadata"]["params"] for name, preset in sorted(clip_presets.clip_presets.items())},
    }
    text = json.dumps(golden, indent=1)
    (out_dir / "clip.json").write_text(_one_line_lists(text) + "\n", encoding="utf-8")


def _one_line_lists(text):
    """Lists of numbers on one line each."""
    import re

    return re.sub(r"\[\s+((?:-?[\d.e+-]+,\s+)*-?[\d.e+-]+)\s+\]", lambda m: "[" + re.sub(r"\s+", " ", m[1]) + "]", text)
