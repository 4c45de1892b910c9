/* SPDX-License-Identifier: MIT */
/* table.h: a run's verdicts for the terminal.
 *
 *   table_put(stdout, set, false);
 *
 * A line per case. Below a case that did not pass stand its reason and the last word about its
 * charge: how far it came, who ended it, why. At the end what several cases have in common is told
 * once, with the cases that it decided; each of these shows what its own checks say instead.
 * values: what each case measured for itself, too. */
#ifndef HARNESS_CLI_TABLE_H
#define HARNESS_CLI_TABLE_H

#include "reports/record/result.h"

#include <stdio.h>

void table_put(FILE *stream, const struct result_set *set, bool values);

#endif
