# SPDX-License-Identifier: Apache-2.0
# Run by cpack before it packs: what Debian's policy asks for beyond an installation. The licence is the file `copyright`,
# manual pages and changelogs are compressed, and the package has a changelog of its own.
file(GLOB_RECURSE files ${CPACK_TEMPORARY_DIRECTORY}/*)
set(pages ${files})
list(FILTER pages INCLUDE REGEX "/man/man[0-9]/[^/]+$")
set(changelogs ${files})
list(FILTER changelogs INCLUDE REGEX "/doc/sightline/CHANGELOG\\.md$")
set(licences ${files})
list(FILTER licences INCLUDE REGEX "/doc/sightline/LICENSE$")
if(NOT pages OR NOT changelogs OR NOT licences)
  message(FATAL_ERROR "debian.cmake: no manual page, changelog or licence in ${CPACK_TEMPORARY_DIRECTORY}")
endif()
foreach(changelog ${changelogs})
  get_filename_component(folder ${changelog} DIRECTORY)
  file(RENAME ${changelog} ${folder}/changelog)
  set(moment now)
  if(DEFINED ENV{SOURCE_DATE_EPOCH})
    set(moment @$ENV{SOURCE_DATE_EPOCH})
  endif()
  execute_process(COMMAND date -R -u -d ${moment} OUTPUT_VARIABLE date OUTPUT_STRIP_TRAILING_WHITESPACE
                  COMMAND_ERROR_IS_FATAL ANY)
  file(WRITE ${folder}/changelog.Debian "sightline (${CPACK_PACKAGE_VERSION}-${CPACK_DEBIAN_PACKAGE_RELEASE}) unstable; "
       "urgency=medium\n\n  * Version ${CPACK_PACKAGE_VERSION}; changelog.gz lists the changes.\n\n"
       " -- ${CPACK_PACKAGE_CONTACT}  ${date}\n")
  list(APPEND pages ${folder}/changelog ${folder}/changelog.Debian)
  configure_file(${CMAKE_CURRENT_LIST_DIR}/copyright ${folder}/copyright COPYONLY)
endforeach()
file(REMOVE ${licences})
foreach(page ${pages})
  execute_process(COMMAND gzip -9n ${page} COMMAND_ERROR_IS_FATAL ANY)
endforeach()
