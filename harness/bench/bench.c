/* SPDX-License-Identifier: MIT */
#include "harness/bench/bench.h"

#include "harness/dut/isolate/confine.h"
#include "harness/dut/isolate/isolate.h"
#include "harness/dut/local.h"
#include "harness/dut/pile_process.h"
#include "harness/mask/number_mask.h"
#include "harness/mutant/mutation.h"
#include "sim/memory.h"
#include "sim/random.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WAKE_SPREAD_NS     (250 * NS_PER_MS)   /* one period of the handshake messages */
#define WALL_BEGIN_S       INT64_C(1767254400) /* the pile's clock at 0: 2026-01-01 08:00 */
#define VEHICLE_BITS_PER_S 250000              /* GB/T 27930-2015 clause 5 */

/* This process has one firmware. */
static struct dut_isolate *isolate; /* NULL: it is not isolated */
static void *library;               /* NULL: it is no shared object in this process */

static void release(void *ctx, int64_t now_ns) {
    signal_set(ctx, now_ns, 0);
}

static int64_t wall_begin_s(const struct bench *bench) {
    bool given = bench->setup != NULL && bench->setup->clock_s > 0;
    return given ? bench->setup->clock_s : WALL_BEGIN_S;
}

/* A pile of its own has the machine's clock where the case sets none: not known here. */
static int64_t pile_clock_s(const struct bench *bench) {
    bool given = bench->setup != NULL && bench->setup->clock_s > 0;
    return bench->io_net != NULL && !given ? -1 : wall_begin_s(bench);
}

static void set_up(struct setup *setup, const char *name, int32_t value) {
    size_t i = 0;
    while (i < setup->param_count && strcmp(setup->params[i].name, name) != 0) {
        i++;
    }
    setup->params[i] = (struct param_def){.name = name, .value = value};
    setup->param_count += i == setup->param_count;
}

/* Of the case, and --set over it. What only a program of the user's own understands stays out. */
static void gather_setup(struct bench *bench) {
    const struct run_plan *plan = bench->plan;
    const struct setup *setup = bench->setup;
    size_t most = plan->setting_count + (setup != NULL ? setup->param_count : 0);
    bench->pile_setup.params = memory_zeroed(most, sizeof *bench->pile_setup.params);
    bench->pile_setup.clock_s = setup != NULL ? setup->clock_s : 0;
    for (size_t i = 0; setup != NULL && i < setup->param_count; i++) {
        set_up(&bench->pile_setup, setup->params[i].name, setup->params[i].value);
    }
    for (size_t i = 0; i < plan->setting_count; i++) {
        const struct plan_setting *setting = &plan->settings[i];
        if (setting->whole && setting->value >= INT32_MIN && setting->value <= INT32_MAX) {
            set_up(&bench->pile_setup, setting->name, (int32_t)setting->value);
        }
    }
    assert(bench->pile_setup.param_count <= most);
}

/* A parameter as it is set, or the firmware's own value; DUT_UNKNOWN: it has none. */
static int32_t set_or_default(const struct bench *bench, const char *name) {
    const struct dut_param *param = bench->api != NULL ? dut_api_param(bench->api, name) : NULL;
    int32_t value = param != NULL ? param->value : DUT_UNKNOWN;
    for (size_t i = 0; i < bench->pile_setup.param_count; i++) {
        if (strcmp(bench->pile_setup.params[i].name, name) == 0) {
            value = bench->pile_setup.params[i].value;
        }
    }
    return value;
}

/* NAN: the firmware has no such parameter. SPN 2561 has 32 bits, the parameter an int32_t of them. */
static double charger_number(void *ctx) {
    int32_t number = set_or_default(ctx, "charger.number");
    return number == DUT_UNKNOWN ? (double)NAN : (double)(uint32_t)number;
}

/* The firmware was told when to end a charge: by time, energy, amount or a card. */
static bool is_limited(const struct bench *bench) {
    static const char *const limits[] = {"billing.mode", "card.balance", "end.minutes",
                                         "end.energy_wh", "end.soc"};
    bool limited = false;
    for (size_t i = 0; i < bench->pile_setup.param_count; i++) {
        for (size_t k = 0; k < sizeof limits / sizeof limits[0]; k++) {
            limited = limited || strcmp(bench->pile_setup.params[i].name, limits[k]) == 0;
        }
    }
    return limited;
}

/* What keeps the charger from charging may be outside of what the bench sees: a parameter of its own that
 * the case sets, a real serial line to its meter. */
static bool is_set_up(const struct bench *bench) {
    const struct run_plan *plan = bench->plan;
    return (bench->setup != NULL && bench->setup->param_count > 0) ||
           (plan != NULL && (plan->dc_meter != NULL || plan->ac_meter != NULL));
}

static void hold_against_truth(struct bench *bench) {
    const struct truth_config truth = {.loop = &bench->loop,
                                       .board = &bench->board,
                                       .clock_s = pile_clock_s(bench),
                                       .number = charger_number,
                                       .ctx = bench,
                                       .limited = is_limited(bench),
                                       .set_up = is_set_up(bench)};
    truth_init(&bench->truth, &truth);
}

/* Everything but the device under test. The order matters: the vehicle's commands and the supply
 * are signals the gun subscribes to, the gun's readings are signals the vehicle reads. */
static bool assemble(struct bench *bench, struct problem *problem) {
    struct gun_params gun_params = gun_params_default;
    gun_params.dc = dc_params_default;
    gun_params.close_ns = bench->k1k2_close_ns;
    gun_params.open_ns = bench->k1k2_open_ns;
    gun_params.dc.battery_ohm = bench->pack_params.resistance_ohm;
    gun_params.dc.battery_ocv_v = pack_curve_v(&bench->pack_params, bench->pack_params.soc_percent);
    grid_init(&bench->grid, &bench->loop, &bench->board);
    bench->pack = pack_new(&bench->loop, &bench->board, &bench->pack_params, NULL, NULL);
    bench->bms =
        bms_new(&bench->loop, &bench->board, bench->vehicle_net, bench->pack, &bench->bms_params);
    gun_init(&bench->gun, &bench->loop, &bench->board, &gun_params);
    pack_set_charge(bench->pack, bench->loop.now_ns, gun_charge_c, &bench->gun);
    bench->observer = observer_new(&bench->board, bench->bms_params.edition);
    observer_attach(bench->observer, bench->vehicle_net);
    bench->start_button = (struct timer){.fire = release, .ctx = bench->gun.start};
    bench->stop_button = (struct timer){.fire = release, .ctx = bench->gun.stop};
    struct meters_config meters = {
        .loop = &bench->loop,
        .board = &bench->board,
        .gun = &bench->gun,
        .clock_s = wall_begin_s(bench),
        .remote = bench->io_net != NULL,
        .ports = {[METERS_DC] = bench->plan == NULL ? NULL : bench->plan->dc_meter,
                  [METERS_AC] = bench->plan == NULL ? NULL : bench->plan->ac_meter},
    };
    struct billing_config billing = {.loop = &bench->loop,
                                     .board = &bench->board,
                                     .setup = &bench->pile_setup,
                                     .clock_s = pile_clock_s(bench),
                                     .vin = bench->bms_params.vin};
    if (!meters_init(&bench->meters, &meters, problem)) {
        return false;
    }
    billing_init(&bench->billing, &billing);
    plate_init(&bench->plate, &bench->board);
    plate_vehicle(&bench->plate, &bench->bms_params, bench->loop.now_ns);
    struct signal *storage =
        signal_add(&bench->board, "rig.storage", SIGNAL_BOOL, "",
                   "the bench holds the charger's storage: it can fill it, spoil it, cut a write");
    signal_set(storage, bench->loop.now_ns, bench->io_net == NULL);
    bench->settable = signal_add(&bench->board, "firmware.settable", SIGNAL_BOOL, "",
                                 "the firmware has the parameters that the case sets");
    signal_set(bench->settable, bench->loop.now_ns, 1);
    hold_against_truth(bench);
    if (bench->plan != NULL && bench->plan->external) {
        external_init(&bench->external, &bench->loop, &bench->board, bench->io_net);
        plate_hear_vehicle(&bench->plate);
    }
    return bms_start(bench->bms, problem);
}

/* The first reason is the one. */
static void dut_gone(struct bench *bench, int64_t at_ns, struct phrase why) {
    if (!bench->dut_gone) {
        double at_s = (double)at_ns / 1e9;
        bench->dut_gone = true;
        bench->dut_gone_why = (struct phrase){memory_format("%s (at %.6f s)", why.en, at_s),
                                              memory_format("%s（%.6f s）", why.zh, at_s)};
        loop_stop(&bench->loop);
    }
}

static void dut_log(void *ctx, int64_t at_ns, const char *text) {
    struct bench *bench = ctx;
    if (!bench->plan->masked) { /* there may be a number of vehicle, card or meter in it */
        said_line(&bench->said, at_ns, "log", text);
    }
}

static void dut_said(void *ctx, int64_t at_ns, unsigned gun, enum dut_output channel, int32_t value,
                     const char *name) {
    struct bench *bench = ctx;
    const char *what = channel == DUT_OUT_STATE ? "state" : "alarm";
    char of_gun[16];
    snprintf(of_gun, sizeof of_gun, "%s of %c", what, (char)('A' + (int)gun));
    said_named(&bench->said, at_ns, bench->api->guns > 1 ? of_gun : what, value, name);
}

static void dut_fault(void *ctx, int64_t at_ns, enum dut_blame blame) {
    dut_gone(ctx, at_ns, dut_blame_phrase((int)blame));
}

/* There is no way back from a firmware that does not return to this process: it ends, and says why. */
static void dut_endless(void *ctx) {
    struct bench *bench = ctx;
    if (isolate != NULL) {
        dut_isolate_end(isolate);
        return;
    }
    bench->progress->now_ns = bench->loop.now_ns;
    bench->progress->blame = DUT_BLAME_CALLS;
    _exit(EXIT_FAILURE);
}

static void isolated_gone(void *ctx, struct phrase why, bool killed) {
    struct bench *bench = ctx;
    bench->dut_killed = killed && !bench->dut_gone;
    dut_gone(bench, bench->loop.now_ns, why);
}

static void isolated_blame(void *ctx, enum dut_blame blame) {
    struct bench *bench = ctx;
    dut_fault(bench, bench->loop.now_ns, blame);
}

static void pile_gone(void *ctx, const char *why, bool killed) {
    struct bench *bench = ctx;
    struct phrase gone = {memory_format("is gone: %s", why), memory_format("失去响应：%s", why)};
    bench->dut_killed = killed && !bench->dut_gone;
    dut_gone(bench, bench->loop.now_ns, gone);
    phrase_clear(&gone);
}

static bool local_card(const struct bench *bench, struct billing_card *card);

/* Each slot that was touched, as it is now. */
static void stored(void *ctx, uint32_t offset, size_t size) {
    struct bench *bench = ctx;
    struct billing_card card = {0};
    uint8_t bytes[CHARGE_RECORD_BYTES];
    if (bench->dut_local == NULL) { /* its init at the first boot: there was no charge yet */
        return;
    }
    const struct dut_bulk *bulk = dut_local_bulk(bench->dut_local);
    for (uint32_t slot = offset / CHARGE_RECORD_BYTES * CHARGE_RECORD_BYTES; slot < offset + size;
         slot += CHARGE_RECORD_BYTES) {
        if (dut_bulk_read(bulk, slot, bytes, sizeof bytes) == (int)sizeof bytes &&
            local_card(bench, &card)) {
            stored_copy(&bench->stored, slot, bytes, &card);
        }
    }
}

static void watch_storage(struct bench *bench) {
    const struct stored_config config = {
        .loop = &bench->loop, .board = &bench->board, .billing = &bench->billing};
    stored_init(&bench->stored, &config);
}

static int serial_write(void *ctx, unsigned line, const uint8_t *bytes, size_t count) {
    struct bench *bench = ctx;
    return meters_write(&bench->meters, line, bytes, count);
}

/* The command line has refused what this firmware does not take. */
static bool settings_are_checked(const struct run_plan *plan, const struct dut_api *api) {
    bool good = true;
    for (size_t i = 0; good && i < plan->setting_count; i++) {
        const struct plan_setting *setting = &plan->settings[i];
        const struct dut_param *param = dut_api_param(api, setting->name);
        good = setting->whole && param != NULL && setting->value >= param->min &&
               setting->value <= param->max;
    }
    return good;
}

static bool set_params(struct bench *bench, struct problem *problem) {
    const struct number_mask mask = {bench->plan->masked, bench->plan->mask_key};
    assert(settings_are_checked(bench->plan, bench->api));
    for (size_t i = 0; i < bench->pile_setup.param_count; i++) {
        const struct param_def *set = &bench->pile_setup.params[i];
        int failed = dut_local_set_param(bench->dut_local, set->name, set->value);
        if (failed < 0) {
            char param[96], shown[96];
            snprintf(param, sizeof param, "%s=%d", set->name, (int)set->value);
            number_mask_param(&mask, param, shown, sizeof shown);
            return problem_set(
                problem, "parameter %s: %s", shown,
                failed == DUT_ERROR_ABSENT
                    ? "the firmware has no such parameter (`pilebench list parameters`)"
                    : "the firmware refuses this value");
        }
    }
    return true;
}

static const struct dut_api *open_isolated(const struct run_plan *plan, struct progress *progress,
                                           struct problem *problem) {
    if (isolate == NULL) {
        isolate = dut_isolate_open(plan->dut_path, plan->isolated, plan_hang_s(plan), problem);
    }
    if (isolate == NULL) {
        return NULL;
    }
    progress->isolated = dut_isolate_process(isolate);
    return dut_isolate_api(isolate);
}

static void close_isolated(struct progress *progress) {
    dut_isolate_close(isolate);
    isolate = NULL;
    if (progress != NULL) {
        progress->isolated = 0;
    }
}

/* On the real clock it runs in `pile`, and is only looked at here. */
const struct dut_api *bench_firmware(const struct run_plan *plan, struct progress *progress,
                                     struct problem *problem) {
    if (plan->dut_path == NULL) {
        return dut_entry();
    }
    if (plan->isolated || plan->wiring == WIRING_VCAN) {
        return open_isolated(plan, progress, problem);
    }
    if (library == NULL && !plan->debugged) {
        (void)confine_beside(&progress->refused_call); /* where it can be */
    }
    progress->inside_dut = DUT_CALL_LOAD;
    const struct dut_api *api = dut_load(plan->dut_path, &library, problem);
    progress->inside_dut = DUT_OUTSIDE;
    return api;
}

void bench_unload(struct progress *progress) {
    progress->inside_dut = DUT_CALL_LOAD;
    dut_unload(library);
    progress->inside_dut = DUT_OUTSIDE;
    library = NULL;
}

int32_t bench_capability(void *ctx, enum dut_capability what) {
    struct bench *bench = ctx;
    return bench->dut_local != NULL ? dut_local_capability(bench->dut_local, 0, what)
                                    : pile_process_capability(&bench->pile, what);
}

bool bench_vehicle_fits(const struct bench *bench) {
    return plate_fits(&bench->plate, bench->gun.ocv->value);
}

/* The vehicle is a well-behaved one: it asks for no more power than the charger says it has. */
static void know_charger(struct bench *bench) {
    int32_t power_w = bench_capability(bench, DUT_CAP_POWER_MAX_W);
    plate_declare(&bench->plate, bench_capability, bench, bench->loop.now_ns);
    bms_params(bench->bms)->charger_power_w = power_w > 0 ? power_w : 0;
}

static bool connect_local(struct bench *bench, const struct run_plan *plan,
                          struct progress *progress, struct problem *problem) {
    const struct dut_api *api = bench_firmware(plan, progress, problem);
    if (api == NULL) {
        return false;
    }
    snprintf(bench->dut_name, sizeof bench->dut_name, "%s", api->name);
    snprintf(bench->dut_version, sizeof bench->dut_version, "%s", api->version);
    bench->api = plan->mutation_count > 0 ? mutation_apply(api, plan->edition, plan->mutations,
                                                           plan->mutation_count, problem)
                                          : api;
    if (bench->api == NULL) {
        return false;
    }
    if (isolate != NULL) {
        const struct dut_isolate_listener listener = {isolated_gone, isolated_blame, bench};
        dut_isolate_listen(isolate, &listener);
    }
    struct dut_local_config config = {
        .api = bench->api,
        .loop = &bench->loop,
        .board = &bench->board,
        .nets = {[DUT_NET_VEHICLE] = bench->vehicle_net},
        .wall_begin_s = wall_begin_s(bench),
        .inside = &progress->inside_dut,
        .calls = &progress->calls,
        .blame = &progress->blame,
        .log = dut_log,
        .said = dut_said,
        .fault = dut_fault,
        .endless = dut_endless,
        .serial_write = serial_write,
        .stored = stored,
        .ctx = bench,
    };
    bench->dut_local = dut_local_new(&config, problem);
    if (bench->dut_local == NULL ||
        (!bench->dut_gone && !set_params(bench, problem) && !bench->dut_gone)) {
        return false;
    }
    meters_connect(&bench->meters, bench->dut_local);
    know_charger(bench);
    dut_local_start(bench->dut_local);
    return true;
}

static bool open_networks(struct bench *bench, const struct run_plan *plan,
                          struct problem *problem) {
    if (plan->wiring == WIRING_SIM) {
        bench->vehicle_net = can_bus_new(&bench->loop, VEHICLE_BITS_PER_S);
        return true;
    }
    bench->vehicle_net = can_socket_open(&bench->loop, plan->can_vehicle, problem);
    if (bench->vehicle_net == NULL) {
        return false;
    }
    bench->io_net = can_socket_open(&bench->loop, plan->can_io, problem);
    return bench->io_net != NULL;
}

static bool apply_preset(struct bench *bench, const struct preset *preset,
                         struct problem *problem) {
    for (size_t i = 0; i < preset->value_count; i++) {
        if (!bench_preset(bench, &preset->values[i], problem)) {
            snprintf(problem->file, sizeof problem->file, "%s", preset->file);
            problem->line = preset->values[i].line;
            return false;
        }
    }
    return pack_params_ok(&bench->pack_params, problem);
}

static void timer_was_late(void *ctx, int64_t clock_ns, int64_t late_ns) {
    struct bench *bench = ctx;
    lateness_note(&bench->late, clock_ns, late_ns);
}

static void was_held_up(void *ctx, int64_t from_ns, int64_t until_ns) {
    struct bench *bench = ctx;
    lateness_held(&bench->late, from_ns, until_ns);
}

/* The seed's part: when the vehicle wakes, and with it how its messages fall between the charger's.
 * Seed 0 leaves the preset as it is. */
static void vary(struct bench *bench, uint64_t seed) {
    if (seed == 0) {
        return;
    }
    bench->bms_params.wake_ns += (int64_t)(random_of(seed) % (uint64_t)WAKE_SPREAD_NS);
}

static bool connect_pile(struct bench *bench, struct problem *problem) {
    bench->pile.config = (struct pile_process_config){
        .plan = bench->plan,
        .setup = bench->setup,
        .progress = bench->progress,
        .loop = &bench->loop,
        .board = &bench->board,
        .io = bench->io_net,
        .late = &bench->late,
        .round_trips = &bench->round_trips,
        .meters = {meters_option(&bench->meters, METERS_DC),
                   meters_option(&bench->meters, METERS_AC)},
        .gone = pile_gone,
        .ctx = bench,
    };
    if (!pile_process_start(&bench->pile, problem)) {
        return false;
    }
    snprintf(bench->dut_name, sizeof bench->dut_name, "%s", pile_process_name(&bench->pile));
    snprintf(bench->dut_version, sizeof bench->dut_version, "%s",
             pile_process_version(&bench->pile));
    know_charger(bench);
    return true;
}

struct bench *bench_new(const struct run_plan *plan, const struct preset *preset,
                        const struct setup *setup, struct progress *progress,
                        struct problem *problem) {
    struct bench *bench = memory_zeroed(1, sizeof *bench);
    bool hosted = plan->wiring == WIRING_VCAN;
    assert(hosted || (plan->pile == NULL && plan->dc_meter == NULL && plan->ac_meter == NULL));
    assert(hosted || !plan->external);
    assert(!hosted || plan->mutation_count == 0); /* a mutant is made in this process */
    bench->plan = plan;
    bench->progress = progress;
    bench->setup = setup;
    gather_setup(bench);
    bench->pack_params = pack_bus_lfp_540v;
    bench->bms_params = bms_params_default;
    bench->bms_params.edition = plan->edition;
    bench->bms_params.external = plan->external;
    loop_init(&bench->loop, plan->wiring == WIRING_SIM ? LOOP_VIRTUAL : LOOP_REAL);
    bench->loop.late = timer_was_late;
    bench->loop.held = was_held_up;
    bench->loop.late_ctx = bench;
    bool applied = apply_preset(bench, preset, problem);
    vary(bench, plan->seed);
    if (!applied || !open_networks(bench, plan, problem) || !assemble(bench, problem)) {
        bench_free(bench);
        return NULL;
    }
    bool connected = plan->wiring == WIRING_SIM ? connect_local(bench, plan, progress, problem)
                                                : connect_pile(bench, problem);
    if (!connected) {
        bench_free(bench);
        return NULL;
    }
    watch_storage(bench);
    return bench;
}

struct bench *bench_signals(struct problem *problem) {
    struct bench *bench = memory_zeroed(1, sizeof *bench);
    bench->pack_params = pack_bus_lfp_540v;
    bench->bms_params = bms_params_default;
    loop_init(&bench->loop, LOOP_VIRTUAL);
    bench->vehicle_net = can_bus_new(&bench->loop, VEHICLE_BITS_PER_S);
    struct dut_wiring wiring;
    if (!assemble(bench, problem)) {
        bench_free(bench);
        return NULL;
    }
    dut_wiring_bind(&wiring, &bench->board, 1);
    watch_storage(bench);
    return bench;
}

void bench_free(struct bench *bench) {
    pile_process_stop(&bench->pile);
    if (bench->dut_local != NULL) {
        dut_local_free(bench->dut_local);
    }
    external_end(&bench->external);
    truth_free(&bench->truth); /* the plant is still there */
    said_free(&bench->said);
    close_isolated(bench->progress);
    stored_end(&bench->stored);
    billing_end(&bench->billing);
    plate_end(&bench->plate);
    meters_free(&bench->meters);
    if (bench->bms != NULL) {
        bms_free(bench->bms);
    }
    if (bench->pack != NULL) {
        pack_free(bench->pack);
    }
    signal_board_free(&bench->board);
    if (bench->observer != NULL) {
        observer_free(bench->observer); /* after the board: the names are its own */
    }
    if (bench->vehicle_net != NULL) {
        can_free(bench->vehicle_net);
    }
    if (bench->io_net != NULL) {
        can_free(bench->io_net);
    }
    loop_free(&bench->loop);
    free(bench->pile_setup.params);
    phrase_clear(&bench->dut_gone_why);
    free(bench);
}

void bench_check_dut(struct bench *bench) {
    if (bench->dut_local != NULL) {
        dut_local_check(bench->dut_local);
    }
}

bool bench_power(struct bench *bench, bool on) {
    if (!on) {
        stored_power_failed(&bench->stored);
    }
    if (bench->io_net != NULL) {
        return pile_process_power(&bench->pile, on);
    }
    return bench->dut_local != NULL && dut_local_power(bench->dut_local, on);
}

bool bench_fill_storage(struct bench *bench, bool full) {
    if (bench->dut_local != NULL) {
        dut_local_fill_storage(bench->dut_local, full);
    }
    return bench->dut_local != NULL;
}

bool bench_cut_after(struct bench *bench, size_t bytes) {
    stored_power_failed(&bench->stored); /* it will */
    if (bench->dut_local != NULL) {
        dut_local_cut_after(bench->dut_local, bytes);
    }
    return bench->dut_local != NULL;
}

bool bench_clock(struct bench *bench, int64_t by_s, bool lost) {
    if (bench->dut_local == NULL) {
        return false;
    }
    dut_local_clock(bench->dut_local, by_s, lost);
    billing_clock_moved(&bench->billing, by_s);
    truth_clock(&bench->truth, by_s, lost);
    stored_clock_touched(&bench->stored);
    return true;
}

bool bench_spoil_journal(struct bench *bench, unsigned copy) {
    assert(copy <= 1);
    if (bench->dut_local != NULL) {
        dut_local_spoil(bench->dut_local, CHARGE_JOURNAL_OFFSET(0u, copy), CHARGE_RECORD_BYTES);
    }
    return bench->dut_local != NULL;
}

static bool local_card(const struct bench *bench, struct billing_card *card) {
    size_t size = 0;
    const void *bytes = dut_local_record(bench->dut_local, CARD_BALANCE_RECORD, &size);
    card->written = bytes != NULL && size == sizeof card->bytes;
    if (card->written) {
        memcpy(card->bytes, bytes, size);
    }
    return true;
}

bool bench_read_records(struct bench *bench) {
    FILE *storage = NULL;
    struct billing_card card = {0};
    bool told = bench->io_net != NULL ? pile_process_card(&bench->pile, card.bytes, &card.written)
                                      : bench->dut_local != NULL && local_card(bench, &card);
    if (bench->io_net != NULL) {
        storage = pile_process_storage(&bench->pile);
    } else if (bench->dut_local != NULL) {
        storage = tmpfile();
        if (storage != NULL && !dut_bulk_copy(dut_local_bulk(bench->dut_local), storage)) {
            fclose(storage);
            storage = NULL;
        }
    }
    if (storage != NULL) {
        billing_take(&bench->billing, storage, told ? &card : NULL);
    }
    return storage != NULL;
}

int64_t bench_time_uncertainty_ns(void *ctx, int64_t from_ns, int64_t to_ns) {
    const struct bench *bench = ctx;
    /* Our stimuli reach the charger late by the loop's lateness and half a round trip through the
     * I/O network, and what it commands is seen half a round trip after it was decided. */
    return lateness_worst(&bench->late, from_ns, to_ns) +
           lateness_worst(&bench->round_trips, from_ns, to_ns);
}
