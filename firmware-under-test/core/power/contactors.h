/* SPDX-License-Identifier: MIT */
/* contactors.h: K1 and K2, their commands, and whether their auxiliary contacts follow.
 *
 *   core_contactor_set(gun, CORE_K1, true);
 *   core_contactors_closed(gun)       both commanded and both say closed
 *
 * Once supervised (after the weld test) a contact that does not follow within feedback.timeout is a
 * fault: "does not close" or "welded". */
#ifndef CORE_CONTACTORS_H
#define CORE_CONTACTORS_H

#include <stdbool.h>
#include <stdint.h>

enum core_contactor {
    CORE_K1,
    CORE_K2,
    CORE_CONTACTORS
};

struct core_contactors {
    bool supervised;
    bool differs[CORE_CONTACTORS];
    int64_t differs_ns[CORE_CONTACTORS]; /* since when the feedback contradicts the command */
};

struct gun;

void core_contactor_set(struct gun *gun, enum core_contactor which, bool closed);
void core_contactors_set(struct gun *gun, bool closed);
bool core_contactor_follows(const struct gun *gun, enum core_contactor which);
bool core_contactors_commanded(const struct gun *gun); /* any of them */
bool core_contactors_closed(const struct gun *gun);
bool core_contactors_open(const struct gun *gun);
void core_contactors_supervise(struct gun *gun, bool on);
void core_contactors_run(struct gun *gun);

#endif
