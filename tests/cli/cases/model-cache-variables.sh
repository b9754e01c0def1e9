# SPDX-License-Identifier: Apache-2.0
# The Hugging Face cache is located as in huggingface_hub: ~ and variables are expanded, and the older name is
# supported.
place() {
  mkdir -p "$1/models--a--b/refs" "$1/models--a--b/snapshots"
  printf abc123 >"$1/models--a--b/refs/main"
  cp -r "$MODELS/nano_quick_gelu" "$1/models--a--b/snapshots/abc123"
}
found() { sightline info -m a/b | head -1 | sed "s,$(dirname "$PWD"),TOP,"; }
mkdir -p ~
export SUB=work
place cache
HF_HUB_CACHE='~/../$SUB/cache' found
HUGGINGFACE_HUB_CACHE='~/../${SUB}/cache' found
HF_HUB_CACHE=$PWD/cache HUGGINGFACE_HUB_CACHE=elsewhere found
place home/hub
HF_HOME='~/../$SUB/home' found
XDG_CACHE_HOME=$PWD/xdg HF_HOME=home found
place .
HF_HUB_CACHE='' found
HF_HUB_CACHE='$UNSET' expect 5 sightline info a/b
