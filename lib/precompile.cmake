# SPDX-License-Identifier: Apache-2.0
# The headers of the standard library that most files include, parsed once: a third of the compile time. Builds with
# tests do without, so that a missing include is found.
set(standard_headers <algorithm> <array> <chrono> <cstdint> <filesystem> <functional> <map> <memory> <optional> <span>
                     <string> <string_view> <vector>)
set(empty_source ${PROJECT_BINARY_DIR}/precompiled.cpp)
file(CONFIGURE OUTPUT ${empty_source} CONTENT "// Only its precompiled headers matter.\n")
add_library(sightline_precompiled OBJECT ${empty_source})
target_compile_options(sightline_precompiled PRIVATE ${SIGHTLINE_WARNINGS})
target_precompile_headers(sightline_precompiled PRIVATE ${standard_headers})
get_property(layers GLOBAL PROPERTY sightline_layers)
list(TRANSFORM layers PREPEND sightline_)
foreach(target ${layers} sightline_cli)
  target_precompile_headers(${target} REUSE_FROM sightline_precompiled)
endforeach()
target_precompile_headers(sightline PRIVATE ${standard_headers})  # an executable: -fPIE, not -fPIC
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  foreach(target ${layers} sightline_cli sightline)
    # False alarms of g++ 12 in a precompiled std::string; builds with tests keep these warnings.
    target_compile_options(${target} PRIVATE -Wno-stringop-overflow -Wno-array-bounds)
  endforeach()
endif()
