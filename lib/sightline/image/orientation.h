#pragma once

#include "sightline/base/bytes.h"

namespace sightline {

/// The orientation (2 to 8) that a TIFF block holds in its first directory, 1 when it holds none that can be
/// read. `exif`: what follows "Exif\0\0" in a JPEG's APP1, or the whole of a PNG's eXIf chunk. Of several
/// entries the first that has a value counts, of several values the first. Only offsets into the block are
/// followed, one an entry, so a hostile block costs no more than its length. `found`, when given, says
/// whether the tag is there at all. Source: TIFF 6.0 section 2; Image.Exif.load and
/// ImageFileDirectory_v2.load of Pillow 13.
int exif_orientation(ByteView exif, bool* found = nullptr);

/// The same from an XMP packet (tiff:Orientation), which Pillow asks when EXIF does not say.
int xmp_orientation(ByteView xmp);

/// What both together say: EXIF where it has the tag, else XMP. Empty views: there is none.
int metadata_orientation(ByteView exif, ByteView xmp);

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
