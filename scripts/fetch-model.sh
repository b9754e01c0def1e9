#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Downloads a published model into the Hugging Face cache, where sightline (and every Hugging Face program) finds it.
#
# Usage: scripts/fetch-model.sh NAME [--revision REV] [--pack]
#   NAME   a preset (clip-vit-base-patch16, clip-vit-base-patch32, clip-vit-large-patch14,
#          clip-vit-large-patch14-336), OpenAI's or OpenCLIP's name of one (ViT-B/32, ViT-B-32, ...), or an id org/name
#   REV    a branch, a tag, a commit or refs/pr/N [main]
#   --pack also writes a packed model, NAME.sightline, which starts faster, next to the snapshots of the model
#
# Cache, located as by huggingface_hub and sightline: $HF_HUB_CACHE, $HUGGINGFACE_HUB_CACHE, $HF_HOME/hub,
# $XDG_CACHE_HOME/huggingface/hub or ~/.cache/huggingface/hub, with ~ and $NAME expanded.
# Server: $HF_ENDPOINT [https://huggingface.co]; $HF_TOKEN is sent to it and to no other host.
# An interrupted download is resumed. The size and hash (git's SHA-1 or SHA-256) of every file must match those that
# the server reports. Prints the folder of the model (with --pack the packed model).
#
# Exit: 0 done, 1 failed, 2 usage, 3 not found or no access, 4 no weights, 5 a file was damaged.
set -euo pipefail

# The weights: the first of these that the repository has. PyTorch's files are for repositories without safetensors;
# sightline reads them without running anything.
weight_files=(model.safetensors model.safetensors.index.json open_clip_model.safetensors
              pytorch_model.bin pytorch_model.bin.index.json open_clip_pytorch_model.bin)
# In addition to the config and the weights: the files that define the preprocessing and the tokenizer, the adapter that
# transformers would apply to the weights (sightline refuses such a model instead of ignoring the adapter), and the
# modules of sentence-transformers.
files=(processor_config.json preprocessor_config.json vocab.json merges.txt tokenizer.json tokenizer_config.json
       spiece.model sentencepiece.bpe.model vocab.txt special_tokens_map.json added_tokens.json adapter_config.json
       modules.json sentence_bert_config.json config_sentence_transformers.json)
module_files=(1_Pooling/config.json 2_Dense/config.json 2_Dense/model.safetensors 2_Dense/pytorch_model.bin)

# The name under which the script was called: scripts/fetch-model.sh in a checkout, sightline-fetch if installed.
case "${0##*/}" in
  fetch-model.sh) short=fetch-model command=scripts/fetch-model.sh ;;
  *) short=${0##*/} command=${0##*/} ;;
esac
say() { echo "$short: $*" >&2; }
die() { local code=$1; shift; say "error: $*"; exit "$code"; }
usage() { say "$1; usage: $command NAME [--revision REV] [--pack]"; exit 2; }

parse_arguments() {
  name="" revision=main pack=""
  while [[ $# -gt 0 ]]; do
    case "$1" in
      --help|-h) sed -n '3,/^set /{/^set /d;s/^# \{0,1\}//;s#scripts/fetch-model.sh#'"$command"'#;p}' "$0"; exit 0 ;;
      --pack) pack=yes; shift ;;
      --revision) [[ $# -ge 2 ]] || usage "--revision needs a value"; revision=$2; shift 2 ;;
      -*) usage "unknown option '$1'" ;;
      *) [[ -z "$name" ]] || usage "more than one name"; name=$1; shift ;;
    esac
  done
  [[ -n "$name" ]] || usage "no name given"
  case "$name" in
    ViT-B/16|ViT-B-16) repository=openai/clip-vit-base-patch16 ;;
    ViT-B/32|ViT-B-32) repository=openai/clip-vit-base-patch32 ;;
    ViT-L/14|ViT-L-14) repository=openai/clip-vit-large-patch14 ;;
    ViT-L/14@336px|ViT-L-14-336) repository=openai/clip-vit-large-patch14-336 ;;
    clip-vit-base-patch16|clip-vit-base-patch32|clip-vit-large-patch14|clip-vit-large-patch14-336) repository=openai/$name ;;
    *) repository=$name ;;
  esac
  [[ "$repository" =~ ^[A-Za-z0-9_-][A-Za-z0-9._-]*/[A-Za-z0-9_-][A-Za-z0-9._-]*$ ]] || usage "'$name' is neither a preset nor org/name"
  [[ "$revision" =~ ^[A-Za-z0-9_-][A-Za-z0-9._/-]*$ && "$revision" != *..* ]] || usage "'$revision' is not a revision"
}

# ~ and ~user at the start of $path, then $NAME and ${NAME}: unknown names are kept.
expand() {
  local user home out="" name mention rest
  if [[ "$path" == "~"* ]]; then
    user=${path%%/*}; user=${user#"~"}
    if [[ -z "$user" && -n "${HOME+set}" ]]; then home=$HOME
    else home=$(getent passwd "${user:-$(id -u)}" | cut -d: -f6) || home=""; fi
    if [[ -n "$home" || -z "$user" ]]; then
      while [[ "$home" == */ ]]; do home=${home%/}; done
      if [[ "$path" == */* ]]; then path=$home/${path#*/}; else path=${home:-/}; fi
    fi
  fi
  while [[ "$path" =~ ^([^$]*)(\$([A-Za-z0-9_]+)|\$\{([^}]*)\}|\$)(.*)$ ]]; do
    name=${BASH_REMATCH[3]}${BASH_REMATCH[4]} mention=${BASH_REMATCH[2]} rest=${BASH_REMATCH[5]}
    out+=${BASH_REMATCH[1]}
    if [[ "$name" =~ ^[A-Za-z_][A-Za-z0-9_]*$ && -n "${!name+set}" ]]; then out+=${!name}; else out+=$mention; fi
    path=$rest
  done
  path=$out$path
}

cache_folder() {
  local path="~" base
  expand
  base=${XDG_CACHE_HOME-${path%/}/.cache}
  path=${HF_HOME-${base:+${base%/}/}huggingface}; expand
  path=${path:+${path%/}/}hub
  path=${HF_HUB_CACHE-${HUGGINGFACE_HUB_CACHE-$path}}; expand
  cache=$path
}

# curl with the token, which does not appear in the list of processes. curl drops it when a redirect leaves the host.
ask() {
  if [[ -n "${HF_TOKEN:-}" ]]; then
    curl -sS --proto =https,http -K <(printf 'header = "Authorization: Bearer %s"\n' "$HF_TOKEN") "$@"
  else
    curl -sS --proto =https,http "$@"
  fi
}

header() { sed -n "s/^$1: *//Ip" "$headers" | tr -d '\r' | tail -n 1; }

# Stores the headers of FILE at REVISION in $status, $commit, $size and $hash. Follows redirects within the server only: the
# first answer that names the linked file, or the last one, is used.
query_file() {
  local url="$endpoint/$repository/resolve/${2//\//%2F}/$1" location hop
  for hop in 1 2 3 4 5; do
    ask -I -o "$headers" "$url" || die 1 "$url: no answer from the server"
    status=$(sed -n '1s/^HTTP[^ ]* \([0-9]*\).*/\1/p' "$headers")
    commit=$(header x-repo-commit); commit=${commit:-${known_commit:-}}
    known_commit=$commit
    hash=$(header x-linked-etag); size=$(header x-linked-size)
    location=$(header location)
    [[ "$status" == 3* && -z "$hash" && "$location" == /* && "$location" != //* ]] || break
    url=$endpoint_host$location
  done
  if [[ -n "$hash" && "$status" == 3* ]]; then status=200; fi
  hash=${hash:-$(header etag)}; hash=${hash#W/}; hash=${hash//\"/}
  size=${size:-$(header content-length)}
}

must_be_found() {
  case "$status" in
    200) ;;
    401|403) die 3 "$repository: the server answered $status: it does not exist, or needs a token with access (set HF_TOKEN)" ;;
    404) die 3 "$repository: no $1 at revision $revision on $endpoint" ;;
    *) die 1 "$repository: the server answered $status for $1" ;;
  esac
}

hash_of() {
  if [[ ${#hash} -eq 64 ]]; then
    sha256sum < "$1" | cut -d' ' -f1
  else
    { printf 'blob %s\0' "$size"; cat "$1"; } | sha1sum | cut -d' ' -f1
  fi
}

# Puts FILE of the commit into the cache: blobs/<hash> and a link to it in the snapshot.
fetch() {
  local blob part
  [[ "$hash" =~ ^([0-9a-f]{40}|[0-9a-f]{64})$ ]] || die 5 "$1: the server gave no hash that can be checked ('$hash')"
  [[ "$size" =~ ^[0-9]+$ ]] || die 5 "$1: the server gave no size"
  blob=$store/blobs/$hash part=$store/blobs/$hash.incomplete
  if [[ ! -f "$blob" ]]; then
    if [[ -f "$part" && $(stat -c %s "$part") -gt $size ]]; then rm "$part"; fi
    if [[ ! -f "$part" || $(stat -c %s "$part") -lt $size ]]; then
      say "$1 ($size bytes)"
      ask -fL --retry 3 "${progress[@]}" -C - -o "$part" "$endpoint/$repository/resolve/$snapshot_commit/$1" ||
        die 1 "$1: download failed; run the same command again to resume"
    fi
    if [[ $size -eq 0 && ! -f "$part" ]]; then : > "$part"; fi
    if [[ $(stat -c %s "$part") -ne $size || $(hash_of "$part") != "$hash" ]]; then
      local got; got=$(stat -c %s "$part")
      rm "$part"
      die 5 "$1: arrived damaged ($got bytes; expected $size bytes with hash $hash) and was removed"
    fi
    mv "$part" "$blob"
  fi
  local link=$store/snapshots/$snapshot_commit/$1 up=../..
  if [[ "$1" == */* ]]; then up=../../.. && mkdir -p "${link%/*}"; fi
  ln -sfn "$up/blobs/$hash" "$link"
}

# The program that packs: the one next to this script, else the one in $PATH, else that of the checkout's build folder.
find_sightline() {
  local folder candidate
  folder=$(dirname "$(readlink -f "$0")")
  for candidate in "$folder/sightline" "$(command -v sightline || true)" "$folder/../build/sightline"; do
    if [[ -f "$candidate" && -x "$candidate" ]]; then sightline=$candidate; return; fi
  done
  die 1 "--pack needs sightline, which is neither next to this script nor in PATH"
}

parse_arguments "$@"
if [[ -n "$pack" ]]; then find_sightline; fi
command -v curl >/dev/null || die 1 "curl is required, but not installed"
endpoint=${HF_ENDPOINT:-https://huggingface.co}; endpoint=${endpoint%/}
endpoint_host=$(sed 's#^\([a-z]*://[^/]*\).*#\1#' <<< "$endpoint")
cache_folder
store=${cache:+${cache%/}/}models--${repository/\//--}
progress=(); if [[ -t 2 ]]; then progress=(--progress-bar); fi
headers=$(mktemp); trap 'rm -f "$headers"' EXIT

# A repository of OpenCLIP may have a config.json of timm, which describes the image tower alone, or none.
query_file config.json "$revision"
if [[ "$status" == 404 ]]; then query_file open_clip_config.json "$revision"; fi
must_be_found config.json
[[ "$commit" =~ ^[0-9a-f]{40}$ ]] || die 1 "$repository: the server did not say which commit $revision is"
snapshot_commit=$commit
config=config.json
query_file open_clip_config.json "$snapshot_commit"
if [[ "$status" == 200 ]] && ! ask -fL --retry 3 "$endpoint/$repository/resolve/$snapshot_commit/config.json" | grep -q '"model_type"'; then
  config=open_clip_config.json
fi
for weights in "${weight_files[@]}"; do
  if [[ "$config" == open_clip_* && "$weights" != open_clip_* ]]; then continue; fi
  query_file "$weights" "$snapshot_commit"
  if [[ "$status" != 404 ]]; then break; fi
done
if [[ "$status" == 404 ]]; then
  die 4 "$repository: has no weights that sightline reads at revision $revision (${weight_files[*]}).
  Where the repository offers a conversion as a pull request, give it: --revision refs/pr/N. Or convert its weights with
  transformers: AutoModel.from_pretrained('$repository').save_pretrained('DIR')"
fi
must_be_found "$weights"
if [[ "$weights" == open_clip_* ]]; then config=open_clip_config.json; fi

mkdir -p "$store/blobs" "$store/snapshots/$snapshot_commit" "$(dirname "$store/refs/$revision")"
query_file "$config" "$snapshot_commit"; must_be_found "$config"
fetch "$config"
fetch_existing() {
  local file
  for file in "$@"; do
    query_file "$file" "$snapshot_commit"
    if [[ "$status" != 404 ]]; then must_be_found "$file"; fetch "$file"; fi
  done
}
fetch_existing "${files[@]}"
if [[ -e "$store/snapshots/$snapshot_commit/modules.json" ]]; then fetch_existing "${module_files[@]}"; fi
query_file "$weights" "$snapshot_commit"; must_be_found "$weights"
fetch "$weights"
if [[ "$weights" == *.index.json ]]; then
  shards=$(grep -oE '"[^"]*\.(safetensors|bin)"' "$store/snapshots/$snapshot_commit/$weights" | tr -d '"' | sort -u)
  [[ -n "$shards" ]] || die 5 "$weights: lists no shard"
  while read -r shard; do
    [[ "$shard" =~ ^[A-Za-z0-9_-][A-Za-z0-9._-]*$ ]] || die 5 "$weights: '$shard' is not a file name"
    query_file "$shard" "$snapshot_commit"; must_be_found "$shard"
    fetch "$shard"
  done <<< "$shards"
fi
printf '%s' "$snapshot_commit" > "$store/refs/$revision.new" && mv "$store/refs/$revision.new" "$store/refs/$revision"
if [[ -z "$pack" ]]; then
  say "done; use it with: sightline --model $name"
  echo "$store/snapshots/$snapshot_commit"
  exit 0
fi
# Not among the snapshots, where Hugging Face's tools accept folders only.
packed=$store/${repository#*/}.sightline source=$store/snapshots/$snapshot_commit
# The packed model records the name, unless that means another revision or a folder here.
if [[ "$revision" == main && ! -e "$repository" ]]; then source=$repository; fi
say "packing"
"$sightline" convert-weights "$source" -o "$packed" --force --quiet ||
  die 1 "$repository: was downloaded to $store/snapshots/$snapshot_commit, but cannot be packed"
say "done; use it with: sightline --model $packed"
echo "$packed"
