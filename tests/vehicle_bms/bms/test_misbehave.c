/* SPDX-License-Identifier: MIT */
/* Everything a scenario may do to the messages, seen on the wire. */
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

static void wait(int64_t ns) {
    loop_run(&bench.loop, bench.loop.now_ns + ns);
}

static unsigned seen(enum message_index index) {
    return bench.log[index].count;
}

/* The field of "BCL.mode". */
static const struct field *field_of(const char *path) {
    const struct field *field = field_by_path(path, NULL);
    ck_assert_ptr_nonnull(field);
    return field;
}

/* What cannot be coded or counted changes nothing. */
START_TEST(values_that_do_not_fit) {
    const uint8_t byte = 0;
    ck_assert(!bms_override(bench.bms, MESSAGE_BCL, field_of("BCL.voltage_demand"), 6553.6));
    ck_assert(!bms_override_raw(bench.bms, MESSAGE_BSM, field_of("BSM.insulation"), 4));
    ck_assert(
        !bms_override_text(bench.bms, MESSAGE_BRM, field_of("BRM.vin"), "EIGHTEENCHARACTERS"));
    ck_assert(!bms_override_text(bench.bms, MESSAGE_BCL, field_of("BCL.mode"), "1"));
    ck_assert(!bms_break_transport(bench.bms, MESSAGE_BRM, TRANSPORT_STOPS, UINT16_MAX + 1u, 0));
    ck_assert(!bms_break_reception(bench.bms, RECEPTION_ABORTS, UINT16_MAX + 1u, 0));
    ck_assert_int_eq(bms_send_raw(bench.bms, 0x20000000, &byte, 1), -1);
    ck_assert_int_eq(bms_send_raw(bench.bms, 1, &byte, 9), -1);
    charge();
    wait(NS_PER_S);
    ck_assert_double_eq_tol(bench_read(&bench, "BCL.voltage_demand"), 3.45 * 168, 1e-6);
    ck_assert_double_eq(bench_read(&bench, "BSM.insulation"), 0);
}
END_TEST

/* Muted messages are not sent, and the waits that start with them do not. */
START_TEST(mute) {
    bms_mute(bench.bms, MESSAGE_BRM, 0);
    bench_plug_in(&bench);
    wait(20 * NS_PER_S);
    ck_assert_int_eq(bms_state(bench.bms), BMS_RECOGNITION);
    ck_assert_uint_eq(seen(MESSAGE_BRM) + seen(MESSAGE_BEM), 0);
    ck_assert_uint_eq(bench.charger.receiver.pgn, 0); /* not even an RTS */
    bms_unmute(bench.bms, MESSAGE_BRM);
    ck_assert(bench_run_until(&bench, BMS_CHARGING, bench.loop.now_ns + 10 * NS_PER_S));
}
END_TEST

START_TEST(mute_after_some) {
    charge();
    wait(NS_PER_S);
    unsigned before = seen(MESSAGE_BCL);
    bms_mute(bench.bms, MESSAGE_BCL, 3);
    wait(2 * NS_PER_S);
    ck_assert_uint_eq(seen(MESSAGE_BCL), before + 3);
    ck_assert_uint_ge(seen(MESSAGE_BCS), 10);
}
END_TEST

START_TEST(period) {
    bms_period(bench.bms, MESSAGE_BCL, MS(70));
    charge();
    wait(7 * NS_PER_S);
    ck_assert_uint_ge(seen(MESSAGE_BCL), 100);
    ck_assert_uint_le(seen(MESSAGE_BCL), 102);
    bms_period(bench.bms, MESSAGE_BCL, 0);
    unsigned before = seen(MESSAGE_BCL);
    wait(5 * NS_PER_S);
    ck_assert_uint_ge(seen(MESSAGE_BCL), before + 99);
}
END_TEST

START_TEST(delay) {
    bms_delay(bench.bms, MESSAGE_BCL, MS(700));
    charge();
    int64_t start_ns = bench.loop.now_ns;
    wait(2 * NS_PER_S);
    ck_assert_int_ge(bench.log[MESSAGE_BCL].first_ns, start_ns + MS(698));
    ck_assert_int_le(bench.log[MESSAGE_BCL].first_ns, start_ns + MS(703));
}
END_TEST

/* A held message goes on although what it waits for has come (DN.1003, 1004, 2006, 2010). */
START_TEST(hold) {
    static const struct {
        enum message_index message;
        enum bms_state_id state;
        enum message_index never; /* what the next phase would send */
    } rows[] = {
        {MESSAGE_BHM, BMS_HANDSHAKE, MESSAGE_BRM},
        {MESSAGE_BRM, BMS_RECOGNITION, MESSAGE_BCP},
        {MESSAGE_BCP, BMS_CONFIGURATION, MESSAGE_BRO},
        {MESSAGE_BRO, BMS_READY, MESSAGE_BCL},
    };
    bms_hold(bench.bms, rows[_i].message, true);
    bench_plug_in(&bench);
    ck_assert(bench_run_until(&bench, rows[_i].state, 5 * NS_PER_S));
    wait(20 * NS_PER_S);
    ck_assert_int_eq(bms_state(bench.bms), rows[_i].state);
    ck_assert_uint_ge(seen(rows[_i].message), 38);
    ck_assert_uint_eq(seen(rows[_i].never) + seen(MESSAGE_BEM), 0);
    bms_hold(bench.bms, rows[_i].message, false);
    ck_assert(bench_run_until(&bench, BMS_CHARGING, bench.loop.now_ns + 10 * NS_PER_S));
}
END_TEST

/* A message out of its turn goes beside those of the state, and BEM complains of what that waits for. */
START_TEST(added) {
    bms_add(bench.bms, MESSAGE_BEM);
    wait(NS_PER_S);
    ck_assert_uint_eq(seen(MESSAGE_BEM), 0); /* without supply it is silent */
    charge();
    wait(NS_PER_S);
    unsigned errors = seen(MESSAGE_BEM), demands = seen(MESSAGE_BCL);
    wait(2 * NS_PER_S);
    ck_assert_uint_ge(seen(MESSAGE_BEM), errors + 7);
    ck_assert_uint_le(seen(MESSAGE_BEM), errors + 9);
    ck_assert_uint_ge(seen(MESSAGE_BCL), demands + 39);
    ck_assert_int_eq(bms_state(bench.bms), BMS_CHARGING);
    ck_assert_double_eq(bench_read(&bench, "BEM.ccs_timeout"), 1);
    ck_assert_double_eq(bench_read(&bench, "BEM.crm_00_timeout"), 0);
    bms_restore(bench.bms, MESSAGE_BEM);
    errors = seen(MESSAGE_BEM);
    wait(2 * NS_PER_S);
    ck_assert_uint_eq(seen(MESSAGE_BEM), errors);
    bms_add(bench.bms, MESSAGE_BRO);
    bms_restore_all(bench.bms);
    unsigned before = seen(MESSAGE_BRO);
    wait(NS_PER_S);
    ck_assert_uint_eq(seen(MESSAGE_BRO), before);
}
END_TEST

START_TEST(hold_bst) {
    bms_hold(bench.bms, MESSAGE_BST, true);
    charge();
    wait(NS_PER_S);
    charger_stop(&bench.charger, 0x04);
    wait(5 * NS_PER_S);
    ck_assert_uint_ge(seen(MESSAGE_BST), 490);
    ck_assert_uint_eq(seen(MESSAGE_BSD), 0);
}
END_TEST

START_TEST(override_fields) {
    charge();
    wait(NS_PER_S);
    ck_assert(bms_override(bench.bms, MESSAGE_BCL, field_of("BCL.current_demand"), -55.5));
    ck_assert(bms_override_raw(bench.bms, MESSAGE_BSM, field_of("BSM.insulation"), 2));
    ck_assert(bms_override(bench.bms, MESSAGE_BCS, field_of("BCS.soc"), 33));
    ck_assert(bms_override(bench.bms, MESSAGE_BSM, field_of("BSM.temperature_max"), (double)NAN));
    wait(NS_PER_S);
    ck_assert_double_eq_tol(bench_read(&bench, "BCL.current_demand"), -55.5, 1e-9);
    ck_assert_double_eq_tol(bench_read(&bench, "BCL.voltage_demand"), 3.45 * 168, 1e-6);
    ck_assert_double_eq(bench_read(&bench, "BSM.insulation"), 2);
    ck_assert_double_eq(bench_read(&bench, "BSM.connector"), 0);
    ck_assert_double_eq(bench_read(&bench, "BCS.soc"), 33);
    ck_assert(!signal_find(&bench.board, "BSM.temperature_max")->known);
    bms_release(bench.bms, MESSAGE_BCL, field_of("BCL.current_demand"));
    bms_restore(bench.bms, MESSAGE_BSM);
    wait(NS_PER_S);
    ck_assert_double_eq_tol(bench_read(&bench, "BCL.current_demand"), -200, 1e-9);
    ck_assert_double_eq(bench_read(&bench, "BSM.insulation"), 0);
    ck_assert_double_eq(bench_read(&bench, "BCS.soc"), 33); /* not released */
}
END_TEST

START_TEST(override_text_and_ready) {
    char text[20];
    bms_override_text(bench.bms, MESSAGE_BRM, field_of("BRM.vin"), "FICTIVE");
    bms_override(bench.bms, MESSAGE_BRO, field_of("BRO.ready"), 0);
    bench_plug_in(&bench);
    wait(20 * NS_PER_S);
    const struct log *brm = &bench.log[MESSAGE_BRM];
    field_text(field_by_path("BRM.vin", NULL), brm->first, brm->length, text, sizeof text);
    ck_assert_str_eq(text, "FICTIVE");
    ck_assert_int_eq(bms_state(bench.bms), BMS_READY); /* in itself it is ready */
    ck_assert_int_eq(bench.log[MESSAGE_BRO].first_aa_ns, 0);
    ck_assert_uint_eq(seen(MESSAGE_BEM), 0); /* no BRO(AA): nothing is owed to it */
}
END_TEST

START_TEST(bytes_and_lengths) {
    const uint8_t bytes[5] = {1, 2, 3, 4, 5};
    bms_bytes(bench.bms, MESSAGE_BCL, bytes, 5);
    bms_length(bench.bms, MESSAGE_BSM, 6);
    bms_length(bench.bms, MESSAGE_BCS, 8);
    charge();
    wait(NS_PER_S);
    ck_assert_mem_eq(bench.log[MESSAGE_BCL].first, bytes, 5);
    ck_assert_uint_eq(observer_last(bench.observer, MESSAGE_BSM)->bad_count, seen(MESSAGE_BSM));
    ck_assert_uint_eq(bench.log[MESSAGE_BSM].length, 6);
    /* Too short for a transfer, yet sent as one: the receiver refuses it. */
    ck_assert_uint_eq(bench.charger.had_bcs, 0);
    bms_restore_all(bench.bms);
    bms_length(bench.bms, MESSAGE_BSM, 8);
    bms_length(bench.bms, MESSAGE_BCS, 11);
    wait(NS_PER_S);
    ck_assert_uint_eq(observer_last(bench.observer, MESSAGE_BSM)->data[7], 0xFF);
    ck_assert_uint_eq(observer_last(bench.observer, MESSAGE_BCS)->length, 11);
    ck_assert(observer_last(bench.observer, MESSAGE_BCS)->bad);
    ck_assert_uint_eq(observer_last(bench.observer, MESSAGE_BCL)->data[4], 2);
}
END_TEST

START_TEST(brm_of_41_bytes) {
    bms_params(bench.bms)->brm_length = 41;
    charge();
    ck_assert_uint_eq(bench.log[MESSAGE_BRM].length, 41);
    ck_assert_uint_eq(observer_last(bench.observer, MESSAGE_BRM)->bad_count, 0);
    ck_assert(!signal_find(&bench.board, "BRM.software_year")->known);
}
END_TEST

/* A transfer that never completes: BRM is not received, nothing moves on (DN.1002, DN.2002). */
START_TEST(broken_transfers) {
    static const struct {
        enum transport_fault fault;
        unsigned at_packet;
        bool arrives;
    } rows[] = {
        {TRANSPORT_DEAF, 0, false},   {TRANSPORT_STOPS, 3, false},
        {TRANSPORT_ABORTS, 3, false}, {TRANSPORT_WRONG_SEQUENCE, 3, false},
        {TRANSPORT_SKIPS, 3, true},   {TRANSPORT_DOUBLES, 3, true},
    };
    bms_break_transport(bench.bms, MESSAGE_BRM, rows[_i].fault, rows[_i].at_packet, 0);
    bench_plug_in(&bench);
    wait(20 * NS_PER_S);
    ck_assert_uint_eq(seen(MESSAGE_BRM) > 0, rows[_i].arrives);
    ck_assert_uint_eq(seen(MESSAGE_BEM), 0);
    ck_assert_uint_gt(observer_stats(bench.observer)->transfers, 0);
    bms_restore(bench.bms, MESSAGE_BRM);
    ck_assert(bench_run_until(&bench, BMS_CHARGING, bench.loop.now_ns + 10 * NS_PER_S));
}
END_TEST

START_TEST(foreign_frames_and_a_cut_wire) {
    const uint8_t bytes[3] = {7, 8, 9};
    charge();
    uint64_t foreign = observer_stats(bench.observer)->foreign;
    ck_assert_int_eq(bms_send_raw(bench.bms, 0x0070F4B5, bytes, 3), 0);
    wait(MS(5));
    ck_assert_uint_eq(observer_stats(bench.observer)->foreign, foreign + 1);
    bms_params(bench.bms)->own_timeouts = false;
    bms_disconnect(bench.bms, true);
    wait(MS(5));
    unsigned before = seen(MESSAGE_BCL) + seen(MESSAGE_BSM) + seen(MESSAGE_BCS);
    wait(NS_PER_S);
    ck_assert_uint_eq(seen(MESSAGE_BCL) + seen(MESSAGE_BSM) + seen(MESSAGE_BCS), before);
    charger_stop(&bench.charger, 0x04);
    wait(NS_PER_S);
    ck_assert_int_eq(bms_state(bench.bms), BMS_CHARGING); /* it does not hear either */
    bms_disconnect(bench.bms, false);
    wait(MS(20));
    ck_assert_int_eq(bms_state(bench.bms), BMS_STOPPING);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("bms_mutation");
    TCase *all = tcase_create("all");
    tcase_set_timeout(all, 60);
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, values_that_do_not_fit);
    tcase_add_test(all, mute);
    tcase_add_test(all, mute_after_some);
    tcase_add_test(all, period);
    tcase_add_test(all, delay);
    tcase_add_loop_test(all, hold, 0, 4);
    tcase_add_test(all, added);
    tcase_add_test(all, hold_bst);
    tcase_add_test(all, override_fields);
    tcase_add_test(all, override_text_and_ready);
    tcase_add_test(all, bytes_and_lengths);
    tcase_add_test(all, brm_of_41_bytes);
    tcase_add_loop_test(all, broken_transfers, 0, 6);
    tcase_add_test(all, foreign_frames_and_a_cut_wire);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
