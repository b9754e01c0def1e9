# SPDX-License-Identifier: Apache-2.0
# Included by tests/CMakeLists.txt: the manual page, the scripts that install, and what `cmake --install` gives.
add_test(NAME package/man_page COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/man_page.py
         --version ${PROJECT_VERSION})
add_test(NAME package/setup_scripts COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/setup_scripts.py)
set(package_tests package/man_page package/setup_scripts)
if(NOT SIGHTLINE_SANITIZE)  # an outside program knows nothing of the sanitizers that the library would need
  add_test(NAME package/install COMMAND ${Python3_EXECUTABLE} ${CMAKE_CURRENT_LIST_DIR}/install.py
           --build ${PROJECT_BINARY_DIR} --cxx ${CMAKE_CXX_COMPILER} --version ${PROJECT_VERSION} --cmake ${CMAKE_COMMAND})
  list(APPEND package_tests package/install)
endif()
set_tests_properties(${package_tests} PROPERTIES TIMEOUT 300 LABELS install)
