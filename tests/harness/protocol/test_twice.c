/* SPDX-License-Identifier: MIT */
/* A recorder that writes frames down twice, and a sender that says them twice. */
#include "harness/protocol/twice.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

#define US INT64_C(1000)
#define MS INT64_C(1000000)

#define FRAMES_MAX 2000

static struct capture_frame frames[FRAMES_MAX];
static size_t count;

static void put(int64_t at_ns, uint32_t id, uint8_t len, uint8_t first, bool sent) {
    struct capture_frame *frame = &frames[count++];
    ck_assert_uint_le(count, FRAMES_MAX);
    *frame = (struct capture_frame){.at_ns = at_ns, .network = "", .sent = sent};
    frame->frame = (struct can_frame_ext){.id = id, .extended = true, .len = len, .data = {first}};
}

/* Two seconds of a charge: CCS and BCL every 50 ms, each followed by copies of it after `after`. */
struct copies {
    bool charger, bms;
    int64_t after_ns;
    bool echo;       /* the first one is marked as sent */
    int64_t step_ns; /* of the clock */
};

static void put_one(const struct copies *copies, bool copied, int64_t at_ns, uint32_t id,
                    uint8_t len) {
    const int64_t second_ns = at_ns + copies->after_ns;
    put(at_ns - at_ns % copies->step_ns, id, len, 7, copied && copies->echo);
    if (copied) {
        put(second_ns - second_ns % copies->step_ns, id, len, 7, false);
    }
}

static void record(const struct copies *copies) {
    count = 0;
    for (int64_t at_ns = 1234567 * US; at_ns < 3234567 * US; at_ns += 50 * MS) {
        put_one(copies, copies->charger, at_ns, 0x1812F456u, 8);
        put_one(copies, copies->bms, at_ns + 21013 * US, 0x181056F4u, 5);
    }
}

/* How many of them are left. */
static size_t left(bool clock, bool *charger, bool *bms) {
    struct twice look = {.clock = clock};
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        (void)twice_see(&look, &frames[i]);
    }
    struct twice file = twice_begin(&look);
    for (size_t i = 0; i < count; i++) {
        kept += !twice_see(&file, &frames[i]);
    }
    *charger = twice_is(&file, true);
    *bms = twice_is(&file, false);
    ck_assert_uint_eq(file.copies[0] + file.copies[1], count - kept);
    return kept;
}

static const struct {
    struct copies copies;
    bool clock;
    bool charger, bms; /* recorded twice */
} rows[] = {
    {{false, false, 0, false, US}, true, false, false},
    {{true, true, 10 * US, false, US}, true, true, true},
    {{true, true, 0, false, US}, true, true, true},
    /* CCS takes 524 us of the bus, BCL 428 us: said twice takes as long. */
    {{true, false, 522 * US, false, US}, true, true, false},
    {{true, false, 523 * US, false, US}, true, false, false},
    {{false, true, 426 * US, false, US}, true, false, true},
    {{false, true, 427 * US, false, US}, true, false, false},
    {{true, true, 600 * US, false, US}, true, false, false},
    /* The recorder says which one it sent. */
    {{true, false, 3 * MS, true, US}, true, true, false},
    {{true, false, 5 * MS, true, US}, true, true, false},
    {{true, false, 5001 * US, true, US}, true, false, false},
    /* A coarse clock: both sides, or nobody knows. */
    {{true, true, 0, false, MS}, true, true, true},
    {{true, false, 0, false, MS}, true, false, false},
    {{true, true, 0, false, 10 * MS}, true, false, false},
    {{true, true, 0, false, 100 * US}, true, true, true},
    {{true, false, 0, false, 100 * US}, true, true, false},
    /* No clock: one right behind the other. */
    {{true, true, 0, false, US}, false, true, true},
    {{true, false, 0, false, US}, false, false, false},
    {{true, false, 0, true, US}, false, true, false},
};

START_TEST(sides) {
    bool charger, bms;
    record(&rows[_i].copies);
    const size_t kept = left(rows[_i].clock, &charger, &bms);
    ck_assert_int_eq(charger, rows[_i].charger);
    ck_assert_int_eq(bms, rows[_i].bms);
    const size_t copies = (rows[_i].charger ? 40u : 0u) + (rows[_i].bms ? 40u : 0u);
    ck_assert_uint_eq(kept, count - copies);
}
END_TEST

/* Of a charger that says a message twice two are left, whoever doubles them again. */
START_TEST(a_sender_that_repeats) {
    bool charger, bms;
    count = 0;
    for (int64_t at_ns = 0; at_ns < 2000 * MS; at_ns += 50 * MS) {
        for (int64_t again_ns = 0; again_ns <= 600 * US; again_ns += 600 * US) {
            put(at_ns + again_ns, 0x1812F456u, 8, 1, false);
            put(at_ns + again_ns + 3 * US, 0x1812F456u, 8, 1, false);
        }
        put(at_ns + 20 * MS, 0x181056F4u, 5, 1, false);
        put(at_ns + 20 * MS + 3 * US, 0x181056F4u, 5, 1, false);
    }
    ck_assert_uint_eq(left(true, &charger, &bms), count / 2);
    ck_assert(charger && bms);
}
END_TEST

/* Copies that come behind the next frame are copies still; of different bytes none is one. */
START_TEST(interleaved) {
    bool charger, bms;
    count = 0;
    for (int64_t at_ns = 0; at_ns < 2000 * MS; at_ns += 50 * MS) {
        put(at_ns, 0x1812F456u, 8, 1, true);
        put(at_ns + 600 * US, 0x181056F4u, 5, 1, true);
        put(at_ns + 900 * US, 0x1812F456u, 8, 1, false);
        put(at_ns + 1500 * US, 0x181056F4u, 5, 1, false);
    }
    ck_assert_uint_eq(left(true, &charger, &bms), count / 2);
    for (size_t i = 2; i < count; i += 4) {
        frames[i].frame.data[7] = 1;
    }
    ck_assert_uint_eq(left(true, &charger, &bms), count - 40);
    ck_assert(!charger && bms);
}
END_TEST

/* One in ten without a copy is the recorder's loss; more, and it is no such recorder. Of a few frames
 * nothing is said. */
START_TEST(nearly_all) {
    bool charger, bms;
    for (unsigned without = 7; without <= 8; without++) { /* 66 of 73 are in pairs, 64 of 72 */
        count = 0;
        for (unsigned i = 0; i < 40; i++) {
            put(i * 50 * MS, 0x1812F456u, 8, 1, false);
            if (i >= without) {
                put(i * 50 * MS + US, 0x1812F456u, 8, 1, false);
            }
        }
        left(true, &charger, &bms);
        ck_assert_int_eq(charger, without == 7);
    }
    for (unsigned pairs = 9; pairs <= 10; pairs++) {
        count = 0;
        for (unsigned i = 0; i < 2 * pairs; i++) {
            put(US + i / 2 * 50 * MS, 0x1812F456u, 8, 1, false);
        }
        left(true, &charger, &bms);
        ck_assert_int_eq(charger, pairs == 10);
    }
}
END_TEST

int main(void) {
    Suite *suite = suite_create("captures recorded twice");
    TCase *tests = tcase_create("twice");
    tcase_add_loop_test(tests, sides, 0, (int)(sizeof rows / sizeof rows[0]));
    tcase_add_test(tests, a_sender_that_repeats);
    tcase_add_test(tests, interleaved);
    tcase_add_test(tests, nearly_all);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
