# SPDX-License-Identifier: Apache-2.0
expect 2 sightline score a.png --captoin cat
expect 2 sightline embed-image a.png --zzzzzz
expect 2 sightline embed-text a -Z
expect 2 sightline -q embed-text a
