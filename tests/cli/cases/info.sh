# SPDX-License-Identifier: Apache-2.0
sightline info "$MODELS/nano_quick_gelu" >a
sightline info >b
cmp a b
sed "s|$MODELS|MODELS|" a
