// SPDX-License-Identifier: Apache-2.0
#include "batch/tar_expander.h"

#include <utility>

#include "batch/inputs.h"
#include "cli/failure.h"

namespace sightline::app {

TarExpander::TarExpander(std::unique_ptr<ImageSource> inner, TarInputs inputs, const WalkOptions& walk,
                         OnArchive on_archive, const ImageExtensions& extensions)
    : inner_(std::move(inner)),
      inputs_(std::move(inputs)),
      walk_(walk),
      on_archive_(std::move(on_archive)),
      extensions_(extensions) {}

bool TarExpander::take(ImageItem& item, bool wanted) {
  while (true) {
    if (archive_ != nullptr) {
      if (wanted ? archive_->next(item) : archive_->next_label(item)) {
        ++images_;
        return true;
      }
      close_archive();
    }
    if (!inner_->next(item)) return false;
    if (item.bytes || item.error) return true;
    if (item.path == "-" && inputs_.stdin_may_be_archive) {
      if (!open_stdin(item, wanted)) return true;
    } else if (inputs_.is_archive(item.path)) {
      archive_path_ = item.path;
      archive_ = std::make_unique<TarSource>(item.path, walk_, extensions_);
    } else {
      return true;
    }
  }
}

/// Whether stdin is an archive; if not, `item` holds the image.
bool TarExpander::open_stdin(ImageItem& item, bool wanted) {
  const std::string path = item.path;
  auto stream = in_stage(Stage::streams, [&] {
    auto raw = open_raw_stream(path);
    raw->peek(kTarBlockBytes);
    return raw;
  });
  try {
    // An image is never compressed as a whole, so the name of an archive is assumed.
    if (is_tar(stream->peek(kTarBlockBytes), "-.tar") && !stream->peek(1).empty()) {
      archive_path_ = path;
      archive_ = std::make_unique<TarSource>(path, decompress(std::move(stream), path), walk_, extensions_);
      return true;
    }
    if (wanted) item.bytes = read_stdin_image(*stream);
  } catch (const Failure&) {
    throw;
  } catch (const Error& error) {
    item.error = error;
  }
  return false;
}

void TarExpander::close_archive() {
  on_archive_(std::exchange(images_, 0), {archive_path_, archive_->unsupported()});
  archive_.reset();
}

}  // namespace sightline::app
