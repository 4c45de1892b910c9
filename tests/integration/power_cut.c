/* SPDX-License-Identifier: MIT */
/* power_cut.so: loaded before a program (LD_PRELOAD), it cuts the power at its n-th change of the file system: the
 * process dies there and then, of a write half is done. What counts is what happens below $CUT_FOLDER.
 *
 *   CUT_FOLDER=/tmp/out CUT_AT=17 LD_PRELOAD=./power_cut.so pilebench run ...
 *   CUT_FOLDER=/tmp/out CUT_COUNT=/tmp/count ...           how many there are: a byte each
 *
 * The processes that it has started die with it. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

/* Shared with the processes that it starts. */
static volatile long *changes;
static long cut_at = -1;
static int count_fd = -1;
static char folder[PATH_MAX];
static pid_t
    first; /* the program itself; each case is a process of its own, in a group of its own */

__attribute__((constructor)) static void begin(void) {
    const char *at = getenv("CUT_AT"), *count = getenv("CUT_COUNT"), *below = getenv("CUT_FOLDER");
    changes =
        mmap(NULL, sizeof *changes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    first = getpid();
    cut_at = at != NULL ? atol(at) : -1;
    snprintf(folder, sizeof folder, "%s", below != NULL ? below : "/nowhere");
    if (count != NULL) {
        int fd = open(count, O_WRONLY | O_CREAT | O_APPEND, 0644);
        count_fd = fcntl(fd, F_DUPFD, 200); /* out of the way of who closes the rest */
        close(fd);
    }
}

static _Noreturn void cut(void) {
    kill(first, SIGKILL); /* its cases end with it */
    kill(getpid(), SIGKILL);
    _exit(137);
}

/* One change; true: it is the one at which the power goes. */
static int is_cut(void) {
    long now = __atomic_add_fetch(changes, 1, __ATOMIC_SEQ_CST);
    return now == cut_at;
}

static void note(void) {
    if (count_fd >= 0) {
        ssize_t (*plain)(int, const void *, size_t) =
            (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
        ssize_t ignored = plain(count_fd, ".", 1);
        (void)ignored;
    }
}

static int is_below(const char *path) {
    return path != NULL && strncmp(path, folder, strlen(folder)) == 0;
}

static int is_of_folder(int fd) {
    char link[64], path[PATH_MAX];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(link, path, sizeof path - 1);
    if (length <= 0) {
        return 0;
    }
    path[length] = '\0';
    return is_below(path);
}

ssize_t write(int fd, const void *bytes, size_t size) {
    ssize_t (*plain)(int, const void *, size_t) =
        (ssize_t(*)(int, const void *, size_t))dlsym(RTLD_NEXT, "write");
    if (fd != count_fd && is_of_folder(fd)) {
        note();
        if (is_cut()) {
            ssize_t ignored = plain(fd, bytes, size / 2);
            (void)ignored;
            cut();
        }
    }
    return plain(fd, bytes, size);
}

#define CHANGE(path)                                                                               \
    do {                                                                                           \
        if (is_below(path)) {                                                                      \
            note();                                                                                \
            if (is_cut()) {                                                                        \
                cut();                                                                             \
            }                                                                                      \
        }                                                                                          \
    } while (0)

int rename(const char *from, const char *to) {
    int (*plain)(const char *, const char *) =
        (int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename");
    CHANGE(to);
    return plain(from, to);
}

int unlink(const char *path) {
    int (*plain)(const char *) = (int (*)(const char *))dlsym(RTLD_NEXT, "unlink");
    CHANGE(path);
    return plain(path);
}

int ftruncate(int fd, off_t size) {
    int (*plain)(int, off_t) = (int (*)(int, off_t))dlsym(RTLD_NEXT, "ftruncate");
    if (is_of_folder(fd)) {
        note();
        if (is_cut()) {
            cut();
        }
    }
    return plain(fd, size);
}

int fsync(int fd) {
    int (*plain)(int) = (int (*)(int))dlsym(RTLD_NEXT, "fsync");
    if (is_of_folder(fd)) {
        note();
        if (is_cut()) {
            cut();
        }
    }
    return plain(fd);
}
