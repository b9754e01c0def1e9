// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/pytorch.h"

#include <algorithm>
#include <array>
#include <optional>

#include "sightline/base/error.h"
#include "sightline/files/file.h"
#include "sightline/weights/state_dict.h"
#include "sightline/weights/torch_globals.h"
#include "sightline/weights/torch_tensor.h"

namespace sightline {
namespace {

constexpr std::int64_t kMaxPickleBytes = 64LL << 20;
constexpr std::int64_t kMaxVisits = 100'000;
constexpr std::size_t kMaxNameBytes = 1024;

constexpr std::string_view kZipMark("PK\3\4", 4);
constexpr std::string_view kPickleEnd = "/data.pkl";
// First members of the tar files that PyTorch wrote before 0.2.
constexpr std::array<std::string_view, 4> kTarMembers = {
    std::string_view("sys_info\0", 9), std::string_view("pickle\0", 7), std::string_view("storages\0", 9),
    std::string_view("tensors\0", 8)};

template <std::size_t N>
bool starts_with_one(std::string_view text, const std::array<std::string_view, N>& starts) {
  return std::any_of(starts.begin(), starts.end(),
                     [&](std::string_view start) { return text.starts_with(start); });
}

// The format of `torch.save` before PyTorch 1.6, or with `_use_new_zipfile_serialization=False`: a pickle.
bool is_legacy(std::string_view head) {
  const bool is_pickle = head.size() > 1 && head[0] == '\x80' && head[1] >= 2 && head[1] <= 5;
  return is_pickle || starts_with_one(head, kTarMembers);
}

// The folder of the only pickle in the archive.
std::string archive_folder(const ZipArchive& archive, const std::string& subject) {
  std::optional<std::string> folder;
  for (const ZipEntry& entry : archive.entries()) {
    if (!entry.name.ends_with(kPickleEnd) || entry.name.find('/') != entry.name.size() - kPickleEnd.size())
      continue;
    if (folder) {
      fail(ErrorCode::duplicate, subject,
           "contains " + *folder + "/data.pkl and " + entry.name + ", expected one checkpoint");
    }
    folder = entry.name.substr(0, entry.name.size() - kPickleEnd.size());
  }
  if (!folder) {
    fail(ErrorCode::missing, subject, "contains no data.pkl: it is a zip archive, but not a PyTorch one");
  }
  return *folder;
}

void check_byte_order(const ZipArchive& archive, const std::string& folder, const std::string& subject) {
  const ZipEntry* entry = archive.find(folder + "/byteorder");
  if (entry == nullptr) return;  // before PyTorch 2.1
  const ZipContent content = archive.read(*entry, 16);
  if (as_text(content.bytes) != "little") {
    fail(ErrorCode::unsupported, subject,
         "has the byte order '" + std::string(as_text(content.bytes)) + "', expected little");
  }
}

bool is_script_archive(const ZipArchive& archive, const std::string& folder) {
  return archive.find(folder + "/constants.pkl") != nullptr;
}

std::string_view key_of(const PickleValue& key, const std::string& subject) {
  if (!key.is(PickleKind::text)) fail(ErrorCode::header, subject, "has a key that is not a string");
  return key.as_text();
}

/// Collects tensors by name.
class Collector {
 public:
  Collector(TorchStorages& storages, const std::string& subject) : storages_(storages), subject_(subject) {}

  void add_dict(const PickleValue& dict) {
    dict.for_each_pair([&](const PickleValue& key, const PickleValue& value) {
      if (is_torch_tensor(value)) add(key_of(key, subject_), value);
    });
  }
  /// The attributes of an object and of the objects it contains.
  void add_object(const PickleValue& object, const std::string& prefix) {
    const std::optional<PickleValue> state = object.state();
    if (!state || !state->is(PickleKind::dict)) return;
    state->for_each_pair([&](const PickleValue& key, const PickleValue& value) {
      count_visit();
      const std::string name = prefix + std::string(key_of(key, subject_));
      if (is_torch_tensor(value)) add(name, value);
      if (value.is(PickleKind::record)) add_object(value, name + ".");
    });
  }
  /// A sentence about the choice that was made.
  void assume(const std::string& choice) { weights_.set_metadata("assumed.state_dict", choice); }
  Weights take() {
    if (weights_.size() == 0) fail(ErrorCode::missing, subject_, "contains no tensor, expected a state_dict");
    for (const auto& owner : storages_.owners()) weights_.keep(owner);
    return std::move(weights_);
  }

 private:
  // A shared object has several paths.
  void count_visit() {
    if (++visits_ > kMaxVisits) {
      fail(ErrorCode::limit, subject_, "contains more than " + std::to_string(kMaxVisits) + " attributes");
    }
  }
  void add(std::string_view name, const PickleValue& value) {
    count_visit();
    const std::string full_name = subject_ + ": " + std::string(name.substr(0, kMaxNameBytes));
    if (name.empty() || name.find('\0') != std::string_view::npos) {
      fail(ErrorCode::header, full_name, "is not a valid tensor name");
    }
    if (name.size() > kMaxNameBytes) {
      fail(ErrorCode::limit, full_name,
           "has a name of more than " + std::to_string(kMaxNameBytes) + " bytes");
    }
    weights_.add(std::string(name), storages_.tensor(value, full_name));
  }

  TorchStorages& storages_;
  const std::string& subject_;
  Weights weights_;
  std::int64_t visits_ = 0;
};

}  // namespace

Weights parse_pytorch(ByteView file, const std::string& subject, bool is_mapped) {
  if (is_legacy(as_text(file.first(std::min<std::size_t>(file.size(), 64))))) {
    fail(ErrorCode::unsupported, subject,
         "is in the PyTorch format before 1.6, or a bare pickle; load it in a current PyTorch and "
         "torch.save its state_dict again");
  }
  const ZipArchive archive(file, subject);
  const std::string folder = archive_folder(archive, subject);
  check_byte_order(archive, folder, subject);
  const bool is_script = is_script_archive(archive, folder);
  const ZipContent pickle = archive.read(*archive.find(folder + std::string(kPickleEnd)), kMaxPickleBytes);
  const auto use = [is_script](std::string_view module, std::string_view name) {
    return torch_use(module, name, is_script);
  };
  const std::string pickle_name = subject + ": " + folder + std::string(kPickleEnd);
  const PickleDocument document(pickle.bytes, pickle_name, {use, "storage"});

  TorchStorages storages(archive, folder, is_mapped);
  Collector collector(storages, subject);
  if (document.root().is(PickleKind::record)) {
    collector.add_object(document.root(), "");
  } else {
    const StateDict found = find_state_dict(document.root(), subject);
    collector.add_dict(found.dict);
    if (!found.choice.empty()) collector.assume(found.choice);
  }
  return collector.take();
}

// Every zip archive that is not Keras's; the reader reports what is missing.
bool PyTorch::recognizes(ByteView head) const {
  return is_legacy(as_text(head)) || as_text(head).starts_with(kZipMark);
}

Weights PyTorch::read(const std::string& path) const {
  const std::shared_ptr<const MappedFile> file = MappedFile::open(path);
  Weights weights = parse_pytorch(file->bytes(), path, true);
  weights.keep(file);
  return weights;
}

}  // namespace sightline
