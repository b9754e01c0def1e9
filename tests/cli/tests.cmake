# The command line, as its users see it: one test per script of cli/cases, and the examples of the documentation.
file(GLOB cli_cases CONFIGURE_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/cases/*.sh)
foreach(script ${cli_cases})
  get_filename_component(case ${script} NAME_WE)
  add_test(NAME cli/${case} COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/run.py
           --binary $<TARGET_FILE:sightline> ${case})
  set_tests_properties(cli/${case} PROPERTIES TIMEOUT 120 LABELS cli)
endforeach()
add_test(NAME cli/docs COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/docs.py
         --binary $<TARGET_FILE:sightline>)
set_tests_properties(cli/docs PROPERTIES TIMEOUT 300 LABELS cli)
