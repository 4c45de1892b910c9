/* SPDX-License-Identifier: MIT */
#include "harness/bench/said.h"

#include "sim/memory.h"
#include "sim/text/buffer.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What fits of it, never half a character; controls would break the line. */
static void put_cut(struct buffer *line, const char *text) {
    char piece[SAID_LINE + 1];
    size_t length = strnlen(text, SAID_LINE);
    while (length == SAID_LINE && length > 0 && ((unsigned char)text[length] & 0xC0u) == 0x80u) {
        length--;
    }
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        piece[i] = c < 0x20 || c == 0x7F ? ' ' : text[i];
    }
    piece[length] = '\0';
    buffer_put_utf8(line, piece);
}

static void copy(struct said *said, const char *line) {
    if (said->count < SAID_COPIED) {
        (void)fprintf(said->copy, "%s\n", line); /* said_copied asks what became of it */
    } else if (said->count == SAID_COPIED) {
        (void)fprintf(said->copy, "(further lines left out)\n");
    }
}

static void keep(struct said *said, char *line) {
    if (said->copy != NULL) {
        copy(said, line);
    }
    char **place =
        said->count < SAID_KEPT ? &said->first[said->count] : &said->last[said->count % SAID_KEPT];
    free(*place);
    *place = line;
    said->count++;
}

static void put_head(struct buffer *line, int64_t at_ns, const char *what) {
    assert(at_ns >= 0 && what[0] != '\0');
    buffer_format(line, "%" PRId64 ".%06" PRId64 " %s", at_ns / 1000000000,
                  at_ns % 1000000000 / 1000, what);
}

void said_line(struct said *said, int64_t at_ns, const char *what, const char *text) {
    struct buffer line = {0};
    put_head(&line, at_ns, what);
    buffer_put(&line, ": ");
    put_cut(&line, text);
    keep(said, buffer_take(&line));
}

void said_named(struct said *said, int64_t at_ns, const char *what, int32_t number,
                const char *name) {
    struct buffer line = {0};
    put_head(&line, at_ns, what);
    buffer_format(&line, " %" PRId32 ": ", number);
    put_cut(&line, name);
    keep(said, buffer_take(&line));
}

size_t said_count(const struct said *said) {
    return said->count <= 2 * SAID_KEPT ? (size_t)said->count : 2 * SAID_KEPT + 1;
}

static const char *left_out(struct said *said) {
    assert(said->count > 2 * SAID_KEPT); /* else all are there */
    free(said->left_out);
    said->left_out = memory_format("(%" PRIu64 " lines left out)", said->count - 2 * SAID_KEPT);
    return said->left_out;
}

const char *said_at(struct said *said, size_t index) {
    assert(index < said_count(said));
    if (index < SAID_KEPT) {
        return said->first[index];
    }
    if (said->count <= 2 * SAID_KEPT) {
        return said->last[index % SAID_KEPT];
    }
    /* The oldest of the ring is where the next one would go. */
    return index == SAID_KEPT ? left_out(said)
                              : said->last[(said->count + index - SAID_KEPT - 1) % SAID_KEPT];
}

bool said_copy(struct said *said, const char *path, struct problem *problem) {
    assert(said->copy == NULL);
    said->copy = fopen(path, "we");
    if (said->copy == NULL) {
        return problem_set(problem, "cannot write %s: %s", path, strerror(errno));
    }
    (void)setvbuf(said->copy, NULL, _IOLBF, BUFSIZ);
    for (size_t i = 0; i < said_count(said); i++) {
        (void)fprintf(said->copy, "%s\n", said_at(said, i));
    }
    return true;
}

bool said_copied(struct said *said, struct problem *problem) {
    FILE *file = said->copy;
    said->copy = NULL;
    if (file == NULL) {
        return true;
    }
    bool good = ferror(file) == 0;
    good = fclose(file) == 0 && good;
    return good || problem_set(problem, "cannot write all that the firmware said: %s",
                               errno != 0 ? strerror(errno) : "input/output error");
}

void said_free(struct said *said) {
    if (said->copy != NULL) {
        fclose(said->copy);
    }
    for (size_t i = 0; i < SAID_KEPT; i++) {
        free(said->first[i]);
        free(said->last[i]);
    }
    free(said->left_out);
    *said = (struct said){0};
}
