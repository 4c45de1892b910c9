/* SPDX-License-Identifier: MIT */
#include "sim/text/whole_file.h"

#include "sim/memory.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool cannot(const char *path, struct problem *problem) {
    return problem_set(problem, "cannot write %s: %s", path, strerror(errno));
}

/* The file behind a link; a link to nothing is written through, as by any program. */
static char *real_path(const char *path) {
    char *real = realpath(path, NULL);
    char *copy = memory_copy(real != NULL ? real : path);
    free(real);
    return copy;
}

static void release(struct whole_file *file) {
    free(file->path);
    free(file->part);
    *file = (struct whole_file){.fd = -1};
}

/* Neither a regular file nor a name that is free: written into. */
static bool is_other(const char *path) {
    struct stat found;
    if (stat(path, &found) == 0) {
        return !S_ISREG(found.st_mode);
    }
    return lstat(path, &found) == 0; /* a link to nothing */
}

bool whole_file_open(struct whole_file *file, const char *path, struct problem *problem) {
    *file = (struct whole_file){.fd = -1, .path = real_path(path)};
    if (strlen(file->path) + sizeof ".part" > PATH_MAX) {
        release(file);
        return problem_set(problem, "cannot write %s: the path is too long", path);
    }
    if (!is_other(path)) {
        file->part = memory_format("%s.part", file->path);
    }
    file->fd = open(file->part != NULL ? file->part : file->path,
                    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file->fd < 0) {
        cannot(path, problem);
        release(file);
        return false;
    }
    return true;
}

/* A device or pipe has nothing to be synced: EINVAL. */
static bool sync_file(int fd) {
    return fsync(fd) == 0 || errno == EINVAL || errno == EROFS;
}

bool whole_file_close(struct whole_file *file, bool good, struct problem *problem) {
    assert(file->fd >= 0);
    bool wanted = good;
    good = good && sync_file(file->fd);
    int failure = errno;
    good = close(file->fd) == 0 && good;
    failure = good ? 0 : failure;
    if (good && file->part != NULL && rename(file->part, file->path) != 0) {
        failure = errno;
        good = false;
    }
    if (!good && file->part != NULL) {
        unlink(file->part);
    }
    errno = failure;
    if (wanted && !good) {
        cannot(file->path, problem);
    }
    release(file);
    return good || !wanted;
}
