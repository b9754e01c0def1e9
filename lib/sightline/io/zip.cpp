#include "sightline/io/zip.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

#include "sightline/base/error.h"
#include "sightline/io/zip_directory.h"

namespace sightline {
namespace {

[[noreturn]] void fail_corrupt(const ZipEntry& entry, std::string_view subject, std::string_view problem) {
  fail(ErrorCode::corrupt, std::string(subject) + ": " + entry.name, problem);
}

const Bytef* as_zlib(ByteView bytes) { return reinterpret_cast<const Bytef*>(bytes.data()); }

/// A raw deflate stream that is given its input and output piece by piece: zlib counts in 32 bits.
class Inflater {
 public:
  Inflater(ByteView in, std::span<std::byte> out) : in_(in), out_(out) {
    if (inflateInit2(&stream_, -MAX_WBITS) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Whether the stream ends exactly with its input, and then has filled the output exactly.
  bool run() {
    if (out_.empty()) return ends_without_output();
    while (true) {
      give_input();
      give_output();
      const int status = inflate(&stream_, Z_NO_FLUSH);
      if (status == Z_MEM_ERROR) throw std::bad_alloc();
      if (status == Z_STREAM_END)
        return in_.empty() && out_.empty() && stream_.avail_in + stream_.avail_out == 0;
      if (status != Z_OK) return false;
      if (stream_.avail_out == 0 && out_.empty()) return ends_without_output();
    }
  }

 private:
  static constexpr std::size_t kPiece = 1U << 30;

  void give_input() {
    if (stream_.avail_in != 0 || in_.empty()) return;
    const std::size_t count = std::min(in_.size(), kPiece);
    stream_.next_in = const_cast<Bytef*>(as_zlib(in_));  // zlib's interface; it does not write there
    stream_.avail_in = static_cast<uInt>(count);
    in_ = in_.subspan(count);
  }
  void give_output() {
    if (stream_.avail_out != 0 || out_.empty()) return;
    const std::size_t count = std::min(out_.size(), kPiece);
    stream_.next_out = reinterpret_cast<Bytef*>(out_.data());
    stream_.avail_out = static_cast<uInt>(count);
    out_ = out_.subspan(count);
  }
  // The output is full: what is left of the stream may be its end mark, and not one byte of content.
  bool ends_without_output() {
    Bytef beyond = 0;
    while (true) {
      give_input();
      stream_.next_out = &beyond;
      stream_.avail_out = 1;
      const int status = inflate(&stream_, Z_NO_FLUSH);
      if (stream_.avail_out == 0) return false;
      if (status == Z_STREAM_END) return in_.empty() && stream_.avail_in == 0;
      if (status != Z_OK) return false;
    }
  }

  ByteView in_;
  std::span<std::byte> out_;
  z_stream stream_{};
};

}  // namespace

ZipArchive::ZipArchive(ByteView file, std::string_view subject)
    : file_(file), subject_(subject), entries_(read_zip_directory(file, subject)) {}

const ZipEntry* ZipArchive::find(std::string_view name) const {
  const auto at =
      std::lower_bound(entries_.begin(), entries_.end(), name,
                       [](const ZipEntry& entry, std::string_view key) { return entry.name < key; });
  return at != entries_.end() && at->name == name ? &*at : nullptr;
}

ZipContent ZipArchive::read(const ZipEntry& entry, std::int64_t max_bytes) const {
  if (entry.size > max_bytes) {
    fail(ErrorCode::limit, subject_ + ": " + entry.name,
         "has " + std::to_string(entry.size) + " bytes, at most " + std::to_string(max_bytes) +
             " are accepted");
  }
  ZipContent content{
      file_.subspan(static_cast<std::size_t>(entry.offset), static_cast<std::size_t>(entry.stored_size)),
      nullptr};
  if (entry.deflated) {
    const auto size = static_cast<std::size_t>(entry.size);
    const std::shared_ptr<std::byte[]> inflated(new std::byte[size]);  // NOLINT: not filled with zeros
    if (!Inflater(content.bytes, {inflated.get(), size}).run()) {
      fail_corrupt(
          entry, subject_,
          "does not inflate to the " + std::to_string(entry.size) + " bytes that the directory says");
    }
    content = {{inflated.get(), size}, inflated};
  }
  if (crc32_z(0, as_zlib(content.bytes), content.bytes.size()) != entry.crc) {
    fail_corrupt(entry, subject_, "has another checksum than the directory says");
  }
  return content;
}

}  // namespace sightline
