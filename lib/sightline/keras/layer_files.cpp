// SPDX-License-Identifier: Apache-2.0
#include <set>
#include <utility>

#include "sightline/base/error.h"
#include "sightline/files/file.h"
#include "sightline/keras/layer.h"
#include "sightline/keras/layer_names.h"
#include "sightline/keras/layer_state.h"
#include "sightline/keras/new_value.h"
#include "sightline/weights/safetensors.h"

namespace sightline::keras {
namespace {

constexpr std::string_view kEnding = ".safetensors";

void check_ending(const std::string& path) {
  if (!path.ends_with(kEnding))
    fail(ErrorCode::unsupported, path,
         "is not the name of a .safetensors file, the only form of weight file");
}

// Names of siblings: given ones are kept, the others numbered around them.
class SiblingNames {
 public:
  void reserve(const std::string& given) { reserved_.insert(given); }
  std::string take(const std::string& name, bool is_given) {
    std::string free = name;
    const auto is_taken = [&] { return taken_.contains(free) || (!is_given && reserved_.contains(free)); };
    for (int number = 1; is_taken(); ++number) free = name + "_" + std::to_string(number);
    taken_.insert(free);
    return free;
  }

 private:
  std::set<std::string> reserved_, taken_;
};

}  // namespace

/// The variables of a layer and all below it under the names that they have in a file.
class FileNames {
 public:
  struct Named {
    std::string name;
    Variable* variable;
  };
  explicit FileNames(const Layer& layer) { add(layer, ""); }
  const std::vector<Named>& all() const& { return all_; }
  std::vector<Named> all() && = delete;  // a loop over it would outlive the object

 private:
  void add(const Layer& layer, const std::string& prefix) {
    if (!seen_.insert(&layer).second) return;
    SiblingNames variables, layers;
    for (const Layer::Own& own : layer.own_) {
      if (VariableAccess::has_given_name(*own.variable)) variables.reserve(own.variable->name());
    }
    for (const Layer::Own& own : layer.own_) {
      const bool is_given = VariableAccess::has_given_name(*own.variable);
      const std::string name = variables.take(is_given ? own.variable->name() : "variable", is_given);
      all_.push_back({prefix + name, own.variable.get()});
    }
    for (const Layer* child : layer.sublayers_) {
      if (child->has_given_name_) layers.reserve(child->name_);
    }
    for (const Layer* child : layer.sublayers_) {
      const std::string name = child->has_given_name_ ? child->name_ : snake_case(child->class_name_);
      add(*child, prefix + layers.take(name, child->has_given_name_) + "/");
    }
  }

  std::vector<Named> all_;
  std::set<const Layer*> seen_;
};

namespace {

void check_convertible(const std::string& name, DType from, DType to) {
  if (from == to || (is_floating(from) && is_floating(to))) return;
  fail(ErrorCode::type, name,
       "is stored as " + std::string(dtype_name(from)) + ", but the variable is " +
           std::string(dtype_name(to)));
}

}  // namespace

void Layer::save_weights(const std::string& path) const {
  check_ending(path);
  if (!built_) fail(ErrorCode::missing, name_, "is not built, so its weights cannot be saved");
  const FileNames names(*this);
  std::vector<SafetensorsEntry> entries;
  for (const FileNames::Named& named : names.all()) {
    const StoredTensor& stored = VariableAccess::stored(*named.variable);
    entries.push_back({named.name, stored, stored.dtype});
  }
  OutputFile out(path, true);
  write_safetensors(out, std::move(entries));
  out.commit();
}

void Layer::load_weights(const std::string& path) {
  check_ending(path);
  if (!built_) fail(ErrorCode::missing, name_, "is not built, so weights cannot be loaded into it");
  const Weights file = Safetensors().read(path);
  const FileNames names(*this);
  std::set<std::string, std::less<>> expected;
  std::vector<NewValue> values;
  try {
    for (const FileNames::Named& named : names.all()) {
      const StoredTensor* stored = file.find(named.name);
      if (stored == nullptr) fail(ErrorCode::missing, named.name, "is not in the file");
      if (!(stored->shape == named.variable->shape())) {
        fail(ErrorCode::mismatch, named.name,
             "has shape " + to_string(stored->shape) + ", expected " + to_string(named.variable->shape()));
      }
      check_convertible(named.name, stored->dtype, named.variable->dtype());
      values.push_back({named.variable, VariableAccess::made(*named.variable, *stored)});
      expected.insert(named.name);
    }
    for (const std::string& name : file.names()) {
      if (!expected.contains(name))
        fail(ErrorCode::mismatch, name, "is in the file, but is not a weight of '" + name_ + "'");
    }
  } catch (const Error& error) {
    throw error.within(path);
  }
  take_values(std::move(values));
}

}  // namespace sightline::keras
