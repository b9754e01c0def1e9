// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <thread>
#include <vector>

#include "sightline/ops/gemm_precision.h"
#include "sightline/ops/gemm_tile.h"
#include "support/catch.h"
#include "support/random_values.h"
#include "support/skip.h"

using namespace sightline;

namespace {

constexpr std::int64_t kRows = 24, kColumns = 960, kInner = 1024;
constexpr std::size_t kBytes = kColumns * kInner * sizeof(float);

/// A mapping of a file in memory.
class Mapping {
 public:
  explicit Mapping(const std::vector<float>& values) : file_(::memfd_create("weights", 0)) {
    REQUIRE(::write(file_, values.data(), kBytes) == static_cast<ssize_t>(kBytes));
    bytes_ = ::mmap(nullptr, kBytes, PROT_READ, MAP_SHARED, file_, 0);
    REQUIRE(bytes_ != MAP_FAILED);
  }
  ~Mapping() {
    ::munmap(bytes_, kBytes);
    ::close(file_);
  }
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  ByteView bytes() const { return {static_cast<const std::byte*>(bytes_), kBytes}; }
  /// Number of pages that this process has mapped, or -1 if the system does not tell.
  std::int64_t mapped_pages() const {
    const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
    std::vector<std::uint64_t> entries(kBytes / page);
    const int map = ::open("/proc/self/pagemap", O_RDONLY);
    const auto first = static_cast<off_t>(reinterpret_cast<std::uintptr_t>(bytes_) / page * 8);
    const ssize_t size = ::pread(map, entries.data(), entries.size() * 8, first);
    ::close(map);
    if (size != static_cast<ssize_t>(entries.size() * 8)) return -1;
    constexpr std::uint64_t kPresent = 1ULL << 63;
    std::int64_t present = 0;
    for (const std::uint64_t entry : entries) present += (entry & kPresent) != 0 ? 1 : 0;
    return present;
  }

 private:
  int file_;
  void* bytes_ = nullptr;
};

}  // namespace

// While one thread makes the panels, another multiplies with the rows and maps their pages again.
TEST_CASE("gemm: rows in a file are released for good once there are panels", "[ops]") {
  const TileKernels* kernels = best_tile_kernels(DType::f32);
  if (kernels == nullptr) return skip("native has no kernels for this processor");
  if (is_emulated()) return skip("an emulator ignores advice to the kernel");
  const std::vector<float> w = random_values(kColumns * kInner, 1), x = random_values(kRows * kInner, 2);
  for (int round = 0; round < 10; ++round) {
    const Mapping mapping(w);
    const auto matrix =
        make_tiled_matrix({DType::f32, Shape{kColumns, kInner}, mapping.bytes(), true}, *kernels);
    const auto multiply = [&] {
      std::vector<float> y(static_cast<std::size_t>(kRows * kColumns));
      ThreadPool pool(1);
      Scratch scratch;
      Context context{pool, scratch};
      for (int use = 0; use < 4; ++use)
        matrix->linear({x.data(), Shape{kRows, kInner}}, {y.data(), Shape{kRows, kColumns}}, {}, context);
    };
    std::thread other(multiply);
    multiply();
    other.join();
    CHECK(mapping.mapped_pages() <= 0);
  }
}

TEST_CASE("gemm: rows and panels in a file are released once they are converted", "[ops]") {
  if (is_emulated()) return skip("an emulator ignores advice to the kernel");
  const Mapping mapping(random_values(kColumns * kInner, 1));
  const std::vector<float> x = random_values(kInner, 2);
  const Shape shape{kColumns, kInner};
  const StoredTensor panels = StoredTensor::from_panels(DType::f32, shape, mapping.bytes(), {}, true),
                     rows(DType::f32, shape, mapping.bytes(), true),
                     half(DType::bf16, Shape{2 * kColumns, kInner}, mapping.bytes(), true);
  const auto pages_after = [&](const StoredTensor& weights, const char* backend, std::optional<DType> type) {
    const auto matrix = gemm_backend(backend, type).pack(weights);
    std::vector<float> y(static_cast<std::size_t>(matrix->out_features()));
    ThreadPool pool(1);
    Scratch scratch;
    Context context{pool, scratch};
    matrix->linear({x.data(), Shape{1, kInner}}, {y.data(), Shape{1, matrix->out_features()}}, {}, context);
    return mapping.mapped_pages();
  };
  for (const GemmBackend* backend : gemm_backends()) {
    if (!backend->supported()) continue;
    const std::string name(backend->name());
    CAPTURE(name);
    if (name != "native") CHECK(pages_after(panels, name.c_str(), DType::f32) <= 0);
    for (const DType type : {DType::f16, DType::bf16, DType::i8}) {
      CAPTURE(dtype_name(type));
      CHECK(pages_after(panels, name.c_str(), type) <= 0);
      CHECK(pages_after(rows, name.c_str(), type) <= 0);
    }
    CHECK(pages_after(half, name.c_str(), DType::i8) <= 0);
    if (name != "native") CHECK(pages_after(half, name.c_str(), DType::f32) <= 0);
  }
  // Panels that are used in place stay.
  const auto in_place = gemm_backend("auto", std::nullopt).name() == "native";
  if (in_place) CHECK(pages_after(panels, "native", std::nullopt) != 0);
}
