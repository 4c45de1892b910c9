/* SPDX-License-Identifier: MIT */
#include "harness/verify/internal.h"

#include "sim/memory.h"

#include <assert.h>
#include <stdarg.h>
#include <stdlib.h>

static void add(struct verification *to, enum verify_level level, const char *file,
                const char *place, struct phrase what) {
    assert(level <= VERIFY_FAULT && what.en != NULL && what.zh != NULL);
    to->findings = memory_resized(to->findings, to->count + 1, sizeof *to->findings);
    to->findings[to->count++] = (struct verify_finding){
        .level = level, .file = memory_copy(file), .place = memory_copy(place), .what = what};
    to->levels[level]++;
}

void verify_add(struct verification *to, enum verify_level level, const char *file,
                const char *place, const char *en, const char *zh, ...) {
    struct buffer text_en = {0}, text_zh = {0};
    va_list arguments, again;
    va_start(arguments, zh);
    va_copy(again, arguments);
    buffer_vformat(&text_en, en, arguments);
    buffer_vformat(&text_zh, zh, again);
    va_end(again);
    va_end(arguments);
    add(to, level, file, place, (struct phrase){buffer_take(&text_en), buffer_take(&text_zh)});
}

void verify_add_problem(struct verification *to, enum verify_level level, const char *file,
                        const char *place, const struct problem *problem) {
    add(to, level, file, place,
        (struct phrase){memory_copy(problem->text), memory_copy(problem_in(problem, true))});
}

char *verify_place(const struct result_case *one) {
    return memory_format("case %s", one->id);
}

char *verify_check_place(const struct result_case *one, size_t check, const char *field) {
    return memory_format("case %s, checks[%zu].%s", one->id, check, field);
}

void verification_free(struct verification *verification) {
    for (size_t i = 0; i < verification->count; i++) {
        free(verification->findings[i].file);
        free(verification->findings[i].place);
        phrase_clear(&verification->findings[i].what);
    }
    free(verification->findings);
    free(verification);
}
