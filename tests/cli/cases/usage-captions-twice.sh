# SPDX-License-Identifier: Apache-2.0
expect 2 sightline score a.png -c cat --labels dog
expect 2 sightline score a.png -c cat --template 'a {}'
expect 2 sightline score a.png --labels cat --template 'no place'
expect 2 sightline score a.png --labels cat,,dog
expect 2 sightline score a.png --labels cat --templates imagenet
expect 2 sightline score - --captions -
