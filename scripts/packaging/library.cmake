# SPDX-License-Identifier: Apache-2.0
# Included by lib/CMakeLists.txt: what outside programs are built with. find_package(sightline) gives
# sightline::sightline, and pkg-config knows sightline. No file of them names a folder of this machine.
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/sightline)

install(TARGETS sightline_core EXPORT sightline-targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development)
install(EXPORT sightline-targets NAMESPACE sightline:: DESTINATION ${package_folder} COMPONENT development)
foreach(header ${SIGHTLINE_PUBLIC_HEADERS})
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES ${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/${folder} COMPONENT development)
endforeach()

# The libraries below, as the two package files name them.
set(SIGHTLINE_PKG_CONFIG_REQUIRES "libpng >= 1.6, libjpeg, libdeflate >= 1.8, libwebp >= 1.2, libwebpdemux >= 1.2, simdjson, spdlog, zlib")
set(SIGHTLINE_PKG_CONFIG_MODULES "libdeflate:libdeflate>=1.8" "libwebp:libwebp>=1.2 libwebpdemux>=1.2")
foreach(pair "LIBAVIF:libavif" "LIBHEIF:libheif" "LIBTIFF:libtiff-4" "LIBZSTD:libzstd")  # linked into the static program, else loaded
  string(REPLACE ":" ";" pair ${pair})
  list(GET pair 0 prefix)
  list(GET pair 1 module)
  if(SIGHTLINE_STATIC AND ${prefix}_USED)
    string(APPEND SIGHTLINE_PKG_CONFIG_REQUIRES ", ${module}")
    list(APPEND SIGHTLINE_PKG_CONFIG_MODULES "${prefix}:${module}")
  endif()
endforeach()

configure_package_config_file(sightline-config.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/sightline-config.cmake
                              INSTALL_DESTINATION ${package_folder} NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/sightline-config-version.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/sightline-config.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/sightline-config-version.cmake
        DESTINATION ${package_folder} COMPONENT development)

# The prefix is found from the file's own place, so that the installation can be moved.
set(prefix_folder ${CMAKE_INSTALL_PREFIX})
cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_LIBDIR BASE_DIRECTORY ${prefix_folder} OUTPUT_VARIABLE library_folder)
cmake_path(ABSOLUTE_PATH CMAKE_INSTALL_INCLUDEDIR BASE_DIRECTORY ${prefix_folder} OUTPUT_VARIABLE include_folder)
cmake_path(RELATIVE_PATH prefix_folder BASE_DIRECTORY ${library_folder}/pkgconfig OUTPUT_VARIABLE SIGHTLINE_PC_PREFIX)
cmake_path(RELATIVE_PATH library_folder BASE_DIRECTORY ${prefix_folder} OUTPUT_VARIABLE SIGHTLINE_PC_LIBDIR)
cmake_path(RELATIVE_PATH include_folder BASE_DIRECTORY ${prefix_folder} OUTPUT_VARIABLE SIGHTLINE_PC_INCLUDEDIR)
configure_file(sightline.pc.in ${CMAKE_CURRENT_BINARY_DIR}/sightline.pc @ONLY)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/sightline.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig
        COMPONENT development)
