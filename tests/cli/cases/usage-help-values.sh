# SPDX-License-Identifier: Apache-2.0
# The help lists only values that work: each listed value is tried. Values of later versions are refused by name.
copy_images
tried=0
try() {  # COMMAND ARGUMENTS...
  local option values value
  sightline "$1" --help | grep -oE -- '--[a-z-]+ [a-z0-9-]+(\|[a-z0-9-]+)+' >lists
  while read -r option values; do
    for value in ${values//|/ }; do
      form= want=0
      if [ $1 = convert-weights ]; then form='-o target'; fi
      case "$option $value" in
        '--index full') form='-o full.npy' ;;
        '--backend openblas') if sightline --version -v | grep -q 'openblas, cannot be loaded'; then continue; fi ;;
        '--output-dtype f16' | --values*) form='-f npy' ;;
        '--to keras-h5') form='-o target.weights.h5' ;;
        '--to packed') form='-o target.sightline' ;;
        '--to openclip') want=5 ;;  # not for this model, whose vocabulary is its own
        '--to openai') form='-o target.pt' want=5 ;;
        '--dtype int8') if [ $1 = convert-weights ]; then form='-o target.sightline'; fi ;;
        '--preview kitty' | '--preview iterm' | '--preview sixel') want=2 ;;  # stdout is not a terminal here
        '--from hf' | '--from auto') ;;
        --from*) want=5 ;;  # of this source, whose names are Hugging Face's
      esac
      expect $want sightline "$@" -q $form $option $value >printed 2>message
      tried=$((tried + 1))
    done
  done <lists
}
try score photos/grey.png --labels cat,dog --force
try embed-image photos/grey.png
try embed-text cat
try convert-weights "$SIGHTLINE_MODEL" --force
try info
[ $tried -gt 60 ] || echo "only $tried values tried"
for command in 'score photos/grey.png -c cat' 'embed-image photos/grey.png' 'embed-text cat'; do
  for dtype in f8 float16 i8; do expect 2 sightline $command --dtype $dtype; done
done
