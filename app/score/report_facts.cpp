// SPDX-License-Identifier: Apache-2.0
#include "score/report_facts.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdlib>
#include <ctime>

#include "batch/embedding_info.h"
#include "build_info.h"
#include "sightline/base/format.h"

namespace sightline::app {
namespace {

constexpr std::int64_t kLargeReport = 50'000'000;

std::string count_of(std::int64_t count, const char* one, const char* many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

std::string date() {
  std::time_t now = std::time(nullptr);
  const char* variable = std::getenv("SOURCE_DATE_EPOCH");
  const std::string_view text = variable == nullptr ? "" : variable;
  std::int64_t seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  if (!text.empty() && error == std::errc() && end == text.data() + text.size()) now = seconds;
  std::tm utc{};
  std::array<char, 64> buffer;
  if (::gmtime_r(&now, &utc) == nullptr) return "unknown";
  return {buffer.data(), std::strftime(buffer.data(), buffer.size(), "%Y-%m-%d %H:%M UTC", &utc)};
}

/// The options that were given, without those that name inputs and outputs.
std::string given_options(const CommandLine& line) {
  constexpr std::array<std::string_view, 3> kOthers = {"--caption", "--output", "--force"};
  std::string text;
  for (const Option& option : line.options()) {
    const std::string& name = option.display_name();
    const bool positional = !option.positional_name().empty();
    if (positional || option.group == HelpGroup::messages ||
        std::ranges::find(kOthers, name) != kOthers.end())
      continue;
    for (const std::string& value : option.given) {
      text += text.empty() ? "" : " ";
      if (option.is_flag()) {
        text += value == "false" ? option.negation : name;
      } else {
        text.append(name).append(" ").append(printable(value));
      }
    }
  }
  return text.empty() ? "none" : text;
}

std::string queries_of(const QuerySide& queries) {
  std::int64_t images = 0;
  for (std::int64_t i = 0; i < queries.size(); ++i) images += queries.is_image(i) ? 1 : 0;
  const std::int64_t captions = queries.size() - images;
  if (images == 0) return std::to_string(captions);
  const std::string text = count_of(images, "query image", "query images");
  return captions == 0 ? text : std::to_string(captions) + " and " + text;
}

}  // namespace

ReportFacts report_facts(const ReportSubject& subject) {
  const ModelIdentity model = identity_of(subject.model, subject.options.model);
  const std::string images = subject.images ? std::to_string(*subject.images) : "see the end of the page";
  return {{{"Model", model.name},
           {"Fingerprint", model.fingerprint},
           {"Images", images},
           {"Captions", queries_of(subject.queries)},
           {"Options", given_options(subject.line)},
           {"Program", "sightline " + std::string(kVersion)},
           {"Date", date()}}};
}

void note_large_report(const ScoreOptions& options, std::int64_t bytes) {
  if (bytes <= kLargeReport) return;
  note(options.console,
       "the report has " + std::to_string(bytes / 1'000'000) + " MB; --top and --thumbnails make it smaller");
}

}  // namespace sightline::app
