/* SPDX-License-Identifier: MIT */
/* whole_file.h: a file that is whole or not there: written beside its name, synced, renamed.
 *
 *   struct whole_file file;
 *   if (!whole_file_open(&file, "out/report.html", &problem)) ...
 *   write(file.fd, ...);
 *   if (!whole_file_close(&file, true, &problem)) ...       false in the middle: what was written goes
 *
 * A link is followed: the file behind it is written, the link stays. What is no regular file (a
 * device, a pipe) is written into: it is not replaced, whoever the user is. */
#ifndef SIM_TEXT_WHOLE_FILE_H
#define SIM_TEXT_WHOLE_FILE_H

#include "sim/text/problem.h"

#include <stdbool.h>

struct whole_file {
    int fd;
    char *path; /* of the file itself */
    char *part; /* what is written until then; NULL: path, directly */
};

bool whole_file_open(struct whole_file *file, const char *path, struct problem *problem);
/* good false: it is given up, and that is no problem. */
bool whole_file_close(struct whole_file *file, bool good, struct problem *problem);

#endif
