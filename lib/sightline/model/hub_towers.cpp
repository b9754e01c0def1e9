// SPDX-License-Identifier: Apache-2.0
#include "sightline/model/hub_towers.h"

#include <algorithm>
#include <array>
#include <string>

#include "sightline/base/error.h"

namespace sightline {
namespace {

constexpr BertDefaults kBertBase{{768, 12, 3072, 1e-12, "gelu"}, 30522, 512, 2, {}};
constexpr BertDefaults kLabse{{768, 12, 3072, 1e-12, "gelu"}, 501153, 512, 2, {}};
constexpr BertDefaults kRobertaBase{{768, 12, 3072, 1e-5, "gelu"}, 50265, 514, 1, 1};
constexpr BertDefaults kXlmBase{{768, 12, 3072, 1e-5, "gelu"}, 250002, 514, 1, 1};
constexpr BertDefaults kXlmLarge{{1024, 16, 4096, 1e-5, "gelu", 24}, 250002, 514, 1, 1};
constexpr std::string_view kBert = "BertTokenizer", kRoberta = "RobertaTokenizer",
                           kXlm = "XLMRobertaTokenizer";

constexpr std::array kHubTowers = {
    HubTower{"bert-base-uncased", kBertBase, kBert},
    HubTower{"google-bert/bert-base-uncased", kBertBase, kBert},
    HubTower{"microsoft/BiomedNLP-BiomedBERT-base-uncased-abstract", kBertBase, kBert},
    HubTower{"microsoft/BiomedNLP-BiomedBERT-base-uncased-abstract-fulltext", kBertBase, kBert},
    HubTower{"microsoft/BiomedNLP-PubMedBERT-base-uncased-abstract", kBertBase, kBert},
    HubTower{"microsoft/BiomedNLP-PubMedBERT-base-uncased-abstract-fulltext", kBertBase, kBert},
    HubTower{"setu4993/LaBSE", kLabse, kBert},
    HubTower{"sentence-transformers/LaBSE", kLabse, kBert},
    HubTower{"roberta-base", kRobertaBase, kRoberta},
    HubTower{"FacebookAI/roberta-base", kRobertaBase, kRoberta},
    HubTower{"xlm-roberta-base", kXlmBase, kXlm},
    HubTower{"FacebookAI/xlm-roberta-base", kXlmBase, kXlm},
    HubTower{"xlm-roberta-large", kXlmLarge, kXlm},
    HubTower{"FacebookAI/xlm-roberta-large", kXlmLarge, kXlm},
};

}  // namespace

const HubTower* find_hub_tower(std::string_view name) {
  const auto found = std::ranges::find(kHubTowers, name, &HubTower::name);
  return found == kHubTowers.end() ? nullptr : &*found;
}

const HubTower& hub_tower(std::string_view name, std::string_view subject) {
  if (const HubTower* found = find_hub_tower(name); found != nullptr) return *found;
  fail(ErrorCode::unsupported, subject,
       "is \"" + std::string(name) + "\", a text tower that is not supported");
}

}  // namespace sightline
