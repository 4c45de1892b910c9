/* SPDX-License-Identifier: MIT */
/* inputs.h: from which scenarios a run was made: one SHA-256 over every JSON file of the folders.
 *
 *   char inputs[DIGEST_SIZE];
 *   inputs_digest(place_scenarios(), own_folder, inputs);       own_folder NULL: none; "": cannot be told
 *
 * Names are those inside the folder: the same files give the same digest wherever they lie. */
#ifndef HARNESS_EVIDENCE_INPUTS_H
#define HARNESS_EVIDENCE_INPUTS_H

#include "sim/text/digest.h"

void inputs_digest(const char *folder, const char *own, char digest[DIGEST_SIZE]);

#endif
