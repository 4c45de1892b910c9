/* SPDX-License-Identifier: MIT */
/* health_text.h: what is wrong with a capture, in words.
 *
 *   capture_complain(capture_health(capture), path, chinese, stderr);     after the last frame
 *
 * One line for each thing worth knowing, each beginning with "pilebench: PATH"; a line of the file
 * (or number of a record) stands behind a colon, as compilers do it:
 *
 *   pilebench: car.asc:17: data longer than 8 bytes
 *   pilebench: car.asc: 3 damaged lines were left out; 45678 frames were read
 *
 * Nothing is written when all is well. */
#ifndef HARNESS_CAPTURE_HEALTH_TEXT_H
#define HARNESS_CAPTURE_HEALTH_TEXT_H

#include "harness/capture/capture.h"

#include <stdio.h>

/* Returns how many lines it wrote. */
int capture_complain(const struct capture_health *health, const char *path, bool chinese,
                     FILE *stream);

/* "line" for text, "record" for BLF and pcapng. */
const char *capture_unit(enum capture_format format);

/* More of it could not be read than could, although it has columns: they were taken for others. */
bool capture_columns_doubtful(const struct capture_health *health);

/* "can0 (45678 frames), can1 (3 frames)": the networks seen so far, those left out too; "" when
 * none. */
void capture_networks(const struct capture_health *health, char *text, size_t size);

#endif
