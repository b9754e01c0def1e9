// SPDX-License-Identifier: Apache-2.0
#include "sightline/convert/packed_target.h"

#include <algorithm>

#include "sightline/base/error.h"
#include "sightline/base/format.h"
#include "sightline/base/parallel.h"
#include "sightline/convert/model_texts.h"
#include "sightline/model/packed_model.h"
#include "sightline/model/quantize_model.h"
#include "sightline/model/self_check.h"
#include "sightline/model/tokenizer_files.h"
#include "sightline/weights/exact_precision.h"
#include "sightline/weights/packed_writer.h"

namespace sightline {
namespace {

std::string_view precision_name(DType dtype) {
  for (const PackedPrecision& precision : packed_precisions()) {
    if (precision.matrices == dtype) return precision.name;
  }
  return dtype_name(dtype);
}

DType chosen_dtype(const Conversion& conversion, ThreadPool& pool) {
  if (conversion.dtype) return *conversion.dtype;
  return is_exact_in_f16(conversion.model.checkpoint(), pool) ? DType::f16 : DType::f32;
}

bool all_have(const Weights& weights, DType dtype) {
  const std::vector<std::string> names = weights.names();
  return std::all_of(names.begin(), names.end(),
                     [&](const std::string& name) { return weights.find(name)->dtype == dtype; });
}

void check_not_quantized(const Conversion& conversion) {
  const PackedFile* packed = conversion.model.source().files.packed();
  if (packed == nullptr || !packed->precision().quantized()) return;
  fail(ErrorCode::unsupported, packed->path(),
       "is quantized already; quantize the model that it was made from, '" + packed->metadata().source + "'");
}

std::string number(double value) {
  std::string text;
  append_double(text, value);
  return text;
}

}  // namespace

PackedTarget::PackedTarget(const std::string& path, bool force) : FileTarget(path, force), force_(force) {
  if (!out_.seekable()) fail(ErrorCode::io, path, "is not seekable, expected a file");
}

void PackedTarget::read_source(const Conversion& conversion) {
  ThreadPool pool(available_cores());
  const DType dtype = chosen_dtype(conversion, pool);
  precision_ = &packed_precision(precision_name(dtype), out_.path());
  if (precision_->quantized()) check_not_quantized(conversion);
  // config.json stays as it is if it already states this type, or if no library has a name for it.
  const bool converts =
      !precision_->quantized() && (conversion.dtype || !all_have(conversion.model.checkpoint(), dtype));
  texts_ = needs_openclip_config(conversion.model)
               ? own_openclip_texts(conversion)
               : model_texts(conversion, converts ? std::optional(dtype) : std::nullopt);
  if (conversion.tokenizer) {
    const std::vector<std::byte> table = compile_tokenizer(*conversion.tokenizer, conversion.model.config());
    texts_.emplace_back(kPackedTokenTable, as_text(table));
  }
}

void PackedTarget::write(const Conversion& conversion) {
  ThreadPool pool(available_cores());
  const std::vector<PackedTensor> tensors = packed_tensors(conversion.model.config());
  std::optional<QuantizedContent> quantized;
  if (precision_->quantized()) {
    quantized = quantize_model(conversion.model.checkpoint(), conversion.model.config(), pool);
    judge(*quantized);
  }
  write_packed(out_,
               {*precision_, tensors, conversion.model.checkpoint(), texts_, conversion.name,
                quantized ? &*quantized : nullptr},
               pool);
  out_.flush();
}

void PackedTarget::judge(const QuantizedContent& quantized) {
  const bool passed = quantized.cosine >= kMinCheckCosine;
  const std::string cosine = "the lowest cosine with float32 is " + number(quantized.cosine);
  check_ = ", " + cosine + (passed ? "" : ", below " + number(kMinCheckCosine));
  if (passed || force_) return;
  fail(ErrorCode::mismatch, out_.path(),
       "int8 changes the embeddings too much: " + cosine + ", expected at least " + number(kMinCheckCosine));
}

std::unique_ptr<Model> PackedTarget::reopen(const Conversion&) const {
  std::unique_ptr<Model> model = Model::open(out_.written_path());
  model->source().files.packed()->check();
  return model;
}

std::string PackedTarget::summary() const {
  return FileTarget::summary() + ", " + std::string(precision_->name) + check_;
}

}  // namespace sightline
