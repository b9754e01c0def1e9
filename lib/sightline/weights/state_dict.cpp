// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/state_dict.h"

#include <array>
#include <optional>
#include <string_view>
#include <vector>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/weights/name_prefixes.h"
#include "sightline/weights/torch_tensor.h"

namespace sightline {
namespace {

// In order of preference: PyTorch Lightning, OpenCLIP, timm; PyTorch's examples; DeepSpeed; BasicSR; then the
// averages that training keeps beside the model.
constexpr std::array<std::string_view, 18> kWrappers = {
    "state_dict", "model_state_dict", "model",          "module",
    "net",        "network",          "params",         "weights",
    "clip",       "clip_model",       "model_ema",      "ema",
    "ema_model",  "state_dict_ema",   "ema_state_dict", "model_ema_state_dict",
    "params_ema", "average"};

constexpr std::int64_t kMaxVisits = 400'000;
constexpr int kMaxListedKeys = 6;

// A dict that may be the model.
struct Candidate {
  PickleValue dict;
  std::string path;  ///< "state_dict.model", or "" for the top level
  std::int64_t tensors = 0, clip_tensors = 0;
  bool has_image = false, has_text = false;

  bool is_whole() const { return has_image && has_text; }
};

class Search {
 public:
  explicit Search(const std::string& subject) : subject_(subject) {}

  void add_candidates(const PickleValue& dict, const std::string& path, int levels) {
    add(dict, path);
    if (levels == 0) return;
    for (const std::string_view key_name : kWrappers) {
      const std::optional<PickleValue> inner = dict_under(dict, key_name);
      if (!inner) continue;
      add_candidates(*inner, path.empty() ? std::string(key_name) : path + "." + std::string(key_name),
                     levels - 1);
    }
  }

  const std::vector<Candidate>& candidates() const { return candidates_; }

 private:
  void count_visits(std::int64_t pairs) {
    visits_ += pairs;
    if (visits_ > kMaxVisits) {
      fail(ErrorCode::limit, subject_,
           "contains more than " + std::to_string(kMaxVisits) + " values where a model could be");
    }
  }

  void add(const PickleValue& dict, const std::string& path) {
    count_visits(dict.size());
    Candidate candidate{dict, path};
    dict.for_each_pair([&](const PickleValue& key, const PickleValue& value) {
      if (!is_torch_tensor(value)) return;
      ++candidate.tensors;
      if (!key.is(PickleKind::text)) return;
      const ClipPart part = clip_part(without_prefixes(key.as_text()));
      candidate.clip_tensors += part != ClipPart::none ? 1 : 0;
      candidate.has_image |= part == ClipPart::image;
      candidate.has_text |= part == ClipPart::text;
    });
    candidates_.push_back(candidate);
  }

  // For duplicate keys the last one counts, as in Python.
  std::optional<PickleValue> dict_under(const PickleValue& dict, std::string_view key_name) {
    count_visits(dict.size() / 16);  // comparing keys is far cheaper than searching for a rule
    std::optional<PickleValue> found;
    dict.for_each_pair([&](const PickleValue& key, const PickleValue& value) {
      if (key.is(PickleKind::text) && key.as_text() == key_name && value.is(PickleKind::dict)) found = value;
    });
    return found;
  }

  const std::string& subject_;
  std::vector<Candidate> candidates_;
  std::int64_t visits_ = 0;
};

const Candidate& best_candidate(const std::vector<Candidate>& candidates) {
  const Candidate* best = &candidates.front();
  for (const Candidate& candidate : candidates) {
    if (candidate.is_whole()) return candidate;
    if (std::pair(candidate.clip_tensors, candidate.tensors) > std::pair(best->clip_tensors, best->tensors))
      best = &candidate;
  }
  return *best;
}

// "the checkpoint contains a model under 'model' and under 'model_ema'; using the one under 'model'".
std::string describe_choice(const std::vector<Candidate>& candidates, const Candidate& chosen) {
  std::string places;
  int whole = 0;
  for (const Candidate& candidate : candidates) {
    if (!candidate.is_whole()) continue;
    const std::string place = candidate.path.empty() ? "at the top level" : "under '" + candidate.path + "'";
    places += (whole++ == 0 ? "" : " and ") + place;
  }
  if (whole < 2) return "";
  return "the checkpoint contains a model " + places + "; using the one " +
         (chosen.path.empty() ? "at the top level" : "under '" + chosen.path + "'");
}

std::int64_t count_tensors(const PickleValue& value) {
  std::int64_t tensors = 0;
  if (value.is(PickleKind::dict)) {
    value.for_each_pair(
        [&](const PickleValue&, const PickleValue& inner) { tensors += is_torch_tensor(inner) ? 1 : 0; });
  }
  return tensors;
}

// Describes the content instead of a model: "epoch, teacher (a dict of 158 tensors), ... (12 keys in all)".
std::string keys_of(const PickleValue& root) {
  std::string text;
  int count = 0;
  root.for_each_pair([&](const PickleValue& key, const PickleValue& value) {
    if (count >= kMaxListedKeys) return;
    text += count++ == 0 ? "" : ", ";
    text +=
        key.is(PickleKind::text) ? std::string(key.as_text().substr(0, 80)) : "a key that is not a string";
    const std::int64_t tensors = count_tensors(value);
    if (tensors > 0) text += " (a dict of " + std::to_string(tensors) + " tensors)";
  });
  if (root.size() > count) text += ", ... (" + std::to_string(root.size()) + " keys in all)";
  return text;
}

}  // namespace

StateDict find_state_dict(const PickleValue& root, const std::string& subject) {
  if (!root.is(PickleKind::dict)) {
    fail(ErrorCode::header, subject, "contains a value that is not a dict, expected a state_dict");
  }
  Search search(subject);
  search.add_candidates(root, "", 2);
  const Candidate& best = best_candidate(search.candidates());
  if (best.tensors == 0) {
    const std::string keys = keys_of(root);
    fail(ErrorCode::missing, subject,
         "contains no tensor at the top level or under a key like state_dict or model" +
             (keys.empty() ? "; it is an empty dict" : "; its keys are: " + keys));
  }
  return {best.dict, describe_choice(search.candidates(), best)};
}

}  // namespace sightline
