// SPDX-License-Identifier: Apache-2.0
#include "commands/version.h"

#include "build_info.h"
#include "sightline/image/formats.h"
#include "sightline/model/kernels.h"

namespace sightline::app {
namespace {

constexpr std::size_t kNameColumns = 22;

/// "  name                text"
std::string row(std::string_view name, const std::string& text) {
  std::string line = "  " + std::string(name);
  line.append(line.size() < kNameColumns ? kNameColumns - line.size() : 1, ' ');
  return line + text + "\n";
}

/// The library that decodes a format: "libpng 1.6.39".
std::string decoder_of(const ImageFormat& format) {
  const std::string library(format.library.empty() ? "sightline" : format.library);
  if (format.codec == nullptr) return "not in this build (" + library + " was missing)";
  if (format.version == nullptr) return library;
  const std::string version = format.version();
  return version.empty() ? library + ", which cannot be loaded" : library + " " + version;
}

std::string libraries() {
  std::string out = "\nLibraries\n";
  for (const Library& library : kLibraries) {
    const std::string version(library.version.empty() ? "unknown version" : library.version);
    out += row(library.name, version + " (" + std::string(library.licence) + ")");
  }
  return out;
}

std::string image_format_rows() {
  std::string out = "\nImage formats\n";
  for (const ImageFormat& format : image_formats()) {
    std::string text = decoder_of(format);
    std::string_view separator = ": ";
    for (const std::string_view extension : format.extensions) {
      text.append(separator).append(extension);
      separator = " ";
    }
    out += row(format.name, text);
  }
  return out;
}

std::string kernels() {
  std::string out = "\nKernels for this processor\n";
  for (const KernelChoice& choice : kernel_choices()) out += row(choice.step, choice.chosen);
  return out;
}

}  // namespace

std::string version_line() { return "sightline " + std::string(kVersion) + "\n"; }

std::string version_page() {
  const std::string build = kBuildType.empty() ? "" : ", " + std::string(kBuildType);
  return version_line() + "commit: " + std::string(kCommit.empty() ? "unknown" : kCommit) +
         "\ncompiler: " + std::string(kCompiler) + build + ", " + std::string(kProcessor) + "\n" +
         libraries() + image_format_rows() + kernels();
}

}  // namespace sightline::app
