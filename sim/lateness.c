/* SPDX-License-Identifier: MIT */
#include "sim/lateness.h"

#include <assert.h>

static size_t slot_of(int64_t at_ns) {
    int64_t slot = at_ns < 0 ? 0 : at_ns / LATENESS_SLOT_NS;
    return slot < LATENESS_SLOTS ? (size_t)slot : LATENESS_SLOTS - 1;
}

void lateness_note(struct lateness *lateness, int64_t at_ns, int64_t late_ns) {
    assert(late_ns >= 0);
    int64_t *worst = &lateness->worst_ns[slot_of(at_ns)];
    *worst = late_ns > *worst ? late_ns : *worst;
}

void lateness_held(struct lateness *lateness, int64_t from_ns, int64_t until_ns) {
    int64_t still_ns = until_ns - from_ns;
    assert(still_ns > 0);
    lateness->still_until_ns = until_ns;
    if (lateness->still_ns == 0) {
        lateness->still_from_ns = from_ns;
        lateness->still_ns = still_ns;
    }
    if (still_ns > lateness->longest_ns) {
        lateness->longest_from_ns = from_ns;
        lateness->longest_ns = still_ns;
    }
    assert(lateness->still_ns <= lateness->longest_ns);
    assert(lateness->still_from_ns < lateness->still_until_ns || lateness->still_ns == 0);
}

void lateness_begin(struct lateness *lateness) {
    lateness->still_ns = lateness->longest_ns = 0;
}

int64_t lateness_worst(const struct lateness *lateness, int64_t from_ns, int64_t to_ns) {
    int64_t worst = 0;
    assert(from_ns <= to_ns);
    /* One slot more on both sides: what is late was due before, and is noted after. */
    for (size_t i = slot_of(from_ns - LATENESS_SLOT_NS); i <= slot_of(to_ns + LATENESS_SLOT_NS);
         i++) {
        worst = lateness->worst_ns[i] > worst ? lateness->worst_ns[i] : worst;
    }
    assert(worst >= 0);
    return worst;
}
