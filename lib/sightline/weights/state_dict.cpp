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

// In the order in which they count: PyTorch Lightning, OpenCLIP, timm; examples of PyTorch; DeepSpeed;
// BasicSR; then the averages that training keeps beside the model.
constexpr std::array<std::string_view, 18> kWrappers = {
    "state_dict", "model_state_dict", "model",          "module",
    "net",        "network",          "params",         "weights",
    "clip",       "clip_model",       "model_ema",      "ema",
    "ema_model",  "state_dict_ema",   "ema_state_dict", "model_ema_state_dict",
    "params_ema", "average"};

constexpr std::int64_t kMaxVisits = 400'000;
constexpr int kShownKeys = 6;

// A place that may hold the model.
struct Candidate {
  PickleValue dict;
  std::string path;  ///< "state_dict.model", "" for the top
  std::int64_t tensors = 0, clip_tensors = 0;
  bool has_image = false, has_text = false;

  bool is_whole() const { return has_image && has_text; }
};

class Search {
 public:
  explicit Search(const std::string& subject) : subject_(subject) {}

  void look_into(const PickleValue& dict, const std::string& path, int levels) {
    add(dict, path);
    if (levels == 0) return;
    for (const std::string_view wanted : kWrappers) {
      const std::optional<PickleValue> inner = dict_under(dict, wanted);
      if (!inner) continue;
      look_into(*inner, path.empty() ? std::string(wanted) : path + "." + std::string(wanted), levels - 1);
    }
  }

  const std::vector<Candidate>& candidates() const { return candidates_; }

 private:
  void count_visits(std::int64_t pairs) {
    visits_ += pairs;
    if (visits_ > kMaxVisits) {
      fail(ErrorCode::limit, subject_,
           "holds more than " + std::to_string(kMaxVisits) + " values where a model could be");
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

  // Of a key that stands there twice the last counts, as in Python.
  std::optional<PickleValue> dict_under(const PickleValue& dict, std::string_view wanted) {
    count_visits(dict.size() / 16);  // a comparison of keys is far cheaper than the search for a rule
    std::optional<PickleValue> found;
    dict.for_each_pair([&](const PickleValue& key, const PickleValue& value) {
      if (key.is(PickleKind::text) && key.as_text() == wanted && value.is(PickleKind::dict)) found = value;
    });
    return found;
  }

  const std::string& subject_;
  std::vector<Candidate> candidates_;
  std::int64_t visits_ = 0;
};

const Candidate& best_of(const std::vector<Candidate>& candidates) {
  const Candidate* best = &candidates.front();
  for (const Candidate& candidate : candidates) {
    if (candidate.is_whole()) return candidate;
    if (std::pair(candidate.clip_tensors, candidate.tensors) > std::pair(best->clip_tensors, best->tensors))
      best = &candidate;
  }
  return *best;
}

// "the file holds a whole model under 'model' and under 'model_ema': 'model' is read".
std::string choice_of(const std::vector<Candidate>& candidates, const Candidate& taken) {
  std::string places;
  int whole = 0;
  for (const Candidate& candidate : candidates) {
    if (!candidate.is_whole()) continue;
    const std::string place = candidate.path.empty() ? "at the top" : "under '" + candidate.path + "'";
    places += (whole++ == 0 ? "" : " and ") + place;
  }
  if (whole < 2) return "";
  return "the checkpoint holds a model " + places + ": the one " +
         (taken.path.empty() ? "at the top" : "under '" + taken.path + "'") + " is read";
}

std::int64_t tensors_in(const PickleValue& value) {
  std::int64_t tensors = 0;
  if (value.is(PickleKind::dict)) {
    value.for_each_pair(
        [&](const PickleValue&, const PickleValue& inner) { tensors += is_torch_tensor(inner) ? 1 : 0; });
  }
  return tensors;
}

// What there is instead of a model: "epoch, teacher (a dict of 158 tensors), ... (12 keys in all)".
std::string keys_of(const PickleValue& root) {
  std::string words;
  int shown = 0;
  root.for_each_pair([&](const PickleValue& key, const PickleValue& value) {
    if (shown >= kShownKeys) return;
    words += shown++ == 0 ? "" : ", ";
    words += key.is(PickleKind::text) ? std::string(key.as_text().substr(0, 80)) : "a key that is no text";
    const std::int64_t tensors = tensors_in(value);
    if (tensors > 0) words += " (a dict of " + std::to_string(tensors) + " tensors)";
  });
  if (root.size() > shown) words += ", ... (" + std::to_string(root.size()) + " keys in all)";
  return words;
}

}  // namespace

StateDict find_state_dict(const PickleValue& root, const std::string& subject) {
  if (!root.is(PickleKind::dict)) {
    fail(ErrorCode::header, subject, "holds a value that is not a dict, expected a state_dict");
  }
  Search search(subject);
  search.look_into(root, "", 2);
  const Candidate& best = best_of(search.candidates());
  if (best.tensors == 0) {
    const std::string keys = keys_of(root);
    fail(ErrorCode::missing, subject,
         "holds no tensor at its top or under a key like state_dict or model" +
             (keys.empty() ? ": it is an empty dict" : "; its keys are: " + keys));
  }
  return {best.dict, choice_of(search.candidates(), best)};
}

}  // namespace sightline
