# SPDX-License-Identifier: Apache-2.0
expect 2 sightline score -c cat
expect 2 sightline score a.png
expect 2 sightline embed-image
expect 2 sightline embed-text
expect 2 sightline convert-weights
expect 2 sightline convert-weights "$SIGHTLINE_MODEL"
