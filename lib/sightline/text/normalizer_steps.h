// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "sightline/base/error.h"
#include "sightline/containers/json.h"
#include "sightline/text/normalizer.h"

namespace sightline {

/// Appends a part of a result. Errors: limit.
inline void append_normalized(std::string& out, std::string_view part) {
  if (out.size() + part.size() > kMaxNormalizedBytes) {
    fail(ErrorCode::limit, "", "becomes longer than 16 MiB when the tokenizer normalises it");
  }
  out += part;
}

// One function per type of step, for `make_normalizer`; `spec` is its object in tokenizer.json. Errors: those
// of `make_normalizer`.
std::unique_ptr<Normalizer> read_lowercase(const Json& spec);
std::unique_ptr<Normalizer> read_nfc(const Json& spec);
std::unique_ptr<Normalizer> read_nfd(const Json& spec);
std::unique_ptr<Normalizer> read_nfkc(const Json& spec);
std::unique_ptr<Normalizer> read_nfkd(const Json& spec);
std::unique_ptr<Normalizer> read_strip(const Json& spec);
std::unique_ptr<Normalizer> read_strip_accents(const Json& spec);
std::unique_ptr<Normalizer> read_bert_normalizer(const Json& spec);
std::unique_ptr<Normalizer> read_replace(const Json& spec);
std::unique_ptr<Normalizer> read_prepend(const Json& spec);
std::unique_ptr<Normalizer> read_precompiled(const Json& spec);

}  // namespace sightline
