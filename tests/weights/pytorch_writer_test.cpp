// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/pytorch_writer.h"

#include "sightline/base/hash.h"
#include "sightline/weights/pytorch.h"
#include "sightline/weights/safetensors.h"
#include "support/catch.h"
#include "support/error_of.h"
#include "support/golden.h"
#include "support/temp_folder.h"

using namespace sightline;
using namespace sightline::testing;

namespace {

std::string written(const Weights& weights, std::optional<DType> dtype = {}) {
  const TempFolder folder;
  ThreadPool pool(2);
  OutputFile out(folder / "m.pt", false);
  write_pytorch(out, weights, dtype, pool);
  out.commit();
  return folder.read("m.pt");
}

}  // namespace

TEST_CASE("pytorch writer: tensors are read as they were written", "[weights]") {
  const Weights model = Safetensors().read(golden_path("model/nano_mixed/model.safetensors"));
  const std::string file = written(model);
  CHECK(file == written(model));
  const Weights read = parse_pytorch(as_bytes(file), "m.pt");
  REQUIRE(read.names() == model.names());
  for (const std::string& name : model.names()) {
    CAPTURE(name);
    const StoredTensor &a = *read.find(name), &b = *model.find(name);
    CHECK(a.dtype == b.dtype);
    CHECK(a.shape == b.shape);
    CHECK(std::equal(a.bytes().begin(), a.bytes().end(), b.bytes().begin(), b.bytes().end()));
  }
}

TEST_CASE("pytorch writer: floating-point tensors are rounded to a type, integers are not", "[weights]") {
  const std::vector<float> values = {1, 1.0F / 3, -65504, 1e-8F};
  const std::vector<std::int64_t> sizes = {224, -1};
  Weights weights;
  weights.add("f", {DType::f32, Shape{2, 2}, std::as_bytes(std::span(values))});
  weights.add("i", {DType::i64, Shape{2}, std::as_bytes(std::span(sizes))});
  weights.add("none", {DType::f32, Shape{0, 3}, {}});
  const std::string file = written(weights, DType::f16);
  const Weights read = parse_pytorch(as_bytes(file), "m.pt");
  CHECK(read.find("f")->dtype == DType::f16);
  const Tensor f = to_float(*read.find("f"));
  CHECK(std::vector<float>(f.data(), f.data() + 4) == std::vector<float>{1, 0.33325195F, -65504, 0});
  CHECK(read.find("i")->dtype == DType::i64);
  CHECK(read.find("i")->bytes()[0] == std::byte{224});
  CHECK(read.find("none")->shape == Shape{0, 3});
}

// PyTorch 2.13 reads these bytes: the nano model as torch.load(weights_only=True) gives it equals the model.
TEST_CASE("pytorch writer: the bytes that PyTorch was seen to read", "[weights][golden]") {
  const std::string file =
      written(Safetensors().read(golden_path("model/nano_mixed/model.safetensors")), DType::f32);
  Hash128 hash;
  hash.update(as_bytes(file));
  CHECK(hash.hex() == "27b73b5a1dab2c73ad6b18129fbab542");
}

TEST_CASE("pytorch writer: a type that PyTorch lacks is refused", "[weights][error]") {
  const std::vector<std::byte> bytes(1);
  Weights weights;
  weights.add("x", {DType::f8_e5m2, Shape{1}, bytes});
  CHECK(error_of([&] { (void)written(weights); }).code == "TYPE");
}
