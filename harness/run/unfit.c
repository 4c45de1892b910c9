/* SPDX-License-Identifier: MIT */
#include "harness/run/unfit.h"

#include "firmware-under-test/include/dut.h"
#include "harness/bench/bench.h"
#include "harness/scenario/preset.h"
#include "sim/memory.h"
#include "sim/text/buffer.h"

#include <assert.h>
#include <stddef.h>

/* A charger that is not made for such a battery would be blamed for it. */
static struct phrase no_fit(struct bench *bench, const struct preset *vehicle) {
    if (bench_vehicle_fits(bench_gun(bench))) {
        return (struct phrase){0};
    }
    double battery_v = bench_gun(bench)->plant.ocv->value;
    return (struct phrase){
        memory_format("the battery of %s has %.0f V, which the charger's rating does not fit; "
                      "--vehicle gives every case another",
                      vehicle->name, battery_v),
        memory_format("%s的电池电压为%.0f V，与充电机额定电压范围不符；可用--vehicle指定其他车辆",
                      vehicle->name, battery_v)};
}

/* A charger of another edition would be failed by rules that do not bind it. */
static struct phrase no_edition(struct bench *bench, enum edition edition) {
    assert((unsigned)edition < EDITIONS);
    static const int32_t bits[EDITIONS] = {
        [EDITION_2011] = DUT_EDITION_2011,
        [EDITION_2015] = DUT_EDITION_2015,
        [EDITION_2023] = DUT_EDITION_2023A,
    };
    int32_t declared = bench_capability(bench_gun(bench), DUT_CAP_EDITIONS);
    struct buffer list = {0};
    for (unsigned i = 0; i < EDITIONS && declared > 0; i++) {
        if ((declared & bits[i]) != 0) {
            buffer_format(&list, "%s%s", list.length > 0 ? ", " : "",
                          edition_year((enum edition)i));
        }
    }
    struct phrase why = {0};
    if (list.length > 0 && (declared & bits[edition]) == 0) {
        const char *year = edition_year(edition);
        why.en = memory_format("the firmware declares GB/T 27930-%s (DUT_CAP_EDITIONS), and this "
                               "run goes by %s: --edition gives another",
                               list.chars, year);
        why.zh =
            memory_format("固件声明支持GB/T 27930-%s（DUT_CAP_EDITIONS），本次运行依据%s版：可用"
                          "--edition更改",
                          list.chars, year);
    }
    buffer_free(&list);
    return why;
}

/* --gun 2, and the firmware has one. */
static struct phrase no_gun(struct bench *bench) {
    const struct signal *guns = signal_find(&bench->board, "firmware.guns");
    if (bench_gun(bench)->index == 0) {
        return (struct phrase){0};
    }
    if (!bench->second_gun_wired) {
        return (struct phrase){
            memory_copy("the second gun has no network (vcan2, or what --can-vehicle2 names)"),
            memory_copy("第二枪没有网络（vcan2或--can-vehicle2所指定的接口）")};
    }
    if (!guns->known || guns->value >= 2) {
        return (struct phrase){0};
    }
    return (struct phrase){memory_copy("the firmware serves one gun: there is none for --gun 2"),
                           memory_copy("固件仅支持单枪，--gun 2无对应充电枪")};
}

struct phrase unfit_look(struct bench *bench, const struct preset *vehicle, enum edition edition) {
    struct phrase why = no_gun(bench);
    if (why.en != NULL) {
        return why;
    }
    why = no_fit(bench, vehicle);
    return why.en != NULL ? why : no_edition(bench, edition);
}
