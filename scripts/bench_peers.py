# SPDX-License-Identifier: Apache-2.0
"""The programs that scripts/bench.py compares sightline with, each in a separate process.

bench_peers.py NAME check                       exits with 0 if NAME can run, and prints its versions
bench_peers.py NAME convert MODEL FOLDER        converts MODEL once, into FOLDER (bench_convert.py)
bench_peers.py NAME serve MODEL FOLDER THREADS  answers timing requests, one JSON object per line, on stdin and stdout
bench_peers.py NAME score MODEL FOLDER THREADS IMAGE CAPTION...   one whole run: load, rank the captions, print, end

NAME is one of PACKAGES. Each program has its best settings: runtimes read images with Pillow and numpy alone and texts
with the tokenizers package, and share a folder of images among single-threaded streams, one per core.
"""
import concurrent.futures
import importlib.metadata
import json
import os
import pathlib
import sys
import threading
import time

import bench_siglip

# The packages that a run needs.
PACKAGES = {
    "transformers": ("torch", "transformers", "pillow"),
    "onnxruntime": ("onnxruntime", "tokenizers", "pillow", "numpy"),
    "onnxruntime-int8": ("onnxruntime", "tokenizers", "pillow", "numpy"),
    "openvino": ("openvino", "tokenizers", "pillow", "numpy"),
    "openvino-bf16": ("openvino", "tokenizers", "pillow", "numpy"),
    "openvino-int8": ("openvino", "tokenizers", "pillow", "numpy"),
    "pillow": ("pillow", "numpy"),
    "hf_processors_rs": ("hf_processors_rs",),
    "numpy": ("numpy",),
}
MODULES = {"pillow": "PIL"}


class Pillow:
    """Image preprocessing with Pillow and numpy alone, in one thread: RGB, bicubic to the shortest edge, centre crop, floats;
    SigLIP's to the size alone."""

    side = 224

    def __init__(self, _name, model, *_):
        import numpy
        from PIL import Image

        self.numpy, self.open, self.bicubic = numpy, Image.open, Image.Resampling.BICUBIC
        self.siglip = bench_siglip.is_siglip(model)
        self.mean = numpy.array([0.48145466, 0.4578275, 0.40821073], numpy.float32)
        self.std = numpy.array([0.26862954, 0.26130258, 0.27577711], numpy.float32)

    def load_image(self, path):
        image, side = self.open(path).convert("RGB"), self.side
        if self.siglip:
            pixels = self.numpy.asarray(image.resize((side, side), self.bicubic), self.numpy.float32)
            half = self.numpy.float32(0.5)
            return ((pixels * self.numpy.float32(1 / 255) - half) / half).transpose(2, 0, 1)
        short = min(image.size)
        image = image.resize((side * image.width // short, side * image.height // short), self.bicubic)
        left, top = (image.width - side) // 2, (image.height - side) // 2
        pixels = self.numpy.asarray(image.crop((left, top, left + side, top + side)), self.numpy.float32)
        return ((pixels * self.numpy.float32(1 / 255) - self.mean) / self.std).transpose(2, 0, 1)

    def load_images(self, paths):
        return self.numpy.stack([self.load_image(path) for path in paths])


class HfProcessorsRs:
    """Image preprocessing by hf_processors_rs in one thread, with Pillow's resampling."""

    def __init__(self, _name, model, *_):
        import hf_processors_rs

        self.processor = hf_processors_rs.AutoImageProcessor.from_pretrained(str(model), backend="pil")

    def load_images(self, paths):
        return [self.processor([path], num_threads=1) for path in paths]


class Numpy:
    """A search in stored embeddings: cosines by numpy's product of matrices, the best ten by partition."""

    def __init__(self, *_):
        import numpy

        self.numpy = numpy

    def search(self, path, count):
        numpy = self.numpy
        rows = numpy.load(path, mmap_mode="r")
        captions = numpy.random.RandomState(1).standard_normal((rows.shape[1], count)).astype("f4")
        norms = numpy.sqrt(numpy.einsum("ij,ij->i", rows, rows))
        cosines = rows @ captions / norms[:, None]
        best = numpy.argpartition(-cosines, 10, axis=0)[:10]
        return numpy.take_along_axis(cosines, best, axis=0)


class Transformers:
    """PyTorch, float32, with transformers' default attention and processors."""

    def __init__(self, _name, model, _folder, threads):
        import torch
        from transformers import AutoModel, AutoTokenizer
        from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil
        from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil
        from transformers.utils import logging

        logging.disable_progress_bar()
        self.siglip = bench_siglip.is_siglip(model)
        self.processor = (SiglipImageProcessorPil if self.siglip else CLIPImageProcessorPil).from_pretrained(model)
        self.tokenizer = AutoTokenizer.from_pretrained(model)
        self.torch = torch
        torch.set_num_threads(threads)
        torch.set_grad_enabled(False)
        self.model = AutoModel.from_pretrained(model, dtype=torch.float32).eval()

    def load_images(self, paths):
        from PIL import Image

        return self.processor(images=[Image.open(path) for path in paths], return_tensors="np")["pixel_values"]

    def captions(self, texts, pad_to=None):
        pad_to = bench_siglip.POSITIONS if self.siglip else pad_to
        more = {"max_length": pad_to, "padding": "max_length"} if pad_to else {"padding": True}
        return self.tokenizer(texts, truncation=True, return_tensors="np", **more)["input_ids"]

    def image(self, pixels):
        out = self.model.get_image_features(pixel_values=self.torch.from_numpy(pixels))
        return getattr(out, "pooler_output", out).numpy()

    def text(self, ids):
        out = self.model.get_text_features(input_ids=self.torch.from_numpy(ids))
        return getattr(out, "pooler_output", out).numpy()

    def folder(self, batches):
        for paths in batches:
            self.image(self.load_images(paths))


class Runtime(Pillow):
    """What ONNX Runtime and OpenVINO share: the tokenizer, and streams that decode and encode side by side."""

    def __init__(self, name, model, folder, threads):
        super().__init__(name, model)
        import tokenizers

        self.name, self.files, self.threads = name, pathlib.Path(folder), threads
        self.tokenizer = tokenizers.Tokenizer.from_file(str(self.files / "tokenizer.json"))
        self.tokenizer.enable_truncation(bench_siglip.POSITIONS if self.siglip else 77)
        self.end = self.tokenizer.token_to_id("<|endoftext|>")
        self.streams = None

    def captions(self, texts, pad_to=None):
        if self.siglip:
            self.tokenizer.enable_padding(pad_id=bench_siglip.PAD, pad_token=bench_siglip.PAD_TOKEN,
                                          length=bench_siglip.POSITIONS)
        else:
            self.tokenizer.enable_padding(pad_id=self.end, pad_token="<|endoftext|>", length=pad_to)
        return self.numpy.array([e.ids for e in self.tokenizer.encode_batch(texts)], self.numpy.int64)

    def folder(self, batches):
        if self.streams is None:
            self.streams = self.make_streams()
        with concurrent.futures.ThreadPoolExecutor(self.threads) as pool:
            list(pool.map(lambda paths: self.streams(self.load_images(paths)), batches))


class OnnxRuntime(Runtime):
    """ONNX Runtime's CPU provider: float32, or int8 by its dynamic quantization."""

    def __init__(self, name, model, folder, threads):
        super().__init__(name, model, folder, threads)
        self.vision, self.words = (self.session(tower, threads) for tower in ("vision", "text"))

    def session(self, tower, threads):
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        file = f"{tower}-int8.onnx" if self.name.endswith("int8") else f"{tower}.onnx"
        return onnxruntime.InferenceSession(str(self.files / file), options, providers=["CPUExecutionProvider"])

    def image(self, pixels):
        return self.vision.run(None, {"input": pixels})[0]

    def text(self, ids):
        return self.words.run(None, {"input": ids})[0]

    def make_streams(self):
        session = self.session("vision", 1)
        return lambda pixels: session.run(None, {"input": pixels})[0]


class OpenVINO(Runtime):
    """OpenVINO's CPU plugin in one format, with its cache of compiled models; int8 models were quantized by NNCF."""

    def __init__(self, name, model, folder, threads):
        super().__init__(name, model, folder, threads)
        self.vision, self.words = (self.compiled(tower, PERFORMANCE_HINT="LATENCY") for tower in ("vision", "text"))

    def compiled(self, tower, **hints):
        import openvino

        core = openvino.Core()
        core.set_property({"CACHE_DIR": str(self.files / f"cache-{self.name}")})
        file = f"{tower}-int8.xml" if self.name.endswith("int8") else f"{tower}.onnx"
        hints |= {"INFERENCE_PRECISION_HINT": "bf16" if self.name.endswith("bf16") else "f32",
                  "INFERENCE_NUM_THREADS": self.threads}
        return core.compile_model(str(self.files / file), "CPU", hints)

    def image(self, pixels):
        return self.vision(pixels)[0]

    def text(self, ids):
        return self.words(ids)[0]

    def make_streams(self):
        model = self.compiled("vision", PERFORMANCE_HINT="THROUGHPUT", NUM_STREAMS=self.threads)
        local = threading.local()

        def encode(pixels):
            if not hasattr(local, "request"):
                local.request = model.create_infer_request()
            return local.request.infer(pixels)[0]

        return encode


def make(name, arguments):
    kind = name.split("-")[0]
    return {"transformers": Transformers, "onnxruntime": OnnxRuntime, "openvino": OpenVINO, "pillow": Pillow,
            "hf_processors_rs": HfProcessorsRs, "numpy": Numpy}[kind](name, *arguments)


def seconds(engine, request):
    """The time of one task; every task ends with numbers in memory."""
    task = request["task"]
    if task == "image":
        import numpy

        shape = (request["batch"], 3, Pillow.side, Pillow.side)
        pixels = numpy.random.RandomState(1).standard_normal(shape).astype("f4")
    started = time.perf_counter()
    if task == "image":
        engine.image(pixels)
    elif task == "pixels":
        engine.load_images(request["paths"])
    elif task == "search":
        engine.search(request["path"], request["count"])
    elif task == "folder":
        paths, step = request["paths"], request["batch"]
        engine.folder([paths[begin:begin + step] for begin in range(0, len(paths), step)])
    elif task == "captions":
        texts, step = request["texts"], request["batch"]
        if request.get("sorted"):
            texts = sorted(texts, key=len)
        for begin in range(0, len(texts), step):
            engine.text(engine.captions(texts[begin:begin + step], request.get("pad_to")))
    return time.perf_counter() - started


def score(engine, image_path, captions):
    import numpy

    images, texts = engine.image(engine.load_images([image_path])), engine.text(engine.captions(captions))
    images, texts = (x / numpy.linalg.norm(x, axis=1, keepdims=True) for x in (images, texts))
    for value, caption in sorted(zip((100 * images @ texts.T)[0], captions), reverse=True):
        print(f"{value:.4f} {caption}")


def main(arguments):
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TRANSFORMERS_VERBOSITY", "error")
    name, command, *rest = arguments
    if command == "check":
        for package in PACKAGES[name]:
            __import__(MODULES.get(package, package))
        print(json.dumps({package: importlib.metadata.version(package) for package in PACKAGES[name]}))
    elif command == "convert":
        import bench_convert

        bench_convert.convert(name, *map(pathlib.Path, rest))
    elif command == "serve":
        engine = make(name, (*rest[:2], int(rest[2])))
        print(json.dumps({"ready": True}), flush=True)
        for line in sys.stdin:
            print(json.dumps({"seconds": seconds(engine, json.loads(line))}), flush=True)
    else:
        score(make(name, (*rest[:2], int(rest[2]))), rest[3], rest[4:])


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:  # that of bench.py
        sys.exit(130)
