# SPDX-License-Identifier: Apache-2.0
"""Rows of scripts/bench.py: medians, ratios, the fraction of the floor, and how a row is printed. No measuring here."""
import statistics

OWN = "sightline"


def selected(name, wanted):
    """Whether a row is among `wanted` prefixes; all are, if there are none. "image" selects image-f32, not images."""
    return not wanted or any(name == prefix or name.startswith(prefix + "-") for prefix in wanted)


def make_row(name, title, unit, values, *, precision=None, floor=None, note=""):
    """`values`: {label: one value per round}, with OWN among the labels. A ratio is the median over the rounds of the
    other's value / ours; a fraction is floor / our median; a spread is the first and the third quartile."""
    own = values[OWN]
    median = {label: statistics.median(column) for label, column in values.items()}
    ratio = {label: statistics.median(other / ours for ours, other in zip(own, column))
             for label, column in values.items() if label != OWN and min(own) > 0}
    row = {"name": name, "title": title, "unit": unit, "precision": precision, "median": median, "ratio": ratio,
           "values": {label: [rounded(value) for value in column] for label, column in values.items()}}
    row["median"] = {label: rounded(value) for label, value in median.items()}
    row["ratio"] = {label: rounded(value) for label, value in ratio.items()}
    row["spread"] = {label: quartiles(column) for label, column in values.items()}
    if floor:
        row["floor"] = {"ms": rounded(floor["ms"]),
                        "parts": {part: rounded(ms) for part, ms in floor["parts"].items()},
                        "constants": {part: rounded(ms) for part, ms in floor["constants"].items()}}
        row["fraction"] = rounded(floor["ms"] / median[OWN])
    if note:
        row["note"] = note
    return row


def quartiles(column):
    """The first and the third quartile; of one value, the value itself."""
    if len(column) < 2:
        return [rounded(column[0])] * 2
    first, _, third = statistics.quantiles(column, method="inclusive")
    return [rounded(first), rounded(third)]


def rounded(value):
    """Four significant digits."""
    return float(f"{value:.4g}")


def shown(value):
    """Three significant digits, without an exponent."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"


def factor(ratio):
    return f"{ratio:.0f}x" if ratio >= 20 else f"{ratio:.1f}x" if ratio >= 5 else f"{ratio:.2f}x"


def spread(row, label):
    """The median, and the quartiles where they differ from it by more than 5 %."""
    median, (first, third) = row["median"][label], row["spread"][label]
    is_wide = third > 1.05 * median or first < 0.95 * median
    return f"{shown(median)} [{shown(first)} to {shown(third)}]" if is_wide else shown(median)


def line(row):
    """One printed line."""
    figures = [f"sightline {spread(row, OWN)} {row['unit']}"]
    if "floor" in row:
        figures.append(f"floor {shown(row['floor']['ms'])} ({100 * row['fraction']:.0f} %)")
    figures += [f"{label} {spread(row, label)} ({factor(ratio)})" for label, ratio in row["ratio"].items()]
    return f"{row['name']}: {row['title']}: " + ", ".join(figures)
