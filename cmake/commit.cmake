# SPDX-License-Identifier: MIT
# From which commit is this built? Asked at every build; a file is written only when the answer is another.
#
#   cmake -DSOURCE=FOLDER -DTO=commit.c -P commit.cmake
execute_process(COMMAND git -C ${SOURCE} describe --always --dirty --exclude * OUTPUT_VARIABLE commit
  OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET RESULT_VARIABLE code)
if(NOT code EQUAL 0 OR commit STREQUAL "")
  set(commit unknown)
endif()
set(text "/* Made by commit.cmake. */\nextern const char version_commit[];\nconst char version_commit[] = \"${commit}\";\n")
set(former "")
if(EXISTS ${TO})
  file(READ ${TO} former)
endif()
if(NOT former STREQUAL text)
  file(WRITE ${TO} "${text}")
endif()
