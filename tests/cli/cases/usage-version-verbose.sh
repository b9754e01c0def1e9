# SPDX-License-Identifier: Apache-2.0
# --version -v in any order: commit, compiler, libraries as third_party/README.md names them, formats, kernels.
sightline --version -v >page
for flags in '-v --version' '-V -v' -Vv -vV '--verbose --version' '-vv -V'; do sightline $flags | cmp - page; done
sightline --version | cmp - <(head -1 page)
python3 - <<'P'
import os, re, shutil, subprocess
page = open("page").read()
lines = page.split("\n")
assert re.fullmatch(r"sightline \d+\.\d+\.\d+", lines[0]), lines[0]
assert re.fullmatch(r"commit: ([0-9a-f]{7,40}|unknown)", lines[1]), lines[1]
assert re.fullmatch(r"compiler: \S+ \d+\.\S+, .+", lines[2]), lines[2]
blocks = {block.split("\n")[0]: block.rstrip("\n").split("\n")[1:] for block in page.split("\n\n")[1:]}
assert list(blocks) == ["Libraries", "Image formats", "Kernels for this processor"], list(blocks)
# Exactly the libraries that the documentation lists, except those of the tests, with their licences.
table = open(os.environ["DATA"] + "/../third_party/README.md").read()
known = {m[1]: m[2] for m in re.finditer(r"^\| \[([^]]+)\]\S+ \| [^|]+ \| ([^|]+) \| (?!tests only)", table, re.M)}
shown = {}
for line in blocks["Libraries"]:
    name, version, licence = re.fullmatch(r"  (\S+) +(\d\S*) \((.+)\)", line).groups()
    shown[name] = licence
assert shown.items() <= known.items(), (shown, known)
optional = {"libavif", "libheif", "libtiff", "libzstd", "fmt"}
assert known.keys() - optional <= shown.keys(), shown
linked = subprocess.run(["ldd", shutil.which("sightline")], capture_output=True, text=True).stdout
assert ("libfmt.so" in linked) == ("fmt" in shown), shown
formats = "\n".join(blocks["Image formats"])
assert re.search(r"^  JPEG +libjpeg-turbo \d\S*: \.jpg \.jpeg", formats, re.M), formats
assert re.search(r"^  PNG +libpng \d\S*: \.png", formats, re.M), formats
assert re.search(r"^  WebP +libwebp \d\S*: \.webp", formats, re.M), formats
for name, library in (("AVIF", "libavif"), ("HEIC", "libheif")):
    decoder = re.search(rf"^  {name} +(.+): \.", formats, re.M)[1]
    assert re.match(rf"{library}( \d|, which cannot)" if library in shown else rf"not in this build \({library} was missing\)", decoder), formats
steps = [line.split("  ")[1] for line in blocks["Kernels for this processor"]]
assert {"matrix products", "image resizing"} <= set(steps), steps
P
# The listed kernels are those that a run uses.
products=$(sed -n 's/^  matrix products *//p' page)
sightline embed-text cat -vv 2>&1 >out.jsonl | grep -qF "matrix products: $products"
