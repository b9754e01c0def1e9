// SPDX-License-Identifier: Apache-2.0
#include "batch/stream_source.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "batch/list_source.h"
#include "batch/tar_expander.h"

namespace sightline::app {

StreamSource::StreamSource(const InputOptions& options, std::vector<std::string> first, bool stdin_is_free,
                           OnUnsupportedImages on_unsupported)
    : walk_(options.walk),
      stdin_is_free_(stdin_is_free),
      on_unsupported_(std::move(on_unsupported)),
      entries_(options.list, path_rules(options)),
      pending_(std::make_move_iterator(first.begin()), std::make_move_iterator(first.end())) {}

bool StreamSource::next(ImageItem& item) {
  constexpr std::chrono::milliseconds kPatience(1000);
  while (!ready(kPatience)) {
  }
  if (pending_.empty()) return false;
  item = {.path = std::move(pending_.front())};
  pending_.pop_front();
  return true;
}

bool StreamSource::ready(std::chrono::milliseconds patience) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point deadline = Clock::now() + patience;
  while (pending_.empty()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (!entries_.ready(std::max(left, std::chrono::milliseconds()))) return false;
    std::string_view entry;
    if (!entries_.next(entry)) return true;
    if (!entry.empty()) add(std::string(entry));
  }
  return true;
}

void StreamSource::add(const std::string& entry) {
  if (entry == "-" && !std::exchange(stdin_is_free_, false)) fail_usage("stdin can be read only once");
  ImagePaths found;
  add_images(entry, walk_, found);
  std::ranges::move(found.paths, std::back_inserter(pending_));
  for (const UnsupportedImages& folder : found.unsupported) on_unsupported_(folder);
}

std::unique_ptr<ImageSource> open_images(const InputOptions& options, Streams streams,
                                         const ImagePaths& gathered, bool stdin_is_free,
                                         OnUnsupportedImages on_unsupported,
                                         std::function<void(std::int64_t inputs)> on_archive) {
  const std::vector<std::string>& paths = gathered.paths;
  const bool is_stream = has_stream(options, streams);
  std::unique_ptr<ImageSource> source;
  if (is_stream) {
    source = std::make_unique<StreamSource>(options, paths, stdin_is_free, on_unsupported);
  } else {
    source = std::make_unique<ListSource>(paths);
  }
  // Where the number of rows must be known, stdin is an image.
  const bool may_be_archive = streams == Streams::leave && std::ranges::count(paths, "-") > 0;
  if (!is_stream && gathered.archives.empty() && !may_be_archive) return source;
  const auto is_given_archive = [&gathered, is_stream](const std::string& path) {
    return gathered.archives.contains(path) || (is_stream && is_archive(path));
  };
  const auto on_end = [on_unsupported = std::move(on_unsupported), on_archive = std::move(on_archive)](
                          std::int64_t inputs, const UnsupportedImages& unsupported) {
    if (!unsupported.counts.empty()) on_unsupported(unsupported);
    if (on_archive) on_archive(inputs);
  };
  return std::make_unique<TarExpander>(
      std::move(source), TarInputs{is_given_archive, streams == Streams::leave}, options.walk, on_end);
}

}  // namespace sightline::app
