/* SPDX-License-Identifier: MIT */
#include "sim/text/digest.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK (64 * 1024)

static void print(struct sha256_ctx *hash, char text[DIGEST_SIZE]) {
    uint8_t digest[SHA256_DIGEST_SIZE];
    sha256_digest(hash, sizeof digest, digest);
    for (size_t i = 0; i < SHA256_DIGEST_SIZE; i++) {
        snprintf(text + 2 * i, DIGEST_SIZE - 2 * i, "%02x", (unsigned)digest[i]);
    }
    assert(digest_is(text));
}

void digest_bytes(const void *bytes, size_t length, char text[DIGEST_SIZE]) {
    struct sha256_ctx hash;
    sha256_init(&hash);
    sha256_update(&hash, length, bytes);
    print(&hash, text);
}

static bool cannot(struct problem *problem, const char *path, const char *why) {
    return problem_set_both(problem, "cannot read %s: %s", "无法读取%s：%s", path, why);
}

static int open_file(const char *path, struct problem *problem) {
    struct stat found;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0 || fstat(fd, &found) != 0) {
        cannot(problem, path, strerror(errno));
    } else if (!S_ISREG(found.st_mode)) {
        problem_set_both(problem, "cannot read %s: it is not a file", "无法读取%s：不是文件", path);
    } else {
        return fd;
    }
    if (fd >= 0) {
        close(fd);
    }
    return -1;
}

bool digest_file(const char *path, char text[DIGEST_SIZE], uint64_t *size,
                 struct problem *problem) {
    static uint8_t block[BLOCK];
    struct sha256_ctx hash;
    ssize_t got;
    uint64_t total = 0;
    text[0] = '\0';
    int fd = open_file(path, problem);
    if (fd < 0) {
        return false;
    }
    sha256_init(&hash);
    while ((got = read(fd, block, sizeof block)) > 0) {
        sha256_update(&hash, (size_t)got, block);
        total += (uint64_t)got;
    }
    int error = errno;
    close(fd);
    if (got < 0) {
        return cannot(problem, path, strerror(error));
    }
    print(&hash, text);
    if (size != NULL) {
        *size = total;
    }
    return true;
}

bool digest_is(const char *text) {
    return strlen(text) == DIGEST_SIZE - 1 && strspn(text, "0123456789abcdef") == DIGEST_SIZE - 1;
}
