// SPDX-License-Identifier: Apache-2.0
/* Writes the AVIF files that Pillow cannot: other depths and matrices. Built and run by scripts/golden/coded_images.py.
 * Usage: avif_encode WIDTH HEIGHT DEPTH FORMAT RANGE MATRIX CHANNELS PREMULTIPLIED < 16-bit samples > file
 * FORMAT: 1 is 4:4:4, 2 is 4:2:2, 3 is 4:2:0, 4 is 4:0:0. RANGE: 0 limited, 1 full. MATRIX: as in H.273. */
#include <avif/avif.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char** argv) {
  if (argc != 9) return 2;
  const int width = atoi(argv[1]), height = atoi(argv[2]), channels = atoi(argv[7]);
  avifImage* image = avifImageCreate(width, height, atoi(argv[3]), (avifPixelFormat)atoi(argv[4]));
  image->yuvRange = (avifRange)atoi(argv[5]);
  image->matrixCoefficients = (avifMatrixCoefficients)atoi(argv[6]);
  image->alphaPremultiplied = atoi(argv[8]);
  avifRGBImage rgb;
  avifRGBImageSetDefaults(&rgb, image);
  rgb.depth = 16;
  rgb.format = channels == 4 ? AVIF_RGB_FORMAT_RGBA : AVIF_RGB_FORMAT_RGB;
  rgb.rowBytes = (uint32_t)(width * channels * 2);
  const size_t size = (size_t)height * rgb.rowBytes;
  rgb.pixels = malloc(size);
  if (fread(rgb.pixels, 1, size, stdin) != size) return 1;
  if (avifImageRGBToYUV(image, &rgb) != AVIF_RESULT_OK) return 1;
  avifEncoder* encoder = avifEncoderCreate();
  encoder->speed = 6;
  encoder->maxThreads = 1;
  encoder->minQuantizer = 10;
  encoder->maxQuantizer = 20;
  avifRWData out = AVIF_DATA_EMPTY;
  if (avifEncoderWrite(encoder, image, &out) != AVIF_RESULT_OK) return 1;
  return fwrite(out.data, 1, out.size, stdout) == out.size ? 0 : 1;
}
