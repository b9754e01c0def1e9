# SPDX-License-Identifier: Apache-2.0
"""The scenarios of scripts/bench.py. Each is a method that yields to Bench.compare() what to measure in turns."""
import contextlib

import bench_data
import bench_floor
from bench_machine import StillCached, evict, rewrite
from bench_processes import Failure, Run
from bench_results import OWN

PRECISIONS = ("f32", "f16", "bf16", "int8")
# Programs with a model, by the format of their products. Storage in f16 is compared with float32.
RIVALS = {"f32": {"openvino": "openvino", "onnxruntime": "onnxruntime", "transformers": "transformers"},
          "bf16": {"openvino": "openvino-bf16"},
          "int8": {"openvino": "openvino-int8", "onnxruntime": "onnxruntime-int8"}}
RIVALS["f16"] = RIVALS["f32"]
FORMATS = {"f32": "float32", "f16": "float16 weights", "bf16": "bfloat16", "int8": "int8"}


class Rows:
    """Mixed into Bench, which has options, sizes, peers, engines, packed files, peaks and constants."""

    def rivals(self, precision, functions):
        """The functions of the programs that compute in this format, by the names that are shown."""
        return {shown: functions[name] for shown, name in RIVALS[precision].items() if name in functions}

    # ------------------------------------------------------------ whole processes

    def start(self):
        binary = self.options.sightline
        text = self.sightline("embed-text", "a dog")
        self.compare([("start-version", "sightline --version", {OWN: lambda: Run([binary, "--version"]).seconds * 1e3}),
                      ("start-info", "sightline info", {OWN: lambda: Run([binary, "info", self.model]).seconds * 1e3}),
                      ("start-text", "embed-text of one caption, first byte of output",
                       {OWN: lambda: Run(text).first_byte * 1e3})])

    def score_runs(self, prepare=lambda files: contextlib.nullcontext()):
        """Functions that time one whole `score`, by label: "folder", a precision (packed), or a peer's name. `prepare`
        gets the weight files of the run."""
        image = self.image_files("jpg", 640, 480, 8)[0]
        captions = [word for caption in bench_data.CAPTIONS for word in ("-c", caption)]

        def run(label, command, files, times):
            def measure():
                seconds = []
                for _ in range(times):
                    with prepare(files):
                        done = Run(command)
                    seconds.append(done.seconds)
                    self.peaks_mib[label] = max(self.peaks_mib.get(label, 0), done.peak_mib)
                return sorted(seconds)[times // 2] * 1e3
            return measure

        weights = self.model / "model.safetensors"
        runs = {"folder": run("folder", self.sightline("score", image, *captions), [weights], 3)}
        for precision, file in self.packed.items():
            runs[precision] = run(precision, self.sightline("score", image, *captions, model=file), [file], 3)
        for name, peer in self.models().items():
            files = [weights] if name == "transformers" else self.converted_files()
            runs[name] = run(name, peer.score(image, bench_data.CAPTIONS), files, 1)
        return runs

    def score_rows(self, name, title, runs, rivals=True, **more):
        """Rows NAME-folder and NAME-packed-PRECISION, with the floor of an image and ten captions."""
        rows = []
        for label in ["folder", *self.packed]:
            precision = "f32" if label == "folder" else label
            work = (bench_floor.image_work(self.shape, precision)
                    + bench_floor.text_work(self.shape, precision, *self.tokens(bench_data.CAPTIONS)))
            source = "from a Hugging Face folder" if label == "folder" else f"packed, {FORMATS[label]}"
            contenders = {OWN: runs[label], **(self.rivals(precision, runs) if rivals else {})}
            full = f"{name}-folder" if label == "folder" else f"{name}-packed-{label}"
            rows.append((full, f"{title}, {source}", contenders,
                         dict(precision=precision, work=work, constants=("start", "decode"), **more)))
        return rows

    def fresh(self):
        self.rewrite_weights()
        rows = self.score_rows("fresh", "fresh process: 1 JPEG of 640x480, 10 captions", self.score_runs())
        self.compare(rows, rounds=min(self.rounds, 3), note="page cache warm, weights as cp leaves them")
        for name, _, contenders, more in rows:
            label = "folder" if name == "fresh-folder" else name.rsplit("-", 1)[1]
            names = {OWN: label, **RIVALS[more["precision"]]}
            values = {shown: [self.peaks_mib[names[shown]]] for shown in contenders if names[shown] in self.peaks_mib}
            if OWN in values:
                self.add(f"{name}-memory", f"peak memory of {name}, mapped files included", "MiB", values,
                         precision=more["precision"])

    def busy(self):
        """The same beside a process that holds one core."""
        quiet = self.score_runs()
        beside = self.score_runs(lambda files: self.neighbour())
        share = bench_floor.neighbour_share(self.cores, self.options.threads)
        rows = self.score_rows("busy", "the same beside a busy process", beside, rivals=False, share=share)
        rows = [row for row in rows if row[0] in ("busy-folder", "busy-packed-bf16")]
        for name, _, contenders, _ in rows:
            contenders["quiet"] = quiet["folder" if name == "busy-folder" else "bf16"]
            if name == "busy-folder" and "openvino" in beside:
                contenders["openvino"] = beside["openvino"]
        self.compare(rows, rounds=min(self.rounds, 5), note="quiet: the same command without the busy process")

    def cold(self):
        """The same with the weights dropped from the page cache, and the run after that."""
        if self.disk is None:
            return
        for name in ("start", "decode"):  # of the floors; these need a program with a loaded model
            self.constant(name)
        self.close_servers()  # pages that a process has mapped cannot be dropped

        @contextlib.contextmanager
        def without_cache(files):
            try:
                for file in files:
                    evict(file)
            except StillCached as kept:
                raise Failure(str(kept)) from kept
            yield
        runs = self.score_runs(without_cache)
        again = self.score_runs()["folder"]
        rows = self.score_rows("cold", "the same, weights not in the page cache", runs, disk=self.disk)
        rows.append(("cold-again", "the run after that, from a Hugging Face folder", {OWN: again}, {"precision": "f32"}))
        if self.compare(rows, rounds=min(self.rounds, 3), note="the weights alone dropped from the page cache before each run"):
            self.rewrite_weights()

    # ------------------------------------------------------------ a loaded model

    def warm(self, name, title, unit, own, rival, per, work, precisions=PRECISIONS, **more):
        """Rows NAME-PRECISION. `own(engine)` and `rival(peer)` return seconds for `per` items."""
        rows = []
        others = {name: lambda peer=peer: rival(peer) / per * 1e3 for name, peer in self.models().items()}
        for precision in precisions:
            if precision not in self.engines:
                continue
            engine = self.engines[precision]
            contenders = {OWN: lambda engine=engine: own(engine) / per * 1e3, **self.rivals(precision, others)}
            full = name if len(precisions) == 1 else f"{name}-{precision}"
            rows.append((full, f"{title}, {FORMATS[precision]}", contenders,
                         dict(precision=precision, work=work(precision) * (1 / per), unit=unit, **more)))
        # The first four uses of a weight read it from the file, the fifth one packs it.
        self.compare(rows, note="loaded model, the same inputs in memory", warmups=5 if per <= 10 else 1)

    def images(self):
        for name, count in (("image", 1), ("batch", 8)):
            title = "one image" if count == 1 else f"batch of {count} images"
            self.warm(name, title, "ms/image" if count > 1 else "ms",
                      lambda engine, n=count: engine.ask("image", n),
                      lambda peer, n=count: peer.ask(task="image", batch=n), count,
                      lambda precision, n=count: bench_floor.image_work(self.shape, precision, n))

    def captions(self):
        file = self.lines("captions.txt", bench_data.CAPTIONS)
        self.warm("captions-10", "10 short captions", "ms", lambda engine: engine.ask("captions", file),
                  lambda peer: peer.ask(task="captions", texts=bench_data.CAPTIONS, batch=10), 1,
                  lambda precision: bench_floor.text_work(self.shape, precision, *self.tokens(bench_data.CAPTIONS)))
        file = bench_data.make_prompts(self.work, 400)
        texts = file.read_text(encoding="utf-8").splitlines()
        for name, title, count, more, precisions in (
                ("prompts", "400 prompts; the others: sorted, in batches of 32", 80 if self.options.quick else 160,
                 {"sorted": True}, PRECISIONS),
                ("prompts-77", "400 prompts; the others: padded to 77 tokens", 32,
                 {"pad_to": 77}, ("f32",))):
            self.warm(name, title, "ms/prompt", lambda engine: engine.ask("captions", file),
                      lambda peer, n=count, more=more: peer.ask(task="captions", texts=texts[:n], batch=32, **more)
                      * len(texts) / n, len(texts),
                      lambda precision: bench_floor.text_work(self.shape, precision, *self.tokens(texts)),
                      precisions)

    def folder(self):
        """A folder of photographs by `embed-image`: whole runs, with startup and loading, divided by the images."""
        count = 32 if self.options.quick else 96
        paths = self.image_files("jpg", 640, 480, count)
        part = [str(path) for path in paths[:count // 2]]
        rows = []
        others = {name: lambda peer=peer: peer.ask(task="folder", batch=8, paths=part) / len(part) * 1e3
                  for name, peer in self.models().items()}
        for precision in ("f32", *(precision for precision in self.packed if precision != "f32")):
            command = self.embed_images(paths, None if precision == "f32" else self.packed[precision])
            contenders = {OWN: lambda command=command: Run(command).seconds / count * 1e3,
                          **self.rivals(precision, others)}
            work = bench_floor.Work(bench_floor.image_work(self.shape, precision).operations)
            rows.append((f"folder-{precision}", f"a folder of {count} JPEGs of 640x480, {FORMATS[precision]}", contenders,
                         dict(precision=precision, unit="ms/image", constants=("decode",), work=work,
                              decoders=min(self.cores, self.options.threads))))
        self.compare(rows, rounds=min(self.rounds, 3),
                     note="the whole process, page cache warm; the others have loaded their model")
        self.compare([("folder-memory", f"peak memory of {count} images, float32",
                       {OWN: lambda: Run(self.embed_images(paths)).peak_mib}, {"unit": "MiB"})], rounds=1)

    # ------------------------------------------------------------ without a model

    def pixels(self):
        for name, extension, width, height, count in (("pixels-jpeg", "jpg", 640, 480, 24),
                                                      ("pixels-jpeg-12mp", "jpg", 4032, 3024, 2),
                                                      ("pixels-png", "png", 640, 480, 24)):
            paths = self.image_files(extension, width, height, count)
            file, texts = self.lines(f"{name}.txt", paths), list(map(str, paths))
            engine = self.engines.get("f32")
            if engine is None or not paths:
                continue
            contenders = {OWN: lambda file=file, n=count: engine.ask("pixels", file) / n * 1e3}
            if extension == "jpg":
                contenders["libjpeg-turbo"] = lambda file=file, n=count: engine.ask("decode", file) / n * 1e3
            for peer in ("pillow", "hf_processors_rs"):
                if peer in self.peers:
                    contenders[peer] = lambda peer=self.peers[peer], texts=texts: peer.ask(
                        task="pixels", paths=texts) / len(texts) * 1e3
            self.compare([(name, f"{extension.upper().replace('JPG', 'JPEG')} of {width}x{height} to pixel values",
                           contenders, {"unit": "ms/image", "floor_is": "libjpeg-turbo"})],
                         note="one thread; the floor is libjpeg-turbo's own time for the same files")

    def search(self):
        rows, few = (100_000 if self.options.quick else 1_000_000), 1000
        model = bench_data.make_model(self.work, "search")  # captions cost nothing
        for dtype in ("f16", "f32"):
            arrays = {count: bench_data.make_rows(self.work, count, 512, dtype) for count in (few, rows)}
            size = rows * 512 * bench_floor.BYTES[dtype]
            for count in (1, 10):
                captions = [word for caption in bench_data.CAPTIONS[:count] for word in ("-c", caption)]

                def command(n, arrays=arrays, captions=captions):
                    return self.sightline("score", "--image-embeddings", arrays[n], "--by", "caption", "--top", "10",
                                          "--format", "text", *captions, model=model)
                contenders = {OWN: self.difference(command, few, rows)}
                if self.probe.program:
                    contenders["reading the file"] = lambda path=arrays[rows]: self.probe.file_seconds(
                        path, self.options.threads) * 1e3
                if "numpy" in self.peers and dtype == "f32":
                    contenders["numpy"] = lambda path=arrays[rows], count=count: self.peers["numpy"].ask(
                        task="search", path=str(path), count=count) * 1e3
                self.compare([(f"search-{dtype}-{count}",
                               f"search in {rows:,} x 512 {dtype}, {count} caption{'s' * (count > 1)}", contenders,
                               {"work": bench_floor.Work(2 * 512 * rows * count, size), "precision": "f32"})],
                             note="a run over all rows less one over 1,000")

    def rewrite_weights(self):
        rewrite(self.model / "model.safetensors")
