// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/file_kind.h"

#include <algorithm>
#include <array>

#include "sightline/base/ascii.h"
#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/files/placeholder.h"

namespace sightline {
namespace {

constexpr std::string_view kSupportedFormats = "safetensors, PyTorch, HDF5, a Keras archive, GGUF";
constexpr std::size_t kMaxQuotedBytes = 60;

// An unsupported format, identified by bytes at an offset.
struct Mark {
  std::size_t at;
  std::string_view bytes;
  std::string_view name;
};
constexpr std::array kMarks = {
    Mark{4, "TFL3", "a TensorFlow Lite model"},
    Mark{4, "ET12", "an ExecuTorch program"},
    Mark{0, "\x93NUMPY", "a NumPy array"},
    Mark{0, "\x1F\x8B", "a gzip archive (unpack it first)"},
    Mark{0, "\x28\xB5\x2F\xFD", "a zstd archive (unpack it first)"},
    Mark{0,
         "\xFD"
         "7zXZ",
         "an xz archive (unpack it first)"},
    Mark{0, "7z\xBC\xAF\x27\x1C", "a 7z archive (unpack it first)"},
    Mark{0, "Rar!", "a RAR archive (unpack it first)"},
    Mark{0, "BZh", "a bzip2 archive (unpack it first)"},
    Mark{257, "ustar", "a tar archive (unpack it first)"},
    Mark{0, "lmgg", "a GGML file, the predecessor of GGUF"},
    Mark{0, "tjgg", "a GGML file, the predecessor of GGUF"},
    Mark{0, "ftrt", "a TensorRT engine"},
    Mark{0, "\x89PNG", "a PNG image"},
    Mark{0, "\xFF\xD8\xFF", "a JPEG image"},
    Mark{0, "%PDF", "a PDF document"},
};

// The same by file name endings, in lower case.
struct NameEnd {
  std::string_view end;
  std::string_view name;
};
constexpr std::array kNameEnds = {
    NameEnd{".msgpack", "a Flax checkpoint"},
    NameEnd{".onnx", "an ONNX graph"},
    NameEnd{".pb", "a TensorFlow graph"},
    NameEnd{".tflite", "a TensorFlow Lite model"},
    NameEnd{".ckpt.index", "a TensorFlow checkpoint"},
    NameEnd{".ckpt.meta", "a TensorFlow checkpoint"},
    NameEnd{".data-00000-of-00001", "a TensorFlow checkpoint"},
    NameEnd{".mlmodel", "a Core ML model"},
    NameEnd{".mlpackage", "a Core ML model"},
    NameEnd{"openvino_model.bin", "part of an OpenVINO model"},
    NameEnd{"openvino_model.xml", "an OpenVINO model"},
    NameEnd{".engine", "a TensorRT engine"},
    NameEnd{".ot", "a rust-bert checkpoint"},
    NameEnd{".pte", "an ExecuTorch program"},
    NameEnd{".npz", "a NumPy archive"},
};
constexpr std::array<std::string_view, 7> kPartialSuffixes = {
    ".part", ".incomplete", ".crdownload", ".partial", ".download", ".aria2", ".tmp"};

// A protobuf message that starts with the ONNX version and the name of its producer.
bool is_onnx(std::string_view head) {
  return head.size() > 4 && head[0] == 8 && head[1] >= 1 && head[1] <= 32 && head[2] == 0x12 && head[3] > 0 &&
         head.size() > 4U + static_cast<unsigned char>(head[3]) &&
         head.substr(4, static_cast<unsigned char>(head[3]))
                 .find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._- ") ==
             std::string_view::npos;
}

// A map whose first key is a string.
bool is_msgpack(std::string_view head) {
  if (head.size() < 6) return false;
  const auto first = static_cast<unsigned char>(head[0]);
  std::size_t at = 0;
  if (first >= 0x81 && first <= 0x8F) at = 1;
  if (first == 0xDE) at = 3;
  if (first == 0xDF) at = 5;
  if (at == 0) return false;
  const auto key = static_cast<unsigned char>(head[at]);
  return (key > 0xA0 && key <= 0xBF) || key == 0xD9;
}

std::string_view form_of_bytes(std::string_view head) {
  for (const Mark& mark : kMarks) {
    if (head.size() > mark.at && head.substr(mark.at).starts_with(mark.bytes)) return mark.name;
  }
  if (is_onnx(head)) return "an ONNX graph";
  return is_msgpack(head) ? "a Flax checkpoint" : "";
}

std::string_view form_of_name(std::string_view name) {
  const std::string small = to_lower_ascii(name);
  for (const NameEnd& known : kNameEnds) {
    if (small.ends_with(known.end)) return known.name;
  }
  return "";
}

bool is_text(std::string_view head) {
  return is_utf8(head) && std::none_of(head.begin(), head.end(), [](char c) {
           return static_cast<unsigned char>(c) < ' ' && c != '\n' && c != '\r' && c != '\t';
         });
}

[[noreturn]] void fail_form(const std::string& path, std::string_view format) {
  fail(ErrorCode::unsupported, path,
       "is " + std::string(format) + ", expected a supported format: " + std::string(kSupportedFormats));
}

}  // namespace

bool is_another_format(ByteView head, std::size_t size) {
  // A file shorter than the header length of safetensors is left to its reader, which reports truncation.
  if (size < 8) return false;
  return !form_of_bytes(as_text(head)).empty() || (size < kKindBytes && is_text(as_text(head)));
}

bool is_foreign_name(std::string_view name) { return !form_of_name(name).empty(); }

bool is_partial_name(std::string_view name) {
  const std::string small = to_lower_ascii(name);
  return std::any_of(kPartialSuffixes.begin(), kPartialSuffixes.end(),
                     [&](std::string_view end) { return small.ends_with(end); });
}

void fail_unknown_kind(ByteView head, std::size_t size, const std::string& path) {
  const std::string_view text = as_text(head);
  if (size == 0) fail(ErrorCode::magic, path, "is empty; its download or copy may have failed");
  check_not_placeholder(head, path);
  if (const std::string_view format = form_of_bytes(text); !format.empty()) fail_form(path, format);
  if (const std::string_view format = form_of_name(path); !format.empty()) fail_form(path, format);
  if (size < kKindBytes && is_text(text)) {
    const std::string_view line = text.substr(0, text.find('\n'));
    fail(ErrorCode::magic, path,
         "is a text file, not weights: \"" + std::string(line.substr(0, kMaxQuotedBytes)) + "\"");
  }
  fail(ErrorCode::magic, path,
       "is not a weight file in a supported format: " + std::string(kSupportedFormats));
}

}  // namespace sightline
