# SPDX-License-Identifier: Apache-2.0
"""The machine that scripts/bench.py runs on: its description, its peaks, its page cache."""
import ctypes
import mmap
import os
import pathlib
import platform
import shutil
import subprocess
import threading
import time

SOURCE = pathlib.Path(__file__).resolve().parent / "bench_machine.cpp"
COMPILERS = ("c++", "g++", "clang++", "g++-12", "clang++-14")
FLAGS = ("avx2", "avx512f", "avx512_vnni", "avx512_bf16", "amx_tile", "asimd")
PIECE, READERS = 1 << 20, 16
MAX_RESIDENT = 0.01  # of a file that counts as dropped from the page cache


def describe(threads):
    text = pathlib.Path("/proc/cpuinfo").read_text() if os.path.exists("/proc/cpuinfo") else ""
    fields = {}
    for line in text.splitlines():
        key, _, value = line.partition(":")
        fields.setdefault(key.strip(), value.strip())
    flags = (fields.get("flags") or fields.get("Features") or "").split()
    return {"cpu": fields.get("model name") or platform.processor() or platform.machine(),
            "cores": len(os.sched_getaffinity(0)), "threads": threads,
            "instructions": [flag for flag in FLAGS if flag in flags],
            "memory_gib": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1),
            "system": f"{platform.system()} {'.'.join(platform.release().split('.')[:2])}",
            "load_before": round(os.getloadavg()[0], 2), "date": time.strftime("%Y-%m-%d")}


class Probe:
    """scripts/bench_machine.cpp, compiled for this processor. `program` is None without a compiler."""

    def __init__(self, folder):
        self.program = folder / "bench_machine"
        compilers = [os.environ["CXX"]] if os.environ.get("CXX") else COMPILERS
        for compiler in filter(shutil.which, compilers):
            native = "-mcpu=native" if platform.machine() == "aarch64" else "-march=native"
            command = [compiler, "-O3", native, "-std=c++20", "-pthread", str(SOURCE), "-o", str(self.program)]
            if subprocess.run(command, capture_output=True).returncode == 0:
                return
        self.program = None

    def _figures(self, *arguments):
        done = subprocess.run([self.program, *map(str, arguments)], capture_output=True, text=True, check=True)
        return {name: float(value) for name, value in map(str.split, done.stdout.splitlines())}

    def peaks(self, threads):
        """10^9 operations or bytes per second: f32_one, f32_all, bf16_..., int8_..., memory_..."""
        return self._figures(threads) if self.program else {}

    def file_seconds(self, path, threads):
        """Seconds to sum a mapped file, page faults included."""
        return self._figures(threads, path)["seconds"]


class StillCached(Exception):
    """A file could not be dropped from the page cache."""


def resident(path):
    """The share of a file that is in the page cache."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.mmap.restype = ctypes.c_void_p
    libc.mmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int, ctypes.c_int, ctypes.c_int, ctypes.c_long)
    libc.mincore.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_char_p)
    libc.munmap.argtypes = (ctypes.c_void_p, ctypes.c_size_t)
    size = os.path.getsize(path)
    if size == 0:
        return 0.0
    with open(path, "rb") as file:
        address = libc.mmap(None, size, mmap.PROT_READ, mmap.MAP_SHARED, file.fileno(), 0)
    if address == ctypes.c_void_p(-1).value:
        raise OSError(ctypes.get_errno(), "mmap", str(path))
    pages = ctypes.create_string_buffer(-(-size // mmap.PAGESIZE))
    failed = libc.mincore(address, size, pages)
    error = ctypes.get_errno()
    libc.munmap(address, size)
    if failed:
        raise OSError(error, "mincore", str(path))
    return sum(page & 1 for page in pages.raw) / len(pages.raw)


def evict(path):
    """Drops a file from the page cache. Raises StillCached if pages stay, because a process has mapped them or the file
    system is in memory."""
    with open(path, "rb") as file:
        os.fsync(file.fileno())  # pages that are not yet written cannot be dropped
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    share = resident(path)
    if share > MAX_RESIDENT:
        raise StillCached(f"{share:.0%} of {os.path.basename(path)} stayed in the page cache")


def disk_rate(path):
    """10^9 bytes per second of a file that is not in the page cache: the best of two rounds, 16 readers at once.
    Raises StillCached."""
    size = path.stat().st_size
    share = -(-size // READERS)

    def read(file, reader):
        buffer = bytearray(PIECE)
        for offset in range(reader * share, min((reader + 1) * share, size), PIECE):
            os.preadv(file.fileno(), [buffer], offset)

    best = 0.0
    for _ in range(2):
        evict(path)
        with open(path, "rb") as file:
            workers = [threading.Thread(target=read, args=(file, reader)) for reader in range(READERS)]
            started = time.perf_counter()
            for worker in workers:
                worker.start()
            for worker in workers:
                worker.join()
            best = max(best, size / (time.perf_counter() - started) / 1e9)
    return best


def rewrite(path):
    """Copies a file onto itself, so that the page cache holds it as `cp` or a download leaves it: a file that was read
    through a mapping is cached in larger pieces, from which a process starts faster."""
    copy = path.with_name(path.name + ".copy")
    shutil.copyfile(path, copy)
    os.replace(copy, path)
