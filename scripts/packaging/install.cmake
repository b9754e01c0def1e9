# SPDX-License-Identifier: Apache-2.0
# Included by the top CMakeLists.txt: what an installation holds beside the library (lib/CMakeLists.txt). Two components:
# `program` (what a user needs) and `development` (what an outside program is built with).
install(TARGETS sightline RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT program)
install(PROGRAMS scripts/fetch-model.sh DESTINATION ${CMAKE_INSTALL_BINDIR} RENAME sightline-fetch COMPONENT program)
install(FILES docs/sightline.1 docs/sightline-fetch.1 DESTINATION ${CMAKE_INSTALL_MANDIR}/man1 COMPONENT program)
install(DIRECTORY data/vocab data/demo-model data/templates DESTINATION ${CMAKE_INSTALL_DATADIR}/sightline
        COMPONENT program)
install(DIRECTORY scripts/cluster DESTINATION ${CMAKE_INSTALL_DATADIR}/sightline USE_SOURCE_PERMISSIONS
        COMPONENT program PATTERN __pycache__ EXCLUDE)
install(FILES data/README.md DESTINATION ${CMAKE_INSTALL_DATADIR}/sightline COMPONENT program)

install(FILES LICENSE docs/CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)
install(FILES third_party/README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME third-party.md COMPONENT program)
install(DIRECTORY third_party/licences DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT program)

# Completions are what the program itself prints, so that they always match its options.
if(CMAKE_CROSSCOMPILING AND NOT CMAKE_CROSSCOMPILING_EMULATOR)
  message(STATUS "shell completions: not installed, the program cannot be run here (cross-compiling)")
else()
  set(completions ${PROJECT_BINARY_DIR}/completions)
  file(MAKE_DIRECTORY ${completions})
  set(outputs)
  foreach(shell bash zsh fish)
    add_custom_command(OUTPUT ${completions}/${shell} COMMAND sightline completions ${shell} > ${completions}/${shell}
                       DEPENDS sightline COMMENT "Printing the completions for ${shell}" VERBATIM)
    list(APPEND outputs ${completions}/${shell})
  endforeach()
  add_custom_target(completions ALL DEPENDS ${outputs})
  install(FILES ${completions}/bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME sightline
          COMPONENT program)
  install(FILES ${completions}/zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions RENAME _sightline
          COMPONENT program)
  install(FILES ${completions}/fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME sightline.fish
          COMPONENT program)
endif()
