// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <utility>

#include "sightline/text/tokenizer.h"

namespace sightline {

/// A tokenizer that changes what another one is given or returns. What a derived class does not override is
/// that of the other.
class TokenizerWrapper : public Tokenizer {
 public:
  explicit TokenizerWrapper(std::unique_ptr<Tokenizer> tokenizer) : inner_(std::move(tokenizer)) {}

  std::int64_t vocabulary_size() const override { return inner_->vocabulary_size(); }
  std::int32_t start_id() const override { return inner_->start_id(); }
  std::int32_t end_id() const override { return inner_->end_id(); }
  std::int32_t pad_id() const override { return inner_->pad_id(); }
  bool pads_left() const override { return inner_->pads_left(); }
  std::int64_t max_length() const override { return inner_->max_length(); }

 protected:
  const Tokenizer& inner() const { return *inner_; }

 private:
  std::unique_ptr<Tokenizer> inner_;
};

}  // namespace sightline
