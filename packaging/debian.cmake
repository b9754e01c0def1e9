# SPDX-License-Identifier: Apache-2.0
# Run by cpack before it packs: what Debian's policy asks for beyond an installation. The licence is the file `copyright`,
# manual pages and changelogs are compressed.
file(GLOB_RECURSE pages ${CPACK_TEMPORARY_DIRECTORY}/*/man1/*.1)
file(GLOB_RECURSE changelogs ${CPACK_TEMPORARY_DIRECTORY}/*/doc/sightline/CHANGELOG.md)
file(GLOB_RECURSE licences ${CPACK_TEMPORARY_DIRECTORY}/*/doc/sightline/LICENSE)
foreach(changelog ${changelogs})
  get_filename_component(folder ${changelog} DIRECTORY)
  file(RENAME ${changelog} ${folder}/changelog)
  list(APPEND pages ${folder}/changelog)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/copyright ${folder}/copyright COPYONLY)
endforeach()
if(NOT pages OR NOT licences)
  message(FATAL_ERROR "debian.cmake: no manual page or licence in ${CPACK_TEMPORARY_DIRECTORY}")
endif()
file(REMOVE ${licences})
foreach(page ${pages})
  execute_process(COMMAND gzip -9n ${page} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
