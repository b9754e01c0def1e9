# SPDX-License-Identifier: Apache-2.0
"""The programs that scripts/bench.py compares sightline with, each in a separate process.

bench_peers.py NAME serve MODEL THREADS   answers timing requests, one JSON object per line, on stdin and stdout
bench_peers.py NAME score MODEL THREADS IMAGE CAPTION...   one whole run: load, rank the captions, print, end
bench_peers.py NAME check   exits with 0 if NAME can run, and prints its versions
NAME: transformers, onnxruntime, openvino, pillow
"""
import importlib.metadata
import json
import os
import pathlib
import resource
import sys
import time

PACKAGES = {
    "transformers": ("torch", "transformers", "pillow"),
    "onnxruntime": ("onnxruntime", "tokenizers", "transformers", "torch", "onnx", "pillow"),
    "openvino": ("openvino", "tokenizers", "transformers", "torch", "onnx", "pillow"),
    "pillow": ("pillow", "numpy"),
}


class Pillow:
    """Image preprocessing with Pillow and numpy alone, in one thread: RGB, bicubic to the shortest edge, centre crop, floats."""

    side = 224

    def __init__(self, _model=None, _threads=1):
        import numpy
        from PIL import Image

        self.numpy, self.open, self.bicubic = numpy, Image.open, Image.Resampling.BICUBIC
        self.mean = numpy.array([0.48145466, 0.4578275, 0.40821073], numpy.float32)
        self.std = numpy.array([0.26862954, 0.26130258, 0.27577711], numpy.float32)

    def load_image(self, path):
        image, side = self.open(path).convert("RGB"), self.side
        short = min(image.size)
        image = image.resize((side * image.width // short, side * image.height // short), self.bicubic)
        left, top = (image.width - side) // 2, (image.height - side) // 2
        pixels = self.numpy.asarray(image.crop((left, top, left + side, top + side)), self.numpy.float32)
        return ((pixels * self.numpy.float32(1 / 255) - self.mean) / self.std).transpose(2, 0, 1)

    def load_images(self, paths):
        return self.numpy.stack([self.load_image(path) for path in paths])


class Lean(Pillow):
    """The fastest usual preprocessing for a runtime: Pillow, numpy, and the tokenizers package."""

    def __init__(self, model):
        super().__init__()
        import tokenizers

        self.tokenizer = tokenizers.Tokenizer.from_file(str(pathlib.Path(model) / "onnx" / "tokenizer.json"))
        self.tokenizer.enable_truncation(77)
        self.end = self.tokenizer.token_to_id("<|endoftext|>")

    def captions(self, texts, pad_to=None):
        self.tokenizer.enable_padding(pad_id=self.end, pad_token="<|endoftext|>", length=pad_to)
        return self.numpy.array([e.ids for e in self.tokenizer.encode_batch(texts)], self.numpy.int64)


class Transformers:
    """PyTorch, float32, with transformers' default attention and processors."""

    def __init__(self, model, threads):
        import torch
        from transformers import CLIPModel, CLIPTokenizer
        from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

        self.processor = CLIPImageProcessorPil.from_pretrained(model)
        self.tokenizer = CLIPTokenizer.from_pretrained(model)
        self.torch = torch
        torch.set_num_threads(threads)
        torch.set_grad_enabled(False)
        self.model = CLIPModel.from_pretrained(model, dtype=torch.float32).eval()

    def load_images(self, paths):
        from PIL import Image

        return self.processor(images=[Image.open(path) for path in paths], return_tensors="np")["pixel_values"]

    def captions(self, texts, pad_to=None):
        more = {"max_length": pad_to, "padding": "max_length"} if pad_to else {"padding": True}
        return self.tokenizer(texts, truncation=True, return_tensors="np", **more)["input_ids"]

    def image(self, pixels):
        out = self.model.get_image_features(pixel_values=self.torch.from_numpy(pixels))
        return getattr(out, "pooler_output", out).numpy()

    def text(self, ids):
        out = self.model.get_text_features(input_ids=self.torch.from_numpy(ids))
        return getattr(out, "pooler_output", out).numpy()


def export_onnx(model):
    """MODEL/onnx/{vision,text}.onnx and tokenizer.json, exported once by torch and transformers."""
    folder = pathlib.Path(model) / "onnx"
    if (folder / "complete").is_file():
        return folder
    import torch
    from transformers import CLIPModel, CLIPTokenizer

    folder.mkdir(exist_ok=True)
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

    side = clip.config.vision_config.image_size
    ids = torch.tensor([[clip.config.text_config.bos_token_id, 5, 7, clip.config.text_config.eos_token_id]] * 2)
    for name, module, example, axes in (("vision", Vision(), torch.zeros(2, 3, side, side), {0: "batch"}),
                                        ("text", Text(), ids, {0: "batch", 1: "length"})):
        wrapped = module.eval()
        wrapped.clip = clip
        with torch.no_grad():
            torch.onnx.export(wrapped, (example,), str(folder / f"{name}.onnx"), input_names=["input"],
                              output_names=["output"], dynamic_axes={"input": axes, "output": {0: "batch"}},
                              opset_version=17, dynamo=False)
    (folder / "complete").write_text("")
    return folder


class OnnxRuntime(Lean):
    """ONNX Runtime's CPU provider, float32."""

    def __init__(self, model, threads):
        super().__init__(model)
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        folder = pathlib.Path(model) / "onnx"
        self.vision, self.words = (
            onnxruntime.InferenceSession(str(folder / f"{name}.onnx"), options, providers=["CPUExecutionProvider"])
            for name in ("vision", "text"))

    def image(self, pixels):
        return self.vision.run(None, {"input": pixels})[0]

    def text(self, ids):
        return self.words.run(None, {"input": ids})[0]


class OpenVINO(Lean):
    """OpenVINO's CPU plugin, restricted to float32, with its cache of compiled models."""

    def __init__(self, model, threads):
        super().__init__(model)
        import openvino

        core = openvino.Core()
        folder = pathlib.Path(model) / "onnx"
        core.set_property({"CACHE_DIR": str(folder / "openvino-cache")})
        hints = {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads, "PERFORMANCE_HINT": "LATENCY"}
        self.vision, self.words = (core.compile_model(str(folder / f"{name}.onnx"), "CPU", hints)
                                   for name in ("vision", "text"))

    def image(self, pixels):
        return self.vision(pixels)[0]

    def text(self, ids):
        return self.words(ids)[0]


ENGINES = {"transformers": Transformers, "onnxruntime": OnnxRuntime, "openvino": OpenVINO, "pillow": Pillow}


def run_task(engine, request):
    """Runs the requested task once; every task ends with numbers in memory."""
    task = request["task"]
    if task == "pixels":
        engine.load_images(request["paths"])
    elif task == "image":
        import numpy

        pixels = getattr(engine, "held", None)
        if pixels is None or len(pixels) != request["batch"]:
            shape = (request["batch"], 3, Pillow.side, Pillow.side)
            engine.held = numpy.random.RandomState(1).standard_normal(shape).astype("f4")
            return run_task(engine, request)
        started = time.perf_counter()
        engine.image(pixels)
        return time.perf_counter() - started
    elif task == "folder":
        paths, step = request["paths"], request["batch"]
        for begin in range(0, len(paths), step):
            engine.image(engine.load_images(paths[begin:begin + step]))
    elif task == "captions":
        texts, step = request["texts"], request["batch"]
        if request.get("sorted"):
            texts = sorted(texts, key=len)
        for begin in range(0, len(texts), step):
            engine.text(engine.captions(texts[begin:begin + step], request.get("pad_to")))
    return None


def serve(engine):
    for line in sys.stdin:
        request = json.loads(line)
        started = time.perf_counter()
        inner = run_task(engine, request)
        seconds = inner if inner is not None else time.perf_counter() - started
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(json.dumps({"seconds": seconds, "peak_kib": peak}), flush=True)


def score(engine, image_path, captions):
    import numpy

    images, texts = engine.image(engine.load_images([image_path])), engine.text(engine.captions(captions))
    images, texts = (x / numpy.linalg.norm(x, axis=1, keepdims=True) for x in (images, texts))
    for value, caption in sorted(zip((100 * images @ texts.T)[0], captions), reverse=True):
        print(f"{value:.4f} {caption}")


def main(arguments):
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    name, command = arguments[:2]
    versions = {package: importlib.metadata.version(package) for package in PACKAGES[name]}
    if command == "check":
        for package in PACKAGES[name]:
            __import__("PIL" if package == "pillow" else package)
        print(json.dumps(versions))
        return
    if name == "transformers":
        from transformers.utils import logging

        logging.disable_progress_bar()
    if command == "export":
        export_onnx(arguments[2])
        return
    engine = ENGINES[name](arguments[2], int(arguments[3]))
    if command == "serve":
        print(json.dumps({"ready": True}), flush=True)
        serve(engine)
    else:
        score(engine, arguments[4], arguments[5:])


if __name__ == "__main__":
    main(sys.argv[1:])
