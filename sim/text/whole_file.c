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

/* The file behind a link; a link to nothing is written through, as by any program. */
static char *real_path(const char *path) {
    char *real = realpath(path, NULL);
    char *copy = memory_copy(real != NULL ? real : path);
    free(real);
    return copy;
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
        whole_file_free(file);
        return problem_set(problem, "cannot write %s: the path is too long", path);
    }
    if (!is_other(path)) {
        file->part = memory_format("%s.part", file->path);
    }
    file->fd = open(whole_file_written(file), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file->fd < 0) {
        problem_set(problem, "cannot write %s: %s", path, strerror(errno));
        whole_file_free(file);
        return false;
    }
    return true;
}

void whole_file_put(struct whole_file *file, const void *bytes, size_t size) {
    assert(file->fd >= 0);
    size_t done = 0;
    while (file->error == 0 && done < size) {
        ssize_t written = write(file->fd, (const char *)bytes + done, size - done);
        if (written > 0) {
            done += (size_t)written;
        } else if (written < 0 && errno != EINTR) {
            file->error = errno;
        }
    }
    assert(file->error != 0 || done == size);
}

static void note(struct whole_file *file, bool good) {
    if (!good && file->error == 0) {
        file->error = errno;
    }
}

/* The new name must survive a power cut too. */
static void sync_folder(const char *path) {
    const char *slash = strrchr(path, '/');
    char *folder =
        slash == NULL ? memory_copy(".") : memory_format("%.*s", (int)(slash - path) + 1, path);
    int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    free(folder);
}

bool whole_file_finish(struct whole_file *file) {
    assert(file->fd >= 0);
    /* Refused on what is no file (a pipe, /dev/full): only a failed one of a file counts. */
    note(file, fsync(file->fd) == 0 || errno == EINVAL || errno == EROFS);
    note(file, close(file->fd) == 0);
    file->fd = -1;
    if (file->error == 0 && file->part != NULL) {
        note(file, rename(file->part, file->path) == 0);
        sync_folder(file->path);
    }
    return file->error == 0;
}

const char *whole_file_written(const struct whole_file *file) {
    return file->part != NULL ? file->part : file->path;
}

void whole_file_remove(const struct whole_file *file) {
    assert(file->fd < 0); /* closed, or never opened */
    if (file->part != NULL) {
        unlink(file->part);
    }
}

void whole_file_free(struct whole_file *file) {
    free(file->path);
    free(file->part);
    *file = (struct whole_file){.fd = -1};
}
