/* SPDX-License-Identifier: MIT */
#include "harness/protocol/twice.h"

#include "vehicle_bms/message/messages.h"

#include <assert.h>
#include <string.h>

#define ENOUGH      20            /* frames of a side before anything is said of it */
#define BIT_NS      INT64_C(4000) /* at 250 kbit/s */
#define BITS_AROUND 67 /* of an extended frame, with the space behind it, without stuff bits */
#define BITS_SHORT  47 /* of a standard one */
#define STEP_LEAST  INT64_C(1000)

enum likeness {
    OTHER,
    LIKELY,
    CERTAIN,
};

static bool from_charger(const struct can_frame_ext *frame) {
    return frame->extended && (frame->id & 0xFFu) == ADDRESS_CHARGER;
}

static int64_t on_the_wire_ns(const struct can_frame_ext *frame) {
    assert(frame->len <= 8);
    return BIT_NS * ((frame->extended ? BITS_AROUND : BITS_SHORT) + 8 * frame->len);
}

static bool same(const struct can_frame_ext *one, const struct can_frame_ext *other) {
    return one->id == other->id && one->extended == other->extended && one->len == other->len &&
           memcmp(one->data, other->data, one->len) == 0;
}

static enum likeness likeness(const struct twice *twice, const struct twice_frame *earlier,
                              const struct capture_frame *frame, unsigned between) {
    const int64_t gap_ns = frame->at_ns - earlier->at_ns;
    if (earlier->paired || !same(&earlier->frame, &frame->frame)) {
        return OTHER;
    }
    if (!twice->clock) {
        return between > 0 ? OTHER : earlier->sent != frame->sent ? CERTAIN : LIKELY;
    }
    if (gap_ns < 0 || gap_ns > TWICE_ECHO_NS) {
        return OTHER;
    }
    if (earlier->sent != frame->sent || gap_ns + twice->step_ns < on_the_wire_ns(&frame->frame)) {
        return CERTAIN;
    }
    return gap_ns <= twice->step_ns && twice->step_ns <= TWICE_COARSE_NS ? LIKELY : OTHER;
}

/* The greatest step that all times are multiples of, down to a microsecond. */
static void note_time(struct twice *twice, int64_t at_ns) {
    int64_t step_ns = twice->step_ns, rest_ns = step_ns == STEP_LEAST ? 0 : at_ns;
    while (rest_ns > 0) {
        const int64_t left_ns = step_ns % rest_ns;
        step_ns = rest_ns;
        rest_ns = left_ns;
    }
    twice->step_ns = step_ns > 0 && step_ns < STEP_LEAST ? STEP_LEAST : step_ns;
    assert(twice->step_ns == 0 || twice->step_ns >= STEP_LEAST);
}

static bool counts(const struct twice *twice, bool charger, enum likeness how) {
    return how == CERTAIN ? !twice->decided || twice->certain[charger]
                          : how == LIKELY && (!twice->decided || twice->likely[charger]);
}

static bool pair(struct twice *twice, const struct capture_frame *frame, bool charger) {
    assert(twice->copies[charger] >= twice->sure[charger]);
    const unsigned most = twice->seen < TWICE_BACK ? (unsigned)twice->seen : TWICE_BACK;
    for (unsigned back = 1; back <= most; back++) {
        struct twice_frame *earlier = &twice->last[(twice->seen - back) % TWICE_BACK];
        const enum likeness how = likeness(twice, earlier, frame, back - 1);
        if (counts(twice, charger, how)) {
            earlier->paired = true;
            twice->copies[charger]++;
            twice->sure[charger] += how == CERTAIN;
            return true;
        }
    }
    return false;
}

bool twice_see(struct twice *twice, const struct capture_frame *frame) {
    const bool charger = from_charger(&frame->frame);
    if (!twice->decided) {
        note_time(twice, frame->at_ns);
    }
    const bool copy = pair(twice, frame, charger);
    twice->last[twice->seen++ % TWICE_BACK] = (struct twice_frame){
        .frame = frame->frame, .at_ns = frame->at_ns, .sent = frame->sent, .paired = copy};
    twice->frames[charger]++;
    assert(2 * twice->copies[charger] <= twice->frames[charger]); /* each has one of its own */
    return copy;
}

/* Nine of ten frames belong to a pair. */
static bool nearly_all(const struct twice *look, bool charger, uint64_t copies) {
    return look->frames[charger] >= ENOUGH && 2 * copies * 10 >= look->frames[charger] * 9;
}

struct twice twice_begin(const struct twice *look) {
    assert(!look->decided);
    struct twice twice = {.clock = look->clock, .step_ns = look->step_ns, .decided = true};
    const bool both =
        nearly_all(look, false, look->copies[0]) && nearly_all(look, true, look->copies[1]);
    for (int side = 0; side < 2; side++) {
        twice.likely[side] = both;
        twice.certain[side] = both || nearly_all(look, side == 1, look->sure[side]);
    }
    return twice;
}

bool twice_is(const struct twice *twice, bool charger) {
    return twice->certain[charger];
}
