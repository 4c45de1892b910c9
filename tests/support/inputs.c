/* SPDX-License-Identifier: MIT */
#include "tests/support/inputs.h"

#include <check.h>
#include <string.h>

bool input_next(FILE *file, char *line, size_t size) {
    while (fgets(line, (int)size, file) != NULL) {
        const size_t length = strcspn(line, "\n");
        ck_assert_msg(line[length] == '\n', "a line has no end: %s", line);
        line[length] = '\0';
        if (line[0] != '#') {
            return true;
        }
    }
    return false;
}

static unsigned digit(char c) {
    return c <= '9' ? (unsigned)(c - '0') : (unsigned)((c | 0x20) - 'a') + 10;
}

size_t input_bytes(const char *line, char *bytes) {
    size_t length = 0;
    for (const char *at = line; *at != '\0'; at++) {
        char c = *at;
        if (c == '\\' && at[1] == 'x') {
            c = (char)(digit(at[2]) << 4 | digit(at[3]));
            at += 3;
        } else if (c == '\\') {
            at++;
            c = *at == 't' ? '\t' : *at == 'n' ? '\n' : *at;
        }
        bytes[length++] = c;
    }
    bytes[length] = '\0';
    return length;
}
