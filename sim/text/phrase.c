/* SPDX-License-Identifier: MIT */
#include "sim/text/phrase.h"

#include "sim/memory.h"

#include <stdint.h>
#include <stdlib.h>

struct phrase phrase_copy(struct phrase phrase) {
    return (struct phrase){memory_copy(phrase.en), memory_copy(phrase.zh)};
}

void phrase_clear(struct phrase *phrase) {
    free((void *)(uintptr_t)phrase->en);
    free((void *)(uintptr_t)phrase->zh);
    *phrase = (struct phrase){0};
}
