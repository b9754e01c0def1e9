# SPDX-License-Identifier: Apache-2.0
# End-to-end tests of the command line: one test per script in cli/cases, and the examples of the documentation.
file(GLOB cli_cases CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/cases/*.sh)
foreach(script ${cli_cases})
  get_filename_component(case ${script} NAME_WE)
  add_test(NAME cli/${case} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/run.py
           --binary $<TARGET_FILE:sightline> ${case})
  set_tests_properties(cli/${case} PROPERTIES TIMEOUT 120 LABELS cli SKIP_RETURN_CODE 77)
endforeach()
add_test(NAME cli/docs COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/docs.py
         --binary $<TARGET_FILE:sightline>)
set_tests_properties(cli/docs PROPERTIES TIMEOUT 300 LABELS cli)

# About 20 kills; the whole test belongs to check.sh --long.
if(NOT SIGHTLINE_SANITIZE)
  add_test(NAME cli/kills COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/../long/kills.py
           --binary $<TARGET_FILE:sightline> --only embed-image --rounds 5 --chains 1)
  set_tests_properties(cli/kills PROPERTIES TIMEOUT 300 LABELS cli)
endif()

# Unit tests of the program's components.
file(GLOB app_test_sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/*_test.cpp)
add_executable(app_tests ${app_test_sources})
sightline_test_target(app_tests)
target_link_libraries(app_tests PRIVATE sightline_app sightline_test_support sightline::sightline)
sightline_catch_tests(app_tests app 60)
