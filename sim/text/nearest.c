/* SPDX-License-Identifier: MIT */
#include "sim/text/nearest.h"

#include "sim/memory.h"

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define NEAREST_WORD_MAX 64

static size_t least(size_t a, size_t b, size_t c) {
    size_t low = a < b ? a : b;
    return low < c ? low : c;
}

/* Number of letters to change, add or drop (Levenshtein); both words at most NEAREST_WORD_MAX. */
static size_t letters_apart(const char *a, const char *b) {
    size_t row[NEAREST_WORD_MAX + 1];
    size_t width = strlen(b), height = strlen(a);
    assert(width <= NEAREST_WORD_MAX);
    for (size_t j = 0; j <= width; j++) {
        row[j] = j;
    }
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < width; j++) {
            size_t changed = diagonal + (a[i] != b[j]);
            diagonal = row[j + 1];
            row[j + 1] = least(changed, row[j + 1] + 1, row[j] + 1);
        }
    }
    assert(row[width] <= (width > height ? width : height)); /* never worse than all letters */
    return row[width];
}

const char *nearest_name(const char *word, const char *(*next)(void *ctx, size_t index),
                         void *ctx) {
    size_t length = strlen(word);
    if (length > NEAREST_WORD_MAX) {
        return NULL;
    }
    const char *nearest = NULL;
    size_t nearest_apart = length / 3 + 2; /* further than that is another word */
    const char *name;
    for (size_t i = 0; (name = next(ctx, i)); i++) {
        size_t size = strlen(name);
        size_t longer = size > length ? size - length : length - size; /* at least so far apart */
        if (size > NEAREST_WORD_MAX || longer >= nearest_apart) {
            continue;
        }
        size_t apart = letters_apart(word, name);
        if (apart < nearest_apart && apart < size) {
            nearest = name;
            nearest_apart = apart;
        }
    }
    assert(nearest == NULL || nearest_apart < length / 3 + 2);
    return nearest;
}

bool nearest_add_after(struct problem *problem, const char *before, const char *word,
                       const char *(*next)(void *ctx, size_t index), void *ctx,
                       struct phrase otherwise) {
    const char *near = nearest_name(word, next, ctx);
    if (near == NULL) {
        return problem_add(problem, otherwise.en, otherwise.zh);
    }
    char *en = memory_format("; did you mean '%s%s'?", before, near);
    char *zh = memory_format("；是不是'%s%s'？", before, near);
    problem_add(problem, en, zh);
    free(en);
    free(zh);
    return false;
}

bool nearest_add(struct problem *problem, const char *word,
                 const char *(*next)(void *ctx, size_t index), void *ctx, struct phrase otherwise) {
    return nearest_add_after(problem, "", word, next, ctx, otherwise);
}

size_t nearest_letters(const char *a, const char *b) {
    bool words = strlen(a) <= NEAREST_WORD_MAX && strlen(b) <= NEAREST_WORD_MAX;
    return words ? letters_apart(a, b) : SIZE_MAX;
}
