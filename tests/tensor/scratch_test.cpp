// SPDX-License-Identifier: Apache-2.0
#include "sightline/tensor/scratch.h"

#include <algorithm>
#include <cstdint>

#include "support/catch.h"

using namespace sightline;

namespace {

// Two nested frames, like those of a layer and of the product inside it.
void pass(Scratch& scratch, std::int64_t size) {
  Scratch::Frame outer(scratch);
  outer.take(Shape{size});
  for (int i = 0; i < 3; ++i) {
    Scratch::Frame inner(scratch);
    inner.take(Shape{2 * size});
    inner.take(Shape{size});
  }
}

}  // namespace

TEST_CASE("scratch: blocks of one frame are aligned and do not overlap", "[tensor]") {
  Scratch scratch;
  Scratch::Frame frame(scratch);
  const std::int64_t sizes[] = {1, 17, 70000, 3, 200000, 16};
  TensorView<float> views[6];
  for (int i = 0; i < 6; ++i) {
    views[i] = frame.take(Shape{sizes[i]});
    std::fill_n(views[i].data(), sizes[i], static_cast<float>(i));
  }
  for (int i = 0; i < 6; ++i) {
    CHECK(reinterpret_cast<std::uintptr_t>(views[i].data()) % 64 == 0);
    const auto flat = views[i].flat();
    CHECK(std::all_of(flat.begin(), flat.end(), [i](float value) { return value == static_cast<float>(i); }));
  }
}

TEST_CASE("scratch: a frame releases its own memory and leaves that of the outer frame alone", "[tensor]") {
  Scratch scratch;
  Scratch::Frame outer(scratch);
  const TensorView<float> kept = outer.take(Shape{100});
  std::fill_n(kept.data(), 100, 7.0F);
  const float* first = nullptr;
  for (int i = 0; i < 2; ++i) {
    Scratch::Frame inner(scratch);
    const TensorView<float> view = inner.take(Shape{100});
    std::fill_n(view.data(), 100, 1.0F);
    if (i == 0) first = view.data();
    CHECK(view.data() == first);
  }
  CHECK(std::all_of(kept.data(), kept.data() + 100, [](float value) { return value == 7.0F; }));
}

TEST_CASE("scratch: a repeated pass allocates nothing, and the capacity equals the peak", "[tensor]") {
  Scratch scratch;
  CHECK(scratch.capacity() == 0);
  constexpr std::int64_t kSize = 1 << 18, kFloat = 4;
  pass(scratch, kSize);
  CHECK(scratch.capacity() == 4 * kSize * kFloat);
  pass(scratch, kSize);
  pass(scratch, kSize / 2);
  CHECK(scratch.capacity() == 4 * kSize * kFloat);
  pass(scratch, 2 * kSize);
  CHECK(scratch.capacity() == 8 * kSize * kFloat);
}

TEST_CASE("scratch: numbers and structs of any size share the memory, aligned and apart", "[tensor]") {
  struct Span {
    std::int64_t first, count;
  };
  Scratch scratch;
  Scratch::Frame frame(scratch);
  const TensorView<std::uint8_t> bytes = frame.take<std::uint8_t>(Shape{3, 1});
  const TensorView<Span> spans = frame.take<Span>(Shape{5});
  const TensorView<std::uint16_t> halves = frame.take<std::uint16_t>(Shape{7});
  std::fill_n(bytes.data(), 3, std::uint8_t{1});
  std::fill_n(spans.data(), 5, Span{2, 3});
  std::fill_n(halves.data(), 7, std::uint16_t{4});
  CHECK(bytes.shape() == Shape{3, 1});
  CHECK(std::all_of(bytes.data(), bytes.data() + 3, [](std::uint8_t value) { return value == 1; }));
  CHECK(std::all_of(spans.data(), spans.data() + 5, [](Span s) { return s.first == 2 && s.count == 3; }));
  CHECK(reinterpret_cast<std::uintptr_t>(spans.data()) % 64 == 0);
  CHECK(reinterpret_cast<std::uintptr_t>(halves.data()) % 64 == 0);
}
