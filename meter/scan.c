/* SPDX-License-Identifier: MIT */
#include "meter/scan.h"

#include <assert.h>
#include <string.h>

#define LOOK_NS    (20 * NS_PER_MS)
#define ANY        0xAA
#define PARTS      6   /* bytes of an address */
#define VALUES     100 /* two decimal digits */
#define ROOT_TRIES 2

struct answer {
    bool came;
    enum master_outcome outcome;
    size_t length;
    uint8_t address[PARTS];
};

static void answered(void *ctx, const struct master_result *result) {
    struct answer *answer = ctx;
    answer->came = true;
    answer->outcome = result->outcome;
    answer->length = result->length;
    if (result->length >= PARTS) {
        memcpy(answer->address, result->data, PARTS);
    }
}

static bool stopped(const struct scan *scan) {
    return scan->stopped != NULL && scan->stopped(scan->ctx);
}

static enum master_outcome ask(struct scan *scan, const uint8_t pattern[PARTS],
                               struct answer *answer) {
    struct meter_frame request = {.control = METER_READ_ADDRESS};
    struct loop *loop = scan->master->loop;
    memcpy(request.address, pattern, PARTS);
    *answer = (struct answer){.outcome = MASTER_LINE};
    if (master_request(scan->master, &request, answered, answer) != 0) {
        return MASTER_LINE;
    }
    while (!answer->came && !stopped(scan)) {
        loop_run(loop, loop->now_ns + LOOK_NS);
    }
    return answer->outcome;
}

static unsigned value_of(uint8_t digits) {
    assert(digits >> 4 <= 9 && (digits & 0xF) <= 9);
    return (unsigned)(digits >> 4) * 10 + (digits & 0xF);
}

/* The next two digits from 00 on: what was asked last goes one up; false after 99. */
static bool next_value(uint8_t *digits) {
    unsigned value = value_of(*digits) + 1;
    assert(value <= VALUES);
    *digits = (uint8_t)(value / 10 << 4 | value % 10);
    return value < VALUES;
}

/* A meter may take 500 ms to begin: did another one answer after this one? */
static bool second_answers(struct scan *scan) {
    struct loop *loop = scan->master->loop;
    int64_t end_ns = loop->now_ns + scan->master->params.timeout_ns;
    while (loop->now_ns < end_ns && !stopped(scan)) {
        int64_t soon_ns = loop->now_ns + LOOK_NS;
        loop_run(loop, soon_ns < end_ns ? soon_ns : end_ns);
    }
    return master_overheard(scan->master);
}

/* One answer to this pattern; false: several. */
static bool take_answer(struct scan *scan, const uint8_t pattern[PARTS], unsigned known,
                        const struct answer *answer) {
    assert(known <= PARTS && answer->length >= PARTS);
    bool several = second_answers(scan);
    if (several && known < PARTS) {
        return false;
    }
    bool fits = meter_address_matches(pattern, answer->address);
    scan->unclear += several || !fits;
    if (fits) {
        scan->found_count++;
        scan->found(scan->ctx, answer->address);
    }
    return true;
}

/* What is certainly still to be asked: the rest of each hundred that was begun. */
static unsigned left_at_least(const uint8_t pattern[PARTS], unsigned known) {
    assert(known <= PARTS);
    unsigned left = 1;
    for (unsigned i = 0; i < known; i++) {
        left += VALUES - 1 - value_of(pattern[i]);
    }
    assert(left >= 1 && left <= 1 + known * (VALUES - 1));
    return left;
}

/* A collision may by chance look like silence: whether there is anybody at all is asked twice. */
static void prepare(struct scan *scan, const struct master_params *params, unsigned known) {
    struct master_params *own = &scan->master->params;
    own->timeout_ns = scan->silence_ns > 0 ? scan->silence_ns : params->timeout_ns;
    own->tries = scan->tries > 0 ? scan->tries : params->tries;
    own->tries = known == 0 && own->tries < ROOT_TRIES ? ROOT_TRIES : own->tries;
    assert(own->tries >= 1 && own->timeout_ns > 0);
}

/* A walk through the tree of addresses, two digits a level, lowest first; no recursion. */
static bool walk(struct scan *scan, const struct master_params *params) {
    uint8_t pattern[PARTS];
    unsigned known = 0;
    memset(pattern, ANY, sizeof pattern);
    while (!stopped(scan)) {
        struct answer answer;
        prepare(scan, params, known);
        if (scan->asking != NULL) {
            scan->asking(scan->ctx, scan->asked, left_at_least(pattern, known));
        }
        scan->asked++;
        enum master_outcome outcome = ask(scan, pattern, &answer);
        if (outcome == MASTER_LINE && !stopped(scan)) {
            return false;
        }
        bool several = outcome == MASTER_DAMAGED;
        if (outcome == MASTER_DONE && answer.length >= PARTS) {
            several = !take_answer(scan, pattern, known, &answer);
        } else {
            scan->unclear += several && known == PARTS;
        }
        if (several && known < PARTS) {
            assert(pattern[known] == ANY);
            scan->collided = true;
            pattern[known++] = 0x00;
            continue;
        }
        assert(known <= PARTS);
        while (known > 0 && !next_value(&pattern[known - 1])) {
            pattern[--known] = ANY;
        }
        if (known == 0) {
            break;
        }
    }
    return true;
}

bool scan_line(struct scan *scan) {
    struct master_params params = scan->master->params;
    bool whole = walk(scan, &params);
    scan->master->params = params;
    return whole;
}
