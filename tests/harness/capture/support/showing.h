/* SPDX-License-Identifier: MIT */
/* showing.h: what a capture gives, as text for a file that is kept (tests/support/kept.h). */
#ifndef TESTS_HARNESS_CAPTURE_SUPPORT_SHOWING_H
#define TESTS_HARNESS_CAPTURE_SUPPORT_SHOWING_H

#include "harness/capture/capture.h"

#include <stdio.h>

void show_frame(FILE *to, const struct capture_frame *frame);
/* What is wrong, line by line, the clock and what was left out. */
void show_health(FILE *to, const struct capture_health *health);

#endif
