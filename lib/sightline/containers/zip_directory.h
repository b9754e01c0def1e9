// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/containers/zip.h"

namespace sightline {

/// The members of an archive, their names, sizes and places checked against the directory, the local headers
/// and each other, in bytewise order of their names. Errors: as `ZipArchive`.
std::vector<ZipEntry> read_zip_directory(ByteView file, std::string_view subject);

}  // namespace sightline
