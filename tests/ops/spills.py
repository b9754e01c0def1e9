#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Disassembles loops of arithmetic and fails if one of them spills a vector register.

usage: spills.py OBJECT...

The objects are those of an optimised build for x86-64, those of lib/sightline/ops. In the loops of the matrix kernels
(those with an instruction of KERNELS), no vector may be read from or written to the stack. In the loops of BODIES,
at every level that ByLevel compiles them for, none may be written to it (constants may be read), and no vector may be
compared lane by lane: both happen where a vector is wider than the registers. Exit status 77: there is no objdump.
"""
import functools
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
BODIES = {  # functions that ByLevel compiles for each level -> file
    'attend_body': 'attention.cpp',
    'dot_products_body': 'dot_products.cpp',
    'squared_norm_body': 'dot_products.cpp',
    'layer_norm_body': 'elementwise.cpp',
    'matmul_nn_body': 'matmul.cpp',
    'matmul_nt_body': 'matmul.cpp',
    'find_range': 'row_quantization.cpp',
    'round_values': 'row_quantization.cpp',
}
LEVELS = {'portable': 'xmm', 'avx2': 'ymm', 'avx512': 'zmm'}
ARITHMETIC = re.compile(r'v?(fn?m(add|sub)\d*|add|sub|mul|min|max)p[sd]\s')
LANE_BY_LANE = re.compile(r'v?(min|max)s[sd]\s')
MULTIPLICATIONS = 4  # fewer in a loop: not a kernel, but the polynomial of an activation
SPARSE = 8  # fewer operations than one of so many instructions: not a loop of arithmetic
LEAVES = re.compile(r'(jmp|call|ret)')  # in what only looks like a loop: code that was moved out of one


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


@functools.cache
def disassembly(path):
    return subprocess.run(['objdump', '-d', '--no-show-raw-insn', path], capture_output=True, text=True,
                          check=True).stdout


def functions_of(objects, file):
    for path in objects:
        if path.endswith((f'/{file}.o', f'/{file}.obj')):
            yield from functions(disassembly(path))


def loops_of(objects, file, instruction, register):
    for name, lines in functions_of(objects, file):
        for loop in innermost_loops(lines):
            count = sum(1 for line in loop if line.startswith(instruction) and f'%{register}' in line)
            if count >= MULTIPLICATIONS and 'store' not in name:
                yield name, count, loop


def check_kernels(objects):
    failed = False
    for kernel, (file, instruction, register) in KERNELS.items():
        loops = list(loops_of(objects, file, instruction, register))
        most = max((count for _, count, _ in loops), default=0)
        print(f'{kernel}: {len(loops)} loops, up to {most} multiplications')
        if not loops:
            print(f'  no loop multiplies with {instruction}')
            failed = True
        for name, count, loop in loops:
            for text in filter(is_spill, loop):
                print(f'  spill in {name} ({count} multiplications): {text}')
                failed = True
    return failed


def is_written_spill(text):
    return is_spill(text) and re.search(r'%[xyz]mm\d+,[^,]*\(%[^()]*\)$', text)


def check_bodies(objects):
    failed = False
    for body, file in BODIES.items():
        for level, register in LEVELS.items():
            loops = [loop for name, lines in functions_of(objects, file)
                     if f'run_{level}E' in name and re.search(rf'\d{body}I?', name)
                     for loop in innermost_loops(lines)]
            arithmetic = [sum(1 for text in loop if ARITHMETIC.match(text) and f'%{register}' in text)
                          for loop in loops]
            print(f'{body} {level}: {len(loops)} loops, up to {max(arithmetic, default=0)} operations')
            if not any(arithmetic):
                print(f'  no loop computes in %{register}')
                failed = True
            for loop in loops:
                lanes = [text for text in loop if LANE_BY_LANE.match(text)]
                count = len(lanes) + sum(1 for text in loop if ARITHMETIC.match(text))
                if count < max(MULTIPLICATIONS, len(loop) / SPARSE) or any(map(LEAVES.match, loop)):
                    continue
                faults = [text for text in loop if is_written_spill(text)]
                faults += lanes if len(lanes) >= MULTIPLICATIONS else []
                if faults:
                    print(f'  loop of {len(loop)} instructions: {len(faults)} like {faults[0]}')
                    failed = True
    return failed


def main():
    if shutil.which('objdump') is None:
        print('skipped: there is no objdump')
        return 77
    failed = [check_kernels(sys.argv[1:]), check_bodies(sys.argv[1:])]
    return 1 if any(failed) else 0


if __name__ == '__main__':
    sys.exit(main())
