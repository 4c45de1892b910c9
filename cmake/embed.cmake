# SPDX-License-Identifier: MIT
# Files that a program carries in itself, as strings of C.
#
#   include(cmake/embed.cmake)
#   embed(pb_reports reports/page/style.css html_style_css)
#
# The file, changed or not, becomes `const char html_style_css[]` in the library; a header declares it.
# Needs nothing but CMake, on the machine that builds. A first line with the licence and the comments
# of a .css file are left out.
#
# As a script (what the build runs): cmake -DFROM=... -DTO=... -DSYMBOL=... -P embed.cmake

if(CMAKE_SCRIPT_MODE_FILE)
  file(READ ${FROM} text)
  if(FROM MATCHES "\\.css$")
    string(REGEX REPLACE "/\\*[^*]*\\*+([^/*][^*]*\\*+)*/\n?" "" text "${text}")
  else()
    string(REGEX REPLACE "^[^\n]*SPDX-License-Identifier[^\n]*\n" "" text "${text}")
  endif()
  string(REPLACE "\\" "\\\\" text "${text}")
  string(REPLACE "\"" "\\\"" text "${text}")
  string(REPLACE "\n" "\\n\"\n    \"" text "${text}")
  get_filename_component(name ${FROM} NAME)
  file(WRITE ${TO} "/* Made from ${name}. */\nextern const char ${SYMBOL}[];\n"
       "const char ${SYMBOL}[] =\n    \"${text}\";\n")
  return()
endif()

set(EMBED_SCRIPT ${CMAKE_CURRENT_LIST_FILE})

function(embed target file symbol)
  set(source ${CMAKE_BINARY_DIR}/embedded/${symbol}.c)
  add_custom_command(OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -DFROM=${CMAKE_SOURCE_DIR}/${file} -DTO=${source} -DSYMBOL=${symbol}
            -P ${EMBED_SCRIPT}
    DEPENDS ${CMAKE_SOURCE_DIR}/${file} ${EMBED_SCRIPT}
    COMMENT "Embedding ${file}" VERBATIM)
  target_sources(${target} PRIVATE ${source})
endfunction()
