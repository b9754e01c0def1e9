#include "sightline/image/signatures.h"

#include "sightline/image/png_chunks.h"

namespace sightline {

bool is_jpeg(ByteView file) { return as_text(file).starts_with("\xff\xd8\xff"); }
bool is_png(ByteView file) { return as_text(file).starts_with(kPngSignature); }

}  // namespace sightline
