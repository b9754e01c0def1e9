#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Disassembles the loops of the matrix kernels and fails if one of them spills a vector register.

usage: spills.py OBJECT...

The objects are those of an optimised build for x86-64, among them lib/sightline/ops/tiles_*.cpp. In the loops that
multiply (those with an instruction of KERNELS), no vector may be read from or written to the stack. Exit status 77:
there is no objdump.
"""
import re
import shutil
import subprocess
import sys

KERNELS = {  # instruction set and element type -> file, the instruction that multiplies, and its registers
    'avx512 float32, float16, bfloat16': ('tiles_avx512.cpp', 'vfmadd', 'zmm'),
    'avx2 float32, float16, bfloat16': ('tiles_avx2.cpp', 'vfmadd', 'ymm'),
    'avx512_bf16': ('tiles_avx512_bf16.cpp', 'vdpbf16ps', 'zmm'),
    'avx512_vnni int8': ('tiles_int8_vnni.cpp', 'vpdpbusd', 'zmm'),
    'avx512_vnni int8, 256 bits': ('tiles_int8_vnni.cpp', 'vpdpbusd', 'ymm'),
    'avx_vnni int8': ('tiles_int8_avx_vnni.cpp', 'vpdpbusd', 'ymm'),
    'avx2 int8': ('tiles_int8_avx2.cpp', 'vpmaddwd', 'ymm'),
}
MULTIPLICATIONS = 4  # fewer in a loop: not a kernel, but the polynomial of an activation


def functions(text):
    """Yields the name and the instructions [(address, text)] of each function."""
    name, lines = None, []
    for line in text.splitlines():
        header = re.match(r'[0-9a-f]+ <(.*)>:$', line)
        if header:
            if lines:
                yield name, lines
            name, lines = header.group(1), []
        else:
            parts = re.match(r'\s*([0-9a-f]+):\s+(.*)$', line)
            if parts:
                lines.append((int(parts.group(1), 16), parts.group(2).removeprefix('{vex} ')))
    if lines:
        yield name, lines


def innermost_loops(lines):
    """Yields the instructions of each loop that contains no other: from the target of a jump back to the jump."""
    jumps = []
    for address, text in lines:
        jump = re.match(r'j\w+\s+([0-9a-f]+)\b', text)
        if jump and lines[0][0] <= int(jump.group(1), 16) <= address:
            jumps.append((int(jump.group(1), 16), address))
    for begin, end in jumps:
        if not any((b, e) != (begin, end) and begin <= b and e <= end for b, e in jumps):
            yield [text for address, text in lines if begin <= address <= end]


def is_spill(text):
    return re.search(r'%[xyz]mm', text) and re.search(r'\(%[re]?[sb]p\b', text)


def loops_of(objects, file, instruction, register):
    for path in objects:
        if not path.endswith((f'/{file}.o', f'/{file}.obj')):
            continue
        text = subprocess.run(['objdump', '-d', '--no-show-raw-insn', path], capture_output=True, text=True,
                              check=True).stdout
        for name, lines in functions(text):
            for loop in innermost_loops(lines):
                count = sum(1 for line in loop if line.startswith(instruction) and f'%{register}' in line)
                if count >= MULTIPLICATIONS and 'store' not in name:
                    yield name, count, loop


def main():
    if shutil.which('objdump') is None:
        print('skipped: there is no objdump')
        return 77
    failed = False
    for kernel, (file, instruction, register) in KERNELS.items():
        loops = list(loops_of(sys.argv[1:], file, instruction, register))
        most = max((count for _, count, _ in loops), default=0)
        print(f'{kernel}: {len(loops)} loops, up to {most} multiplications')
        if not loops:
            print(f'  no loop multiplies with {instruction}')
            failed = True
        for name, count, loop in loops:
            for text in filter(is_spill, loop):
                print(f'  spill in {name} ({count} multiplications): {text}')
                failed = True
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
