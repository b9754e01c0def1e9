# SPDX-License-Identifier: Apache-2.0
"""C++ tables of code points, for the scripts that generate them."""


def ranges(points):
    """[first, last] of each run of consecutive code points."""
    out = []
    for c in points:
        if out and out[-1][1] == c - 1:
            out[-1][1] = c
        else:
            out.append([c, c])
    return out


def member(value):
    """An enumerator, or a number in the form that is easier to read."""
    if isinstance(value, str):
        return value
    return f"{value:#x}" if value >= 10 else str(value)


def rows(name, kind, values):
    """The definition of an array of numbers, or of structures whose members are numbers or enumerators."""
    lines, line = [f"const std::array<{kind}, {len(values)}> {name}Data = {{{{"], "   "
    for value in values:
        item = f" {member(value)}," if isinstance(value, int) else " {" + ", ".join(map(member, value)) + "},"
        if len(line) + len(item) > 108:
            lines.append(line)
            line = "   "
        line += item
    return "\n".join([*lines, line, "}};"])
