/* SPDX-License-Identifier: MIT */
#include "harness/protocol/stillness.h"

#include "vehicle_bms/message/messages.h"

#include <assert.h>

#define BEATS      256
#define TO_CHARGER (ADDRESS_CHARGER << 8 | ADDRESS_BMS) /* destination, source */
#define TO_BMS     (ADDRESS_BMS << 8 | ADDRESS_CHARGER)
#define PF_TP_DT   0xEBu /* SAE J1939-21 */
#define PF_CHM     0x26u
#define PF_BHM     0x27u
#define PF_TP_CM   0xECu
#define LEAST_NS   INT64_C(30000000) /* shorter than that a busy controller explains it */

/* It came with a period: the longer one of its last two. 0: it did not. */
static int64_t period_of(const struct stillness_beat *beat) {
    const int64_t one = beat->periods_ns[0], other = beat->periods_ns[1];
    const int64_t longer = one > other ? one : other, shorter = one > other ? other : one;
    return shorter > 0 && longer <= 2 * shorter ? longer : 0;
}

/* It was still coming when everything fell silent, and should have come by at_ns. */
static bool is_overdue(const struct stillness *still, const struct stillness_beat *beat,
                       int64_t at_ns) {
    const int64_t period_ns = period_of(beat);
    const int64_t slack_ns = period_ns / 2 > LEAST_NS ? period_ns / 2 : LEAST_NS;
    return beat->heard && period_ns > 0 && still->last_ns - beat->last_ns <= period_ns &&
           at_ns - beat->last_ns > period_ns + slack_ns;
}

static bool any_overdue(const struct stillness *still, unsigned side, int64_t at_ns) {
    for (unsigned i = 0; i < BEATS; i++) {
        if (is_overdue(still, &still->beats[side][i], at_ns)) {
            return true;
        }
    }
    return false;
}

static void note(struct stillness_beat *beat, int64_t at_ns) {
    if (beat->heard) {
        beat->periods_ns[1] = beat->periods_ns[0];
        beat->periods_ns[0] = at_ns - beat->last_ns;
    }
    beat->heard = true;
    beat->last_ns = at_ns;
}

/* After it every period begins anew: the stretch itself is none. */
static void restart(struct stillness *still, int64_t by_ns) {
    for (unsigned side = 0; side < 2; side++) {
        for (unsigned i = 0; i < BEATS; i++) {
            still->beats[side][i].last_ns += by_ns;
        }
    }
}

/* With CHM and BHM a charge begins, anew as well: they go on from nothing. */
static bool is_periodic(const struct can_frame_ext *frame, unsigned pf) {
    const uint32_t ends = frame->id & 0xFFFFu;
    return frame->extended && (ends == TO_CHARGER || ends == TO_BMS) && pf != PF_TP_DT &&
           pf != PF_TP_CM && pf != PF_CHM && pf != PF_BHM;
}

bool stillness_see(struct stillness *still, int64_t at_ns, uint64_t line,
                   const struct can_frame_ext *frame) {
    const unsigned pf = frame->id >> 16 & 0xFFu, side = (frame->id & 0xFFFFu) == TO_BMS;
    assert(!still->heard || at_ns >= still->last_ns);
    if (!is_periodic(frame, pf)) {
        still->last_ns = at_ns; /* it was no silence */
        return false;
    }
    struct stillness_beat *beat = &still->beats[side][pf];
    const bool was =
        still->heard && is_overdue(still, beat, at_ns) && any_overdue(still, 1 - side, at_ns);
    if (was) {
        const int64_t for_ns = at_ns - still->last_ns;
        still->first_line = still->count == 0 ? line : still->first_line;
        still->first_ns = still->count == 0 ? for_ns : still->first_ns;
        still->count++;
        restart(still, for_ns);
    }
    note(beat, at_ns);
    still->heard = true;
    still->last_ns = at_ns;
    return was;
}
