/* SPDX-License-Identifier: MIT */
/* internal.h: what the files of this room share: the manifest's text, and names of files. */
#ifndef HARNESS_EVIDENCE_INTERNAL_H
#define HARNESS_EVIDENCE_INTERNAL_H

#include "harness/evidence/manifest.h"
#include "sim/text/buffer.h"

struct manifest_file *manifest_add(struct manifest *manifest, const char *path);
/* As JSON; its files are in order. */
void manifest_put(struct buffer *text, const struct manifest *manifest);
/* Puts the files in order and writes manifest.json. */
bool manifest_save(struct manifest *manifest, const char *folder, struct problem *problem);

/* The firmware's log that belongs to a case's trace; NULL: none. The caller frees it. */
char *evidence_log_of(const struct result_case *one);

#endif
