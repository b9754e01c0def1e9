// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string_view>

namespace sightline {

/// Which tokenizer class of transformers applies to the folder. All but `generic` take only the vocabulary,
/// merges and character map from the files; their steps are those of the class.
enum class TokenizerClass {
  clip,         ///< CLIPTokenizer
  generic,      ///< TokenizersBackend (PreTrainedTokenizerFast): `tokenizer.json` is used in full
  bert,         ///< BertTokenizer, DistilBertTokenizer
  t5,           ///< T5Tokenizer
  xlm_roberta,  ///< XLMRobertaTokenizer
  gemma,        ///< GemmaTokenizer
  siglip,       ///< SiglipTokenizer, which applies SentencePiece's own rules
  siglip2,      ///< Siglip2Tokenizer
};

/// "BertTokenizer", for messages.
std::string_view tokenizer_class_name(TokenizerClass tokenizer_class);
/// The class with a name of transformers 5.24, with or without "Fast"; nothing for a name that is not
/// supported.
std::optional<TokenizerClass> tokenizer_class_named(std::string_view name);
/// The class that transformers' AutoTokenizer registers for a `model_type`; nothing if this program knows
/// none.
std::optional<TokenizerClass> class_of_model_type(std::string_view model_type);
/// What the constructor of a class names a token ("eos_token") that the settings do not; "" for none.
std::string_view default_token(TokenizerClass tokenizer_class, std::string_view name);

}  // namespace sightline
