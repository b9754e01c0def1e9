// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/nn/dtype_policy.h"
#include "sightline/nn/input_spec.h"
#include "sightline/nn/layer_config.h"
#include "sightline/nn/variable.h"
#include "sightline/ops/gemm.h"
#include "sightline/weights/weights.h"

namespace sightline {

/// Own variables of a layer by their number, "0", "1", ..., as Keras saves them.
using VariableStore = std::map<std::string, Tensor, std::less<>>;

/// What every layer is, as in keras.layers.Layer: a name, its variables, its sublayers. There is no virtual
/// forward pass: arguments differ (one tensor in, one out: see TensorLayer). Neither copied nor moved.
/// Thread-safety: const = safe to share; change values and settings while nobody computes.
class Layer {
 public:
  explicit Layer(std::string name, const DTypePolicy& dtype = {}, bool trainable = true)
      : name_(std::move(name)), dtype_policy_(dtype), trainable_(trainable) {}
  virtual ~Layer() = default;
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  const std::string& name() const { return name_; }
  /// The names of the layers around this one and its own, "outer/inner".
  std::string path() const { return within_ + name_; }
  const DTypePolicy& dtype_policy() const { return dtype_policy_; }
  /// The type new variables get; those of a weight file keep the file's. `dtype` is another name for it.
  DType variable_dtype() const { return dtype_policy_.variable_dtype(); }
  DType dtype() const { return variable_dtype(); }
  /// The type of inputs and outputs. Between them arithmetic is float32, always.
  DType compute_dtype() const { return dtype_policy_.compute_dtype(); }
  DType input_dtype() const { return compute_dtype(); }

  /// What is asked of inputs; checked by `build` and by TensorLayer's call.
  const std::optional<InputSpec>& input_spec() const { return input_spec_; }
  void set_input_spec(std::optional<InputSpec> spec) { input_spec_ = std::move(spec); }
  /// No layer here computes or passes on a mask: texts lie one behind the other without padding.
  bool supports_masking() const { return false; }

  /// Recorded, since nothing is trained here: says in which list the variables stand. Setting it sets those
  /// of all sublayers, but never makes a variable trainable that was made as not trainable.
  bool trainable() const { return trainable_; }
  void set_trainable(bool trainable);

  /// Own variables, without those of sublayers: the trainable ones first.
  std::vector<const Variable*> own_weights() const;
  std::span<const Layer* const> sublayers() const { return sublayers_; }
  std::span<Layer* const> sublayers() { return sublayers_; }
  /// Own variables, then those of the sublayers, depth first, each once. Pointers are valid as long as the
  /// layer.
  std::vector<const Variable*> weights() const;
  std::vector<Variable*> weights();
  std::vector<const Variable*> trainable_weights() const;
  std::vector<const Variable*> non_trainable_weights() const;
  /// The same: there is no state besides weights (no metrics, no generators of random numbers).
  std::vector<const Variable*> variables() const { return weights(); }
  std::vector<const Variable*> trainable_variables() const { return trainable_weights(); }
  std::vector<const Variable*> non_trainable_variables() const { return non_trainable_weights(); }
  std::vector<const Variable*> metrics_variables() const { return {}; }
  /// Number of scalars in `weights()`. Errors: missing when the layer is not built.
  std::int64_t count_params() const;

  /// Copies of the values of `weights()` as float32, in that order.
  std::vector<Tensor> get_weights() const;
  /// New values for `weights()`, in that order; what was made from the old ones is made again, once a layer.
  /// Errors: mismatch (their number or a shape), and then nothing has changed.
  void set_weights(std::span<const Tensor> values);
  /// Own variables alone, by number. Errors of loading: missing; mismatch.
  virtual void save_own_variables(VariableStore& store) const;
  virtual void load_own_variables(const VariableStore& store);

  /// Makes what depends on the input's shape. An override calls the one of its base class. Done once: by
  /// hand, or by the first call of a TensorLayer. Errors: mismatch (input_spec); unsupported for a quantized
  /// policy.
  virtual void build(const Shape& input_shape);
  /// Whether the variables are there: after `build`, or when they came from a weight file.
  virtual bool built() const { return built_ || has_stored_weights_; }
  /// {"input_shape": [...]} when `build` was told one.
  virtual LayerConfig get_build_config() const;
  /// Builds with config["input_shape"]; nothing without one. Errors: type.
  virtual void build_from_config(const LayerConfig& config);
  /// name, dtype, trainable; a layer with arguments adds them under their names, and has a static
  /// `from_config` that makes it again.
  virtual LayerConfig get_config() const;
  /// Errors: unsupported for a layer that does not say it.
  virtual Shape compute_output_shape(const Shape& input_shape) const;
  /// What each sublayer is given when the layer is given `input_shape`; one after the other unless a layer
  /// says otherwise.
  virtual std::vector<Shape> sublayer_inputs(const Shape& input_shape) const;
  /// Errors: unsupported, unless a layer has a quantized form.
  virtual void quantize(std::string_view mode);

  /// Recorded during a call; never used, since nothing is trained here.
  void add_loss(float loss) { losses_.push_back(loss); }
  /// Own losses, then those of the sublayers.
  std::vector<float> losses() const;
  std::span<const float> own_losses() const { return losses_; }
  void clear_losses();

 protected:
  /// A variable of a layer that makes its own state.
  struct NewWeight {
    Shape shape = {};
    std::optional<Initializer> initializer = {};  ///< nothing = glorot_uniform; zeros for integers
    std::optional<DType> dtype = {};              ///< nothing = variable_dtype()
    bool trainable = true;
    std::string name = "";  ///< "" = "variable", "variable_1", ...
    std::uint64_t seed = 0;
  };
  /// The variable, which the layer owns; its path is the layer's and its name, and with the seed decides its
  /// initial values. Errors: duplicate; type; range for a size below 0.
  Variable& add_weight(const NewWeight& weight);
  Variable& add_variable(const NewWeight& weight) { return add_weight(weight); }
  /// The one way to a weight of a file: asks the scope with the shape this layer expects, and records it. The
  /// reference stays good when the variable is assigned to. Errors: as WeightScope::require.
  const StoredTensor& add_weight(const WeightScope& scope, std::string_view name, const Shape& shape);
  /// `name` becomes the child's ("" keeps its own). Layers under one name get numbers, as in Keras: the
  /// second "dense" becomes "dense_1".
  void add_sublayer(Layer& child, std::string_view name = {});
  /// Keras's arguments of every layer, for one that computes in float32 alone; "" keeps the name.
  /// Errors: unsupported for another dtype.
  void take_arguments(const std::string& name, const DTypePolicy& dtype, bool trainable);
  /// Called after own variables got new values: makes again what was made from them (packed matrices).
  virtual void weights_changed() {}
  /// Whether `Layer::build` has run.
  bool build_done() const { return built_; }

 private:
  struct Own {
    std::unique_ptr<Variable> variable;
    bool made_trainable;
  };
  Variable& keep(std::unique_ptr<Variable> variable);
  std::vector<Variable*> ordered() const;
  void take_values(std::span<const Tensor> values);
  void set_within(const std::string& path);
  std::vector<Variable*> all_variables() const;
  std::string free_name() const;

  std::string name_, within_;  // within_: "" or the path of the layer around this one and "/"
  DTypePolicy dtype_policy_;
  bool trainable_, built_ = false, has_stored_weights_ = false, taking_values_ = false;
  std::optional<InputSpec> input_spec_;
  std::optional<Shape> build_shape_;
  std::vector<Own> own_;
  std::vector<Layer*> sublayers_;
  std::vector<float> losses_;
};

}  // namespace sightline
