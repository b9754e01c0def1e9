// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/base/bytes.h"

namespace sightline {

/// What a TIFF block of EXIF data says about the orientation.
struct ExifOrientation {
  int value = 1;            ///< 1 to 8; 1 also for values that are none
  bool found = false;       ///< the tag is there, with whatever value
  bool unreadable = false;  ///< this is no TIFF block at all; an empty one is not unreadable, it says nothing
};

/// Reads the first directory of `exif`: what follows "Exif\0\0" in a JPEG's APP1, a PNG's eXIf chunk, a
/// WebP's EXIF chunk; that prefix may stand before it up to twice. Of several entries the first that has a
/// value counts, of several values the first; a value of any type is taken that Pillow takes for a number of
/// 1 to 8 (also 6.0, and 12/2, but no byte and no text). Only offsets into the block are followed, one an
/// entry, so a hostile block costs no more than its length. Source: TIFF 6.0 section 2; Image.Exif.load and
/// ImageFileDirectory_v2.load of Pillow 13.
ExifOrientation read_exif_orientation(ByteView exif);

/// The orientation that an XMP packet (tiff:Orientation) says, 1 when it says none.
int xmp_orientation(ByteView xmp);

/// The orientation of an image with these EXIF and XMP data, empty when there are none, as Pillow 13's
/// ImageOps.exif_transpose has it: XMP counts where EXIF says nothing. EXIF data that cannot be read, where
/// Pillow fails or leaves the image upright, mean upright whatever XMP says; that is a warning (the caller's:
/// `unreadable`).
ExifOrientation metadata_orientation(ByteView exif, ByteView xmp);

/// EXIF orientation `value` as steps on the stored picture: transposed first, then mirrored.
/// upright(x, y) = stored(x', y') with (x', y') = transpose ? (y, x) : (x, y), then x' counted from the right
/// and y' from the bottom where flipped.
struct Orientation {
  bool transpose = false;
  bool flip_columns = false;  ///< of the stored picture
  bool flip_rows = false;     ///< of the stored picture
};
Orientation orientation_steps(int value);

}  // namespace sightline
