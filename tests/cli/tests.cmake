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

# Unit tests of the program's components.
set(app_folder ${CMAKE_CURRENT_LIST_DIR}/../../app)
add_executable(app_tests ${app_folder}/failure.cpp ${app_folder}/first_argument.cpp ${app_folder}/hints.cpp ${app_folder}/remedies.cpp
               ${app_folder}/signals.cpp ${app_folder}/image_extensions.cpp ${app_folder}/unsupported_images.cpp ${app_folder}/stored_rows.cpp
               ${CMAKE_CURRENT_LIST_DIR}/parser_test.cpp)
foreach(part console folder_walk guard inputs mapped_file_guard low_scores ranker stored_search text_list utf8_repair)
  target_sources(app_tests PRIVATE ${app_folder}/${part}.cpp ${CMAKE_CURRENT_LIST_DIR}/${part}_test.cpp)
endforeach()
target_include_directories(app_tests PRIVATE ${app_folder})
sightline_test_target(app_tests)
target_link_libraries(app_tests PRIVATE sightline_cli sightline_test_support sightline::sightline)
sightline_catch_tests(app_tests app 60)
