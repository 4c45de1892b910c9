/* SPDX-License-Identifier: MIT */
#include "tests/support/kept.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

void kept_open(struct kept *kept) {
    kept->text = NULL;
    kept->size = 0;
    kept->stream = open_memstream(&kept->text, &kept->size);
    ck_assert_ptr_nonnull(kept->stream);
}

void kept_number(FILE *to, const char *name, double value) {
    if (!isnan(value)) {
        fprintf(to, " %s %.6g", name, value);
    }
}

static char *whole(const char *path, size_t *size) {
    FILE *file = fopen(path, "rb");
    ck_assert_msg(file != NULL, "%s: cannot be read; KEPT=write makes it", path);
    ck_assert_int_eq(fseek(file, 0, SEEK_END), 0);
    *size = (size_t)ftell(file);
    rewind(file);
    char *text = calloc(*size + 1, 1);
    ck_assert_uint_eq(fread(text, 1, *size, file), *size);
    fclose(file);
    return text;
}

static void store(const struct kept *kept, const char *path) {
    FILE *file = fopen(path, "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(kept->text, 1, kept->size, file), kept->size);
    ck_assert_int_eq(fclose(file), 0);
}

/* The first line that is another. */
static void compare(const char *path, const char *before, const char *now) {
    for (unsigned line = 1; *before != '\0' || *now != '\0'; line++) {
        const size_t one = strcspn(before, "\n"), other = strcspn(now, "\n");
        ck_assert_msg(
            one == other && memcmp(before, now, one) == 0 && before[one] == now[one],
            "%s:%u: kept is\n  %.*s\nand now it is\n  %.*s\nWas that meant? KEPT=write in "
            "the environment of this test keeps it",
            path, line, (int)one, before, (int)other, now);
        before += one + (before[one] != '\0');
        now += other + (now[other] != '\0');
    }
}

void kept_check(struct kept *kept, const char *path) {
    const char *write = getenv("KEPT");
    size_t size = 0;
    ck_assert_int_eq(fclose(kept->stream), 0);
    if (write != NULL && strcmp(write, "write") == 0) {
        store(kept, path);
    }
    char *before = whole(path, &size);
    compare(path, before, kept->text);
    ck_assert_uint_eq(size, kept->size);
    free(before);
    free(kept->text);
}
