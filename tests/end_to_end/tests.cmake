# SPDX-License-Identifier: Apache-2.0
# Included by tests/CMakeLists.txt.
# scripts/fetch-model.sh against a server on 127.0.0.1 (exit 77: curl is missing). It is a script: a sanitizer would find
# nothing more.
if(NOT SIGHTLINE_SANITIZE)
  add_test(NAME end_to_end/fetch_model
           COMMAND Python3::Interpreter ${CMAKE_CURRENT_LIST_DIR}/fetch_test.py --sightline $<TARGET_FILE:sightline>)
  set_tests_properties(end_to_end/fetch_model PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 300 COST 50)
endif()
