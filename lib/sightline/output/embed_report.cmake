# SPDX-License-Identifier: Apache-2.0
# sightline_embed_report(VARIABLE): defines the strings of report_parts.cpp.in from the files of the page, with the
# hashes of its script and style that its Content-Security-Policy states. CMake has SHA-256, and this its Base64.
function(sightline_base64_of_hex variable hex)
  set(digits ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/)
  set(result "")
  string(APPEND hex 00)  # 32 bytes are two characters short of a multiple of three bytes
  foreach(at RANGE 0 63 3)
    string(SUBSTRING ${hex} ${at} 3 group)
    math(EXPR first "0x${group} >> 6")
    math(EXPR second "0x${group} & 63")
    string(SUBSTRING ${digits} ${first} 1 first)
    string(SUBSTRING ${digits} ${second} 1 second)
    string(APPEND result ${first}${second})
  endforeach()
  string(SUBSTRING ${result} 0 43 result)
  set(${variable} ${result}= PARENT_SCOPE)
endfunction()

foreach(part html css js)
  set(file ${CMAKE_CURRENT_SOURCE_DIR}/report.${part})
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
  file(READ ${file} REPORT_${part})
  string(SHA256 hash "${REPORT_${part}}")
  sightline_base64_of_hex(REPORT_${part}_HASH ${hash})
endforeach()
configure_file(report_parts.cpp.in report_parts.cpp @ONLY)
