/* SPDX-License-Identifier: MIT */
/* The device under test of one bench: linked in, a shared object here or isolated, or a process of its own. */
#include "harness/bench/internal.h"
#include "harness/dut/isolate/confine.h"
#include "harness/dut/isolate/isolate.h"
#include "harness/dut/local.h"
#include "harness/dut/pile_process.h"
#include "harness/mutant/mutation.h"
#include "sim/memory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* This process has one firmware. */
static struct dut_isolate *isolate; /* NULL: it is not isolated */
static void *library;               /* NULL: it is no shared object in this process */

void firmware_gone(struct bench *bench, int64_t at_ns, struct phrase why) {
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
    said_named(&bench->said, at_ns, bench->gun_count > 1 ? of_gun : what, value, name);
}

static void dut_fault(void *ctx, int64_t at_ns, enum dut_blame blame) {
    firmware_gone(ctx, at_ns, dut_blame_phrase((int)blame));
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
    firmware_gone(bench, bench->loop.now_ns, why);
}

static void isolated_blame(void *ctx, enum dut_blame blame) {
    struct bench *bench = ctx;
    dut_fault(bench, bench->loop.now_ns, blame);
}

static void pile_gone(void *ctx, const char *why, bool killed) {
    struct bench *bench = ctx;
    struct phrase gone = {memory_format("is gone: %s", why), memory_format("失去响应：%s", why)};
    bench->dut_killed = killed && !bench->dut_gone;
    firmware_gone(bench, bench->loop.now_ns, gone);
    phrase_clear(&gone);
}

static int serial_write(void *ctx, unsigned line, const uint8_t *bytes, size_t count) {
    struct bench *bench = ctx;
    int written = DUT_ERROR_ABSENT;
    for (unsigned i = 0; i < bench->gun_count && written == DUT_ERROR_ABSENT; i++) {
        written = meters_write(&bench->guns[i].meters, line, bytes, count);
    }
    return written;
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

void firmware_close(struct progress *progress) {
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
    const struct bench_gun *gun = ctx;
    struct bench *bench = gun->bench;
    if (bench->dut_local == NULL) {
        return pile_process_capability(&bench->pile, gun->index, what);
    }
    return gun->index < bench->api->guns ? dut_local_capability(bench->dut_local, gun->index, what)
                                         : DUT_UNKNOWN;
}

bool bench_vehicle_fits(const struct bench_gun *gun) {
    return plate_fits(&gun->plate, gun->plant.ocv->value);
}

/* The vehicle is a well-behaved one: it asks for no more power than the charger says it has. */
void firmware_declares(struct bench *bench) {
    for (unsigned i = 0; i < bench->gun_count; i++) {
        struct bench_gun *gun = &bench->guns[i];
        int32_t power_w = bench_capability(gun, DUT_CAP_POWER_MAX_W);
        plate_declare(&gun->plate, bench_capability, gun, bench->loop.now_ns);
        bms_params(gun->bms)->charger_power_w = power_w > 0 ? power_w : 0;
    }
    struct signal *guns = signal_find(&bench->board, "firmware.guns");
    unsigned most = bench->api != NULL ? bench->api->guns : pile_process_guns(&bench->pile);
    if (bench->gun_count > 1 && (!guns->known || guns->value > most)) {
        signal_set(guns, bench->loop.now_ns, most);
    }
}

static bool connect_local(struct bench *bench, struct problem *problem) {
    const struct run_plan *plan = bench->plan;
    struct progress *progress = bench->progress;
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
        .guns = bench->gun_count,
        .wall_begin_s = wall_begin_s(bench),
        .inside = &progress->inside_dut,
        .calls = &progress->calls,
        .blame = &progress->blame,
        .log = dut_log,
        .said = dut_said,
        .fault = dut_fault,
        .endless = dut_endless,
        .serial_write = serial_write,
        .stored = storage_written,
        .ctx = bench,
    };
    for (unsigned i = 0; i < bench->gun_count; i++) {
        config.nets[DUT_NET_VEHICLE + i] = bench->guns[i].net;
    }
    bench->dut_local = dut_local_new(&config, problem);
    if (bench->dut_local == NULL ||
        (!bench->dut_gone && !setup_hand_over(bench, problem) && !bench->dut_gone)) {
        return false;
    }
    for (unsigned i = 0; i < bench->gun_count; i++) {
        meters_connect(&bench->guns[i].meters, bench->dut_local);
    }
    firmware_declares(bench);
    dut_local_start(bench->dut_local);
    return true;
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
        .can_vehicle2 = bench->can_vehicle2,
        .meters = {meters_option(&bench->guns[0].meters, METERS_DC),
                   meters_option(&bench->guns[0].meters, METERS_AC),
                   bench->second_gun_wired ? meters_option(&bench->guns[1].meters, METERS_DC)
                                           : NULL},
        .gone = pile_gone,
        .ctx = bench,
    };
    if (!pile_process_start(&bench->pile, problem)) {
        return false;
    }
    snprintf(bench->dut_name, sizeof bench->dut_name, "%s", pile_process_name(&bench->pile));
    snprintf(bench->dut_version, sizeof bench->dut_version, "%s",
             pile_process_version(&bench->pile));
    firmware_declares(bench);
    return true;
}

bool firmware_connect(struct bench *bench, struct problem *problem) {
    return bench->plan->wiring == WIRING_SIM ? connect_local(bench, problem)
                                             : connect_pile(bench, problem);
}

void bench_check_dut(struct bench *bench) {
    if (bench->dut_local != NULL) {
        dut_local_check(bench->dut_local);
    }
}
