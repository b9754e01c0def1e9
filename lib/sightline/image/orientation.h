// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/base/bytes.h"

namespace sightline {

/// The orientation in a TIFF block of EXIF data.
struct ExifOrientation {
  int value = 1;            ///< 1 to 8; 1 also for invalid values
  bool found = false;       ///< the tag exists, with any value
  bool unreadable = false;  ///< not a TIFF block at all; an empty block is readable and has no orientation
};

/// Reads the first directory of `exif`: the data after "Exif\0\0" in a JPEG's APP1, a PNG's eXIf chunk, or a
/// WebP's EXIF chunk; the prefix itself may be present up to twice. The first entry that has a value counts,
/// and its first value. As in Pillow, the value may have any type whose value is a number from 1 to 8 (also
/// 6.0, and 12/2, but not a byte or text). Only offsets into the block are followed, one per entry, so that a
/// hostile block costs no more than its length. Source: TIFF 6.0 section 2; Image.Exif.load and
/// ImageFileDirectory_v2.load of Pillow 13.
ExifOrientation read_exif_orientation(ByteView exif);

/// The orientation in an XMP packet (tiff:Orientation), 1 if there is none.
int xmp_orientation(ByteView xmp);

/// The orientation of an image with the given EXIF and XMP data (each may be empty), as Pillow 13's
/// ImageOps.exif_transpose determines it: XMP is used if EXIF has no orientation. Unreadable EXIF data, for
/// which Pillow fails or leaves the image unchanged, mean upright regardless of XMP; the caller issues a
/// warning (`unreadable`).
ExifOrientation metadata_orientation(ByteView exif, ByteView xmp);

/// EXIF orientation `value` as steps on the stored image: first transposed, then mirrored. upright(x, y) =
/// stored(x', y') with (x', y') = transpose ? (y, x) : (x, y), then x' counted from the right and y' from the
/// bottom if flipped.
struct Orientation {
  bool transpose = false;
  bool flip_columns = false;  ///< of the stored image
  bool flip_rows = false;     ///< of the stored image
};
Orientation orientation_steps(int value);

}  // namespace sightline
