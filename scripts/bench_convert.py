# SPDX-License-Identifier: Apache-2.0
"""Converts a Hugging Face folder to the formats of other runtimes, once, for scripts/bench_peers.py.

FOLDER/{vision,text}.onnx and tokenizer.json   by torch's exporter (packages torch, transformers, onnx)
FOLDER/{vision,text}-int8.onnx                 ONNX Runtime's dynamic quantization, weights by channel
FOLDER/{vision,text}-int8.xml                  NNCF's static quantization for transformers (package nncf)
"""
import shutil

import bench_siglip

TOWERS = ("vision", "text")
CALIBRATION_ITEMS = 16


def convert(name, model, folder):
    folder.mkdir(parents=True, exist_ok=True)
    if name.split("-")[0] in ("onnxruntime", "openvino"):
        once(folder / "onnx.complete", lambda: export_onnx(model, folder))
    if name == "onnxruntime-int8":
        once(folder / f"{name}.complete", lambda: quantize_for_onnxruntime(folder))
    if name == "openvino-int8":
        once(folder / f"{name}.complete", lambda: quantize_for_openvino(model, folder))


def once(mark, run):
    if not mark.is_file():
        run()
        mark.write_text("")


def export_onnx(model, folder):
    import torch
    from transformers import CLIPModel, CLIPTokenizer

    if bench_siglip.is_siglip(model):
        return export_siglip(model, folder)
    CLIPTokenizer.from_pretrained(model).backend_tokenizer.save(str(folder / "tokenizer.json"))
    clip = CLIPModel.from_pretrained(model, dtype=torch.float32, attn_implementation="eager").eval()

    class Vision(torch.nn.Module):
        def forward(self, pixel_values):
            out = clip.vision_model(pixel_values=pixel_values)
            return clip.visual_projection(out.pooler_output)

    class Text(torch.nn.Module):
        def forward(self, input_ids):
            out = clip.text_model(input_ids=input_ids)
            return clip.text_projection(out.pooler_output)

    text = clip.config.text_config
    ids = torch.tensor([[text.bos_token_id, 5, 7, text.eos_token_id]] * 2)
    export_towers(clip, folder, Vision(), Text(), ids, {0: "batch", 1: "length"})


def export_towers(model, folder, vision, text, ids, axes_of_ids):
    import torch

    side = model.config.vision_config.image_size
    for name, module, example, axes in (("vision", vision, torch.zeros(2, 3, side, side), {0: "batch"}),
                                        ("text", text, ids, axes_of_ids)):
        wrapped = module.eval()
        wrapped.model = model
        with torch.no_grad():
            torch.onnx.export(wrapped, (example,), str(folder / f"{name}.onnx"), input_names=["input"],
                              output_names=["output"], dynamic_axes={"input": axes, "output": {0: "batch"}},
                              opset_version=17, dynamo=False)


def export_siglip(model, folder):
    """Texts have one length, that of all positions."""
    import torch
    from transformers import SiglipModel

    shutil.copy(model / "tokenizer.json", folder / "tokenizer.json")
    siglip = SiglipModel.from_pretrained(model, dtype=torch.float32, attn_implementation="eager").eval()

    class Vision(torch.nn.Module):
        def forward(self, pixel_values):
            return siglip.vision_model(pixel_values=pixel_values).pooler_output

    class Text(torch.nn.Module):
        def forward(self, input_ids):
            return siglip.text_model(input_ids=input_ids).pooler_output

    ids = torch.full((2, bench_siglip.POSITIONS), bench_siglip.PAD)
    export_towers(siglip, folder, Vision(), Text(), ids, {0: "batch"})


def quantize_for_onnxruntime(folder):
    from onnxruntime.quantization import QuantType, quantize_dynamic

    for tower in TOWERS:
        quantize_dynamic(folder / f"{tower}.onnx", folder / f"{tower}-int8.onnx", per_channel=True,
                         weight_type=QuantType.QInt8, op_types_to_quantize=["MatMul", "Gemm"])


def quantize_for_openvino(model, folder):
    """Calibrated with random inputs, like the weights that bench.py measures with."""
    import nncf
    import numpy
    import openvino

    random = numpy.random.RandomState(1)
    siglip = bench_siglip.is_siglip(model)
    end = 49407
    ids = ((lambda: random.randint(0, 900, (1, bench_siglip.POSITIONS))) if siglip
           else lambda: numpy.array([[end - 1, *random.randint(0, 40000, 8), end]]))
    inputs = {"vision": [random.standard_normal((1, 3, 224, 224)).astype("f4") for _ in range(CALIBRATION_ITEMS)],
              "text": [ids() for _ in range(CALIBRATION_ITEMS)]}
    for tower in TOWERS:
        network = openvino.Core().read_model(folder / f"{tower}.onnx")
        quantized = nncf.quantize(network, nncf.Dataset(inputs[tower]), subset_size=CALIBRATION_ITEMS,
                                  model_type=nncf.ModelType.TRANSFORMER)
        openvino.save_model(quantized, folder / f"{tower}-int8.xml", compress_to_fp16=False)
