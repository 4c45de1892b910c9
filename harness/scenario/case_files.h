/* SPDX-License-Identifier: MIT */
/* case_files.h: the files of cases/, which stand in folders by subject. A case's name is its
 * file's, without folder and ".json"; it is unique in all folders.
 *
 *   if (!case_files_list(library, &problem)) ...       two files of one name are a problem
 *   const char *path = case_path(library, "weld");     "scenarios/cases/nbt33008.1/weld.json"
 *   case_unknown(library, "wled", &problem);           "...; did you mean 'weld'?" */
#ifndef HARNESS_SCENARIO_CASE_FILES_H
#define HARNESS_SCENARIO_CASE_FILES_H

#include "harness/scenario/internal.h"

/* Fills library->cases: sorted by name, whatever the folder. */
bool case_files_list(struct library *library, struct problem *problem);

/* NULL: there is no such case. A file that came after the list was made is found, too. */
const char *case_path(struct library *library, const char *name);

/* Problem "there is no case 'name' ...", with the nearest name. Always false. */
bool case_unknown(struct library *library, const char *name, struct problem *problem);

#endif
