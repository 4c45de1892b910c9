# SPDX-License-Identifier: MIT
# What `cmake --install` and the Debian package hold: program, charger process, scenarios with their
# schemas, DBC, dissector, port for firmware, manual pages, completion, docs.
#
#   cmake --install build --prefix /usr/local
#   cmake --build build --target package          # build/pilebench_VERSION_ARCH.deb
include(GNUInstallDirs)

set(data ${CMAKE_INSTALL_DATADIR}/pilebench)

if(PILEBENCH_SHARED)
  install(CODE "message(FATAL_ERROR \"PILEBENCH_SHARED is for work: its programs need the libraries of the build \"
    \"folder. Configure another folder without it, and install from there\")")
endif()

install(TARGETS pilebench RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(TARGETS pile RUNTIME DESTINATION lib/pilebench) # harness/plan/place.c looks there
install(DIRECTORY scenarios DESTINATION ${data} FILES_MATCHING PATTERN "*.json")
install(FILES firmware-under-test/include/dut.h firmware-under-test/include/charge_record.h
  firmware-under-test/include/pile_io.dbc DESTINATION ${data}/include)
install(DIRECTORY docs/ DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(DIRECTORY ${CMAKE_BINARY_DIR}/manual/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/html OPTIONAL)
install(FILES README.md README.zh.md CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR} RENAME copyright)

# What the program says of itself is made by the program: its pages, its completion, its tables.
install(CODE "
  set(made \"${CMAKE_BINARY_DIR}/made\")
  set(pilebench \"$<TARGET_FILE:pilebench>\")
  file(REMOVE_RECURSE \${made})
  file(MAKE_DIRECTORY \${made}/man)
  function(make file)
    execute_process(COMMAND \${pilebench} \${ARGN} OUTPUT_FILE \${made}/\${file} COMMAND_ERROR_IS_FATAL ANY)
  endfunction()
  make(man/pilebench.1 man)
  execute_process(COMMAND \${pilebench} man --all OUTPUT_VARIABLE commands COMMAND_ERROR_IS_FATAL ANY)
  string(STRIP \"\${commands}\" commands)
  string(REPLACE \"\\n\" \";\" commands \"\${commands}\")
  foreach(command \${commands})
    string(REPLACE \" \" \"-\" page \${command})
    separate_arguments(words UNIX_COMMAND \${command})
    make(man/pilebench-\${page}.1 man \${words})
  endforeach()
  make(completion.bash completion bash)
  make(_pilebench completion zsh)
  make(gbt27930-2015.dbc dbc)
  make(gbt27930-2023.dbc dbc --edition 2023)
  make(gbt27930.lua dissector)
")
set(made ${CMAKE_BINARY_DIR}/made)
install(DIRECTORY ${made}/man/ DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES ${made}/completion.bash RENAME pilebench
  DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions)
install(FILES ${made}/_pilebench DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions)
install(FILES ${made}/gbt27930-2015.dbc ${made}/gbt27930-2023.dbc ${made}/gbt27930.lua
  DESTINATION ${data})

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME pilebench)
set(CPACK_PACKAGE_CONTACT "Pilebench <pilebench@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "test bench for GB/T DC charging piles")
set(CPACK_PACKAGE_DESCRIPTION "Plays vehicle, grid, contactors, interlocks and meters around the
controller of a DC charging pile, runs the cases of GB/T 34657.1, GB/T 34658 and NB/T 33008.1 against
it, and writes pass/fail reports.")
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION electronics)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "can-utils")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "fonts-wqy-microhei, wireshark")
set(CPACK_STRIP_FILES ON)
include(CPack)

# docs/ as HTML, with pandoc; installed where it was built.
add_custom_target(manual COMMAND ${CMAKE_SOURCE_DIR}/docs/manual/make.sh ${CMAKE_BINARY_DIR}/manual
  USES_TERMINAL VERBATIM)

# The package in a bare Debian: downloads one, so by name only.
add_custom_target(bare-debian
  COMMAND ${CMAKE_COMMAND} -E env PILEBENCH=$<TARGET_FILE:pilebench> BUILD=${CMAKE_BINARY_DIR}
    ${CMAKE_SOURCE_DIR}/tests/install/bare_debian.sh
  DEPENDS pilebench pile blank_dut USES_TERMINAL VERBATIM)
