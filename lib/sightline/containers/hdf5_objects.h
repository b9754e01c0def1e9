// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "sightline/containers/hdf5_bytes.h"

namespace sightline {

/// Object header message types, as the format numbers them: those that this library reads or must recognise.
enum class Hdf5MessageKind : std::uint16_t {
  nil = 0x00,
  dataspace = 0x01,
  link_info = 0x02,
  datatype = 0x03,
  old_fill_value = 0x04,
  fill_value = 0x05,
  link = 0x06,
  external_files = 0x07,
  layout = 0x08,
  group_info = 0x0A,
  filters = 0x0B,
  attribute = 0x0C,
  comment = 0x0D,
  old_modification_time = 0x0E,
  continuation = 0x10,
  symbol_table = 0x11,
  modification_time = 0x12,
  attribute_info = 0x15,
  reference_count = 0x16,
};

struct Hdf5Message {
  Hdf5MessageKind kind;
  ByteView data;
};

/// The messages of the object header at an address, in order, without NIL and continuation messages.
/// Errors: unsafe for external storage; unsupported for filters, shared messages and types that are not
/// listed above; limit for too many continuations; header, corrupt, range.
std::vector<Hdf5Message> read_hdf5_messages(Hdf5Bytes& file, std::uint64_t address, std::string_view subject);

/// The only message of its type, or nullptr. Errors: duplicate.
const Hdf5Message* find_hdf5_message(const std::vector<Hdf5Message>& messages, Hdf5MessageKind kind,
                                     std::string_view subject);

}  // namespace sightline
