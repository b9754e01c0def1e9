// SPDX-License-Identifier: Apache-2.0
#include "sightline/text/tokenizer_class.h"

#include <algorithm>
#include <iterator>

namespace sightline {
namespace {

struct NamedClass {
  std::string_view name;
  TokenizerClass tokenizer_class;
};
constexpr NamedClass kClasses[] = {
    {"CLIPTokenizer", TokenizerClass::clip},
    {"BertTokenizer", TokenizerClass::bert},
    {"DistilBertTokenizer", TokenizerClass::bert},
    {"T5Tokenizer", TokenizerClass::t5},
    {"XLMRobertaTokenizer", TokenizerClass::xlm_roberta},
    {"GemmaTokenizer", TokenizerClass::gemma},
    {"SiglipTokenizer", TokenizerClass::siglip},
    {"Siglip2Tokenizer", TokenizerClass::siglip2},
    {"MT5Tokenizer", TokenizerClass::generic},  // transformers 5 has no such class
    {"PreTrainedTokenizer", TokenizerClass::generic},
    {"TokenizersBackend", TokenizerClass::generic},
};
/// TOKENIZER_MAPPING_NAMES of transformers' AutoTokenizer, for models that this program may meet.
constexpr NamedClass kModelTypes[] = {
    {"clip", TokenizerClass::clip},
    {"clipseg", TokenizerClass::clip},
    {"xclip", TokenizerClass::clip},
    {"align", TokenizerClass::bert},
    {"bert", TokenizerClass::bert},
    {"chinese_clip", TokenizerClass::bert},
    {"distilbert", TokenizerClass::bert},
    {"t5", TokenizerClass::t5},
    {"mt5", TokenizerClass::t5},
    {"metaclip_2", TokenizerClass::xlm_roberta},
    {"xlm-roberta", TokenizerClass::xlm_roberta},
    {"gemma", TokenizerClass::gemma},
    {"gemma2", TokenizerClass::gemma},
    {"siglip", TokenizerClass::siglip},
    {"siglip2", TokenizerClass::siglip2},
    {"umt5", TokenizerClass::generic},
    {"xlm-roberta-xl", TokenizerClass::generic},
};
struct DefaultToken {
  TokenizerClass tokenizer_class;
  std::string_view name, content;
};
/// The classes' constructors in transformers 5.24.
constexpr DefaultToken kDefaults[] = {
    {TokenizerClass::clip, "bos_token", "<|startoftext|>"},
    {TokenizerClass::clip, "eos_token", "<|endoftext|>"},
    {TokenizerClass::clip, "unk_token", "<|endoftext|>"},
    {TokenizerClass::clip, "pad_token", "<|endoftext|>"},
    {TokenizerClass::bert, "unk_token", "[UNK]"},
    {TokenizerClass::bert, "sep_token", "[SEP]"},
    {TokenizerClass::bert, "pad_token", "[PAD]"},
    {TokenizerClass::bert, "cls_token", "[CLS]"},
    {TokenizerClass::bert, "mask_token", "[MASK]"},
    {TokenizerClass::t5, "eos_token", "</s>"},
    {TokenizerClass::t5, "unk_token", "<unk>"},
    {TokenizerClass::t5, "pad_token", "<pad>"},
    {TokenizerClass::xlm_roberta, "bos_token", "<s>"},
    {TokenizerClass::xlm_roberta, "eos_token", "</s>"},
    {TokenizerClass::xlm_roberta, "sep_token", "</s>"},
    {TokenizerClass::xlm_roberta, "cls_token", "<s>"},
    {TokenizerClass::xlm_roberta, "unk_token", "<unk>"},
    {TokenizerClass::xlm_roberta, "pad_token", "<pad>"},
    {TokenizerClass::xlm_roberta, "mask_token", "<mask>"},
    {TokenizerClass::gemma, "unk_token", "<unk>"},
    {TokenizerClass::gemma, "bos_token", "<bos>"},
    {TokenizerClass::gemma, "eos_token", "<eos>"},
    {TokenizerClass::gemma, "pad_token", "<pad>"},
    {TokenizerClass::gemma, "mask_token", "<mask>"},
    {TokenizerClass::siglip2, "unk_token", "<unk>"},
    {TokenizerClass::siglip2, "bos_token", "<bos>"},
    {TokenizerClass::siglip2, "eos_token", "<eos>"},
    {TokenizerClass::siglip2, "pad_token", "<pad>"},
    {TokenizerClass::siglip2, "mask_token", "<mask>"},
    {TokenizerClass::siglip, "eos_token", "</s>"},
    {TokenizerClass::siglip, "unk_token", "<unk>"},
    {TokenizerClass::siglip, "pad_token", "</s>"},
};

template <std::size_t Size>
std::optional<TokenizerClass> find_class(const NamedClass (&table)[Size], std::string_view name) {
  const NamedClass* found = std::find_if(std::begin(table), std::end(table),
                                         [&](const NamedClass& entry) { return entry.name == name; });
  return found == std::end(table) ? std::nullopt : std::optional(found->tokenizer_class);
}

std::string_view without_fast(std::string_view name) {
  constexpr std::string_view kFast = "Fast";
  return name.ends_with(kFast) ? name.substr(0, name.size() - kFast.size()) : name;
}

}  // namespace

std::string_view tokenizer_class_name(TokenizerClass tokenizer_class) {
  switch (tokenizer_class) {
    case TokenizerClass::clip:
      return "CLIPTokenizer";
    case TokenizerClass::generic:
      return "TokenizersBackend";
    case TokenizerClass::bert:
      return "BertTokenizer";
    case TokenizerClass::t5:
      return "T5Tokenizer";
    case TokenizerClass::xlm_roberta:
      return "XLMRobertaTokenizer";
    case TokenizerClass::gemma:
      return "GemmaTokenizer";
    case TokenizerClass::siglip:
      return "SiglipTokenizer";
    case TokenizerClass::siglip2:
      return "Siglip2Tokenizer";
  }
  return "";
}

std::optional<TokenizerClass> tokenizer_class_named(std::string_view name) {
  return find_class(kClasses, without_fast(name));
}

std::optional<TokenizerClass> class_of_model_type(std::string_view model_type) {
  return find_class(kModelTypes, model_type);
}

std::string_view default_token(TokenizerClass tokenizer_class, std::string_view name) {
  for (const DefaultToken& token : kDefaults) {
    if (token.tokenizer_class == tokenizer_class && token.name == name) return token.content;
  }
  return "";
}

}  // namespace sightline
