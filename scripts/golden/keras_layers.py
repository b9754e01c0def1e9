# SPDX-License-Identifier: Apache-2.0
"""What Keras's own base classes do, for tests/keras: names, order of weights, trainable rules, losses, stateless_call,
counts, initializers, dtype policies, keys of configurations.

Needs Keras 3.15 with any backend (KERAS_BACKEND=jax and jax 0.10 made the committed file). Writes one JSON file.
"""
import json
import math
import os

os.environ.setdefault("KERAS_BACKEND", "jax")
import keras  # noqa: E402
import numpy as np  # noqa: E402
from keras import initializers, layers, ops  # noqa: E402
from keras.src.utils.naming import to_snake_case  # noqa: E402

SEED = 11  # of everything that Keras draws
CLASS_NAMES = ["SimpleDense", "ComputeSum", "MLPBlock", "QuickGELU", "CLIPAttention", "CLIPEncoder", "CLIPImageEncoder",
               "CLIP", "Conv2D", "Conv2DTranspose", "LSTMCell", "MyLayer", "X", "ABC", "aB", "already_snake", "A1b",
               "HTTPServer2Go", "My-Layer", "My Layer", "_Private", "Layer3D", "ResidualAttention", "GRU", "IOStream"]
POLICIES = ["float32", "float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16", "int8", "uint8", "int32",
            "int64", "bool"]
QUANTIZED = ["int8_from_float32", "int8_from_mixed_bfloat16", "float8_from_float16"]
FAN_SHAPES = [[], [7], [300, 200], [3, 3, 40, 50], [2, 300, 20]]


class SimpleDense(layers.Layer):
    def __init__(self, units=32, **kwargs):
        super().__init__(**kwargs)
        self.units = units

    def build(self, input_shape):
        self.kernel = self.add_weight(shape=(input_shape[-1], self.units), initializer="glorot_uniform",
                                      trainable=True, name="kernel")
        self.bias = self.add_weight(shape=(self.units,), initializer="zeros", trainable=True, name="bias")

    def call(self, inputs):
        return ops.matmul(inputs, self.kernel) + self.bias

    def get_config(self):
        return {**super().get_config(), "units": self.units}


class ComputeSum(layers.Layer):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.total = self.add_weight(shape=(), initializer="zeros", trainable=False, name="total")

    def call(self, inputs):
        self.total.assign(self.total + ops.sum(inputs))
        self.add_loss(self.total / 2)
        return self.total


class Outer(layers.Layer):
    """A running sum, a dense layer, a variable of each kind of its own."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.running = ComputeSum(name="running")
        self.dense = SimpleDense(3, name="dense")
        self.counter = self.add_weight(shape=(2,), initializer="zeros", trainable=False, name="counter")
        self.factor = self.add_weight(shape=(), initializer="ones", name="factor")

    def call(self, inputs):
        self.running(inputs)
        self.add_loss(ops.sum(inputs))
        return self.dense(inputs) * self.factor


class Deep(layers.Layer):
    """Outers in an Outer's place: the order of losses over three levels."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.first = Outer(name="first")
        self.second = Outer(name="second")

    def call(self, inputs):
        self.add_loss(ops.convert_to_tensor(100.0))
        return self.first(inputs) + self.second(2 * inputs)


def names_of(variables):
    return [v.path for v in variables]


def lists(layer):
    return {"weights": names_of(layer.weights), "trainable": names_of(layer.trainable_variables),
            "non_trainable": names_of(layer.non_trainable_variables)}


def naming():
    keras.utils.clear_session()  # numbers begin again

    class GoldenNaming(SimpleDense):
        pass

    numbered = [GoldenNaming().name, GoldenNaming().name, GoldenNaming(name="given").name, GoldenNaming().name]
    variables = [keras.Variable(np.zeros(1)).name for _ in range(2)]
    return {"snake_case": {name: to_snake_case(name) for name in CLASS_NAMES}, "numbered": numbered,
            "variables": variables}


def trainable_rules():
    x = np.ones((2, 4), "float32")
    rules = {}

    def record(name, layer, change=None):
        layer(x)
        if change:
            change(layer)
        rules[name] = lists(layer)

    record("as_made", Outer(name="outer"))
    record("frozen", Outer(name="outer"), lambda layer: setattr(layer, "trainable", False))

    def thawed(layer):
        layer.trainable = False
        layer.trainable = True

    record("thawed", Outer(name="outer"), thawed)
    record("frozen_sublayer", Outer(name="outer"), lambda layer: setattr(layer.dense, "trainable", False))
    record("frozen_variable", Outer(name="outer"), lambda layer: setattr(layer.factor, "trainable", False))
    record("made_frozen", Outer(name="outer", trainable=False))

    class Around(layers.Layer):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.dense = SimpleDense(3, name="dense", trainable=False)

        def call(self, inputs):
            return self.dense(inputs)

    record("around_made_frozen", Around(name="around"))
    return rules


def calls():
    x = np.arange(8, dtype="float32").reshape(2, 4)
    outer = Outer(name="outer")
    outer(x)
    outer.dense.set_weights([np.arange(12, dtype="float32").reshape(4, 3) / 4, np.array([1, 2, 3], "float32")])
    result = {"count": outer.count_params(), "losses_first": [float(v) for v in outer.losses]}
    outer(x)
    result["losses_second"] = [float(v) for v in outer.losses]
    given = [np.array(10, "float32"), np.array([7, 7], "float32")]
    order = names_of(outer.non_trainable_variables)
    given = [given[0] if path.endswith("total") else given[1] for path in order]
    outputs, updated, losses = outer.stateless_call(outer.trainable_variables, given, x, return_losses=True)
    result["stateless"] = {"non_trainable_order": order, "outputs": np.array(outputs).ravel().tolist(),
                           "updated": [np.array(v).ravel().tolist() for v in updated],
                           "losses": [float(v) for v in losses]}
    result["total_afterwards"] = float(outer.running.total)
    deep = Deep(name="deep")
    deep(x)
    result["losses_deep"] = [float(v) for v in deep.losses]
    store = {}
    outer.dense.save_own_variables(store)
    result["store_keys"] = sorted(store)
    return result


def draw_statistics(initializer, shape):
    values = np.array(initializer(tuple(shape), dtype="float32"), "float64")
    return {"mean": float(values.mean()), "deviation": float(values.std()), "low": float(values.min()),
            "high": float(values.max())}


def initializers_part():
    named = {}
    for name in ["zeros", "ones", "random_normal", "truncated_normal", "random_uniform", "glorot_uniform",
                 "glorot_normal", "he_uniform", "he_normal", "lecun_uniform", "lecun_normal", "variance_scaling",
                 "orthogonal", "identity"]:
        made = initializers.get(name)
        config = {k: v for k, v in made.get_config().items() if k not in ("seed", "input_axes", "output_axes")}
        named[name] = {"class_name": type(made).__name__, "config": config,
                       "statistics": draw_statistics(made, [300, 200])}
    # The exact deviation or limit that follows from the shape, from Keras's own fans.
    from keras.src.initializers.random_initializers import compute_fans
    fans = [{"shape": shape, "fan_in": compute_fans(tuple(shape))[0], "fan_out": compute_fans(tuple(shape))[1]}
            for shape in FAN_SHAPES]
    scaled = []
    for mode in ("fan_in", "fan_out", "fan_avg"):
        for distribution in ("truncated_normal", "untruncated_normal", "uniform"):
            made = initializers.VarianceScaling(1.5, mode, distribution, seed=3)
            scaled.append({"mode": mode, "distribution": distribution, "statistics": draw_statistics(made, [300, 200])})
    orthogonal = np.array(initializers.Orthogonal(2.0, seed=1)((3, 4, 5)), "float64").reshape(12, 5)
    return {"named": named, "fans": fans, "scaled": scaled,
            "orthogonal_gram": (orthogonal.T @ orthogonal).round(4).tolist(),
            "identity": np.array(initializers.Identity(3.0)((2, 3))).tolist()}


def policies():
    result = {}
    for name in POLICIES + QUANTIZED:
        policy = keras.DTypePolicy(name) if name in POLICIES else keras.dtype_policies.get(name)
        result[name] = {"name": policy.name, "variable_dtype": policy.variable_dtype,
                        "compute_dtype": policy.compute_dtype,
                        "quantization_mode": getattr(policy, "quantization_mode", None) or ""}
    return result


def configs():
    layer = SimpleDense(4, name="golden")
    layer(np.ones((2, 3), "float32"))
    two = layers.Add(name="two")
    two([np.ones((2, 3), "float32"), np.ones((2, 3), "float32")])
    return {"get_config": sorted(layer.get_config()), "base": sorted(layers.Layer(name="base").get_config()),
            "get_build_config": {k: list(v) for k, v in layer.get_build_config().items()}}


def conversions():
    """numpy's astype, which assignments follow."""
    values = [0.0, -0.0, 0.5, 1.5, -2.75, 2.9999999, 1 / 3, 1e-8, 65503.9, 65519.999, 65520.0, 1e30, -1e30, 255.0, -1.0,
              1 + 2.0**-11 + 2.0**-40, 1 + 2.0**-24 + 2.0**-50, 2.0**53 + 2, 123456789.0]
    whole = [0, 1, -1, 127, 128, 255, 256, 32768, 65535, -32769, 2**31, 2**31 - 1, -2**31 - 1, 2**53 + 1, 2**62 + 3,
             16777217]
    table = {"doubles": [float(v).hex() for v in values], "integers": [str(v) for v in whole], "from_double": {},
             "from_int64": {}}
    with np.errstate(all="ignore"):
        for to in ("float32", "float16"):
            table["from_double"][to] = [float(v).hex() if math.isfinite(v) else str(float(v))
                                        for v in np.array(values).astype(to)]
        for to in ("int32", "int64", "bool"):
            fits = [v for v in values if abs(v) < 2**31 - 1 or to == "bool"]
            table["from_double"][to] = {float(v).hex(): str(int(np.array(v).astype(to))) for v in fits}
        for to in ("float64", "float32", "float16"):
            table["from_int64"][to] = [float(v).hex() if math.isfinite(v) else str(float(v))
                                       for v in np.array(whole, "int64").astype(to)]
        for to in ("int32", "int16", "int8", "uint8", "bool"):
            table["from_int64"][to] = [str(int(v)) for v in np.array(whole, "int64").astype(to)]
    return table


def write(out):
    keras.utils.set_random_seed(SEED)
    golden = {"keras": keras.__version__, "numpy": np.__version__, "backend": keras.backend.backend(), "seed": SEED,
              "naming": naming(), "trainable": trainable_rules(), "calls": calls(),
              "initializers": initializers_part(), "policies": policies(), "configs": configs(),
              "conversions": conversions()}
    (out / "keras_layers.json").write_text(json.dumps(golden, indent=1) + "\n")
