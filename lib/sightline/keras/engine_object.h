// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "sightline/keras/variable.h"
#include "sightline/weights/weights.h"

namespace sightline::keras {

/// Adds the value of `variable` to `weights` as `prefix.name` ("name" without a prefix), and keeps it alive
/// there.
void collect_weight(Weights& weights, const std::string& prefix, std::string_view name,
                    const Variable& variable);

/// A layer of the engine over the weights of a layer of Keras: it is made when it is first needed, and again
/// after the weights changed. Thread-safety: `get` may be called from several threads at once; call `drop`
/// only while no other thread uses the layer.
template <class T>
class EngineObject {
 public:
  /// `collect(weights)` adds the weights under canonical names, `make(root)` makes the object from their
  /// scope.
  template <class Collect, class Make>
  const T& get(const Collect& collect, const Make& make) {
    const std::lock_guard lock(mutex_);
    if (object_ == nullptr) {
      auto weights = std::make_unique<Weights>();
      collect(*weights);
      object_ = make(WeightScope(*weights));
      weights_ = std::move(weights);
    }
    return *object_;
  }
  void drop() {
    object_.reset();
    weights_.reset();
  }

 private:
  std::mutex mutex_;
  std::unique_ptr<Weights> weights_;
  std::unique_ptr<T> object_;
};

}  // namespace sightline::keras
