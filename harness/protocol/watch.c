/* SPDX-License-Identifier: MIT */
#include "harness/protocol/watch.h"

#include "sim/loop.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_BACK_NS (2 * NS_PER_S) /* lateness that may still matter to a gap or a wait */
#define IDS_SIZE     8192
/* The charger's process on the same machine is late as the bench is: at both ends of a gap, and
 * perhaps more so. */
#define LATE_SHARE 3

struct protocol_watch {
    struct rules *rules;
    struct can_net *net;
    struct can_tap tap;
    const struct lateness *late;
    uint64_t frames;
};

static void seen(void *ctx, int64_t at_ns, const struct can_frame_ext *frame,
                 const struct can_node *sender) {
    struct protocol_watch *watch = ctx;
    (void)sender;
    if (watch->late != NULL) {
        rules_resolution(watch->rules,
                         LATE_SHARE * lateness_worst(watch->late, at_ns - LOOK_BACK_NS, at_ns));
    }
    rules_frame(watch->rules, at_ns - at_ns % NS_PER_US, ++watch->frames, frame);
}

static void *allocate(size_t size) {
    void *memory = calloc(1, size);
    if (memory == NULL) {
        fputs("protocol watch: out of memory\n", stderr);
        abort();
    }
    return memory;
}

static char *copy(const char *text) {
    return strcpy(allocate(strlen(text) + 1), text);
}

struct protocol_watch *protocol_watch_new(enum edition edition, const struct rules_limits *limits,
                                          struct can_net *net) {
    struct protocol_watch *watch = allocate(sizeof *watch);
    watch->rules = rules_new(edition, limits, true);
    watch->net = net;
    watch->tap = (struct can_tap){.seen = seen, .ctx = watch};
    can_tap(net, &watch->tap);
    return watch;
}

void protocol_watch_late(struct protocol_watch *watch, const struct lateness *late) {
    watch->late = late;
}

void protocol_watch_free(struct protocol_watch *watch) {
    if (watch != NULL) {
        can_untap(watch->net, &watch->tap);
        rules_free(watch->rules);
        free(watch);
    }
}

/* ---- the record ---- */

static struct result_check *add_check(struct result_case *result) {
    struct result_check *checks =
        realloc(result->checks, (result->check_count + 1) * sizeof *result->checks);
    if (checks == NULL) {
        fputs("protocol watch: out of memory\n", stderr);
        abort();
    }
    result->checks = checks;
    struct result_check *check = &checks[result->check_count++];
    *check = (struct result_check){
        .kind = RESULT_ALWAYS,
        .monitor = true,
        .value = (double)NAN,
        .limit_min = (double)NAN,
        .limit_max = (double)NAN,
        .margin = (double)NAN,
        .uncertainty = 0,
        .from_ns = -1,
        .to_ns = -1,
        .failed_ns = -1,
    };
    return check;
}

static void reason(struct result_check *check, const struct rule_result *rule) {
    char en[400], zh[400];
    if (rule->verdict == RULE_FAIL && rule->proof_count > 0) {
        const struct rule_proof *proof = &rule->proofs[0];
        snprintf(en, sizeof en, "%s (%llu times; the first at %.6f s, frame %llu)", proof->en,
                 (unsigned long long)rule->violations, (double)proof->at_ns / 1e9,
                 (unsigned long long)proof->mark);
        snprintf(zh, sizeof zh, "%s(共%llu次,首次在%.6f s,第%llu帧)", proof->zh,
                 (unsigned long long)rule->violations, (double)proof->at_ns / 1e9,
                 (unsigned long long)proof->mark);
        check->from_ns = check->to_ns = check->failed_ns = proof->at_ns;
    } else {
        snprintf(en, sizeof en, "%s", rule->reason_en == NULL ? rule->en : rule->reason_en);
        snprintf(zh, sizeof zh, "%s", rule->reason_zh == NULL ? rule->zh : rule->reason_zh);
    }
    check->reason = (struct phrase){copy(en), copy(zh)};
}

/* A rule that was not kept, or that could not be decided. */
static void record_one(const struct rule_result *rule, bool real_clock,
                       struct result_case *result) {
    struct result_check *check = add_check(result);
    check->verdict = rule->verdict == RULE_FAIL ? VERDICT_FAIL
                     : real_clock               ? VERDICT_NONE
                                                : VERDICT_INCONCLUSIVE;
    check->title = (struct phrase){copy(rule->en), copy(rule->zh)};
    check->condition = copy(rule->id);
    check->limit_source = copy(rule->clause);
    reason(check, rule);
}

static void record_kept(size_t count, const char *ids, struct result_case *result) {
    char text[160];
    struct result_check *check = add_check(result);
    check->verdict = VERDICT_PASS;
    snprintf(text, sizeof text, "GB/T 27930: %zu rules for the charger were looked at and kept",
             count);
    check->title.en = copy(text);
    snprintf(text, sizeof text, "GB/T 27930:充电机侧%zu项规则经检查均符合", count);
    check->title.zh = copy(text);
    check->condition = copy(ids);
}

void protocol_watch_record(struct protocol_watch *watch, int64_t end_ns,
                           struct result_case *result) {
    char *ids = allocate(IDS_SIZE);
    size_t length = 0, kept = 0;
    rules_finish(watch->rules, end_ns - end_ns % NS_PER_US);
    for (size_t i = 0; i < rules_count(watch->rules); i++) {
        const struct rule_result *rule = rules_result(watch->rules, i);
        if (rule->side != RULE_CHARGER || rule->verdict == RULE_NONE) {
            continue;
        }
        if (rule->verdict != RULE_PASS) {
            record_one(rule, watch->late != NULL, result);
            continue;
        }
        int more =
            snprintf(ids + length, IDS_SIZE - length, "%s%s", kept++ == 0 ? "" : " ", rule->id);
        length += (size_t)more < IDS_SIZE - length ? (size_t)more : 0;
    }
    if (kept > 0) {
        record_kept(kept, ids, result);
    }
    free(ids);
}
