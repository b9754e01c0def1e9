// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "sightline/containers/zip.h"

namespace sightline {

/// The members of an archive in bytewise order of their names, with names, sizes and offsets checked against
/// the directory, the local headers and each other. Errors: as `ZipArchive`.
std::vector<ZipEntry> read_zip_directory(ByteView file, std::string_view subject);

}  // namespace sightline
