/* SPDX-License-Identifier: MIT */
#include "vehicle_bms/listen/edition.h"

#include <assert.h>
#include <stdio.h>

#define SEVERAL 2 /* messages that agree by no mistake of a firmware */

_Static_assert(MESSAGE_COUNT <= 32, "a message is a bit of 32");

void edition_note(struct edition_signs *signs, const struct assembled *message) {
    const uint32_t bit = UINT32_C(1) << message_index(message->message);
    for (unsigned e = 0; e < EDITIONS; e++) {
        const enum edition edition = (enum edition)e;
        bool fits = message_length_ok(message->message, edition, message->length) ||
                    message_unpadded(message->message, edition, message->data, message->length);
        if (fits && !message_form(message->message, edition)->absent) {
            signs->right[e] |= bit;
        } else {
            signs->wrong[e] |= bit;
        }
    }
}

static unsigned count(uint32_t bits) {
    return (unsigned)__builtin_popcount(bits);
}

struct edition_guess edition_guess(const struct edition_signs *signs, enum edition assumed) {
    struct edition_guess guess = {.edition = assumed};
    assert((unsigned)assumed < EDITIONS);
    for (unsigned e = 0; e < EDITIONS; e++) {
        if (count(signs->wrong[e]) < count(signs->wrong[guess.edition])) {
            guess.edition = (enum edition)e;
        }
    }
    guess.by = signs->right[guess.edition] & ~signs->wrong[guess.edition] & signs->wrong[assumed];
    guess.certain = signs->wrong[guess.edition] == 0 && count(guess.by) >= SEVERAL;
    assert(count(signs->wrong[guess.edition]) <= count(signs->wrong[assumed]));
    assert(!guess.certain ||
           guess.edition != assumed); /* nothing speaks for what was assumed anyway */
    return guess;
}

void edition_messages(uint32_t bits, char *text, size_t size) {
    assert(bits >> MESSAGE_COUNT == 0 && size >= EDITION_MESSAGES_SIZE);
    size_t used = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < MESSAGE_COUNT && used < size; i++) {
        if (bits >> i & 1u) {
            used += (size_t)snprintf(text + used, size - used, "%s%s", used > 0 ? ", " : "",
                                     messages[i].code);
        }
    }
    assert(used < size); /* room for every code: EDITION_MESSAGES_SIZE */
}
