# SPDX-License-Identifier: Apache-2.0
"""Checkpoints as Keras, KerasCV and KerasHub write them, for data/golden/weights.

Needs keras 3.15.1, keras-cv 0.9.0, keras-hub and keras-nlp 0.32.0, tensorflow-cpu 2.21 (keras-cv imports it, and its
CLIP builds on no other backend), h5py 3.16, ml_dtypes and safetensors, in addition to the packages of scripts/make_golden.py.

- keras_cv.keras: KerasCV's CLIP with the tensors of data/golden/model/nano_layers1, members deflated.
- keras_hub/: the preset directory of KerasHub's CLIPBackbone with the same tensors.
- keras_cv_wide.keras: KerasCV's CLIP with two layers per tower, 128 and 64 wide, so that the widths determine the heads;
  members deflated.
- keras_hub_sharded.zip: config.json, model.weights.json and its shards as KerasHub's CLIPBackbone saves them, both towers
  of one width. The values of these two count: see _counting.
- keras_small.*: two dense layers with counting values, as .weights.h5 and .keras; keras_sharded/: the same in bfloat16,
  in two shards.
"""
import json
import os
import pathlib
import shutil
import tempfile
import zipfile

import numpy as np

os.environ.update(KERAS_BACKEND="tensorflow", CUDA_VISIBLE_DEVICES="", TF_CPP_MIN_LOG_LEVEL="3")
SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent / "data" / "golden" / "model" / "nano_layers1"



class Tensors:
    """The tensors of a model in Hugging Face's names; each must be used exactly once."""

    def __init__(self, values):
        self.values = dict(values)

    def take(self, name):
        return self.values.pop(name)

    def dense(self, layer, name, bias=True):
        layer.kernel.assign(self.take(name + ".weight").T)
        if bias:
            layer.bias.assign(self.take(name + ".bias"))

    def norm(self, layer, name):
        layer.gamma.assign(self.take(name + ".weight"))
        layer.beta.assign(self.take(name + ".bias"))

    def finish(self):
        assert not self.values, sorted(self.values)


def _nano():
    from safetensors.numpy import load_file

    config = json.loads((SOURCE / "config.json").read_text(encoding="utf-8"))
    return config, load_file(SOURCE / "model.safetensors")


def _tower(width, layers, heads, mlp, **more):
    return dict(hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads, intermediate_size=mlp,
                hidden_act="quick_gelu", **more)


def _small_config(projection, vision, text):
    return dict(projection_dim=projection, vision_config=_tower(**vision, image_size=8, patch_size=4),
                text_config=_tower(**text, vocab_size=12, max_position_embeddings=6))


def _counting(config):
    """Tensors of `config` in Hugging Face's names and layouts. Element i of the t-th name, in their order, is
    ((i % 37)^2 + 11 t) % 127 - 63 sixty-fourths: exact in float32, and deflated to little."""
    shapes = {"logit_scale": ()}
    for tower, prefix, norms in (("vision", "visual", ("pre_layrnorm", "post_layernorm")),
                                 ("text", "text", ("final_layer_norm",))):
        sizes = config[tower + "_config"]
        width, mlp = sizes["hidden_size"], sizes["intermediate_size"]
        shapes[prefix + "_projection.weight"] = (config["projection_dim"], width)
        names = [f"{tower}_model.{norm}" for norm in norms]
        for i in range(sizes["num_hidden_layers"]):
            layer = f"{tower}_model.encoder.layers.{i}."
            names += [layer + "layer_norm1", layer + "layer_norm2"]
            for name, rows, columns in (*((f"self_attn.{p}_proj", width, width) for p in ("q", "k", "v", "out")),
                                        ("mlp.fc1", mlp, width), ("mlp.fc2", width, mlp)):
                shapes[f"{layer}{name}.weight"] = (rows, columns)
                shapes[f"{layer}{name}.bias"] = (rows,)
        shapes.update({f"{name}.{part}": (width,) for name in names for part in ("weight", "bias")})
    vision, text = config["vision_config"], config["text_config"]
    width, side = vision["hidden_size"], vision["patch_size"]
    shapes["vision_model.embeddings.class_embedding"] = (width,)
    shapes["vision_model.embeddings.patch_embedding.weight"] = (width, 3, side, side)
    shapes["vision_model.embeddings.position_embedding.weight"] = ((vision["image_size"] // side) ** 2 + 1, width)
    for name, rows in (("token", text["vocab_size"]), ("position", text["max_position_embeddings"])):
        shapes[f"text_model.embeddings.{name}_embedding.weight"] = (rows, text["hidden_size"])

    def values(t, shape):
        i = np.arange(int(np.prod(shape))) % 37
        return (((i * i + 11 * t) % 127 - 63) / 64).astype(np.float32).reshape(shape)

    return {name: values(t, shape) for t, (name, shape) in enumerate(sorted(shapes.items()))}


def keras_cv_model(config, values):
    import keras_cv.src.models.feature_extractor.clip.clip_model as clip

    vision, text = config["vision_config"], config["text_config"]
    encoder = clip.CLIPImageEncoder
    # CLIP takes width // 64 heads for the image; the nano model's width is 16. No weight depends on it.
    clip.CLIPImageEncoder = lambda heads, **more: encoder(heads=vision["num_attention_heads"], **more)
    model = clip.CLIP(
        embed_dim=config["projection_dim"], image_resolution=vision["image_size"],
        vision_layers=vision["num_hidden_layers"], vision_width=vision["hidden_size"],
        vision_patch_size=vision["patch_size"], context_length=text["max_position_embeddings"],
        vocab_size=text["vocab_size"], transformer_width=text["hidden_size"],
        transformer_heads=text["num_attention_heads"], transformer_layers=text["num_hidden_layers"])
    clip.CLIPImageEncoder = encoder

    tensors = Tensors(values)
    image, words = model.image_encoder, model.text_encoder
    image.embeddings.class_embedding.assign(tensors.take("vision_model.embeddings.class_embedding"))
    image.embeddings.positional_embedding.assign(tensors.take("vision_model.embeddings.position_embedding.weight"))
    # (3, 2, 1, 0) as KerasCV's converter has it, which swaps rows and columns.
    image.embeddings.conv1.kernel.assign(
        tensors.take("vision_model.embeddings.patch_embedding.weight").transpose(3, 2, 1, 0))
    tensors.norm(image.pre_norm, "vision_model.pre_layrnorm")
    tensors.norm(image.post_norm, "vision_model.post_layernorm")
    tensors.dense(image.image_projector, "visual_projection", bias=False)
    words.token_embedding.embeddings.assign(tensors.take("text_model.embeddings.token_embedding.weight"))
    words.positional_embedding.embeddings.assign(tensors.take("text_model.embeddings.position_embedding.weight"))
    tensors.norm(words.ln_final, "text_model.final_layer_norm")
    tensors.dense(words.text_projector, "text_projection", bias=False)
    for tower, encoder in (("vision_model", image.encoder), ("text_model", words.encoder)):
        for i, block in enumerate(encoder.resblocks):
            layer = f"{tower}.encoder.layers.{i}."
            for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
                tensors.dense(getattr(block.attn, name), layer + "self_attn." + name)
            tensors.norm(block.ln_1, layer + "layer_norm1")
            tensors.norm(block.ln_2, layer + "layer_norm2")
            tensors.dense(block.mlp_dense_1, layer + "mlp.fc1")
            tensors.dense(block.mlp_dense_2, layer + "mlp.fc2")
    model.clip_head.logit_scale.assign(tensors.take("logit_scale"))
    tensors.finish()
    return model


def _fill_hub_block(tensors, block, layer, heads):
    attention = block.attention
    for dense, name in ((attention.query_dense, "q_proj"), (attention.key_dense, "k_proj"),
                        (attention.value_dense, "v_proj")):
        kernel = tensors.take(f"{layer}self_attn.{name}.weight").T
        dense.kernel.assign(kernel.reshape(kernel.shape[0], heads, -1))
        dense.bias.assign(tensors.take(f"{layer}self_attn.{name}.bias").reshape(heads, -1))
    kernel = tensors.take(layer + "self_attn.out_proj.weight").T
    attention.output_dense.kernel.assign(kernel.reshape(heads, -1, kernel.shape[1]))
    attention.output_dense.bias.assign(tensors.take(layer + "self_attn.out_proj.bias"))
    tensors.norm(block.layer_norm_1, layer + "layer_norm1")
    tensors.norm(block.layer_norm_2, layer + "layer_norm2")
    tensors.dense(block.dense_1, layer + "mlp.fc1")
    tensors.dense(block.dense_2, layer + "mlp.fc2")


def keras_hub_model(config, values):
    from keras_hub.models import CLIPBackbone, CLIPTextEncoder, CLIPVisionEncoder

    vision, text = config["vision_config"], config["text_config"]
    side = vision["image_size"]
    common = lambda tower: dict(hidden_dim=tower["hidden_size"], num_layers=tower["num_hidden_layers"],
                                num_heads=tower["num_attention_heads"], intermediate_dim=tower["intermediate_size"],
                                intermediate_activation=tower["hidden_act"])
    model = CLIPBackbone(
        CLIPVisionEncoder(patch_size=vision["patch_size"], image_shape=(side, side, 3), **common(vision)),
        CLIPTextEncoder(vocabulary_size=text["vocab_size"], embedding_dim=text["hidden_size"],
                        max_sequence_length=text["max_position_embeddings"], **common(text)),
        projection_dim=config["projection_dim"])

    tensors = Tensors(values)
    image, words = model.vision_encoder, model.text_encoder
    image.embedding.class_embedding.assign(tensors.take("vision_model.embeddings.class_embedding"))
    image.embedding.position_embedding.embeddings.assign(
        tensors.take("vision_model.embeddings.position_embedding.weight"))
    image.embedding.position_ids.assign(np.arange(image.embedding.num_positions)[None])
    image.embedding.patch_embedding.kernel.assign(
        tensors.take("vision_model.embeddings.patch_embedding.weight").transpose(2, 3, 1, 0))
    tensors.norm(image.pre_layer_norm, "vision_model.pre_layrnorm")
    tensors.norm(image.layer_norm, "vision_model.post_layernorm")
    words.embedding.token_embedding.embeddings.assign(tensors.take("text_model.embeddings.token_embedding.weight"))
    words.embedding.position_embedding.position_embeddings.assign(
        tensors.take("text_model.embeddings.position_embedding.weight"))
    tensors.norm(words.layer_norm, "text_model.final_layer_norm")
    for tower, encoder, heads in (("vision_model", image, vision["num_attention_heads"]),
                                  ("text_model", words, text["num_attention_heads"])):
        for i, block in enumerate(encoder.encoder_layers):
            _fill_hub_block(tensors, block, f"{tower}.encoder.layers.{i}.", heads)
    tensors.dense(model.vision_projection, "visual_projection", bias=False)
    tensors.dense(model.text_projection, "text_projection", bias=False)
    model.clip_head.logit_scale.assign(tensors.take("logit_scale"))
    tensors.finish()
    return model


def _write_hub_preset(model, config, folder):
    import keras_hub

    with open(SOURCE / "vocab.json", encoding="utf-8") as file:
        vocabulary = json.load(file)
    merges = (SOURCE / "merges.txt").read_text(encoding="utf-8").splitlines()[1:]
    mean, std = np.array([0.48145466, 0.4578275, 0.40821073]), np.array([0.26862954, 0.26130258, 0.27577711])
    vision, text = config["vision_config"], config["text_config"]
    converter = keras_hub.layers.CLIPImageConverter(
        image_size=(vision["image_size"],) * 2, scale=(1 / 255 / std).tolist(), offset=(-mean / std).tolist(),
        interpolation="bicubic", crop_to_aspect_ratio=True)
    tokenizer = keras_hub.tokenizers.CLIPTokenizer(vocabulary=vocabulary, merges=merges, pad_with_end_token=True)
    preprocessor = keras_hub.models.CLIPPreprocessor(tokenizer, converter,
                                                     sequence_length=text["max_position_embeddings"])
    model.save_to_preset(folder)
    preprocessor.save_to_preset(folder)
    metadata = folder / "metadata.json"
    fixed = json.loads(metadata.read_text(encoding="utf-8"))
    fixed["date_saved"] = "2026-11-21@00:00:00"
    metadata.write_text(json.dumps(fixed, indent=4), encoding="utf-8")


def _small_model(dtype):
    """Two dense layers of different and of equal sizes; the values count up by a half."""
    import keras

    inputs = keras.Input((3,), name="inputs", dtype=dtype)
    outputs = keras.layers.Dense(4, name="first", dtype=dtype)(inputs)
    outputs = keras.layers.Dense(4, name="second", dtype=dtype)(outputs)
    model = keras.Model(inputs, outputs, name="small")
    begin = 0
    for weight in model.weights:
        count = int(np.prod(weight.shape))
        weight.assign(((begin + np.arange(count)) / 2).reshape(weight.shape))
        begin += count
    return model


def _write_small(out_dir):
    from keras.src.saving import saving_lib

    _small_model("float32").save_weights(out_dir / "keras_small.weights.h5")
    _small_model("float32").save(out_dir / "keras_small.keras")
    folder = out_dir / "keras_sharded"
    folder.mkdir(exist_ok=True)
    saving_lib.save_weights_only(_small_model("bfloat16"), folder / "model.weights.json", max_shard_size=50 / 1024**3)


def _deflated(members, target):
    """A zip file of these members, deflated, with a fixed date."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as new:
        for name, content in members.items():
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(info, content, compresslevel=9)


def _members(path):
    """The contents of a zip file or a folder, by name."""
    if path.is_dir():
        return {file.name: file.read_bytes() for file in sorted(path.iterdir()) if file.is_file()}
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def _write_wide(out_dir):
    """KerasCV's CLIP whose heads follow from the widths: 2 and 1."""
    config = _small_config(24, dict(width=128, layers=2, heads=2, mlp=512), dict(width=64, layers=2, heads=1, mlp=256))
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "model.keras"
        keras_cv_model(config, _counting(config)).save(path)
        _deflated(_members(path), out_dir / "keras_cv_wide.keras")


def _write_hub_shards(out_dir):
    """KerasHub's CLIPBackbone in shards; for some layer, the kernel is in one shard and the bias in the next."""
    from keras.src.saving import saving_lib

    config = _small_config(8, dict(width=8, layers=2, heads=4, mlp=12), dict(width=8, layers=1, heads=2, mlp=20))
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        model = keras_hub_model(config, _counting(config))
        model.save_to_preset(folder)
        (folder / "metadata.json").unlink()
        (folder / "model.weights.h5").unlink()
        saving_lib.save_weights_only(model, folder / "model.weights.json", max_shard_size=4300 / 1024**3)
        places = json.loads((folder / "model.weights.json").read_text(encoding="utf-8"))["weight_map"].values()
        assert any(isinstance(place, list) and len(place) > 1 for place in places), "no layer lies in two shards"
        _deflated(_members(folder), out_dir / "keras_hub_sharded.zip")


def write(out_dir):
    import h5py
    import keras
    import keras_cv
    import keras_hub
    import tensorflow

    out_dir = pathlib.Path(out_dir)
    shutil.rmtree(out_dir / "keras_hub", ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder:
        keras_cv_model(*_nano()).save(pathlib.Path(folder) / "model.keras")
        _deflated(_members(pathlib.Path(folder) / "model.keras"), out_dir / "keras_cv.keras")
    config, values = _nano()
    _write_hub_preset(keras_hub_model(config, values), config, out_dir / "keras_hub")
    _write_wide(out_dir)
    _write_hub_shards(out_dir)
    _write_small(out_dir)
    versions = {module.__name__: module.__version__ for module in (keras, keras_cv, keras_hub, tensorflow, h5py, np)}
    versions.update(hdf5=h5py.version.hdf5_version, script="scripts/golden/keras_files.py", tensors="nano_layers1, seed 108")
    (out_dir / "keras_versions.json").write_text(json.dumps(versions, indent=1) + "\n", encoding="utf-8")
