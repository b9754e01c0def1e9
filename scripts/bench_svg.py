# SPDX-License-Identifier: Apache-2.0
"""A chart of bars, one panel per row of scripts/bench.py, as SVG for light and dark pages. Standard library only."""
import html

from bench_results import OWN, factor, shown

NAMES = {OWN: "sightline", "openvino": "OpenVINO", "onnxruntime": "ONNX Runtime", "transformers": "transformers",
         "pillow": "Pillow", "quiet": "without neighbour"}
WIDTH, MARGIN, GAP = 840, 16, 24
COLUMN = (WIDTH - 2 * MARGIN - GAP) // 2
LABEL, VALUE = 104, 100  # widths beside the bars
BAR, STEP, TITLE, SPACE, HEAD, FOOT = 14, 19, 22, 16, 50, 40
SANS = "system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', Helvetica, Arial, sans-serif"
# class: (property, light, dark)
COLOURS = {"page": ("fill", "#ffffff", "#0d1117"), "text": ("fill", "#1f2328", "#e6edf3"),
           "soft": ("fill", "#59636e", "#9198a1"), "own": ("fill", "#0a7f5a", "#3fb98a"),
           "other": ("fill", "#b4bcc6", "#4b5561"), "floor": ("stroke", "#c2410c", "#ffa657")}


def style():
    def rules(at):
        return " ".join(f".{name}{{{colour[0]}:{colour[at]}}}" for name, colour in COLOURS.items())
    return (f"<style>text{{font-family:{SANS};font-size:12px}} .head{{font-size:15px;font-weight:600}} "
            f".title{{font-weight:600}} .number{{font-variant-numeric:tabular-nums}} .floor{{stroke-width:2}} "
            f"{rules(1)} @media (prefers-color-scheme: dark){{{rules(2)}}}</style>")


def text(x, y, words, classes="text"):
    return f'<text x="{x}" y="{y}" class="{classes}">{html.escape(words)}</text>'


def height_of(row):
    return TITLE + STEP * len(row["median"]) + SPACE


def panel(row, title, left, top):
    """The bars of one row; the longest fills the column."""
    most = max(row["median"].values())
    scale = (COLUMN - LABEL - VALUE) / most
    parts = [text(left, top + 13, title, "text title")]
    for i, (label, value) in enumerate(row["median"].items()):
        y = top + TITLE + i * STEP
        length = max(1.5, value * scale)
        parts.append(text(left, y + 11, NAMES.get(label, label), "text" if label == OWN else "soft"))
        kind = "own" if label == OWN else "other"
        parts.append(f'<rect x="{left + LABEL}" y="{y}" width="{length:.1f}" height="{BAR}" rx="2" class="{kind}"/>')
        if label == OWN and "floor" in row:
            x = left + LABEL + row["floor"]["ms"] * scale
            parts.append(f'<line x1="{x:.1f}" y1="{y - 3}" x2="{x:.1f}" y2="{y + BAR + 3}" class="floor"/>')
        unit = row["unit"].split("/")[0]
        words = f"{shown(value)} {unit}" + ("" if label == OWN else f" ({factor(row['ratio'][label])})")
        parts.append(text(round(left + LABEL + length + 6, 1), y + 11, words, "text number"))
    return "\n".join(parts)


def chart(rows, head, foot):
    """`rows`: (row, title) pairs. They fill two columns of about equal height, in order."""
    total, columns, used = sum(height_of(row) for row, _ in rows), ([], []), 0
    for row, title in rows:
        columns[0 if not columns[1] and used + height_of(row) / 2 < total / 2 else 1].append((row, title))
        used += height_of(row)
    bottom = max(sum(height_of(row) for row, _ in column) for column in columns) + HEAD
    height = bottom + FOOT
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{height}" '
             f'viewBox="0 0 {WIDTH} {height}" role="img" aria-label="{html.escape(head)}">', style(),
             f'<rect width="{WIDTH}" height="{height}" rx="6" class="page"/>', text(MARGIN, 28, head, "text head")]
    for index, column in enumerate(columns):
        top = HEAD
        for row, title in column:
            parts.append(panel(row, title, MARGIN + index * (COLUMN + GAP), top))
            top += height_of(row)
    x = MARGIN
    parts.append(f'<line x1="{x + 1}" y1="{bottom + 3}" x2="{x + 1}" y2="{bottom + 19}" class="floor"/>')
    parts.append(text(x + 10, bottom + 15, foot, "soft"))
    return "\n".join(parts) + "\n</svg>\n"
