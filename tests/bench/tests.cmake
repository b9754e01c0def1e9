# SPDX-License-Identifier: Apache-2.0
# scripts/bench.py: its program with the library in a loop, and tests of everything that does not measure. These are
# scripts: a sanitizer would find nothing more.
if(NOT SIGHTLINE_SANITIZE)
  find_package(JPEG REQUIRED)
  add_executable(bench_engine ${PROJECT_SOURCE_DIR}/scripts/bench_engine.cpp)
  target_compile_options(bench_engine PRIVATE ${SIGHTLINE_WARNINGS})
  target_link_libraries(bench_engine PRIVATE sightline::sightline JPEG::JPEG)
  file(GLOB bench_tests CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*_test.py)
  foreach(test ${bench_tests})
    get_filename_component(name ${test} NAME_WE)
    string(REPLACE "_test" "" name ${name})
    add_test(NAME bench/${name} COMMAND Python3::Interpreter ${test} --sightline $<TARGET_FILE:sightline>
                                        --engine $<TARGET_FILE:bench_engine>)
  endforeach()
endif()
