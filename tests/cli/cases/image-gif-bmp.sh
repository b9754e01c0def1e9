# SPDX-License-Identifier: Apache-2.0
# GIF, BMP and animated PNG files are images like any other, broken ones included.
mkdir photos
cp "$DATA"/golden/image_raster/files/{gif-offset-transparent.gif,bmp-rle8.bmp,apng-rgb.apng} photos
head -c 60 photos/bmp-rle8.bmp >photos/cut.BMP
expect 3 sightline embed-image photos/* -o a.npy
npy show a.npy
cp photos/bmp-rle8.bmp renamed.jpg
sightline embed-image photos/bmp-rle8.bmp renamed.jpg -o b.npy
npy rows b.npy 0 b.npy 1
