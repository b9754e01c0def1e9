# SPDX-License-Identifier: Apache-2.0
expect 2 sightline score a.png --capt cat
expect 2 sightline embed-text a --norm
expect 2 sightline embed-i a.png
