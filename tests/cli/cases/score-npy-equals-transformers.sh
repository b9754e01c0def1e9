# SPDX-License-Identifier: Apache-2.0
# Every nano model gives the logits of the reference on the command line.
cd "$MODELS"
for model in nano_*; do
  sightline score -m $model images --captions captions.txt --values logit -f npy >"$OLDPWD/$model.npy"
  npy close "$OLDPWD/$model.npy" expected/$model/logits_per_image.npy 2e-4
  sightline score -m $model images --captions captions.txt --values probability -f npy >"$OLDPWD/p.npy"
  npy close "$OLDPWD/p.npy" expected/$model/probabilities.npy 2e-5
done
