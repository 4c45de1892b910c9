/* SPDX-License-Identifier: MIT */
#include "harness/protocol/watch.h"

#include "harness/protocol/check.h"
#include "sim/loop.h"
#include "sim/memory.h"
#include "sim/text/buffer.h"

#include <assert.h>
#include <stdlib.h>

#define LOOK_BACK_NS (2 * NS_PER_S) /* lateness that may still matter to a gap or a wait */
/* The charger's process on the same machine is late as the bench is: at both ends of a gap, and
 * perhaps more so. */
#define LATE_SHARE 3

struct protocol_watch {
    struct rules *rules;
    struct can_net *net;
    struct can_tap tap;
    const struct lateness *late;
    uint64_t frames;
    uint64_t dropped; /* of the network's statistics, so far */
};

/* What the kernel has dropped, it has dropped before this frame. */
static void look_for_drops(struct protocol_watch *watch) {
    uint64_t dropped = can_stats(watch->net)->dropped;
    assert(dropped >= watch->dropped);
    if (dropped != watch->dropped) {
        watch->dropped = dropped;
        rules_lost(watch->rules, watch->frames + 1);
    }
}

static void seen(void *ctx, int64_t at_ns, const struct can_frame_ext *frame,
                 const struct can_node *sender) {
    struct protocol_watch *watch = ctx;
    (void)sender;
    if (watch->late != NULL) {
        rules_resolution(watch->rules,
                         LATE_SHARE * lateness_worst(watch->late, at_ns - LOOK_BACK_NS, at_ns));
    }
    look_for_drops(watch);
    rules_frame(watch->rules, at_ns - at_ns % NS_PER_US, ++watch->frames, frame);
}

struct protocol_watch *protocol_watch_new(enum edition edition, const struct rules_limits *limits,
                                          struct can_net *net) {
    struct protocol_watch *watch = memory_zeroed(1, sizeof *watch);
    watch->rules = rules_new(edition, limits, true);
    rules_lossless(watch->rules);
    watch->net = net;
    watch->dropped = can_stats(net)->dropped;
    watch->tap = (struct can_tap){.seen = seen, .ctx = watch};
    can_tap(net, &watch->tap);
    return watch;
}

struct protocol_watch *protocol_watch_trace(enum edition edition,
                                            const struct rules_limits *limits) {
    struct protocol_watch *watch = memory_zeroed(1, sizeof *watch);
    watch->rules = rules_new(edition, limits, true);
    rules_lossless(watch->rules);
    return watch;
}

void protocol_watch_frame(struct protocol_watch *watch, int64_t at_ns,
                          const struct can_frame_ext *frame) {
    assert(watch->net == NULL); /* else it hears of it by itself */
    rules_frame(watch->rules, at_ns - at_ns % NS_PER_US, ++watch->frames, frame);
}

void protocol_watch_late(struct protocol_watch *watch, const struct lateness *late) {
    watch->late = late;
}

void protocol_watch_tell(struct protocol_watch *watch, enum rules_told what, int64_t now_ns) {
    rules_tell(watch->rules, what, now_ns - now_ns % NS_PER_US);
}

void protocol_watch_free(struct protocol_watch *watch) {
    if (watch != NULL) {
        if (watch->net != NULL) {
            can_untap(watch->net, &watch->tap);
        }
        rules_free(watch->rules);
        free(watch);
    }
}

/* ---- the record ---- */

static struct result_check *add_check(struct result_case *result, struct result_check check) {
    result->checks =
        memory_resized(result->checks, result->check_count + 1, sizeof *result->checks);
    result->checks[result->check_count] = check;
    return &result->checks[result->check_count++];
}

/* A rule that was not kept, or that could not be decided. */
static void record_one(const struct rule_result *rule, bool real_clock,
                       struct result_case *result) {
    assert(rule->verdict == RULE_FAIL || rule->verdict == RULE_INCONCLUSIVE);
    struct result_check *check = add_check(result, protocol_check(rule));
    if (real_clock && check->verdict == VERDICT_INCONCLUSIVE) {
        check->verdict = VERDICT_NONE;
    }
    protocol_check_worst(check, rule);
    protocol_check_reason(check, rule);
}

static void record_kept(size_t count, const char *ids, struct result_case *result) {
    assert(count > 0 && ids[0] != '\0');
    struct result_check *check = add_check(result, protocol_check_empty());
    check->verdict = VERDICT_PASS;
    check->title = (struct phrase){
        memory_format("GB/T 27930: the charger kept %zu rules that were judged", count),
        memory_format("GB/T 27930：充电机侧%zu项规则经检查均符合", count)};
    check->condition = memory_copy(ids);
}

static bool is_kept(const struct rule_result *rule) {
    return rule->side == RULE_CHARGER && rule->verdict == RULE_PASS;
}

/* Each that measures, with the worst that was seen. */
static void record_worst(const struct rules *rules, struct result_case *result) {
    for (size_t i = 0; i < rules_count(rules); i++) {
        const struct rule_result *rule = rules_result(rules, i);
        struct result_check check = is_kept(rule) ? protocol_check(rule) : protocol_check_empty();
        if (is_kept(rule) && protocol_check_worst(&check, rule)) {
            add_check(result, check);
        } else {
            result_check_clear(&check);
        }
    }
}

/* The last charge's: a case that charges twice is about what became of the second. */
static void record_last_word(const struct rules *rules, struct result_case *result) {
    const size_t sessions = rules_session_count(rules);
    assert(result->last_word.en == NULL);
    if (sessions > 0) {
        const struct rules_session *session = rules_session(rules, sessions - 1);
        assert(session->en[0] != '\0' && session->zh[0] != '\0');
        result->last_word = phrase_copy((struct phrase){session->en, session->zh});
    }
}

void protocol_watch_record(struct protocol_watch *watch, int64_t end_ns,
                           struct result_case *result) {
    struct buffer ids = {0};
    size_t kept = 0, before = result->check_count, broken = 0;
    rules_finish(watch->rules, end_ns - end_ns % NS_PER_US);
    for (size_t i = 0; i < rules_count(watch->rules); i++) {
        const struct rule_result *rule = rules_result(watch->rules, i);
        if (rule->side != RULE_CHARGER || rule->verdict == RULE_NONE) {
            continue;
        }
        if (rule->verdict != RULE_PASS) {
            record_one(rule, watch->late != NULL, result);
            broken++;
            continue;
        }
        buffer_format(&ids, "%s%s", kept++ == 0 ? "" : " ", rule->id);
    }
    assert(result->check_count == before + broken); /* none of them is left out of the record */
    if (kept > 0) {
        record_kept(kept, ids.chars, result);
        record_worst(watch->rules, result);
    }
    record_last_word(watch->rules, result);
    buffer_free(&ids);
}
