/* SPDX-License-Identifier: MIT */
#include "vehicle_bms/bms/pack.h"

#include <check.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A plant that integrates one constant current. */
struct plant {
    double current_a;
    int64_t since_ns;
    double before_c;
};

static struct loop loop;
static struct signal_board board;
static struct plant plant;
static struct signal *current;
static struct pack *pack;

static double plant_charge_c(void *ctx, int64_t now_ns) {
    const struct plant *one = ctx;
    return one->before_c + one->current_a * (double)(now_ns - one->since_ns) / (double)NS_PER_S;
}

static void flow(double current_a) {
    plant.before_c = plant_charge_c(&plant, loop.now_ns);
    plant.since_ns = loop.now_ns;
    plant.current_a = current_a;
    signal_set(current, loop.now_ns, current_a);
}

static void setup(void) {
    loop_init(&loop, LOOP_VIRTUAL);
    memset(&board, 0, sizeof board);
    plant = (struct plant){0};
    current = signal_add(&board, "battery.current", SIGNAL_NUMBER, "A", "fake");
    pack = pack_new(&loop, &board, &pack_bus_lfp_540v, plant_charge_c, &plant);
    flow(0);
}

static void teardown(void) {
    pack_free(pack);
    signal_board_free(&board);
    loop_free(&loop);
}

START_TEST(preset_is_sound_and_540_volt) {
    struct problem problem = {0};
    ck_assert(pack_params_ok(&pack_bus_lfp_540v, &problem));
    ck_assert_double_eq_tol(pack_bus_lfp_540v.cell_nominal_v * pack_bus_lfp_540v.cells_series,
                            537.6, 1e-9);
    ck_assert_double_gt(pack_curve_v(&pack_bus_lfp_540v, 0), 400);
    ck_assert_double_lt(pack_curve_v(&pack_bus_lfp_540v, 100), 613);
    ck_assert_double_eq_tol(pack_curve_v(&pack_bus_lfp_540v, 45), (3.288 + 3.293) / 2 * 168, 1e-9);
}
END_TEST

START_TEST(presets_that_are_wrong) {
    for (int i = 0; i < 8; i++) {
        struct pack_params params = pack_bus_lfp_540v;
        struct problem problem = {0};
        switch (i) {
        case 0:
            params.cells_series = 0;
            break;
        case 1:
            params.capacity_ah = (double)NAN;
            break;
        case 2:
            params.soc_percent = 101;
            break;
        case 3:
            params.resistance_ohm = 0;
            break;
        case 4:
            params.curve_count = 1;
            break;
        case 5:
            params.curve[3].cell_ocv_v = 3.0; /* falls */
            break;
        case 6:
            params.curve[13].soc_percent = 99.5; /* does not reach 100 */
            break;
        default:
            params.sensors = 129;
            break;
        }
        ck_assert_msg(!pack_params_ok(&params, &problem), "case %d", i);
        ck_assert_ptr_nonnull(strstr(problem.text, "bus-lfp-540v"));
    }
}
END_TEST

START_TEST(charge_moves_the_soc) {
    flow(228); /* 1 C */
    loop_run(&loop, 360 * NS_PER_S);
    ck_assert_double_eq_tol(pack_soc_percent(pack, loop.now_ns), 50.0, 1e-9);
    ck_assert_double_eq_tol(pack_ocv_v(pack, loop.now_ns), 3.293 * 168, 1e-6);
    ck_assert_double_eq_tol(pack_terminal_v(pack, loop.now_ns), 3.293 * 168 + 228 * 0.06, 1e-6);
    flow(-114);
    loop_run(&loop, 720 * NS_PER_S);
    ck_assert_double_eq_tol(pack_soc_percent(pack, loop.now_ns), 45.0, 1e-9);
}
END_TEST

struct steps {
    unsigned count;
    double last, worst;
};

static void stepped(void *ctx, struct signal *signal, int64_t at_ns) {
    struct steps *steps = ctx;
    (void)at_ns;
    double step = fabs(signal->value - steps->last);
    steps->worst = step > steps->worst ? step : steps->worst;
    steps->last = signal->value;
    steps->count++;
}

/* With a steady current nothing published is ever further off than the drift allowed, and the
 * pack is not busier than it has to be. */
START_TEST(published_when_drifted) {
    struct signal *soc = signal_find(&board, "battery.soc");
    struct signal *ocv = signal_find(&board, "battery.ocv");
    struct steps by_soc = {.last = soc->value}, by_ocv = {.last = ocv->value};
    struct subscription on_soc = {.changed = stepped, .ctx = &by_soc};
    struct subscription on_ocv = {.changed = stepped, .ctx = &by_ocv};
    flow(228);
    pack_current_stepped(pack, loop.now_ns);
    signal_subscribe(soc, &on_soc);
    signal_subscribe(ocv, &on_ocv);
    uint64_t before = loop.events;
    loop_run(&loop, 1800 * NS_PER_S); /* 40 to 90 % */
    /* The pack looks no oftener than every 10 ms, which is 0.0003 % at this current. */
    ck_assert_double_le(by_soc.worst, 0.0503);
    ck_assert_double_le(by_ocv.worst, 0.0055);
    ck_assert_double_eq_tol(soc->value, 90, 0.051);
    ck_assert_uint_ge(by_soc.count, 999);
    ck_assert_uint_le(loop.events - before, 3000);
}
END_TEST

START_TEST(idle_pack_is_quiet) {
    uint64_t before = loop.events;
    loop_run(&loop, 3600 * NS_PER_S);
    ck_assert_uint_le(loop.events - before, 361);
    ck_assert_double_eq(signal_find(&board, "battery.soc")->value, 40);
}
END_TEST

START_TEST(full_and_empty_are_the_ends) {
    pack_set_soc(pack, 0, 99.9);
    ck_assert_double_eq_tol(signal_find(&board, "battery.soc")->value, 99.9, 1e-9);
    flow(300);
    loop_run(&loop, 100 * NS_PER_S);
    ck_assert_double_eq(pack_soc_percent(pack, loop.now_ns), 100.0);
    flow(-228);
    loop_run(&loop, 136 * NS_PER_S); /* what was forced in is not given back */
    ck_assert_double_eq_tol(pack_soc_percent(pack, loop.now_ns), 99.0, 1e-9);
    pack_set_soc(pack, loop.now_ns, -5);
    ck_assert_double_eq(pack_soc_percent(pack, loop.now_ns), 0.0);
}
END_TEST

/* Against the closed form of one lump. */
START_TEST(warms_up) {
    flow(200);
    loop_run(&loop, 3000 * NS_PER_S);
    double heat_w = 200.0 * 200.0 * 0.06, end_k = heat_w / 120.0;
    double wanted = 25 + end_k * (1 - exp(-3000.0 * 120.0 / 1.1e6));
    ck_assert_double_eq_tol(pack_temperature_max_c(pack, loop.now_ns), wanted + 2, 1e-6);
    ck_assert_double_eq_tol(pack_temperature_min_c(pack, loop.now_ns), wanted - 2, 1e-6);
    pack_set_temperature(pack, loop.now_ns, 60);
    ck_assert_double_eq(pack_temperature_max_c(pack, loop.now_ns), 62);
}
END_TEST

START_TEST(cells_share_the_voltage) {
    flow(100);
    double terminal = pack_terminal_v(pack, 0);
    ck_assert_double_eq_tol(pack_cell_max_v(pack, 0), terminal / 168 + 0.008, 1e-12);
    ck_assert_double_eq_tol(pack_cell_min_v(pack, 0), terminal / 168 - 0.008, 1e-12);
    ck_assert_double_eq_tol(pack_energy_kwh(pack), 122.57, 0.01);
}
END_TEST

/* 228 Ah: 114 A at each of two plugs fill a percent in 36 s, whichever of them is asked. */
START_TEST(two_plugs_charge_one_pack) {
    static struct signal_board other_board;
    memset(&other_board, 0, sizeof other_board);
    struct signal *other_current =
        signal_add(&other_board, "battery.current", SIGNAL_NUMBER, "A", "fake");
    struct pack_params params = pack_bus_lfp_540v;
    params.soc_percent = 10;
    struct pack *other = pack_new(&loop, &other_board, &params, NULL, NULL);
    pack_follow(other, pack, loop.now_ns);
    ck_assert_double_eq_tol(pack_soc_percent(other, loop.now_ns), 40, 1e-9);
    flow(228); /* the plant's integral is of the pack: both plugs */
    signal_set(current, loop.now_ns, 114);
    signal_set(other_current, loop.now_ns, 114);
    ck_assert_double_eq(pack_current_a(pack, loop.now_ns), 228);
    ck_assert_double_eq(pack_current_a(other, loop.now_ns), 228);
    loop_run(&loop, loop.now_ns + 36 * NS_PER_S);
    ck_assert_double_eq_tol(pack_soc_percent(other, loop.now_ns), 41, 1e-6);
    ck_assert_double_eq_tol(pack_soc_percent(pack, loop.now_ns), 41, 1e-6);
    ck_assert_double_eq_tol(pack_terminal_v(other, loop.now_ns), pack_terminal_v(pack, loop.now_ns),
                            1e-9);
    ck_assert_double_eq(signal_find(&other_board, "battery.ocv")->value,
                        signal_find(&board, "battery.ocv")->value);
    pack_follow(other, NULL, loop.now_ns);
    loop_run(&loop, loop.now_ns + 36 * NS_PER_S);
    ck_assert_double_eq_tol(pack_soc_percent(other, loop.now_ns), 41, 1e-6);
    ck_assert_double_eq_tol(pack_soc_percent(pack, loop.now_ns), 42, 1e-6);
    pack_free(other);
    signal_board_free(&other_board);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("pack");
    TCase *all = tcase_create("all");
    tcase_add_checked_fixture(all, setup, teardown);
    tcase_add_test(all, preset_is_sound_and_540_volt);
    tcase_add_test(all, presets_that_are_wrong);
    tcase_add_test(all, charge_moves_the_soc);
    tcase_add_test(all, published_when_drifted);
    tcase_add_test(all, idle_pack_is_quiet);
    tcase_add_test(all, full_and_empty_are_the_ends);
    tcase_add_test(all, warms_up);
    tcase_add_test(all, cells_share_the_voltage);
    tcase_add_test(all, two_plugs_charge_one_pack);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
