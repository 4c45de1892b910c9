/* SPDX-License-Identifier: MIT */
/* Reads a capture into the protocol rules. */
#include "harness/protocol/judge.h"

#include "harness/capture/health_text.h"
#include "harness/mask/capture_mask.h"
#include "harness/protocol/internal.h"
#include "sim/memory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* More than that backwards is no jitter between two channels of one recorder. */
#define STEP_BACK_NS INT64_C(1000000)
#define LATEST_NS    (INT64_MAX - INT64_C(300) * 86400 * NS_PER_S) /* room for every wait */

/* The first frames, kept until clock and network are known. */
struct look {
    struct capture_frame *frames;
    char (*names)[CAPTURE_NETWORK_MAX];
    uint64_t *gaps; /* before each of them: lines that could not be read, losses told */
    size_t count;
};

/* Between charger and BMS, whatever it says. */
static bool of_charging(const struct can_frame_ext *frame) {
    const uint32_t ends = frame->id & 0xFFFFu;
    return frame->extended && (ends == (ADDRESS_BMS << 8 | ADDRESS_CHARGER) ||
                               ends == (ADDRESS_CHARGER << 8 | ADDRESS_BMS));
}

/* ------------------------------------------------------------------ feeding */

/* A clock that never goes back, from one that may. */
static int64_t steady_ns(struct protocol_judge *judge, const struct capture_frame *frame) {
    if (!judge->started) {
        judge->start_ns = judge->at_ns = judge->file_ns = frame->at_ns;
        judge->started = true;
    }
    if (frame->at_ns < judge->file_ns - STEP_BACK_NS) {
        rules_jumped(judge->rules, frame->line);
        judge->ahead_ns = judge->at_ns - frame->at_ns;
    }
    judge->file_ns = frame->at_ns;
    /* Back and forth over centuries, again and again: the sum has an end. */
    bool far = judge->ahead_ns > LATEST_NS - frame->at_ns;
    int64_t at_ns = far ? LATEST_NS : frame->at_ns + judge->ahead_ns;
    judge->at_ns = at_ns > judge->at_ns ? at_ns : judge->at_ns;
    assert(judge->at_ns >= at_ns && judge->at_ns >= judge->start_ns);
    return judge->at_ns;
}

static bool is_judged(const struct protocol_judge *judge, const char *network) {
    return !judge->several || strcmp(network, judge->network) == 0;
}

/* Does a message come from the address of its side, or of the one that has to receive it? */
static void count_side(struct protocol_judge *judge, const struct can_frame_ext *frame) {
    const struct message *message = message_by_pgn(frame->id >> 8 & 0xFF00u);
    if (of_charging(frame) && message != NULL) {
        const bool right = message->from_charger == ((frame->id & 0xFFu) == ADDRESS_CHARGER);
        judge->right += right;
        judge->swapped += !right;
    }
}

static void feed(void *ctx, const struct capture_frame *frame) {
    struct protocol_judge *judge = ctx;
    if (!is_judged(judge, frame->network)) {
        return;
    }
    judge->frames++;
    count_side(judge, &frame->frame);
    const int64_t at_ns = judge->clock ? steady_ns(judge, frame) : 0;
    if (judge->clock && stillness_see(&judge->still, at_ns, frame->line, &frame->frame)) {
        rules_jumped(judge->rules, frame->line);
    }
    rules_frame(judge->rules, at_ns, frame->line, &frame->frame);
}

/* It has the length of its message, so nothing is missing. */
static bool is_whole(const struct protocol_judge *judge, const struct can_frame_ext *frame) {
    const struct message *message = message_by_pgn(frame->id >> 8 & 0xFF00u);
    return !of_charging(frame) || (message != NULL && !message->transport &&
                                   message_length_ok(message, judge->edition, frame->len));
}

/* gaps: places up to this frame where frames may be missing. */
static void take(struct protocol_judge *judge, const struct capture_frame *frame, uint64_t gaps) {
    assert(gaps >= judge->gaps_seen);
    if (gaps != judge->gaps_seen) {
        judge->gaps_seen = gaps;
        rules_lost(judge->rules, frame->line);
    }
    if (frame->unended && !is_whole(judge, &frame->frame)) {
        judge->cut_frame = true;
        return;
    }
    if (is_judged(judge, frame->network) && twice_see(&judge->twice, frame)) {
        return;
    }
    if (judge->mask != NULL) {
        capture_mask_frame(judge->mask, frame);
    } else {
        feed(judge, frame);
    }
}

/* ------------------------------------------------------------------ a first look */

static void look_at(struct protocol_judge *judge, struct look *look) {
    look->frames = memory_zeroed(PROTOCOL_LOOK, sizeof *look->frames);
    look->names = memory_zeroed(PROTOCOL_LOOK, sizeof *look->names);
    look->gaps = memory_zeroed(PROTOCOL_LOOK, sizeof *look->gaps);
    const struct capture_health *health = capture_health(judge->capture);
    while (look->count < PROTOCOL_LOOK &&
           capture_next(judge->capture, &look->frames[look->count])) {
        struct capture_frame *frame = &look->frames[look->count];
        assert(look->count == 0 || look->gaps[look->count - 1] <= health->damaged + health->losses);
        look->gaps[look->count] = health->damaged + health->losses;
        char *name = look->names[look->count++];
        snprintf(name, CAPTURE_NETWORK_MAX, "%s", frame->network);
        frame->network = name;
    }
}

static void forget(struct look *look) {
    free(look->frames);
    free(look->names);
    free(look->gaps);
}

/* The network with the most frames of GB/T 27930. */
static bool choose_network(struct protocol_judge *judge, const struct look *look) {
    size_t most = 0;
    for (size_t i = 0; i < look->count; i++) {
        judge->several = judge->several || strcmp(look->names[i], look->names[0]) != 0;
    }
    const struct capture_health *health = capture_health(judge->capture);
    for (size_t k = 0; k < health->network_count; k++) {
        size_t count = 0;
        for (size_t i = 0; i < look->count; i++) {
            count += of_charging(&look->frames[i].frame) &&
                     strcmp(look->names[i], health->networks[k]) == 0;
        }
        if (count > most) {
            most = count;
            snprintf(judge->network, sizeof judge->network, "%s", health->networks[k]);
        }
    }
    assert(most <= look->count && (most == 0 || judge->network[0] != '\0' || !judge->several));
    return most > 0;
}

/* What the first frames say of themselves: edition and sides. */
struct sides {
    struct edition_signs signs;
    bool heard[2];   /* BMS, charger */
    bool answers[2]; /* it said what nobody says but in answer to the other side */
};

static void see_message(void *ctx, const struct assembled *message) {
    struct sides *sides = ctx;
    const bool charger = message->message->from_charger;
    const enum message_index index = message_index(message->message);
    const bool unasked = index == MESSAGE_CHM || index == MESSAGE_CST || index == MESSAGE_CEM ||
                         (index == MESSAGE_CRM && message->data[0] == 0);
    edition_note(&sides->signs, message);
    sides->answers[charger] = sides->answers[charger] || !charger || !unasked;
}

static void see_step(void *ctx, int64_t at_ns, uint64_t mark, const struct can_frame_ext *frame) {
    (void)at_ns, (void)mark;
    struct sides *sides = ctx;
    sides->answers[(frame->id & 0xFFu) == ADDRESS_CHARGER] = true; /* of a transfer */
}

/* Does the recorder write each frame down twice? */
static void look_for_copies(struct protocol_judge *judge, const struct look *look) {
    struct twice twice = {.clock = judge->clock};
    for (size_t i = 0; i < look->count; i++) {
        if (is_judged(judge, look->names[i])) {
            (void)twice_see(&twice, &look->frames[i]);
        }
    }
    judge->twice = twice_begin(&twice);
}

static struct sides see_sides(const struct protocol_judge *judge, const struct look *look) {
    struct sides sides = {.signs = {{0}, {0}}};
    struct assembler assembler;
    const struct assembler_listener listener = {
        .message = see_message, .step = see_step, .ctx = &sides};
    assembler_init(&assembler, judge->options->edition, NULL, &listener);
    for (size_t i = 0; i < look->count; i++) {
        if (is_judged(judge, look->names[i])) {
            assembler_frame(&assembler, 0, look->frames[i].line, &look->frames[i].frame);
        }
    }
    sides.heard[0] = assembler.heard[0];
    sides.heard[1] = assembler.heard[1];
    return sides;
}

/* A charger alone that only asks has no vehicle that answers; whoever answers has heard the other
 * side: then only its frames are not recorded. */
static void take_sides(struct protocol_judge *judge, const struct sides *sides) {
    judge->only_charger = !sides->heard[0];
    judge->only = sides->heard[0] != sides->heard[1] && sides->answers[judge->only_charger];
    judge->likely = edition_guess(&sides->signs, judge->options->edition);
    judge->edition = judge->options->edition_open && judge->likely.certain
                         ? judge->likely.edition
                         : judge->options->edition;
    assert(!judge->only || sides->heard[judge->only_charger]); /* its only side was heard */
}

static bool has_clock(const struct capture_health *health) {
    return health->clock != CLOCK_NONE && health->clock != CLOCK_CONSTANT;
}

/* None is of GB/T 27930, or none there at all. */
static void nothing_to_judge(const struct protocol_judge *judge, const char *path, size_t frames,
                             struct problem *problem) {
    const struct capture_health *health = capture_health(judge->capture);
    const char *wanted = judge->options->capture.network;
    bool table = health->format == CAPTURE_CSV, some = wanted != NULL;
    char networks[256];
    capture_networks(health, networks, sizeof networks);
    if (frames == 0 && some && networks[0] != '\0') {
        problem_set_both(problem,
                         "%s (%s): --network %s: there is no such network in it; there are: %s",
                         "%s（%s）：--network %s：文件中没有此网络；有：%s", path,
                         health->dialect.en, wanted, networks);
    } else if (frames == 0) {
        problem_set_both(problem, "%s (%s): there is no CAN frame in it",
                         "%s（%s）：文件中没有CAN帧", path, health->dialect.en);
    } else {
        problem_set(
            problem,
            "%s (%s): none of the first %zu frames%s%s is of GB/T 27930 (29-bit identifiers "
            "that end in F456 or 56F4)%s%s%s",
            path, health->dialect.en, frames, some ? " of network " : "", some ? wanted : "",
            table ? "; if the columns were mistaken, say --columns" : "",
            some ? "; networks: " : "", some ? networks : "");
        snprintf(problem->zh, sizeof problem->zh,
                 "%s（%s）：前%zu帧%s%s中没有GB/T 27930的帧（29位标识符以F456或56F4结尾）%s%s%s",
                 path, health->dialect.zh, frames, some ? "（网络" : "", some ? wanted : "",
                 some ? "）" : "", table ? "；若列判断有误，请用--columns说明" : "",
                 some ? networks : "");
    }
}

static bool choose(struct protocol_judge *judge, const char *path, const struct look *look,
                   struct problem *problem) {
    const struct capture_health *health = capture_health(judge->capture);
    if (health->read_error != NULL && look->count == 0) {
        return problem_set(problem, "%s: %s", path, health->read_error);
    }
    if (look->count == 0 || !choose_network(judge, look)) {
        nothing_to_judge(judge, path, look->count, problem);
        return false;
    }
    const struct sides sides = see_sides(judge, look);
    take_sides(judge, &sides);
    judge->clock = has_clock(health);
    look_for_copies(judge, look);
    judge->rules = rules_new(judge->edition, &judge->options->limits, judge->clock);
    if (judge->only) {
        rules_only(judge->rules, judge->only_charger);
    }
    return true;
}

/* Copies at the same time make a clock look coarser than it is. */
static int64_t resolution(const struct protocol_judge *judge, const struct capture_health *health) {
    const bool fine = health->resolution_ns <= TWICE_COARSE_NS && judge->twice.step_ns > 0;
    return fine && (twice_is(&judge->twice, false) || twice_is(&judge->twice, true))
               ? judge->twice.step_ns
               : health->resolution_ns;
}

static void read_all(struct protocol_judge *judge, const struct look *look) {
    struct capture_frame frame;
    const struct capture_health *health = capture_health(judge->capture);
    rules_resolution(judge->rules, resolution(judge, health));
    if (judge->options->masked) {
        judge->mask = capture_mask_new(judge->options->mask_key, feed, judge);
    }
    for (size_t i = 0; i < look->count; i++) {
        take(judge, &look->frames[i], look->gaps[i]);
    }
    while (capture_next(judge->capture, &frame)) {
        take(judge, &frame, health->damaged + health->losses);
    }
    capture_mask_free(judge->mask);
    judge->mask = NULL;
    if (health->lost_somewhere) {
        rules_lost_somewhere(judge->rules);
    }
    rules_finish(judge->rules, judge->at_ns);
}

struct protocol_judge *protocol_judge(const char *path, const struct protocol_options *options,
                                      struct problem *problem) {
    struct capture *capture = capture_open(path, &options->capture, problem);
    if (capture == NULL) {
        return NULL;
    }
    struct protocol_judge *judge = memory_zeroed(1, sizeof *judge);
    struct look look = {0};
    judge->options = options;
    judge->capture = capture;
    look_at(judge, &look);
    bool good = choose(judge, path, &look, problem);
    if (good) {
        read_all(judge, &look);
        protocol_tell(judge, path);
    }
    forget(&look);
    if (!good) {
        protocol_judge_free(judge);
        judge = NULL;
    }
    return judge;
}

const struct judgement *protocol_judgement(const struct protocol_judge *judge) {
    return &judge->judgement;
}

void protocol_judge_free(struct protocol_judge *judge) {
    if (judge == NULL) {
        return;
    }
    if (judge->capture != NULL) {
        capture_close(judge->capture);
    }
    if (judge->rules != NULL) {
        rules_free(judge->rules);
    }
    free(judge->file);
    free(judge->sessions);
    for (size_t i = 0; i < judge->judgement.rule_count; i++) {
        result_check_clear(&judge->result_rules[i].check);
    }
    free(judge->result_rules);
    free(judge->phases);
    free(judge->proofs);
    free(judge);
}
