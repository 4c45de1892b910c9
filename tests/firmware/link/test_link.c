/* SPDX-License-Identifier: MIT */
/* Timeouts of GB/T 27930-2015, the CEM they fire, and reconnection (GB/T 18487.1-2015 B.3.7.3). */
#include "tests/firmware/support/fake_pile.h"
#include "tests/support/suite.h"

enum moment {
    FROM_START,
    WHILE_READYING,
    WHILE_CHARGING,
    AT_THE_END
};

/* A vehicle that mutes a message at a moment; the CEM's instant counts from the first frame with
 * pf and first byte, or (from_mute) from the last frame before it was muted. */
static const struct {
    const char *name;
    unsigned muted;
    enum moment moment;
    uint8_t pf;
    int first;
    bool from_mute;
    int limit_ms;
    uint8_t cem[4];
} cases[] = {
    {"BRM", FAKE_BRM, FROM_START, 0x01, 0x00, false, 5000, {0xFD, 0xF0, 0xC0, 0xFC}},
    {"BCP", FAKE_BCP, FROM_START, 0x01, 0xAA, false, 5000, {0xFC, 0xF1, 0xC0, 0xFC}},
    {"any BRO", FAKE_BRO, FROM_START, 0x08, -1, false, 5000, {0xFC, 0xF4, 0xC0, 0xFC}},
    {"BRO(AA)", FAKE_BRO_AA, FROM_START, 0x08, -1, false, 60000, {0xFC, 0xF4, 0xC0, 0xFC}},
    {"BRO lost", FAKE_BRO, WHILE_READYING, 0x0A, 0x00, true, 5000, {0xFC, 0xF4, 0xC0, 0xFC}},
    {"first BCL", FAKE_BCL, FROM_START, 0x0A, 0xAA, false, 1000, {0xFC, 0xF0, 0xC4, 0xFC}},
    {"first BCS", FAKE_BCS, FROM_START, 0x0A, 0xAA, false, 5000, {0xFC, 0xF0, 0xC1, 0xFC}},
    {"BCL lost", FAKE_BCL, WHILE_CHARGING, 0x12, -1, true, 1000, {0xFC, 0xF0, 0xC4, 0xFC}},
    {"BCS lost", FAKE_BCS, WHILE_CHARGING, 0x12, -1, true, 5000, {0xFC, 0xF0, 0xC1, 0xFC}},
    {"BST", FAKE_BST | FAKE_BSD, AT_THE_END, 0x1A, -1, false, 5000, {0xFC, 0xF0, 0xD0, 0xFC}},
    {"BSD", FAKE_BSD, AT_THE_END, 0x1A, -1, false, 10000, {0xFC, 0xF0, 0xC0, 0xFD}},
};

static int64_t go_to_the_moment(enum moment moment, unsigned muted) {
    if (moment == FROM_START) {
        pile->gun[0].muted = muted;
    }
    if (moment == WHILE_READYING) {
        fake_param(pile, "contactor.order", 30000);
    }
    fake_start(pile);
    if (moment == WHILE_READYING) {
        ck_assert(fake_until(pile, "getting ready", 15000));
    }
    if (moment == WHILE_CHARGING || moment == AT_THE_END) {
        ck_assert(fake_until(pile, "charging", 15000));
    }
    if (moment != FROM_START) {
        fake_run(pile, 1990);
    }
    pile->gun[0].muted = muted;
    if (moment == AT_THE_END) {
        fake_input(pile, DUT_IN_STOP, 1);
    }
    return pile->now;
}

START_TEST(timeouts) {
    const struct fake_frame *cem;
    int64_t from = go_to_the_moment(cases[_i].moment, cases[_i].muted);
    fake_run(pile, cases[_i].limit_ms + 10000);
    cem = fake_sent(pile, 0x1F, -1, 0);
    ck_assert_msg(cem != NULL, "%s: no CEM", cases[_i].name);
    ck_assert_mem_eq(cem->frame.data, cases[_i].cem, 4);
    if (cases[_i].from_mute) { /* the last message came up to one period (250 ms) before */
        ck_assert_int_le(fake_ms_between(from, cem->at), cases[_i].limit_ms + 40);
        ck_assert_int_gt(fake_ms_between(from, cem->at), cases[_i].limit_ms - 260);
    } else {
        from = fake_sent(pile, cases[_i].pf, cases[_i].first, 0)->at;
        ck_assert_int_eq(cem->at - from, cases[_i].limit_ms * FAKE_MS);
    }
    ck_assert_uint_ge(fake_count(pile, 0x1F, cem->at, cem->at + 3000 * FAKE_MS), 4);
    if (cases[_i].moment == WHILE_CHARGING) {
        ck_assert_int_lt(fake_ms_between(cem->at, fake_output_at(pile, DUT_OUT_K1, 0, cem->at)),
                         1000);
    }
}
END_TEST

/* Waiting after CRO(AA) and missing it in charging are two rows of the standard's table. */
START_TEST(lost_while_charging_has_its_own_time) {
    fake_param(pile, _i == 0 ? "bcl.lost" : "bcs.lost", 2000);
    fake_param(pile, _i == 0 ? "bcl.timeout" : "bcs.timeout", 9000);
    int64_t from = go_to_the_moment(WHILE_CHARGING, _i == 0 ? FAKE_BCL : FAKE_BCS);
    fake_run(pile, 4000);
    ck_assert_ptr_nonnull(fake_sent(pile, 0x1F, -1, 0));
    ck_assert_int_gt(fake_ms_between(from, fake_sent(pile, 0x1F, -1, 0)->at), 1740);
    ck_assert_int_le(fake_ms_between(from, fake_sent(pile, 0x1F, -1, 0)->at), 2040);
}
END_TEST

/* Where the 60 s start is open: with the parameter, at the first BRO. */
START_TEST(bro_aa_timeout_from_the_first_bro) {
    int64_t cml, bro;
    fake_param(pile, "bro_aa.from_bro", 1);
    pile->gun[0].muted = FAKE_BRO;
    fake_start(pile);
    ck_assert(fake_until(pile, "parameters", 15000));
    cml = pile->now;
    fake_run(pile, 3000);
    pile->gun[0].muted = FAKE_BRO_AA;
    bro = pile->now;
    fake_run(pile, 65000);
    ck_assert_int_ge(fake_ms_between(cml, fake_sent(pile, 0x1F, -1, 0)->at), 62900);
    ck_assert_int_le(fake_ms_between(bro, fake_sent(pile, 0x1F, -1, 0)->at), 60260);
}
END_TEST

/* A BRO(AA) that is older than CML says nothing of this try. */
START_TEST(early_bro_is_forgotten) {
    static const uint8_t ready = 0xAA;
    pile->gun[0].muted = FAKE_BCP | FAKE_BRO;
    fake_start(pile);
    ck_assert(fake_until(pile, "configuration", 15000));
    fake_frame(pile, 0, 0x100956F4, &ready, 1);
    pile->gun[0].muted = FAKE_BRO;
    fake_run(pile, 2000);
    ck_assert_str_eq(fake_state(pile, 0), "parameters");
}
END_TEST

/* Three reconnections from CRM(00), each without CHM and insulation test, then interruption. */
START_TEST(third_failed_reconnection_is_an_interruption) {
    int64_t lost, crm;
    unsigned reconnections = 0;
    fake_charging(pile);
    lost = pile->now;
    pile->gun[0].muted = FAKE_BRM | FAKE_BCL;
    ck_assert(fake_until(pile, "ended", 60000));
    for (crm = lost; crm < pile->now; reconnections++) {
        const struct fake_frame *next = fake_sent(pile, 0x01, 0x00, crm);
        if (next == NULL) {
            break;
        }
        next = fake_sent(pile, 0x1F, -1, next->at);
        ck_assert_ptr_nonnull(next);
        crm = next->at;
    }
    ck_assert_uint_eq(reconnections, 3);
    ck_assert_uint_eq(fake_count(pile, 0x26, lost, pile->now), 0);
    ck_assert_int_eq(fake_output_at(pile, DUT_OUT_IMD, 1, lost), FAKE_NEVER);
    ck_assert_str_eq(fake_alarm(pile), "communication interrupted");
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_AUX], 0);
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_LOCK], 0);
    fake_input(pile, DUT_IN_START, 1);
    fake_run(pile, 1000);
    ck_assert_str_eq(fake_state(pile, 0), "ended");
}
END_TEST

START_TEST(output_opens_after_a_timeout) {
    int64_t cem;
    fake_charging(pile);
    pile->gun[0].muted = FAKE_BCL;
    fake_run(pile, 5000);
    cem = fake_sent(pile, 0x1F, -1, 0)->at;
    ck_assert_int_lt(fake_ms_between(cem, fake_output_at(pile, DUT_OUT_K1, 0, cem)), 1000);
    ck_assert_uint_eq(fake_count(pile, 0x12, cem + 1, pile->now), 0);
}
END_TEST

START_TEST(reconnection_charges_on_and_clears_the_count) {
    for (unsigned i = 0; i < 5; i++) {
        if (i == 0) {
            fake_charging(pile);
        }
        pile->gun[0].muted = FAKE_BCL;
        ck_assert(fake_until(pile, "timed out", 3000));
        pile->gun[0].muted = 0;
        ck_assert_msg(fake_until(pile, "charging", 15000), "round %u: %s, %s", i,
                      fake_state(pile, 0), fake_alarm(pile));
        fake_run(pile, 1500);
    }
    ck_assert_int_eq(pile->gun[0].out[DUT_OUT_MODULE_MA], 100000);
}
END_TEST

START_TEST(bem_stops_and_reconnects_silently) {
    static const uint8_t bem[4] = {0xF0, 0xF0, 0xF1, 0xFC};
    int64_t at;
    fake_charging(pile);
    at = pile->now;
    fake_frame(pile, 0, 0x081E56F4, bem, 4);
    pile->gun[0].phase = FAKE_QUIET;
    ck_assert(fake_until(pile, "recognition", 5000));
    ck_assert_int_ne(fake_output_at(pile, DUT_OUT_K1, 0, at), FAKE_NEVER);
    ck_assert_ptr_null(fake_sent(pile, 0x1F, -1, 0));
    ck_assert(fake_until(pile, "charging", 15000));
}
END_TEST

/* A charge that has ended is not taken up again because its last messages are missing. */
START_TEST(timeout_at_the_end_does_not_reconnect) {
    go_to_the_moment(AT_THE_END, FAKE_BSD);
    ck_assert(fake_until(pile, "ended", 20000));
    ck_assert_ptr_null(fake_sent(pile, 0x01, -1, fake_sent(pile, 0x1F, -1, 0)->at));
    ck_assert_str_eq(fake_alarm(pile), "none");
}
END_TEST

/* Wrong length, foreign addresses and FF fields are not received: BCL is missed all the same. */
START_TEST(bad_frames_do_not_count) {
    static const uint8_t bcl[5] = {0xA8, 0x16, 0xB8, 0x0B, 0x02};
    static const uint8_t none[5] = {0xFF, 0xFF, 0xB8, 0x0B, 0x02};
    fake_charging(pile);
    pile->gun[0].muted = FAKE_BCL;
    for (unsigned i = 0; i < 25; i++) {
        fake_frame(pile, 0, 0x181056F4, bcl, 4);
        fake_frame(pile, 0, 0x1810F456, bcl, 5);
        fake_frame(pile, 0, 0x181056F5, bcl, 5);
        fake_frame(pile, 0, 0x191056F4, bcl, 5);
        fake_frame(pile, 0, 0x181056F4, none, 5);
        fake_run(pile, 50);
    }
    ck_assert_str_eq(fake_state(pile, 0), "timed out");
}
END_TEST

/* Longer than the table says: not received either, unless the parameter lets it pass. */
START_TEST(longer_frames) {
    static const uint8_t bcl[6] = {0xA8, 0x16, 0xB8, 0x0B, 0x02, 0xFF};
    fake_param(pile, "rx.length", _i);
    fake_charging(pile);
    pile->gun[0].muted = FAKE_BCL;
    for (unsigned i = 0; i < 25; i++) {
        fake_frame(pile, 0, 0x181056F4, bcl, 6);
        fake_run(pile, 50);
    }
    ck_assert_str_eq(fake_state(pile, 0), _i == 1 ? "timed out" : "charging");
    for (unsigned i = 0; i < 25; i++) {
        fake_frame(pile, 0, 0x181056F4, bcl, 4);
        fake_run(pile, 50);
    }
    ck_assert_str_ne(fake_state(pile, 0), "charging");
}
END_TEST

/* A vehicle that stays behind: what it sends of the former phase, or the RTS of a transfer that
 * goes no further, does not prolong the charger's wait, unless a bit of wait.restart says so. */
static const struct {
    unsigned muted;
    const char *state;
    uint32_t id;     /* of a frame; 0: a transfer of this PF */
    unsigned length; /* of bytes, the rest is 0 */
    uint8_t pf, bytes[49];
    int restart;
    uint8_t cem[4];
} behind[] = {
    {FAKE_BRM, "recognition", 0x182756F4, 2, 0, {0x70, 0x17}, 1, {0xFD, 0xF0, 0xC0, 0xFC}},
    {FAKE_BCP, "configuration", 0, 49, 0x02, {1, 1, 0, 3}, 1, {0xFC, 0xF1, 0xC0, 0xFC}},
    {FAKE_BRO,
     "parameters",
     0,
     13,
     0x06,
     {0x72, 1, 0xDC, 5, 0xFF, 0xFF, 0x70, 0x17, 0x73, 8, 3, 0x18, 0x15},
     1,
     {0xFC, 0xF4, 0xC0, 0xFC}},
    {FAKE_BRM,
     "recognition",
     0x1CEC56F4,
     8,
     0,
     {0x10, 49, 0, 7, 0xFF, 0, 0x02, 0},
     2,
     {0xFD, 0xF0, 0xC0, 0xFC}},
    {FAKE_BCP,
     "configuration",
     0x1CEC56F4,
     8,
     0,
     {0x10, 13, 0, 2, 0xFF, 0, 0x06, 0},
     2,
     {0xFC, 0xF1, 0xC0, 0xFC}},
};

static void stay_behind(unsigned i, int ms) {
    for (int at = 0; at < ms; at += 250) {
        if (behind[i].id == 0) {
            fake_tp(pile, 0, behind[i].pf, behind[i].bytes, behind[i].length);
        } else {
            fake_frame(pile, 0, behind[i].id, behind[i].bytes, behind[i].length);
        }
        fake_run(pile, 250);
    }
}

START_TEST(staying_behind_does_not_prolong_the_wait) {
    pile->gun[0].muted = behind[_i].muted;
    fake_start(pile);
    ck_assert(fake_until(pile, behind[_i].state, 15000));
    int64_t from = pile->now;
    stay_behind((unsigned)_i, 6000);
    const struct fake_frame *cem = fake_sent(pile, 0x1F, -1, 0);
    ck_assert_ptr_nonnull(cem);
    ck_assert_mem_eq(cem->frame.data, behind[_i].cem, 4);
    ck_assert_int_eq(fake_ms_between(from, cem->at), 5000);
}
END_TEST

START_TEST(staying_behind_prolongs_where_the_parameter_says_so) {
    pile->gun[0].muted = behind[_i].muted;
    fake_param(pile, "wait.restart", behind[_i].restart);
    fake_start(pile);
    ck_assert(fake_until(pile, behind[_i].state, 15000));
    stay_behind((unsigned)_i, 8000);
    ck_assert_ptr_null(fake_sent(pile, 0x1F, -1, 0));
    fake_run(pile, 5000);
    ck_assert_ptr_nonnull(fake_sent(pile, 0x1F, -1, 0));
}
END_TEST

/* BRM: printed with 41 bytes, sent with 49; a bit of brm.lengths for each. */
START_TEST(brm_lengths) {
    static const uint8_t brm[49] = {1, 1, 0, 3};
    bool taken = _i & 4 ? (_i & 2) != 0 : (_i & 1) != 0;
    pile->gun[0].muted = FAKE_BRM | FAKE_BCP;
    fake_param(pile, "brm.lengths", _i & 3);
    fake_start(pile);
    ck_assert(fake_until(pile, "recognition", 15000));
    fake_tp(pile, 0, 0x02, brm, _i & 4 ? 49 : 41);
    fake_run(pile, 1000);
    ck_assert_str_eq(fake_state(pile, 0), taken ? "configuration" : "recognition");
}
END_TEST

/* BRO that is neither 00 nor AA: no BRO at all, so that the 5 s run (DN.2004); with bro.other it is
 * a vehicle that is not ready. */
START_TEST(other_values_of_bro) {
    static const uint8_t other = 0x55;
    pile->gun[0].muted = FAKE_BRO;
    fake_param(pile, "bro.other", _i);
    fake_start(pile);
    ck_assert(fake_until(pile, "parameters", 15000));
    for (unsigned i = 0; i < 24; i++) {
        fake_frame(pile, 0, 0x100956F4, &other, 1);
        fake_run(pile, 250);
    }
    ck_assert_int_eq(fake_sent(pile, 0x1F, -1, 0) == NULL, _i);
    ck_assert_ptr_null(fake_sent(pile, 0x0A, -1, 0));
}
END_TEST

START_TEST(bro_ready_is_aa) {
    static const uint8_t bytes[] = {0x00, 0xAA};
    pile->gun[0].muted = FAKE_BRO;
    fake_param(pile, "bro.ready", bytes[_i]);
    fake_start(pile);
    ck_assert(fake_until(pile, "parameters", 15000));
    fake_frame(pile, 0, 0x100956F4, &bytes[1 - _i], 1);
    ck_assert_str_eq(fake_state(pile, 0), "parameters");
    fake_frame(pile, 0, 0x100956F4, &bytes[_i], 1);
    ck_assert_str_eq(fake_state(pile, 0), "getting ready");
}
END_TEST

/* The transmit queue is full for a while: nothing is lost, the schedule goes on. */
static int refuse(void *ctx, unsigned net, const struct dut_can_frame *frame) {
    struct fake *fake = ctx;
    if (fake->now / FAKE_MS % 1000 < 20) {
        return DUT_ERROR_FULL;
    }
    return fake_can_send(ctx, net, frame);
}

START_TEST(full_queue_is_retried) {
    struct dut_host host = {
        .ctx = pile, .can_send = refuse, .input = fake_read, .output = fake_write, .log = fake_log};
    memset(pile->dut, 0, pile->api->instance_size);
    ck_assert_int_eq(pile->api->init(pile->dut, &host, pile->now), 0);
    fake_charging(pile);
    int64_t from = pile->now;
    fake_run(pile, 5000);
    ck_assert_uint_ge(fake_count(pile, 0x12, from, pile->now), 95);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("link");
    TCase *tc = tcase_create("link");
    tcase_add_checked_fixture(tc, fake_setup, fake_teardown);
    tcase_set_timeout(tc, 60);
    tcase_add_loop_test(tc, timeouts, 0, sizeof cases / sizeof cases[0]);
    tcase_add_loop_test(tc, lost_while_charging_has_its_own_time, 0, 2);
    tcase_add_test(tc, bro_aa_timeout_from_the_first_bro);
    tcase_add_test(tc, early_bro_is_forgotten);
    tcase_add_test(tc, third_failed_reconnection_is_an_interruption);
    tcase_add_test(tc, output_opens_after_a_timeout);
    tcase_add_test(tc, reconnection_charges_on_and_clears_the_count);
    tcase_add_test(tc, bem_stops_and_reconnects_silently);
    tcase_add_test(tc, timeout_at_the_end_does_not_reconnect);
    tcase_add_test(tc, bad_frames_do_not_count);
    tcase_add_loop_test(tc, longer_frames, 0, 2);
    tcase_add_loop_test(tc, staying_behind_does_not_prolong_the_wait, 0,
                        sizeof behind / sizeof behind[0]);
    tcase_add_loop_test(tc, staying_behind_prolongs_where_the_parameter_says_so, 0,
                        sizeof behind / sizeof behind[0]);
    for (int length = 0; length <= 4; length += 4) {
        tcase_add_loop_test(tc, brm_lengths, length + 1, length + 4);
    }
    tcase_add_loop_test(tc, other_values_of_bro, 0, 2);
    tcase_add_loop_test(tc, bro_ready_is_aa, 0, 2);
    tcase_add_test(tc, full_queue_is_retried);
    suite_add_tcase(suite, tc);
    return suite_main(suite);
}
