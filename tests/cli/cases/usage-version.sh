# SPDX-License-Identifier: Apache-2.0
sightline --version
for flag in -V "-V -V" ; do sightline $flag; done
# It can be combined only with -v.
expect 2 sightline --version --foo
expect 2 sightline -V score
expect 2 sightline --version --help
