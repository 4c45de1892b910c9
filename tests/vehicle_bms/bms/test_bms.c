/* SPDX-License-Identifier: MIT */
/* The BMS against a scripted charger: a normal charge, its end in several ways, the timeouts. */
#include "tests/vehicle_bms/support/fake_charger.h"

static struct bench bench;

static void setup(void) {
    bench_new(&bench, NULL);
}

static void teardown(void) {
    bench_free(&bench);
}

static void charge(void) {
    bench_plug_in(&bench);
    ck_assert(bench_run_until(&bench, BMS_CHARGING, 30 * NS_PER_S));
}

static unsigned seen(const char *code) {
    return bench.log[message_index(message_by_code(code))].count;
}

START_TEST(silent_until_supplied_and_plugged) {
    static const struct {
        double aux_v, cc2_v;
        bool awake;
    } rows[] = {
        {12, 12, false},  {0, 6, false},    {9.9, 6, false}, {10, 6, true},   {16, 6, true},
        {16.1, 6, false}, {12, 5.1, false}, {12, 5.2, true}, {12, 6.8, true}, {12, 6.9, false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        signal_set(bench.aux, bench.loop.now_ns, rows[i].aux_v);
        signal_set(bench.cc2, bench.loop.now_ns, rows[i].cc2_v);
        loop_run(&bench.loop, bench.loop.now_ns + MS(99));
        ck_assert_int_eq(bms_state(bench.bms), BMS_OFF);
        loop_run(&bench.loop, bench.loop.now_ns + MS(2));
        ck_assert_msg((bms_state(bench.bms) == BMS_AWAKE) == rows[i].awake, "row %zu", i);
        signal_set(bench.aux, bench.loop.now_ns, 0);
        ck_assert_int_eq(bms_state(bench.bms), BMS_OFF);
    }
}
END_TEST

START_TEST(from_plug_to_charging) {
    charge();
    ck_assert_double_eq_tol(bench_read(&bench, "BHM.voltage_max"), 613.2, 1e-6);
    ck_assert_uint_eq(bench.log[MESSAGE_BRM].length, 49);
    ck_assert_double_eq(bench_read(&bench, "BRM.battery_type"), 3);
    ck_assert_double_eq_tol(bench_read(&bench, "BRM.rated_capacity"), 228, 1e-6);
    ck_assert_double_eq_tol(bench_read(&bench, "BCP.current_max"), -250, 1e-6);
    ck_assert_double_eq_tol(bench_read(&bench, "BCP.battery_voltage"), 3.288 * 168, 0.051);
    ck_assert_double_eq_tol(bench_read(&bench, "BCP.soc"), 40, 1e-6);
    ck_assert(signal_is(bench.k_closed[0]) && signal_is(bench.k_closed[1]));
    /* BRO(AA) only after both contactors are closed. */
    ck_assert_int_gt(bench.log[MESSAGE_BRO].first_aa_ns, bench.k_closed[0]->changed_ns);
    ck_assert_int_gt(bench.log[MESSAGE_BRO].first_aa_ns, bench.k_closed[1]->changed_ns);
    ck_assert_double_eq(bench_read(&bench, "bms.fault"), 0);
    loop_run(&bench.loop, bench.loop.now_ns + 10 * NS_PER_S);
    ck_assert_double_eq_tol(bench_read(&bench, "BCL.current_demand"), -200, 1e-6);
    ck_assert_double_eq_tol(bench_read(&bench, "BCL.voltage_demand"), 3.45 * 168, 1e-6);
    ck_assert_double_eq(bench_read(&bench, "BCL.mode"), 2);
    ck_assert_double_eq_tol(bench_read(&bench, "BCS.current"), -200, 1e-6);
    ck_assert_double_eq_tol(bench_read(&bench, "BCS.voltage"), bench.voltage->value, 0.051);
    ck_assert_double_eq(bench_read(&bench, "BSM.charging_permitted"), 1);
    ck_assert_uint_eq(seen("BMV") + seen("BMT") + seen("BSP") + seen("BEM"), 0);
}
END_TEST

/* A charger on a grid of its own says CRM(AA), and CML, in the middle of the next transfer: that one is
 * brought to its end, and only then the next message is transferred. */
START_TEST(transfers_are_finished) {
    static const struct {
        enum message_index answer, repeated, next;
        int64_t into_ms; /* from a whole one into the next */
        uint8_t bytes[8];
    } rows[] = {
        {MESSAGE_CRM, MESSAGE_BRM, MESSAGE_BCP, 195, {0xAA, 1, 0, 0, 0, 'A', 'B', 'C'}},
        {MESSAGE_CML,
         MESSAGE_BCP,
         MESSAGE_BRO,
         490,
         {0x4C, 0x1D, 0xD0, 0x07, 0xDC, 0x05, 0xA0, 0x0F}},
    };
    bench.charger.withhold = rows[_i].answer;
    bench.charger.withhold_aa = rows[_i].answer == MESSAGE_CRM;
    bench_plug_in(&bench);
    while (seen(messages[rows[_i].repeated].code) < 3) {
        ck_assert_int_lt(bench.loop.now_ns, 30 * NS_PER_S);
        loop_run(&bench.loop, bench.loop.now_ns + MS(10));
    }
    loop_run(&bench.loop, bench.log[rows[_i].repeated].last_ns + MS(rows[_i].into_ms));
    unsigned whole = seen(messages[rows[_i].repeated].code);
    bench.charger.withhold = MESSAGE_COUNT;
    charger_say(&bench.charger, rows[_i].answer, rows[_i].bytes, 8);
    loop_set(&bench.loop, &bench.charger.send_timer, bench.loop.now_ns); /* at once */
    loop_run(&bench.loop, bench.loop.now_ns + MS(500));
    ck_assert_uint_eq(seen(messages[rows[_i].repeated].code), whole + 1);
    ck_assert_uint_eq(observer_stats(bench.observer)->transfers_broken, 0);
    ck_assert_uint_ge(seen(messages[rows[_i].next].code), 1);
}
END_TEST

/* 600 V, 200 V, and 45 A: it asked for 200 A. */
START_TEST(the_demand_keeps_to_what_the_charger_has) {
    const uint8_t cml[8] = {0x70, 0x17, 0xD0, 0x07, 0xDE, 0x0D, 0xA0, 0x0F};
    charge();
    charger_say(&bench.charger, MESSAGE_CML, cml, 8);
    loop_run(&bench.loop, bench.loop.now_ns + MS(300));
    ck_assert_double_eq_tol(bench_read(&bench, "CML.current_max"), -45, 1e-6);
    ck_assert_double_eq_tol(bench_read(&bench, "BCL.current_demand"), -45, 1e-6);
    ck_assert_double_eq_tol(bench_read(&bench, "BCL.voltage_demand"), 3.45 * 168, 1e-6);
    bms_params(bench.bms)->demand_share = 0.4;
    loop_run(&bench.loop, bench.loop.now_ns + MS(100));
    ck_assert_double_eq_tol(bench_read(&bench, "BCL.current_demand"), -18, 1e-6);
    bms_params(bench.bms)->charger_power_w = 11592; /* 20 A at 579.6 V */
    loop_run(&bench.loop, bench.loop.now_ns + MS(100));
    ck_assert_double_eq_tol(bench_read(&bench, "BCL.current_demand"), -8, 1e-6);
    bms_params(bench.bms)->demand_share = 0;
    loop_run(&bench.loop, bench.loop.now_ns + MS(100));
    ck_assert_double_eq_tol(bench_read(&bench, "BCL.current_demand"), -20, 1e-6);
}
END_TEST

START_TEST(periods) {
    static const struct {
        const char *code;
        int64_t period_ns;
    } rows[] = {{"BCL", MS(50)}, {"BCS", MS(250)}, {"BSM", MS(250)}};
    charge();
    loop_run(&bench.loop, bench.loop.now_ns + 60 * NS_PER_S);
    for (size_t i = 0; i < 3; i++) {
        const struct log *log = &bench.log[message_index(message_by_code(rows[i].code))];
        double mean = (double)(log->last_ns - log->first_ns) / (log->count - 1);
        ck_assert_double_eq_tol(mean, (double)rows[i].period_ns, 1e-3 * (double)rows[i].period_ns);
    }
}
END_TEST

START_TEST(ends_at_the_target) {
    pack_set_soc(bench.pack, 0, 97.9);
    charge();
    ck_assert(bench_run_until(&bench, BMS_FINISHED, 60 * NS_PER_S));
    ck_assert_uint_eq(bench.log[MESSAGE_BST].first[0], 0x01); /* SOC reached */
    ck_assert_uint_ge(seen("BST"), 10);
    ck_assert_uint_ge(seen("BSD"), 1);
    ck_assert_double_eq(bench_read(&bench, "BSD.soc"), 98);
    loop_run(&bench.loop, bench.loop.now_ns + 100 * NS_PER_MS);
    ck_assert(!signal_is(bench.k_closed[0]) && !signal_is(bench.k_closed[1]));
    unsigned before = seen("BST") + seen("BSD") + seen("BCL");
    loop_run(&bench.loop, bench.loop.now_ns + 5 * NS_PER_S);
    ck_assert_uint_eq(seen("BST") + seen("BSD") + seen("BCL"), before);
    signal_set(bench.aux, bench.loop.now_ns, 0);
    ck_assert_int_eq(bms_state(bench.bms), BMS_OFF);
}
END_TEST

/* Constant voltage: the demand follows (U - OCV) / R and the terminals stay at the limit. */
START_TEST(tapers_at_the_cell_limit) {
    bms_params(bench.bms)->target_soc_percent = 101; /* never */
    pack_set_soc(bench.pack, 0, 98.5);
    charge();
    double former = -200;
    while (bms_state(bench.bms) == BMS_CHARGING) {
        loop_run(&bench.loop, bench.loop.now_ns + NS_PER_S);
        double demand = bench_read(&bench, "BCL.current_demand");
        ck_assert_double_ge(demand, former - 1e-9);
        ck_assert_double_le(bench.voltage->value, 3.45 * 168 + 0.3);
        former = demand;
        ck_assert_int_lt(bench.loop.now_ns, 3600 * NS_PER_S);
    }
    ck_assert_double_eq(bench_read(&bench, "BCL.mode"), 1);
    ck_assert_double_ge(former, -25);
    ck_assert_uint_eq(bench.log[MESSAGE_BST].first[0], 0x10); /* cell voltage reached */
}
END_TEST

START_TEST(answers_a_stop_by_the_charger) {
    charge();
    loop_run(&bench.loop, bench.loop.now_ns + 5 * NS_PER_S);
    charger_stop(&bench.charger, 0x04);
    ck_assert(bench_run_until(&bench, BMS_FINISHED, bench.loop.now_ns + 2 * NS_PER_S));
    ck_assert_uint_eq(bench.log[MESSAGE_BST].first[0], 0x40);
    ck_assert_uint_eq(bench.log[MESSAGE_BST].first[3], 0xF0); /* reserved bits are ones */
    int64_t late_ns = bench.log[MESSAGE_BST].first_ns - bench.log[MESSAGE_CST].first_ns;
    ck_assert_int_le(late_ns, MS(5));
}
END_TEST

static const struct field *reason_of(const char *name) {
    const struct field *field = field_find(&messages[MESSAGE_BST], name);
    ck_assert_ptr_nonnull(field);
    return field;
}

/* K5/K6 open at 5 A or below; under current only at the limit of the kind of end. */
START_TEST(opens_under_current_only_at_the_limit) {
    static const struct {
        const char *reason;
        int64_t limit_ns;
    } rows[] = {{"soc_reached", MS(10000)}, {"other_fault", MS(300)}, {"over_current", MS(300)}};
    bench.weak = true;
    charge();
    loop_run(&bench.loop, bench.loop.now_ns + NS_PER_S);
    int64_t stop_ns = bench.loop.now_ns;
    ck_assert(bms_stop(bench.bms, reason_of(rows[_i].reason)));
    loop_run(&bench.loop, stop_ns + rows[_i].limit_ns - MS(1));
    ck_assert(signal_is(bench.k_closed[0]));
    loop_run(&bench.loop, stop_ns + rows[_i].limit_ns + MS(32));
    ck_assert(!signal_is(bench.k_closed[0]) && !signal_is(bench.k_closed[1]));
    ck_assert(!bms_stop(bench.bms, reason_of(rows[_i].reason))); /* not charging any more */
}
END_TEST

/* Ready, and waiting for CRO(AA): it may end there, too, and opens K5/K6 at once. */
START_TEST(ends_before_the_charge) {
    bench_plug_in(&bench);
    ck_assert(bench_run_until(&bench, BMS_NOT_READY, 30 * NS_PER_S));
    ck_assert(!bms_stop(bench.bms, reason_of("soc_reached")));
    ck_assert(bench_run_until(&bench, BMS_READY, 30 * NS_PER_S));
    ck_assert(bms_stop(bench.bms, reason_of("soc_reached")));
    ck_assert_int_eq(bms_state(bench.bms), BMS_STOPPING);
    unsigned ready = seen("BRO");
    loop_run(&bench.loop, bench.loop.now_ns + MS(100));
    ck_assert_uint_ge(seen("BST"), 5);
    ck_assert_uint_eq(seen("BRO"), ready);
    ck_assert(!signal_is(bench.k_closed[0]) && !signal_is(bench.k_closed[1]));
}
END_TEST

START_TEST(opens_as_soon_as_the_current_is_low) {
    bench.weak = true;
    charge();
    loop_run(&bench.loop, bench.loop.now_ns + NS_PER_S);
    bms_stop(bench.bms, reason_of("soc_reached"));
    loop_run(&bench.loop, bench.loop.now_ns + MS(400));
    ck_assert(signal_is(bench.k_closed[0]));
    bench_flow(&bench, 5.0);
    loop_run(&bench.loop, bench.loop.now_ns + MS(31));
    ck_assert(!signal_is(bench.k_closed[0]));
}
END_TEST

START_TEST(off_when_unplugged_or_unsupplied) {
    charge();
    loop_run(&bench.loop, bench.loop.now_ns + NS_PER_S);
    signal_set(_i == 0 ? bench.aux : bench.cc2, bench.loop.now_ns, _i == 0 ? 0 : 12);
    ck_assert_int_eq(bms_state(bench.bms), BMS_OFF);
    ck_assert_double_eq(bench_read(&bench, "k5.command"), 0);
    unsigned before = seen("BCL") + seen("BCS") + seen("BSM");
    loop_run(&bench.loop, bench.loop.now_ns + NS_PER_S);
    ck_assert_uint_le(seen("BCL") + seen("BCS") + seen("BSM"), before + 1); /* one on the wire */
}
END_TEST

START_TEST(a_contactor_that_stays_open) {
    bench.stuck_open[1] = true;
    bench_plug_in(&bench);
    loop_run(&bench.loop, 20 * NS_PER_S);
    ck_assert_int_eq(bms_state(bench.bms), BMS_NOT_READY);
    ck_assert_uint_ge(seen("BRO"), 40);
    ck_assert_int_eq(bench.log[MESSAGE_BRO].first_aa_ns, 0);
}
END_TEST

/* Contacts that were closed all along (welded) do not make the BMS ready before its own time. */
START_TEST(welded_contactors) {
    signal_set(bench.k_closed[0], bench.loop.now_ns, 1);
    signal_set(bench.k_closed[1], bench.loop.now_ns, 1);
    bench_plug_in(&bench);
    ck_assert(bench_run_until(&bench, BMS_NOT_READY, 10 * NS_PER_S));
    int64_t start_ns = bench.loop.now_ns;
    ck_assert(bench_run_until(&bench, BMS_READY, start_ns + NS_PER_S));
    ck_assert_int_ge(bench.loop.now_ns, start_ns + bms_params_default.k6_close_ns - MS(1));
}
END_TEST

START_TEST(a_contactor_that_drops_out) {
    charge();
    loop_run(&bench.loop, bench.loop.now_ns + NS_PER_S);
    bench.stuck_open[0] = true;
    bench_contact(&bench, 0);
    loop_run(&bench.loop, bench.loop.now_ns + MS(60));
    ck_assert_int_eq(bms_state(bench.bms), BMS_STOPPING);
    ck_assert_uint_eq(bench.log[MESSAGE_BST].first[2] & 0x0C, 0x04); /* relay fault */
}
END_TEST

START_TEST(too_hot) {
    charge();
    pack_set_temperature(bench.pack, bench.loop.now_ns, 54); /* hottest sensor 2 K above */
    ck_assert(bench_run_until(&bench, BMS_STOPPING, bench.loop.now_ns + MS(60)));
    loop_run(&bench.loop, bench.loop.now_ns + MS(5));
    ck_assert_uint_eq(bench.log[MESSAGE_BST].first[2] & 0x03, 0x01);
}
END_TEST

START_TEST(optional_messages) {
    struct bms_params params = bms_params_default;
    params.send_bmv = params.send_bmt = params.send_bsp = true;
    bench_free(&bench);
    bench_new(&bench, &params);
    charge();
    loop_run(&bench.loop, bench.loop.now_ns + 25 * NS_PER_S);
    ck_assert_uint_eq(seen("BMV"), 3);
    ck_assert_uint_eq(seen("BMT"), 3);
    ck_assert_uint_eq(seen("BSP"), 3);
    ck_assert_uint_eq(bench.log[MESSAGE_BMV].length, 336);
    ck_assert_uint_eq(bench.log[MESSAGE_BMT].length, 24);
    struct field cell = field_element(field_by_path("BMV.cell_voltage", NULL), 167);
    double value;
    field_get(&cell, bench.log[MESSAGE_BMV].first, 336, &value);
    ck_assert_double_eq_tol(value, 3.288 - 0.008, 0.006);
    ck_assert_int_eq(bms_state(bench.bms), BMS_CHARGING);
}
END_TEST

/* ---- timeouts of the BMS's side (GB/T 27930-2015 annex A) ---- */

/* When the wait starts: at the first or last message on the wire. */
enum start {
    FIRST,
    FIRST_AA,
    LAST,
};

struct timeout_row {
    const char *text;
    enum message_index withhold;
    bool withhold_aa;
    unsigned ccs;     /* CCS before silence; 0: never silent */
    const char *stop; /* the BMS stops by this reason after a second of charging */
    enum message_index start_message;
    enum start start;
    int64_t limit_ns;
    unsigned spn;
    uint8_t bem[4];
};

static const struct timeout_row timeouts[] = {
    {"no CRM(00) after CHM",
     MESSAGE_CRM,
     false,
     0,
     NULL,
     MESSAGE_CHM,
     FIRST,
     MS(30000),
     3901,
     {0xF1, 0xF0, 0xF0, 0xFC}},
    {"no CRM(AA)",
     MESSAGE_CRM,
     true,
     0,
     NULL,
     MESSAGE_BRM,
     FIRST,
     MS(5000),
     3902,
     {0xF4, 0xF0, 0xF0, 0xFC}},
    {"no CML",
     MESSAGE_CML,
     false,
     0,
     NULL,
     MESSAGE_BCP,
     FIRST,
     MS(5000),
     3903,
     {0xF0, 0xF1, 0xF0, 0xFC}},
    {"no CRO",
     MESSAGE_CRO,
     false,
     0,
     NULL,
     MESSAGE_BRO,
     FIRST_AA,
     MS(5000),
     3904,
     {0xF0, 0xF4, 0xF0, 0xFC}},
    {"no CRO(AA)",
     MESSAGE_CRO,
     true,
     0,
     NULL,
     MESSAGE_BRO,
     FIRST_AA,
     MS(60000),
     3904,
     {0xF0, 0xF4, 0xF0, 0xFC}},
    {"no first CCS",
     MESSAGE_CCS,
     false,
     0,
     NULL,
     MESSAGE_CRO,
     LAST,
     MS(1000),
     3905,
     {0xF0, 0xF0, 0xF1, 0xFC}},
    {"CCS stops",
     MESSAGE_COUNT,
     false,
     50,
     NULL,
     MESSAGE_CCS,
     LAST,
     MS(1000),
     3905,
     {0xF0, 0xF0, 0xF1, 0xFC}},
    {"no CST",
     MESSAGE_CST,
     false,
     0,
     "soc_reached",
     MESSAGE_BST,
     FIRST,
     MS(5000),
     3906,
     {0xF0, 0xF0, 0xF4, 0xFC}},
    {"no CSD",
     MESSAGE_CSD,
     false,
     0,
     "soc_reached",
     MESSAGE_BST,
     FIRST,
     MS(10000),
     3907,
     {0xF0, 0xF0, 0xF0, 0xFD}},
};

START_TEST(timeout_raises_bem) {
    const struct timeout_row *row = &timeouts[_i];
    bench.charger.withhold = row->withhold;
    bench.charger.withhold_aa = row->withhold_aa;
    if (row->ccs != 0) {
        bench.charger.ccs_left = row->ccs;
    }
    bench_plug_in(&bench);
    if (row->stop != NULL) {
        ck_assert(bench_run_until(&bench, BMS_CHARGING, 30 * NS_PER_S));
        loop_run(&bench.loop, bench.loop.now_ns + NS_PER_S);
        ck_assert(bms_stop(bench.bms, reason_of(row->stop)));
    }
    ck_assert_msg(bench_run_until(&bench, BMS_ERROR, 100 * NS_PER_S), "%s", row->text);
    loop_run(&bench.loop, bench.loop.now_ns + MS(5));
    const struct log *from = &bench.log[row->start_message], *bem = &bench.log[MESSAGE_BEM];
    int64_t start_ns = row->start == FIRST      ? from->first_ns
                       : row->start == FIRST_AA ? from->first_aa_ns
                                                : from->last_ns;
    ck_assert_int_gt(start_ns, 0);
    ck_assert_uint_eq(bem->count, 1);
    /* A message waits for its turn on the wire, up to two frames. */
    int64_t off_ns = bem->first_ns - start_ns - row->limit_ns;
    ck_assert_msg(off_ns >= -MS(2) && off_ns <= MS(2), "%s: off by %lld ns", row->text,
                  (long long)off_ns);
    ck_assert_uint_eq(bem->length, 4);
    ck_assert_mem_eq(bem->first, row->bem, 4);
    ck_assert_double_eq(bench_read(&bench, "bms.fault"), row->spn);
    /* BEM goes on at 250 ms, nothing else does, until the 30 s for CRM(00) are over. */
    unsigned others = 0;
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        others += messages[i].from_charger || i == MESSAGE_BEM ? 0 : bench.log[i].count;
    }
    int64_t error_ns = bem->first_ns;
    bench.charger.sending = MESSAGE_COUNT;
    ck_assert(bench_run_until(&bench, BMS_GIVEN_UP, error_ns + 31 * NS_PER_S));
    ck_assert_int_ge(bench.loop.now_ns, error_ns + 30 * NS_PER_S - MS(1));
    ck_assert_uint_ge(bem->count, 120);
    ck_assert_uint_le(bem->count, 121);
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        others -= messages[i].from_charger || i == MESSAGE_BEM ? 0 : bench.log[i].count;
    }
    ck_assert_uint_eq(others, 0);
    ck_assert(!signal_is(bench.k_closed[0]) && !signal_is(bench.k_closed[1]));
}
END_TEST

START_TEST(nothing_at_all_from_the_charger) {
    bench.charger.withhold = MESSAGE_CHM;
    bench_plug_in(&bench);
    loop_run(&bench.loop, 60 * NS_PER_S + MS(99));
    ck_assert_int_eq(bms_state(bench.bms), BMS_AWAKE);
    loop_run(&bench.loop, 60 * NS_PER_S + MS(101));
    ck_assert_int_eq(bms_state(bench.bms), BMS_ERROR);
    ck_assert_double_eq(bench_read(&bench, "bms.fault"), 3901);
}
END_TEST

START_TEST(own_timeouts_can_be_switched_off) {
    bms_params(bench.bms)->own_timeouts = false;
    bench.charger.withhold = MESSAGE_CML;
    bench_plug_in(&bench);
    loop_run(&bench.loop, 300 * NS_PER_S);
    ck_assert_int_eq(bms_state(bench.bms), BMS_CONFIGURATION);
    ck_assert_uint_eq(seen("BEM"), 0);
}
END_TEST

/* CEM received: no BEM, K5/K6 open, and CRM(00) within 30 s starts again from recognition. */
START_TEST(reconnects_after_cem) {
    charge();
    loop_run(&bench.loop, bench.loop.now_ns + NS_PER_S);
    bench_flow(&bench, 0);
    charger_say(&bench.charger, MESSAGE_CEM, (uint8_t[]){0xFC, 0xF0, 0xC4, 0xFC}, 4);
    loop_run(&bench.loop, bench.loop.now_ns + MS(1500));
    ck_assert_int_eq(bms_state(bench.bms), BMS_ERROR);
    ck_assert_double_eq(bench_read(&bench, "bms.fault"), 3925);
    ck_assert_uint_eq(seen("BEM"), 0);
    ck_assert(!signal_is(bench.k_closed[0]));
    unsigned handshakes = seen("BHM");
    bench.charger.had_bcl = bench.charger.had_bcs = false;
    bench.charger.cro_00 = 2;
    charger_say(&bench.charger, MESSAGE_CRM, (uint8_t[]){0, 1, 0, 0, 0, 'A', 'B', 'C'}, 8);
    ck_assert(bench_run_until(&bench, BMS_CHARGING, bench.loop.now_ns + 10 * NS_PER_S));
    ck_assert_uint_eq(seen("BHM"), handshakes); /* not from the handshake */
    ck_assert(signal_is(bench.k_closed[0]) && signal_is(bench.k_closed[1]));
}
END_TEST

/* The same inputs give the same frames at the same instants. */
START_TEST(repeatable) {
    uint64_t sums[2] = {0, 0};
    for (int round = 0; round < 2; round++) {
        bench_free(&bench);
        bench_new(&bench, NULL);
        charge();
        loop_run(&bench.loop, bench.loop.now_ns + 30 * NS_PER_S);
        for (size_t i = 0; i < MESSAGE_COUNT; i++) {
            sums[round] = sums[round] * 31 + bench.log[i].count;
            sums[round] = sums[round] * 31 + (uint64_t)bench.log[i].last_ns;
        }
    }
    ck_assert_uint_eq(sums[0], sums[1]);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("bms");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, silent_until_supplied_and_plugged);
    tcase_add_test(all, from_plug_to_charging);
    tcase_add_loop_test(all, transfers_are_finished, 0, 2);
    tcase_add_test(all, the_demand_keeps_to_what_the_charger_has);
    tcase_add_test(all, periods);
    tcase_add_test(all, ends_at_the_target);
    tcase_add_test(all, tapers_at_the_cell_limit);
    tcase_add_test(all, answers_a_stop_by_the_charger);
    tcase_add_loop_test(all, opens_under_current_only_at_the_limit, 0, 3);
    tcase_add_test(all, ends_before_the_charge);
    tcase_add_test(all, opens_as_soon_as_the_current_is_low);
    tcase_add_loop_test(all, off_when_unplugged_or_unsupplied, 0, 2);
    tcase_add_test(all, a_contactor_that_stays_open);
    tcase_add_test(all, welded_contactors);
    tcase_add_test(all, a_contactor_that_drops_out);
    tcase_add_test(all, too_hot);
    tcase_add_test(all, optional_messages);
    tcase_add_loop_test(all, timeout_raises_bem, 0, (int)(sizeof timeouts / sizeof timeouts[0]));
    tcase_add_test(all, nothing_at_all_from_the_charger);
    tcase_add_test(all, own_timeouts_can_be_switched_off);
    tcase_add_test(all, reconnects_after_cem);
    tcase_add_test(all, repeatable);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
