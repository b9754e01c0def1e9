// SPDX-License-Identifier: Apache-2.0
// HDF5: every dataset that is accepted lies inside the file, is as large as its type and shape say, and what
// is written of it is read back the same.

#include <unistd.h>

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <set>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/containers/hdf5_bytes.h"
#include "sightline/containers/hdf5_writer.h"

namespace {

using sightline::ByteView;
using sightline::Hdf5Contents;
using sightline::Hdf5Dataset;

void require(bool holds) {
  if (!holds) std::abort();
}

void check_dataset(ByteView file, const Hdf5Dataset& dataset) {
  require(!dataset.path.empty() && sightline::is_utf8(dataset.path));
  require(dataset.shape.size() <= 8 && dataset.element_bytes > 0);
  std::int64_t size = dataset.element_bytes;
  for (const std::int64_t axis : dataset.shape) size *= axis;
  require(size == std::ssize(dataset.bytes));
  if (dataset.bytes.empty()) return;
  const std::byte *begin = dataset.bytes.data(), *end = begin + dataset.bytes.size();
  require(begin >= file.data() && end <= file.data() + file.size());
  unsigned sum = 0;
  for (const std::byte byte : dataset.bytes) sum += static_cast<unsigned>(byte);
  require(sum < UINT32_MAX);
}

void check_round_trip(const Hdf5Contents& contents) {
  static const std::string path =
      (std::filesystem::temp_directory_path() / "sightline-hdf5-fuzz").string() + std::to_string(::getpid());
  std::vector<sightline::Hdf5NewDataset> datasets;
  for (const Hdf5Dataset& dataset : contents.datasets) {
    datasets.push_back({.path = dataset.path,
                        .type = dataset.type,
                        .element_bytes = dataset.element_bytes,
                        .shape = dataset.shape,
                        .attributes = dataset.attributes,
                        .write = [bytes = dataset.bytes](sightline::OutputFile& out) {
                          out.write(sightline::as_text(bytes));
                        }});
  }
  {
    sightline::OutputFile out(path, true);
    write_hdf5(out, datasets, contents.groups);
    out.commit();
  }
  const auto written = sightline::MappedFile::open(path);
  std::filesystem::remove(path);
  const Hdf5Contents back = sightline::parse_hdf5(written->bytes(), "written");
  require(back.datasets.size() == contents.datasets.size() && back.groups.size() == contents.groups.size());
  for (std::size_t i = 0; i < back.datasets.size(); ++i) {
    const Hdf5Dataset &a = contents.datasets[i], &b = back.datasets[i];
    require(a.path == b.path && a.type == b.type && a.shape == b.shape && a.attributes == b.attributes);
    require(sightline::as_text(a.bytes) == sightline::as_text(b.bytes));
  }
}

void try_file(ByteView file) {
  try {
    const Hdf5Contents contents = sightline::parse_hdf5(file, "fuzz");
    std::set<std::string> paths;
    for (const Hdf5Dataset& dataset : contents.datasets) {
      check_dataset(file, dataset);
      require(paths.insert(dataset.path).second);
    }
    check_round_trip(contents);
  } catch (const sightline::Error&) {
    // refused: as good as accepted
  }
}

void repair(std::string& file, std::size_t begin, std::size_t size) {
  if (file.size() < begin + size + 4) return;
  const std::uint32_t sum = sightline::hdf5_checksum(sightline::as_bytes(file).subspan(begin, size));
  std::memcpy(file.data() + begin + size, &sum, sizeof(sum));
}

// Checksums of the superblock and of the object headers whose sizes lie in one or two bytes.
std::string repaired(std::string file) {
  if (file.size() < 48 || file[8] < 2) return file;
  repair(file, 0, 44);
  for (std::size_t at = file.find("OHDR"); at != std::string::npos; at = file.find("OHDR", at + 4)) {
    if (file.size() < at + 32) break;
    const int flags = file[at + 5];
    const std::size_t width = (flags & 3) == 0 ? 1 : 2;
    const std::size_t prefix = 6 + ((flags & 0x10) != 0 ? 4U : 0U) + ((flags & 0x20) != 0 ? 16U : 0U);
    std::uint16_t size = 0;
    std::memcpy(&size, file.data() + at + prefix, width);
    repair(file, at, prefix + width + size);
  }
  return file;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try_file({reinterpret_cast<const std::byte*>(data), size});
  const std::string file(reinterpret_cast<const char*>(data), size), right = repaired(file);
  const std::vector<char> exact(right.begin(), right.end());  // a string has a byte behind its end
  if (right != file) try_file(std::as_bytes(std::span(exact)));
  return 0;
}
