#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""scripts/fetch-model.sh against a small server on 127.0.0.1 that answers as the Hugging Face hub does.

Usage: fetch_test.py [--sightline BINARY] [unittest options]. Exit 77: skipped, because curl is not installed.
"""
import hashlib
import http.server
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "fetch-model.sh"
MODELS = ROOT / "data" / "golden" / "model"
COMMIT = "0123456789abcdef0123456789abcdef01234567"
SIGHTLINE = None


def git_hash(data):
    return hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()


class Hub:
    """Two servers: the hub and, on another port, the store that large files are redirected to."""

    def __init__(self, files, token=None):
        self.files, self.token = dict(files), token
        self.wrong_hash = self.cut_after = None
        self.log = []
        self.store = self._serve("store")
        self.hub = self._serve("hub")
        self.url = f"http://127.0.0.1:{self.hub.server_port}"

    def _serve(self, kind):
        hub = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_HEAD(self):
                hub.answer(kind, self)

            def do_GET(self):
                hub.answer(kind, self)

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        return server

    def close(self):
        for server in (self.hub, self.store):
            server.shutdown()
            server.server_close()

    @staticmethod
    def reply(request, status, headers=(), body=b""):
        request.send_response(status)
        for key, value in headers:
            request.send_header(key, value)
        request.send_header("Content-Length", str(len(body)))
        request.end_headers()
        if request.command == "GET":
            request.wfile.write(body)

    def answer(self, kind, request):
        path = urllib.parse.unquote(request.path)
        name = re.sub(r"^(/[^/]*/[^/]*/resolve/(main|refs/pr/7|[0-9a-f]{40})/|/api/resolve-cache/|/)", "", path, count=1)
        authorization = request.headers.get("Authorization")
        self.log.append((kind, request.command, name, authorization, request.headers.get("Range")))
        if kind == "store":
            self.send_file(request, name, ())
            return
        if self.token and authorization != f"Bearer {self.token}":
            self.reply(request, 401)
        elif name not in self.files or not self.known(path):
            self.reply(request, 404)
        elif name.endswith((".safetensors", ".bin")):
            self.redirect_to_store(request, name)
        elif "/api/resolve-cache/" not in path:
            location = f"/api/resolve-cache/{name}"
            self.reply(request, 307, [("X-Repo-Commit", COMMIT), ("Location", location)])
        else:
            etag = f'"{git_hash(self.files[name])}"'
            self.send_file(request, name, [("ETag", etag), ("X-Repo-Commit", COMMIT)])

    @staticmethod
    def known(path):
        places = (f"/tester/nano/resolve/{revision}/" for revision in ("main", COMMIT, "refs/pr/7"))
        return path.startswith((*places, "/api/resolve-cache/")) or path.startswith("/openai/clip-vit-base-patch32/")

    def redirect_to_store(self, request, name):
        digest = hashlib.sha256(self.files[name]).hexdigest()
        if self.wrong_hash == name:
            digest = "f" * 64
        self.reply(request, 302, [("X-Repo-Commit", COMMIT), ("X-Linked-Etag", f'"{digest}"'),
                                  ("X-Linked-Size", str(len(self.files[name]))),
                                  ("Location", f"http://127.0.0.1:{self.store.server_port}/{name}")])

    def send_file(self, request, name, headers):
        data, status, headers = self.files[name], 200, list(headers)
        wanted = request.headers.get("Range")
        if wanted:
            start = int(wanted.removeprefix("bytes=").rstrip("-"))
            headers.append(("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}"))
            data, status = data[start:], 206
        if self.cut_after and request.command == "GET" and name.endswith(".safetensors"):
            request.send_response(status)
            request.send_header("Content-Length", str(len(data)))
            request.end_headers()
            request.wfile.write(data[:self.cut_after])
            request.wfile.flush()
            request.close_connection = True
            self.cut_after = None
            return
        self.reply(request, status, headers, data)


def model_files(name):
    return {path.name: path.read_bytes() for path in (MODELS / name).iterdir()}


class FetchTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        self.cache = pathlib.Path(self.folder.name) / "cache"

    def hub(self, model="nano_quick_gelu", **options):
        hub = Hub(model_files(model), **options)
        self.addCleanup(hub.close)
        return hub

    def fetch(self, hub, *arguments, **environment):
        kept = {key: value for key, value in os.environ.items()
                if not key.startswith("HF_") and not key.lower().endswith("_proxy")}
        kept.update({"HF_ENDPOINT": hub.url, "HF_HUB_CACHE": str(self.cache), **environment})
        kept = {key: value for key, value in kept.items() if value is not None}
        return subprocess.run([SCRIPT, *arguments], env=kept, text=True, capture_output=True, timeout=60)

    def check_snapshot(self, result, hub, repository="tester--nano"):
        self.assertEqual(result.returncode, 0, result.stderr)
        store = self.cache / f"models--{repository}"
        snapshot = store / "snapshots" / COMMIT
        self.assertEqual(result.stdout, f"{snapshot}\n")
        found = {str(path.relative_to(snapshot)) for path in snapshot.rglob("*") if not path.is_dir()}
        self.assertEqual(found, set(hub.files))
        for name, data in hub.files.items():
            link = snapshot / name
            self.assertEqual(link.read_bytes(), data)
            self.assertTrue(os.readlink(link).startswith("../" * (2 + name.count("/")) + "blobs/"))
            large = name.endswith((".safetensors", ".bin"))
            self.assertEqual(link.resolve().name, hashlib.sha256(data).hexdigest() if large else git_hash(data))
        self.assertEqual([path.name for path in (store / "blobs").glob("*.incomplete")], [])
        return store

    def check_refused(self, result, code, *words):
        self.assertEqual(result.returncode, code, result.stderr)
        self.assertEqual(result.stdout, "")
        for word in words:
            self.assertIn(word, result.stderr)
        self.assertFalse(list(self.cache.glob("*/refs/main")))

    def test_one_file_and_again(self):
        hub = self.hub()
        store = self.check_snapshot(self.fetch(hub, "tester/nano"), hub)
        self.assertEqual((store / "refs" / "main").read_text(), COMMIT)
        hub.log.clear()
        self.check_snapshot(self.fetch(hub, "tester/nano"), hub)
        self.assertEqual([entry for entry in hub.log if entry[1] == "GET"], [])

    def test_shards(self):
        hub = self.hub("nano_sharded")
        self.check_snapshot(self.fetch(hub, "tester/nano"), hub)

    def test_tokenizer_json_alone(self):
        hub = self.hub("nano_tokenizer_json")
        self.check_snapshot(self.fetch(hub, "tester/nano"), hub)

    def test_preset(self):
        hub = self.hub()
        self.check_snapshot(self.fetch(hub, "clip-vit-base-patch32"), hub, "openai--clip-vit-base-patch32")

    def test_revision(self):
        hub = self.hub()
        store = self.check_snapshot(self.fetch(hub, "tester/nano", "--revision", "refs/pr/7"), hub)
        self.assertEqual((store / "refs" / "refs" / "pr" / "7").read_text(), COMMIT)

    def test_hf_home(self):
        hub = self.hub()
        home = pathlib.Path(self.folder.name) / "home with blanks"
        result = self.fetch(hub, "tester/nano", HF_HUB_CACHE=None, HF_HOME=str(home))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue((home / "hub" / "models--tester--nano" / "snapshots" / COMMIT / "config.json").is_file())

    def test_variables_of_the_cache_are_expanded(self):
        """As huggingface_hub expands them: ~, ~user, $NAME and ${NAME}; what is not known stays."""
        top = self.folder.name
        for name, value, cache in [("HF_HUB_CACHE", "~/${PART}$PART", "home/ab$Xab$X"), ("HF_HOME", "$UP/y", "up/y/hub"),
                                   ("HUGGINGFACE_HUB_CACHE", "~/z", "home/z"), ("XDG_CACHE_HOME", "~", "home/huggingface/hub")]:
            hub = self.hub()
            result = self.fetch(hub, "tester/nano", **{"HF_HUB_CACHE": None, "HOME": f"{top}/home/", "PART": "ab$X",
                                                       "UP": f"{top}/up", name: value})
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(result.stdout, f"{top}/{cache}/models--tester--nano/snapshots/{COMMIT}\n")

    def test_unwanted_files_are_left_out(self):
        hub = self.hub()
        wanted = dict(hub.files)
        hub.files["pytorch_model.bin"] = b"large"
        hub.files["README.md"] = b"text"
        result = self.fetch(hub, "tester/nano")
        hub.files = wanted
        self.check_snapshot(result, hub)

    def test_all_that_says_how_images_and_texts_are_prepared(self):
        hub = self.hub()
        hub.files["processor_config.json"] = b'{"image_processor": {}}'
        hub.files["adapter_config.json"] = b"{}"
        self.check_snapshot(self.fetch(hub, "tester/nano"), hub)

    def test_resume(self):
        hub = self.hub()
        hub.cut_after = 1000
        self.check_refused(self.fetch(hub, "tester/nano"), 1, "model.safetensors", "again to resume")
        self.assertEqual([path.stat().st_size for path in self.cache.glob("*/blobs/*.incomplete")], [1000])
        self.check_snapshot(self.fetch(hub, "tester/nano"), hub)
        self.assertIn("bytes=1000-", [entry[4] for entry in hub.log if entry[0] == "store"])

    def test_wrong_hash(self):
        hub = self.hub()
        hub.wrong_hash = "model.safetensors"
        self.check_refused(self.fetch(hub, "tester/nano"), 5, "model.safetensors", "damaged")
        self.assertEqual(list(self.cache.glob("*/blobs/*.incomplete")), [])
        self.assertEqual(list(self.cache.glob("*/snapshots/*/model.safetensors")), [])
        hub.wrong_hash = None
        self.check_snapshot(self.fetch(hub, "tester/nano"), hub)

    def test_damaged_rest_of_an_old_download(self):
        hub = self.hub()
        self.check_snapshot(self.fetch(hub, "tester/nano"), hub)
        blob = (self.cache / "models--tester--nano" / "snapshots" / COMMIT / "vocab.json").resolve()
        blob.rename(f"{blob}.incomplete")
        with open(f"{blob}.incomplete", "r+b") as file:
            file.write(b"X")
        result = self.fetch(hub, "tester/nano")
        self.assertEqual(result.returncode, 5, result.stderr)
        self.check_snapshot(self.fetch(hub, "tester/nano"), hub)

    def test_unknown_repository(self):
        self.check_refused(self.fetch(self.hub(), "tester/other"), 3, "tester/other", "config.json")
        self.assertFalse(self.cache.exists())

    def test_pytorch_weights_where_there_is_no_safetensors(self):
        hub = self.hub()
        hub.files["pytorch_model.bin"] = hub.files.pop("model.safetensors")
        self.check_snapshot(self.fetch(hub, "tester/nano"), hub)

    def test_no_weights(self):
        hub = self.hub()
        del hub.files["model.safetensors"]
        hub.files["tf_model.h5"] = b"Keras"
        self.check_refused(self.fetch(hub, "tester/nano"), 4, "model.safetensors", "save_pretrained")
        self.assertFalse(self.cache.exists())

    def test_openclip(self):
        """OpenCLIP's files alone, also beside those of timm, whose config.json and weights are an image tower."""
        for timm in ({}, {"config.json": b'{"architecture": "vit"}', "model.safetensors": b"an image tower"}):
            hub = self.hub()
            hub.files = {"open_clip_config.json": b"{}", "open_clip_model.safetensors": b"weights", "tokenizer.json": b"{}"}
            wanted = dict(hub.files)
            hub.files.update(timm)
            result = self.fetch(hub, "tester/nano")
            hub.files = wanted
            self.check_snapshot(result, hub)
            shutil.rmtree(self.cache)

    def test_modules_of_sentence_transformers(self):
        hub = self.hub()
        hub.files.update({"vocab.txt": b"[PAD]", "modules.json": b"[]", "sentence_bert_config.json": b"{}",
                          "config_sentence_transformers.json": b"{}", "1_Pooling/config.json": b"{}",
                          "2_Dense/config.json": b'{"in": 1}', "2_Dense/model.safetensors": b"a matrix"})
        self.check_snapshot(self.fetch(hub, "tester/nano"), hub)

    def test_token(self):
        hub = self.hub(token="hf_secret")
        self.check_refused(self.fetch(hub, "tester/nano"), 3, "HF_TOKEN")
        hub.log.clear()
        self.check_snapshot(self.fetch(hub, "tester/nano", HF_TOKEN="hf_secret"), hub)
        self.assertEqual({entry[3] for entry in hub.log if entry[0] == "hub"}, {"Bearer hf_secret"})
        self.assertEqual({entry[3] for entry in hub.log if entry[0] == "store"}, {None})

    def test_shard_with_a_path(self):
        hub = self.hub("nano_sharded")
        index = hub.files["model.safetensors.index.json"]
        hub.files["model.safetensors.index.json"] = index.replace(b"model-00001", b"../model-00001")
        self.check_refused(self.fetch(hub, "tester/nano"), 5, "is not a file name")

    def test_usage(self):
        hub = self.hub()
        for arguments in ((), ("a", "b"), ("plain",), ("a/../b",), ("a/b", "--revision"), ("--fast", "a/b"),
                          ("../b",), ("a/b", "--revision", "../x")):
            with self.subTest(arguments):
                self.check_refused(self.fetch(hub, *arguments), 2, "usage")
        self.assertEqual(hub.log, [])

    def test_pack(self):
        """A packed model of the same scores is next to the snapshots, made by the program in PATH, also once more."""
        if SIGHTLINE is None:
            self.skipTest("no --sightline BINARY given")
        path = f"{pathlib.Path(SIGHTLINE).resolve().parent}:{os.environ['PATH']}"
        packed = self.cache / "models--tester--nano" / "nano.sightline"
        for arguments in (("--pack",), ("--pack", "--revision", "refs/pr/7"), ("--pack",)):
            result = self.fetch(self.hub(), "tester/nano", *arguments, PATH=path)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(result.stdout, f"{packed}\n")
        scores = [subprocess.run([SIGHTLINE, "embed-text", "-m", model, "a dog"], text=True, capture_output=True).stdout
                  for model in (packed, packed.parent / "snapshots" / COMMIT)]
        self.assertTrue(scores[0])
        self.assertEqual(scores[0], scores[1])
        shown = subprocess.run([SIGHTLINE, "info", packed], text=True, capture_output=True).stdout
        self.assertIn("packed from: tester/nano, ", shown)

    def test_pack_without_the_program(self):
        """Found before anything is downloaded. A copy of the script, so that no build folder is next to it."""
        hub, folder = self.hub(), pathlib.Path(self.folder.name)
        (folder / "bin").mkdir()
        for tool in ("bash", "dirname", "readlink", "curl"):
            (folder / "bin" / tool).symlink_to(shutil.which(tool))
        script = folder / "alone" / "sightline-fetch"
        script.parent.mkdir()
        shutil.copy(SCRIPT, script)
        result = subprocess.run([shutil.which("bash"), script, "tester/nano", "--pack"], text=True, capture_output=True,
                                env={"HF_ENDPOINT": hub.url, "HF_HUB_CACHE": str(self.cache), "PATH": str(folder / "bin")})
        self.check_refused(result, 1, "--pack needs sightline")
        self.assertEqual(hub.log, [])

    def test_the_program_finds_it(self):
        if SIGHTLINE is None:
            self.skipTest("no --sightline BINARY given")
        hub = self.hub()
        self.check_snapshot(self.fetch(hub, "tester/nano"), hub)
        environment = {**os.environ, "HF_HUB_CACHE": str(self.cache)}
        found = subprocess.run([SIGHTLINE, "info", "tester/nano"], env=environment, text=True, capture_output=True)
        self.assertEqual(found.returncode, 0, found.stderr)
        self.assertRegex(found.stdout, r"62[,_. ]?593")
        missing = subprocess.run([SIGHTLINE, "info", "tester/other"], env=environment, text=True, capture_output=True)
        self.assertEqual(missing.returncode, 5, missing.stderr)
        self.assertIn("scripts/fetch-model.sh tester/other", missing.stderr)


if __name__ == "__main__":
    if shutil.which("curl") is None:
        print("skipped: curl is not installed")
        sys.exit(77)
    if "--sightline" in sys.argv:
        at = sys.argv.index("--sightline")
        SIGHTLINE = sys.argv[at + 1]
        del sys.argv[at:at + 2]
    unittest.main()
