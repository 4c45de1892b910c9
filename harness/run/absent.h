/* SPDX-License-Identifier: MIT */
/* absent.h: whether pile, vehicle and firmware have what a case needs, looked at once on the bench
 * that is put together for it, before its first step.
 *
 *   struct absent absent;
 *   if (absent_look(scenario, profile, &board, now_ns, &absent)) ...      something is not there
 *   phrase_clear(&absent.why);
 */
#ifndef HARNESS_RUN_ABSENT_H
#define HARNESS_RUN_ABSENT_H

#include "sim/signal.h"
#include "sim/text/phrase.h"

#include <stdbool.h>
#include <stdint.h>

struct profile;
struct scenario;

struct absent {
    struct phrase why; /* the caller's to clear */
    bool demanded;     /* by the profile: no charger may go without it */
    bool unset;        /* it is parameters that the case sets: who looked for them knows which */
};

/* False: all needs are met, or nothing is known that says otherwise. Of several that are absent one
 * that the profile demands goes first. */
bool absent_look(const struct scenario *scenario, const struct profile *profile,
                 const struct signal_board *board, int64_t now_ns, struct absent *absent);

#endif
