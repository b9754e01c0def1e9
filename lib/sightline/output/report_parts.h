// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

namespace sightline {

/// The files report.html, report.css and report.js, compiled into the program.
extern const std::string_view kReportPage, kReportStyle, kReportScript;
/// SHA-256 of the style and the script in base64, for the Content-Security-Policy of the page.
extern const std::string_view kReportStyleHash, kReportScriptHash;

}  // namespace sightline
