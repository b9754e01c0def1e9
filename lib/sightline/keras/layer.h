// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sightline/keras/dtype_policy.h"
#include "sightline/keras/initializers.h"
#include "sightline/keras/input_spec.h"
#include "sightline/keras/layer_config.h"
#include "sightline/keras/layer_options.h"
#include "sightline/keras/stateless.h"
#include "sightline/keras/summary_options.h"
#include "sightline/keras/variable.h"
#include "sightline/tensor/shape.h"
#include "sightline/tensor/tensor.h"

namespace sightline {
class WeightScope;
}

namespace sightline::keras {

struct NewValue;  ///< new_value.h, which is not installed

/// A layer's own variables by their number, "0", "1", ..., as Keras saves them.
using VariableStore = std::map<std::string, Tensor, std::less<>>;
/// Several inputs of one call.
using TensorViews = std::span<const TensorView<const float>>;

/// The base of all layers, as keras.layers.Layer: a name, its variables, its sublayers, one forward pass.
/// Derive from it, make the variables in the constructor or in `build`, and implement one form of `call`.
/// Neither copied nor moved. Thread-safety: const = safe to share; one caller at a time for everything else,
/// as a call may build the layer and change its variables.
class Layer {
 public:
  /// `class_name` is the C++ class ("SimpleDense"), from which a layer without a name gets one in Keras's
  /// snake case, numbered in the process ("simple_dense", "simple_dense_1"). Errors: range for a name that is
  /// empty or has a '/'.
  explicit Layer(std::string_view class_name, const LayerOptions& options = {});
  virtual ~Layer();
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;

  const std::string& class_name() const { return class_name_; }
  const std::string& name() const { return name_; }
  /// The names of the layers around this one and its own: "outer/inner".
  std::string path() const;
  const DTypePolicy& dtype_policy() const { return dtype_policy_; }
  /// The type of new variables; those of a weight file keep the file's. `dtype` is another name for it.
  DType variable_dtype() const { return dtype_policy_.variable_dtype(); }
  DType dtype() const { return variable_dtype(); }
  /// The type to which inputs and outputs are rounded. Arithmetic between them is in float32.
  DType compute_dtype() const { return dtype_policy_.compute_dtype(); }
  DType input_dtype() const { return compute_dtype(); }

  /// What is required of each input; checked by `build` and by each call.
  const std::optional<InputSpec>& input_spec() const { return input_spec_; }
  void set_input_spec(std::optional<InputSpec> spec) { input_spec_ = std::move(spec); }
  /// False: no layer computes or passes on a mask.
  bool supports_masking() const { return false; }

  /// Recorded, because nothing is trained here: it decides which list the variables are in. Setting it sets
  /// all sublayers, and the variables that were made trainable.
  bool trainable() const { return trainable_; }
  void set_trainable(bool trainable);

  /// Own variables (those made trainable first), then those of the sublayers, depth first, each once. The
  /// pointers are valid as long as the layer, but those of what `quantize` replaces only until then.
  std::vector<Variable*> weights();
  std::vector<const Variable*> weights() const;
  std::vector<Variable*> trainable_weights();
  std::vector<const Variable*> trainable_weights() const;
  std::vector<Variable*> non_trainable_weights();
  std::vector<const Variable*> non_trainable_weights() const;
  /// The same lists: there is no state but weights.
  std::vector<Variable*> variables() { return weights(); }
  std::vector<const Variable*> variables() const { return weights(); }
  std::vector<Variable*> trainable_variables() { return trainable_weights(); }
  std::vector<const Variable*> trainable_variables() const { return trainable_weights(); }
  std::vector<Variable*> non_trainable_variables() { return non_trainable_weights(); }
  std::vector<const Variable*> non_trainable_variables() const { return non_trainable_weights(); }
  /// Always empty: nothing is measured.
  std::vector<Variable*> metrics_variables() { return {}; }
  std::vector<const Variable*> metrics_variables() const { return {}; }
  /// Own variables, without those of sublayers.
  std::vector<Variable*> own_weights();
  std::vector<const Variable*> own_weights() const;
  /// The number of elements of `weights()`. Errors: missing when the layer is not built.
  std::int64_t count_params() const;

  /// The layers added to this one, in that order.
  std::span<Layer* const> sublayers() { return sublayers_; }
  std::span<const Layer* const> sublayers() const { return sublayers_; }
  /// The sublayer of this name. Errors: missing, with the names there are.
  Layer& get_layer(std::string_view name);
  const Layer& get_layer(std::string_view name) const;

  /// Copies of the values of `weights()`, in that order.
  std::vector<Tensor> get_weights() const;
  /// New values for `weights()`, in that order. Errors: mismatch (their number or a shape), and then nothing
  /// has changed.
  void set_weights(std::span<const Tensor> values);
  /// Own variables only, by number. Errors of loading: missing; mismatch; then nothing has changed.
  virtual void save_own_variables(VariableStore& store) const;
  virtual void load_own_variables(const VariableStore& store);

  /// Writes all weights into a `.safetensors` file, as a whole or not at all; replaces a file. Their names
  /// are paths below this layer, where a layer without a given name is numbered among its siblings only.
  /// Errors: missing when the layer is not built; unsupported for another ending; io; no_space.
  void save_weights(const std::string& path) const;
  /// Reads what `save_weights` wrote, also of another object of the class. Errors: missing when the layer is
  /// not built, or the file or a tensor is not there; mismatch for a shape or a tensor too many; type for a
  /// dtype that cannot be converted; unsupported for another ending; those of docs/formats.md for the file.
  /// Then nothing has changed.
  void load_weights(const std::string& path);

  /// Makes what depends on the shape of the input. An override calls `Layer::build` last. Runs once: by hand,
  /// or in the first call. A first call that throws leaves the layer as it was: not built, and without the
  /// weights that `build` made. Errors: mismatch (input_spec); unsupported for a quantized policy that the
  /// layer does not have.
  virtual void build(const Shape& input_shape);
  /// The same for a layer with several inputs.
  virtual void build(std::span<const Shape> input_shapes);
  bool built() const { return built_; }
  /// {"input_shape": [...]} of a layer that was built with a shape; {"input_shape_0": [...], ...} for
  /// several.
  virtual LayerConfig get_build_config() const;
  /// Builds with the shapes of `get_build_config`; does nothing without any. When it throws, the layer is as
  /// it was. Errors: type; those of `build`.
  virtual void build_from_config(const LayerConfig& config);
  /// name, dtype, trainable; a class with arguments adds them under their names, and has a static
  /// `from_config` that makes it again.
  virtual LayerConfig get_config() const;
  /// Errors: unsupported for a class that does not say it.
  virtual Shape compute_output_shape(const Shape& input_shape) const;
  /// Changes the kernels to int8, with a scale for each output, and the policy to "int8_from_...": of Dense
  /// and Embedding, and, in every CLIP layer that is made of them, of all of these. When it throws, the layer
  /// is as it was. Errors: missing when the layer is not built; unsupported, with the mode, for another class
  /// or mode, and when the layer or a part of it is quantized; range for a kernel of too many inputs.
  virtual void quantize(std::string_view mode);
  /// Whether the class has an int8 form. A class that says so overrides `quantize`, and with the policy
  /// "int8_from_..." its `build` makes the variables of this form.
  virtual bool has_int8_form() const { return false; }

  /// The computation, of one input or of several: implement one form. Inputs are valid during the call.
  /// Errors: unsupported for the form that is not implemented.
  virtual Tensor call(TensorView<const float> inputs);
  virtual Tensor call(TensorViews inputs);
  /// Builds the layer if it is not built, checks the input, rounds it to `compute_dtype`, calls `call` and
  /// rounds the result. Losses of the last pass are dropped, unless another layer calls this one.
  /// Errors: mismatch (input_spec, or another number of inputs than at first); unsupported (the other number
  /// of inputs; a policy that computes in another type than float32, float16 and bfloat16); those of `build`
  /// and `call`.
  Tensor operator()(TensorView<const float> inputs);
  /// A list of one is that input.
  Tensor operator()(TensorViews inputs);
  Tensor operator()(std::initializer_list<TensorView<const float>> inputs) {
    return (*this)(TensorViews(inputs.begin(), inputs.size()));
  }

  /// The outputs with these values of `trainable_variables()` and `non_trainable_variables()`, and what the
  /// call makes of the latter. The layer is afterwards as it was, also when the call throws.
  /// Errors: missing when the layer is not built; mismatch (number or shape of values); those of the call.
  StatelessResult stateless_call(const StateValues& trainable_variables,
                                 const StateValues& non_trainable_variables, TensorView<const float> inputs);
  StatelessResult stateless_call(const StateValues& trainable_variables,
                                 const StateValues& non_trainable_variables, TensorViews inputs);
  StatelessResult stateless_call(const StateValues& trainable_variables,
                                 const StateValues& non_trainable_variables,
                                 std::initializer_list<TensorView<const float>> inputs) {
    return stateless_call(trainable_variables, non_trainable_variables,
                          TensorViews(inputs.begin(), inputs.size()));
  }

  /// Records a loss during a call. Losses are never used, because nothing is trained here.
  void add_loss(float loss) { losses_.push_back(loss); }
  /// Own losses, then those of the sublayers.
  std::vector<float> losses() const;
  void clear_losses();

  /// A table of the layer and its sublayers with their output shapes and numbers of parameters ('?' for what
  /// is not known), then the totals with their sizes, as Keras's `summary`. Reads no weights.
  std::string summary(const SummaryOptions& options = {}) const;

 protected:
  /// The arguments of a new variable of a layer.
  struct NewWeight {
    Shape shape = {};
    std::optional<Initializer> initializer = {};  ///< nothing: glorot_uniform, zeros for integers
    std::optional<DType> dtype = {};              ///< nothing: variable_dtype()
    bool trainable = true;
    std::string name = {};  ///< "": "variable", "variable_1", ... in the process
  };
  /// A new variable, which the layer owns. Errors: unsupported once the layer is built, and for a dtype that
  /// no variable has; duplicate for a name the layer has; range for a size below 0 or a name with a '/'.
  Variable& add_weight(const NewWeight& weight);
  Variable& add_variable(const NewWeight& weight) { return add_weight(weight); }
  /// A variable that a weight file holds under `scope`, without a copy; its bytes must stay valid as long as
  /// the layer. Errors: as WeightScope::require; unsupported once the layer is built; duplicate.
  /// `variable_name`, unless it is empty, is the variable's name instead of the one in the scope.
  Variable& add_stored_weight(const WeightScope& scope, std::string_view name, const Shape& shape,
                              std::string_view variable_name = {});
  /// Makes `child` a part of this layer; it must live as long as this layer is used. `name`, unless it is
  /// empty, becomes its given name. Errors: unsupported once the layer is built, and for a layer that this
  /// one is a part of; range for a name with a '/'.
  void add_sublayer(Layer& child, std::string_view name = {});
  /// Called after own variables, or those of a sublayer, got new values or were replaced: once for each call
  /// that changes them, sublayers first. A layer that makes something from them drops it here, and one that
  /// replaces them asks for its pointers again. Must not throw: it is done.
  virtual void weights_changed() {}
  /// The own variable of this name, or null.
  Variable* own_weight(std::string_view name);

  /// For a `quantize` of one's own. Errors: missing when the layer is not built; unsupported, with the mode,
  /// when it is not "int8" or the layer is quantized already.
  void check_quantize_mode(std::string_view mode) const;
  /// Takes the own variable `name` away, and adds others to the end of the list; then the policy is
  /// "int8_from_" and what it was. Errors: missing; those of `add_weight`, except that the layer may be
  /// built. Then nothing has changed.
  void replace_by_int8(std::string_view name, std::span<const NewWeight> replacements);
  /// Quantizes the parts that have an int8 form, those next below, and changes the policy. When it throws,
  /// all is as it was. Errors: those of `check_quantize_mode` and of the parts.
  void quantize_parts(std::string_view mode);

 private:
  friend class Variable;
  friend class FileNames;   // layer_files.cpp
  friend class LayerState;  // layer_state.h: what a refused call and a stateless call put back
  struct Own {
    std::shared_ptr<Variable> variable;
    bool made_trainable;
  };
  /// Own variables in the order in which Keras numbers them in a store.
  virtual std::vector<Variable*> store_order() const { return ordered_own(); }
  Variable& make(const NewWeight& weight);
  Variable& keep(std::unique_ptr<Variable> variable, bool made_trainable);
  void check_not_built(std::string_view subject) const;
  Variable* find_own(std::string_view name) const;
  [[noreturn]] void refuse_to_quantize(std::string_view mode) const;
  std::string free_variable_name() const;
  void check_free_name(std::string_view name) const;
  bool is_part_of(const Layer& layer) const;
  std::vector<Variable*> ordered_own() const;
  std::vector<Variable*> all_variables() const;
  void take_values(std::vector<NewValue> values);
  void variable_assigned();
  static void tell_changed(const std::vector<Layer*>& changed);
  std::vector<NewValue> new_values(const StateValues& trainable, const StateValues& others);
  void finish_build(std::span<const Shape> input_shapes);
  void build_with(std::span<const Shape> input_shapes);
  void check_inputs(TensorViews inputs) const;
  Tensor rounded_call(TensorViews inputs);

  std::string class_name_, name_;
  bool has_given_name_;
  DTypePolicy dtype_policy_;
  bool trainable_, built_ = false;
  std::optional<InputSpec> input_spec_;
  std::vector<Shape> build_shapes_;
  std::vector<Own> own_;
  std::vector<Layer*> sublayers_;
  std::vector<Layer*> parents_;  ///< the layers that this one was added to; the first decides its path
  std::vector<float> losses_;
};

}  // namespace sightline::keras
