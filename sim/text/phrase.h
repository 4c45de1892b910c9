/* SPDX-License-Identifier: MIT */
/* phrase.h: one thing said in English and in Chinese: titles, reasons, whatever people read.
 *
 *   static const struct phrase pass = {"pass", "合格"};
 *   puts(phrase_in(&pass, chinese));
 *
 *   struct phrase reason = {memory_format("%s is open", name), memory_format("%s断开", name)};
 *   phrase_clear(&reason);
 *
 * UTF-8. A phrase owns its texts when its place says so (those of records do); then phrase_clear
 * frees them. A phrase without texts has NULL in both. */
#ifndef SIM_TEXT_PHRASE_H
#define SIM_TEXT_PHRASE_H

#include <stdbool.h>

struct phrase {
    const char *en;
    const char *zh;
};

static inline const char *phrase_in(const struct phrase *phrase, bool chinese) {
    return chinese ? phrase->zh : phrase->en;
}

/* A copy that owns its texts. */
struct phrase phrase_copy(struct phrase phrase);
/* Frees the texts of a phrase that owns them, and sets both to NULL. */
void phrase_clear(struct phrase *phrase);

#endif
