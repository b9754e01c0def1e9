# SPDX-License-Identifier: Apache-2.0
sightline --version
for flag in -V "-V -V" ; do sightline $flag; done
