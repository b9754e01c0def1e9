// SPDX-License-Identifier: Apache-2.0
#include "sightline/weights/foreign_names.h"

#include <array>
#include <string_view>

#include "sightline/base/error.h"

namespace sightline {
namespace {

enum class At { begin, anywhere, end };

struct Sign {
  At at;
  std::string_view text;
  std::string_view family;
};

// The first match decides, so more specific names come first.
constexpr std::array kSigns = {
    Sign{At::begin, "model.diffusion_model.", "a Stable Diffusion checkpoint"},
    Sign{At::begin, "cond_stage_model.", "a Stable Diffusion checkpoint"},
    Sign{At::begin, "conditioner.embedders.", "a Stable Diffusion XL checkpoint"},
    Sign{At::begin, "first_stage_model.", "a Stable Diffusion checkpoint"},
    Sign{At::begin, "down_blocks.", "a UNet or VAE of Stable Diffusion"},
    Sign{At::begin, "encoder.down_blocks.", "a VAE of Stable Diffusion"},
    Sign{At::begin, "double_blocks.", "a Flux transformer"},
    Sign{At::begin, "language_model.", "a vision-language model (LLaVA and its relatives)"},
    Sign{At::begin, "model.language_model.", "a vision-language model (LLaVA and its relatives)"},
    Sign{At::begin, "vision_tower.", "a vision-language model (LLaVA and its relatives)"},
    Sign{At::begin, "model.encoder.conv1.", "a speech model (Whisper)"},
    Sign{At::begin, "model.layers.", "a language model (Llama and its relatives)"},
    Sign{At::begin, "model.embed_tokens.", "a language model (Llama and its relatives)"},
    Sign{At::begin, "token_embd.", "a language model (llama.cpp)"},
    Sign{At::begin, "transformer.h.", "a language model (GPT-2 and its relatives)"},
    Sign{At::begin, "h.0.", "a language model (GPT-2 and its relatives)"},
    Sign{At::begin, "bert.", "a language model (BERT)"},
    Sign{At::begin, "roberta.", "a language model (RoBERTa)"},
    Sign{At::begin, "distilbert.", "a language model (DistilBERT)"},
    Sign{At::begin, "embeddings.word_embeddings.", "a language model (BERT and its relatives)"},
    Sign{At::begin, "encoder.layer.", "a transformer of the BERT or ViT kind"},
    Sign{At::begin, "shared.weight", "a language model (T5)"},
    Sign{At::begin, "decoder.block.", "a language model (T5)"},
    Sign{At::begin, "vit.", "an image classifier (ViT)"},
    Sign{At::begin, "blocks.", "an image model (timm's ViT)"},
    Sign{At::begin, "layer1.", "an image classifier (ResNet)"},
    Sign{At::end, ":0",
         "a TensorFlow or Keras 2 file, such as tf_model.h5; transformers 4 reads it with from_tf=True and "
         "writes model.safetensors with save_pretrained"},
};

// Names that quantization and adapter libraries add to or substitute for a weight.
constexpr std::array kChanges = {
    Sign{At::end, ".qweight", "quantized by GPTQ or AWQ"},
    Sign{At::end, ".qzeros", "quantized by GPTQ or AWQ"},
    Sign{At::end, ".SCB", "quantized by bitsandbytes (8 bits)"},
    Sign{At::end, ".weight_format", "quantized by bitsandbytes (8 bits)"},
    Sign{At::end, ".absmax", "quantized by bitsandbytes (4 bits)"},
    Sign{At::end, ".quant_map", "quantized by bitsandbytes (4 bits)"},
    Sign{At::anywhere, ".quant_state.", "quantized by bitsandbytes (4 bits)"},
    Sign{At::end, "._data", "quantized by optimum-quanto"},
    Sign{At::end, ".weight_scale", "quantized by compressed-tensors"},
    Sign{At::end, ".weight_packed", "quantized by compressed-tensors"},
    Sign{At::anywhere, ".lora_A.", "an adapter (LoRA), which modifies a model"},
    Sign{At::anywhere, ".lora_down.", "an adapter (LoRA), which modifies a model"},
    Sign{At::anywhere, ".lora.down.", "an adapter (LoRA), which modifies a model"},
    Sign{At::anywhere, "lora_linear_layer", "an adapter (LoRA), which modifies a model"},
    Sign{At::anywhere, ".lora_magnitude", "an adapter (DoRA), which modifies a model"},
    Sign{At::anywhere, ".hada_w1_a", "an adapter (LoHa), which modifies a model"},
};

bool has(std::string_view name, const Sign& sign) {
  switch (sign.at) {
    case At::begin:
      return name.starts_with(sign.text);
    case At::end:
      return name.ends_with(sign.text);
    case At::anywhere:
      break;
  }
  return name.find(sign.text) != std::string_view::npos;
}

}  // namespace

std::string family_of_names(const Weights& weights) {
  const auto architecture = weights.metadata().find("general.architecture");
  if (architecture != weights.metadata().end() && architecture->second != "clip")
    return "a model with the architecture " + architecture->second + ", according to the file";
  const std::vector<std::string> names = weights.names();
  for (const Sign& sign : kSigns) {
    for (const std::string& name : names) {
      if (has(name, sign)) return std::string(sign.family);
    }
  }
  return "";
}

void check_plain_weights(const Weights& weights) {
  for (const std::string& name : weights.names()) {
    for (const Sign& sign : kChanges) {
      if (!has(name, sign)) continue;
      fail(ErrorCode::unsupported, name,
           "shows that the weights are " + std::string(sign.family) +
               "; expected a whole model with plain float weights");
    }
  }
}

}  // namespace sightline
