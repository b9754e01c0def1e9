# SPDX-License-Identifier: Apache-2.0
"""The least time that a task can take on a machine, for scripts/bench.py.

    floor = max(operations / peak, bytes / bandwidth) + constants

- *operations*: two per multiply-add of the products with weights and of attention, without those that the result does
  not need: the last block computes keys and values for all rows and the rest for the pooled row only; a text tower
  computes each distinct prefix of its captions once. (SigLIP's last image block computes all rows, and its texts have
  64 rows each.) Norms, activations and softmax do not count.
- *peak*: of the format's products, measured in the same run with all threads: bfloat16 and int8 where the processor
  has instructions for them, otherwise float32. Attention counts at the same peak although it is float32.
- *bytes*: of the weights of products that are used, once each (4, 2, 2, 1 per weight for f32, f16, bf16, int8), or of
  stored embeddings; *bandwidth*: reading memory with all threads, or the disk where the page cache is cold.
- *constants*: what happens before or after on one thread and cannot overlap with the products: the start of a process
  (`sightline --version`) and libjpeg-turbo's own time for an image, both measured in the same run.

No program reaches its floor; it says how much is left at most.
"""
import dataclasses

BYTES = {"f32": 4, "f16": 2, "bf16": 2, "int8": 1}


@dataclasses.dataclass(frozen=True)
class Work:
    """Operations and bytes."""
    operations: float = 0.0
    bytes: float = 0.0

    def __add__(self, other):
        return Work(self.operations + other.operations, self.bytes + other.bytes)

    def __mul__(self, factor):
        return Work(self.operations * factor, self.bytes * factor)


def _tower(rows, pooled, attended, width, layers, mlp, precision):
    """`rows` of the residual stream, of which `pooled` are results; each row attends to `attended` rows on average."""
    per_row = 2 * (4 * width * width + 2 * width * mlp)
    keys_and_values = 2 * 2 * width * width
    products = (layers - 1) * rows * per_row + rows * keys_and_values + pooled * (per_row - keys_and_values)
    attention = 4 * attended * width * ((layers - 1) * rows + pooled)
    return Work(products + attention, layers * (4 * width * width + 2 * width * mlp) * BYTES[precision])


def image_work(shape, precision, images=1):
    width, layers, _, mlp = shape["vision"]
    patches = (shape["image"] // shape["patch"]) ** 2
    pixels = 3 * shape["patch"] ** 2
    if shape.get("family") == "siglip":
        tower = _tower(images * patches, images * patches, patches, width, layers, mlp, precision)
        head = 4 * width * width * images * patches + images * 2 * (2 * width * width + 2 * width * mlp)
        tower += Work(2 * images * width * patches * pixels + head, (pixels * width + 4 * width * width
                                                                     + 2 * width * mlp) * BYTES[precision])
        return tower
    tower = _tower(images * (patches + 1), images, patches + 1, width, layers, mlp, precision)
    edges = Work(2 * images * width * (patches * pixels + shape["projection"]),
                 width * (pixels + shape["projection"]) * BYTES[precision])
    return tower + edges


def text_work(shape, precision, texts, prefixes, tokens):
    """`prefixes`: distinct prefixes of the texts' tokens, of which there are `tokens`."""
    width, layers, _, mlp = shape["text"]
    tower = _tower(prefixes, texts, tokens / texts, width, layers, mlp, precision)
    return tower + Work(2 * texts * width * shape["projection"], width * shape["projection"] * BYTES[precision])


def peak_of(peaks, precision):
    """10^9 operations per second with all threads."""
    kind = {"f16": "f32"}.get(precision, precision)
    return peaks.get(f"{kind}_all") or peaks.get("f32_all")


def floor(work, precision, peaks, constants=None, disk=None, share=1.0):
    """Milliseconds and their parts, or None if the peaks are unknown. `constants`: {name: milliseconds}. `share`: the
    part of the processor that is left by a neighbour."""
    peak, memory = peak_of(peaks, precision), peaks.get("memory_all")
    if not peak or not memory:
        return None
    constants = constants or {}
    parts = {"arithmetic": work.operations / peak / share / 1e6,
             "disk" if disk else "memory": work.bytes / (disk or memory) / 1e6}
    return {"ms": max(parts.values()) + sum(constants.values()), "parts": parts, "constants": constants}


def neighbour_share(cores, threads):
    """The part of `threads` cores that a fair scheduler leaves beside one busy process."""
    return min(1.0, cores / (threads + 1))
