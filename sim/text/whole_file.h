/* SPDX-License-Identifier: MIT */
/* whole_file.h: a file that is whole or not there: written beside its name, synced, renamed.
 *
 *   struct whole_file file;
 *   if (!whole_file_open(&file, "out/report.html", &problem)) ...
 *   whole_file_put(&file, bytes, size);                     any number of times
 *   if (!whole_file_finish(&file)) ... strerror(file.error), whole_file_written(&file)
 *   whole_file_free(&file);
 *
 * The first failure is kept in error; nothing is written after it. What was written until then stays
 * under its name with ".part", unless whole_file_remove is called.
 *
 * A link is followed: the file behind it is written, the link stays. What is no regular file (a
 * device, a pipe) is written into: it is not replaced, whoever the user is. */
#ifndef SIM_TEXT_WHOLE_FILE_H
#define SIM_TEXT_WHOLE_FILE_H

#include "sim/text/problem.h"

#include <stdbool.h>
#include <stddef.h>

struct whole_file {
    int fd;
    int error;  /* errno of the first failure; 0: none */
    char *path; /* of the file itself */
    char *part; /* its name until it is whole; NULL: path, directly */
};

bool whole_file_open(struct whole_file *file, const char *path, struct problem *problem);
void whole_file_put(struct whole_file *file, const void *bytes, size_t size);
/* Syncs, closes, renames. True: it is there under its name, and stays through a power cut. */
bool whole_file_finish(struct whole_file *file);
/* The name under which the bytes of a file are that is not whole. */
const char *whole_file_written(const struct whole_file *file);
void whole_file_remove(const struct whole_file *file);
void whole_file_free(struct whole_file *file);

#endif
