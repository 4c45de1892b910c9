/* SPDX-License-Identifier: MIT */
/* fuzz_rules.c: the protocol rules on frames between charger and BMS with whatever content, lengths,
 * times, losses, of one side or both. What has to hold whatever comes: a verdict for every rule, with a
 * proof where it fails and a reason where it is open; no rule about time fails without a clock; a last
 * word in both languages for every charge that is kept. */
#include "vehicle_bms/rules/rules.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct input {
    const uint8_t *data;
    size_t left;
};

static void must(bool held) {
    if (!held) {
        abort();
    }
}

static uint8_t take(struct input *input) {
    if (input->left == 0) {
        return 0;
    }
    input->left--;
    return *input->data++;
}

/* A message of the table, or a frame of the transport, with the length it should have or another. */
static struct can_frame_ext frame_of(struct input *input, enum edition edition) {
    const uint8_t which = take(input), shape = take(input);
    struct can_frame_ext frame = {.extended = true};
    if (which % 32 < MESSAGE_COUNT) {
        const struct message *message = &messages[which % 32];
        uint8_t usual[MESSAGE_LENGTH_MAX];
        const size_t length = message_blank(message, edition, usual);
        frame.id = message_id(message);
        frame.len = (uint8_t)(shape < 128 && length <= 8 ? length : shape % 9);
    } else {
        const uint32_t pgn = which & 1 ? 0xEC00 : 0xEB00;
        const bool charger = (which & 2) != 0;
        frame.id = message_frame_id(7, pgn, charger ? ADDRESS_BMS : ADDRESS_CHARGER,
                                    charger ? ADDRESS_CHARGER : ADDRESS_BMS);
        frame.len = 8;
    }
    for (unsigned i = 0; i < frame.len; i++) {
        frame.data[i] = take(input);
    }
    return frame;
}

static void check_rule(const struct rule_result *result, bool clock) {
    const bool timed = result->kind == RULE_PERIOD || result->kind == RULE_TIMEOUT;
    must(result->id[0] != '\0' && result->proof_count <= RULE_PROOFS_MAX);
    must(result->verdict != RULE_FAIL || (result->violations > 0 && result->proof_count > 0));
    must((result->verdict == RULE_INCONCLUSIVE) == (result->reason_en != NULL));
    must(clock || !timed || result->verdict != RULE_FAIL);
}

static void check(const struct rules *rules, bool clock) {
    for (size_t i = 0; i < rules_count(rules); i++) {
        check_rule(rules_result(rules, i), clock);
    }
    must(rules_session_count(rules) <= RULES_SESSIONS_MAX);
    must(rules_session_count(rules) <= rules_charge_count(rules));
    for (size_t i = 0; i < rules_session_count(rules); i++) {
        const struct rules_session *session = rules_session(rules, i);
        must(session->en[0] != '\0' && session->zh[0] != '\0');
        must(session->phase_count > 0 && session->story_count <= RULE_PROOFS_MAX);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct input input = {data, size};
    const uint8_t mode = take(&input);
    const enum edition edition = (enum edition)(mode % EDITIONS);
    const bool clock = (mode & 0x04) != 0;
    struct rules *rules = rules_new(edition, &rules_limits_default, clock);
    int64_t at_ns = 0;
    if (mode & 0x08) {
        rules_only(rules, (mode & 0x10) != 0);
    }
    if (mode & 0x20) {
        rules_resolution(rules, INT64_C(100000000));
    }
    for (uint64_t mark = 1; input.left > 0; mark++) {
        const uint8_t step = take(&input);
        at_ns += step < 200 ? step * INT64_C(1000000) : (step - 199) * INT64_C(1000000000);
        if (step == 13) {
            rules_lost(rules, mark);
        }
        const struct can_frame_ext frame = frame_of(&input, edition);
        rules_frame(rules, at_ns, mark, &frame);
    }
    if (mode & 0x40) {
        rules_lost_somewhere(rules);
    }
    rules_finish(rules, at_ns);
    check(rules, clock);
    rules_free(rules);
    return 0;
}
