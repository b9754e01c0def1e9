# SPDX-License-Identifier: Apache-2.0
# Included by the top CMakeLists.txt: the Debian package of the program, which scripts/package.sh makes with cpack.
set(CPACK_PACKAGE_NAME sightline)
set(CPACK_PACKAGE_VENDOR "the sightline contributors")
set(CPACK_PACKAGE_CONTACT "the sightline contributors <sightline@sightline.invalid>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "rank captions against images with CLIP models")
set(CPACK_COMPONENT_PROGRAM_DESCRIPTION
"sightline answers from the command line which caption fits an image. It ranks
captions against images and images against captions, and embeds folders of
images and files of captions into NumPy arrays, with any CLIP model: those of
Hugging Face, OpenAI, OpenCLIP, KerasCV, KerasHub and clip.cpp are read as
they are. It needs neither Python nor a GPU. A small demo model for drawings
is included.")
set(CPACK_RESOURCE_FILE_LICENSE ${PROJECT_SOURCE_DIR}/LICENSE)
set(CPACK_PACKAGE_DIRECTORY ${PROJECT_BINARY_DIR}/packages)
set(CPACK_GENERATOR DEB)
set(CPACK_STRIP_FILES ON)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_COMPONENTS_GROUPING ONE_PER_GROUP)
set(CPACK_COMPONENTS_ALL program)

set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/scripts/packaging/debian.cmake)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_RELEASE 1)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_NAME sightline)
set(CPACK_DEBIAN_PROGRAM_PACKAGE_SECTION graphics)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# What the program loads on demand, where the builder's system is Debian: the packages that own the libraries.
set(recommended)
find_program(DPKG_QUERY dpkg-query)
foreach(prefix LIBAVIF LIBHEIF LIBTIFF LIBZSTD OPENBLAS)
  if(DPKG_QUERY AND ${prefix}_USED AND ${prefix}_SONAME)
    execute_process(COMMAND ${DPKG_QUERY} -S */${${prefix}_SONAME} OUTPUT_VARIABLE owners ERROR_QUIET)
    if(owners MATCHES "^([a-z0-9.+-]+)[:,]")
      set(package ${CMAKE_MATCH_1})
      if(prefix STREQUAL "OPENBLAS")
        set(CPACK_DEBIAN_PROGRAM_PACKAGE_SUGGESTS "libopenblas0 | ${package}")
      else()
        list(APPEND recommended ${package})
      endif()
    endif()
  endif()
endforeach()
list(APPEND recommended curl)  # sightline-fetch
list(JOIN recommended ", " CPACK_DEBIAN_PROGRAM_PACKAGE_RECOMMENDS)
include(CPack)
