# SPDX-License-Identifier: Apache-2.0
# Included by tests/CMakeLists.txt: the manual page, and what `cmake --install` gives.
add_test(NAME package/man_page COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/man_page.py
         --version ${PROJECT_VERSION})
if(NOT SIGHTLINE_SANITIZE)  # an outside program knows nothing of the sanitizers that the library would need
  add_test(NAME package/install COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/install.py
           --build ${PROJECT_BINARY_DIR} --cxx ${CMAKE_CXX_COMPILER} --version ${PROJECT_VERSION} --cmake ${CMAKE_COMMAND})
  set_tests_properties(package/install PROPERTIES TIMEOUT 300)
endif()
set_property(TEST package/man_page APPEND PROPERTY LABELS install)
if(TEST package/install)
  set_property(TEST package/install APPEND PROPERTY LABELS install)
endif()
