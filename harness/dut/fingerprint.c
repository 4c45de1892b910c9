/* SPDX-License-Identifier: MIT */
#include "harness/dut/fingerprint.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK (64 * 1024)

/* A device or a pipe would not be there a second time, or without end. */
static int open_file(const char *path, struct problem *problem) {
    struct stat found;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &found) != 0) {
        problem_set_both(problem, "cannot read the firmware '%s': %s", "无法读取固件'%s'：%s", path,
                         strerror(errno));
    } else if (!S_ISREG(found.st_mode)) {
        problem_set_both(problem, "cannot read the firmware '%s': it is not a file",
                         "无法读取固件'%s'：不是文件", path);
    } else {
        return fd;
    }
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

static void print(const uint8_t digest[SHA256_DIGEST_SIZE], char text[FINGERPRINT_SIZE]) {
    for (size_t i = 0; i < SHA256_DIGEST_SIZE; i++) {
        snprintf(text + 2 * i, FINGERPRINT_SIZE - 2 * i, "%02x", (unsigned)digest[i]);
    }
}

bool fingerprint_take(const char *path, char text[FINGERPRINT_SIZE], struct problem *problem) {
    static uint8_t block[BLOCK];
    uint8_t digest[SHA256_DIGEST_SIZE];
    struct sha256_ctx hash;
    ssize_t got;
    int fd = open_file(path, problem);
    text[0] = '\0';
    if (fd < 0) {
        return false;
    }
    sha256_init(&hash);
    while ((got = read(fd, block, sizeof block)) > 0) {
        sha256_update(&hash, (size_t)got, block);
    }
    if (got < 0) {
        problem_set_both(problem, "cannot read the firmware '%s': %s", "无法读取固件'%s'：%s", path,
                         strerror(errno));
        close(fd);
        return false;
    }
    close(fd);
    sha256_digest(&hash, sizeof digest, digest);
    print(digest, text);
    assert(strlen(text) == FINGERPRINT_SIZE - 1);
    return true;
}

bool fingerprint_holds(const char *path, const char *text, struct problem *problem) {
    char now[FINGERPRINT_SIZE];
    assert(strlen(text) == FINGERPRINT_SIZE - 1);
    return fingerprint_take(path, now, problem) &&
           (strcmp(now, text) == 0 ||
            problem_set(problem,
                        "the firmware '%s' is another file than when the run began: its cases "
                        "are not of one firmware; run it again",
                        path));
}
