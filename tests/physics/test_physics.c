/* SPDX-License-Identifier: MIT */
/* test_physics: the DC circuit against ngspice.
 *
 *   test_physics            compares, prints the figures, exit 0 when all are within limits
 *   test_physics perturb    the same with ngspice's components and ramps 2 % off: each stretch must fail (exit 1); one
 *                           that does not could not fail at all (exit 0)
 *   exit 77: no ngspice here */
#include "tests/physics/physics.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct stretch stretches[] = {
    {.name = "pre-charge ramp onto open K1/K2",
     .lasts_s = 0.3,
     .step_s = 20e-6,
     .ocv_v = 380.0,
     .vehicle_closed = true,
     .on = true,
     .set_v = 375.0,
     .set_a = 250.0,
     .quantities = {DC_MODULE_VOLTAGE, DC_INNER_VOLTAGE, DC_INNER_VOLTAGE},
     .levels = {200.0, 60.0, 370.0}},
    {.name = "closing, inner 5 V below the battery",
     .lasts_s = 300e-6,
     .step_s = 10e-9,
     .ocv_v = 380.0,
     .vehicle_closed = true,
     .precharge_v = 375.0,
     .on = true,
     .set_v = 375.0,
     .set_a = 250.0,
     .switching = PHYSICS_CLOSE_OUTPUT,
     .switching_at_s = 10e-6,
     .quantities = {DC_INNER_VOLTAGE, DC_OUTER_VOLTAGE, DC_CURRENT},
     .levels = {382.0, 377.0, 1.0}},
    {.name = "closing, inner 40 V above the battery",
     .lasts_s = 2e-3,
     .step_s = 50e-9,
     .ocv_v = 380.0,
     .vehicle_closed = true,
     .precharge_v = 420.0,
     .on = true,
     .set_v = 420.0,
     .set_a = 250.0,
     .switching = PHYSICS_CLOSE_OUTPUT,
     .switching_at_s = 20e-6,
     .quantities = {DC_MODULE_VOLTAGE, DC_CURRENT, DC_BATTERY_VOLTAGE},
     .levels = {400.0, 100.0, 390.0}},
    {.name = "discharge after opening",
     .lasts_s = 0.5,
     .step_s = 50e-6,
     .ocv_v = 380.0,
     .precharge_v = 400.0,
     .switching = PHYSICS_DISCHARGE,
     .switching_at_s = 10e-3,
     .quantities = {DC_MODULE_VOLTAGE, DC_INNER_VOLTAGE, DC_INNER_VOLTAGE},
     .levels = {200.0, 60.0, 10.0}},
    {.name = "short circuit of 5 mohm while charging",
     .lasts_s = 2e-3,
     .step_s = 50e-9,
     .ocv_v = 380.0,
     .vehicle_closed = true,
     .output_closed = true,
     .precharge_v = 380.0,
     .charge_a = 200.0,
     .on = true,
     .set_v = 450.0,
     .set_a = 200.0,
     .switching = PHYSICS_SHORT,
     .switching_at_s = 20e-6,
     .short_ohm = 5e-3,
     .quantities = {DC_INNER_VOLTAGE, DC_CURRENT, DC_BATTERY_VOLTAGE},
     .levels = {200.0, 1000.0, 100.0}},
    {.name = "short circuit of 50 mohm, no vehicle",
     .lasts_s = 2e-3,
     .step_s = 50e-9,
     .output_closed = true,
     .precharge_v = 400.0,
     .on = true,
     .set_v = 400.0,
     .set_a = 250.0,
     .switching = PHYSICS_SHORT,
     .switching_at_s = 20e-6,
     .short_ohm = 50e-3,
     .quantities = {DC_INNER_VOLTAGE, DC_OUTER_VOLTAGE, DC_CURRENT},
     .levels = {200.0, 60.0, 1000.0}},
    {.name = "K1 alone onto an insulation fault of DC-",
     .lasts_s = 0.1,
     .step_s = 10e-6,
     .insulation_ohm = {20e6, 100e3},
     .precharge_v = 400.0,
     .on = true,
     .set_v = 400.0,
     .set_a = 250.0,
     .switching = PHYSICS_CLOSE_K1,
     .switching_at_s = 5e-3,
     .quantities = {DC_OUTER_VOLTAGE, DC_OUTER_NEGATIVE, DC_INNER_POSITIVE},
     .levels = {30.0, 10.0, 100.0}},
    {.name = "K2 makes the circuit, K1 welded",
     .lasts_s = 300e-6,
     .step_s = 10e-9,
     .ocv_v = 380.0,
     .vehicle_closed = true,
     .k1_closed = true,
     .precharge_v = 340.0,
     .on = true,
     .set_v = 340.0,
     .set_a = 250.0,
     .switching = PHYSICS_CLOSE_K2,
     .switching_at_s = 10e-6,
     .quantities = {DC_INNER_VOLTAGE, DC_OUTER_VOLTAGE, DC_CURRENT},
     .levels = {382.0, 360.0, 1.0}},
    {.name = "DC- gets a fault of 30 kohm, K1/K2 closed",
     .lasts_s = 10e-3,
     .step_s = 1e-6,
     .output_closed = true,
     .precharge_v = 400.0,
     .on = true,
     .set_v = 400.0,
     .set_a = 250.0,
     .switching = PHYSICS_FAULT,
     .switching_at_s = 1e-3,
     .fault_ohm = 30e3,
     .quantities = {DC_INNER_NEGATIVE, DC_OUTER_NEGATIVE, DC_INNER_POSITIVE},
     .levels = {-100.0, -10.0, 300.0}},
    {.name = "K1/K2 open under 200 A: arcs end the current",
     .lasts_s = 200e-6,
     .step_s = 10e-9,
     .ocv_v = 380.0,
     .vehicle_closed = true,
     .output_closed = true,
     .precharge_v = 380.0,
     .charge_a = 200.0,
     .on = true,
     .set_v = 410.0,
     .set_a = 200.0,
     .switching = PHYSICS_OPEN_OUTPUT,
     .switching_at_s = 20e-6,
     /* not outer: it rings with the cable, which the circuit leaves out without its loop */
     .quantities = {DC_CURRENT, DC_BATTERY_VOLTAGE, DC_INNER_VOLTAGE},
     .levels = {1.0, 385.0, 400.0}},
    {.name = "K2 opens, 8 V more are there: its arc burns",
     .lasts_s = 5e-3,
     .step_s = 100e-9,
     .ocv_v = 380.0,
     .vehicle_closed = true,
     .output_closed = true,
     .precharge_v = 380.0,
     .charge_a = 200.0,
     .arc_v = 8.0,
     .on = true,
     .set_v = 450.0,
     .set_a = 200.0,
     .switching = PHYSICS_OPEN_K2,
     .switching_at_s = 20e-6,
     .quantities = {DC_CURRENT, DC_OUTER_VOLTAGE, DC_INNER_VOLTAGE},
     .levels = {170.0, 396.0, 396.0}},
    {.name = "K6 opens, 8 V more are there: its arc burns",
     .lasts_s = 5e-3,
     .step_s = 100e-9,
     .ocv_v = 380.0,
     .vehicle_closed = true,
     .output_closed = true,
     .precharge_v = 380.0,
     .charge_a = 200.0,
     .arc_v = 8.0,
     .on = true,
     .set_v = 450.0,
     .set_a = 200.0,
     .switching = PHYSICS_OPEN_K6,
     .switching_at_s = 20e-6,
     .quantities = {DC_CURRENT, DC_OUTER_VOLTAGE, DC_INNER_VOLTAGE},
     .levels = {170.0, 396.0, 396.0}},
};

static bool have_ngspice(void) {
    return system("ngspice --version >/dev/null 2>&1") == 0;
}

struct job {
    const struct stretch *stretch;
    const struct dc_circuit *c;
    double scale;
};

static void write_netlist(void *ctx, FILE *out, const char *data_path) {
    const struct job *job = ctx;
    physics_netlist(out, job->stretch, job->c, job->scale, data_path);
}

static bool run(const struct stretch *stretch, double scale, const char *folder) {
    struct dc_circuit c;
    struct verdict verdicts[PHYSICS_QUANTITIES];
    dc_init(&c, &dc_params_default, 0);
    physics_prepare(stretch, &c);
    FILE *data = physics_run_ngspice(stretch->name, folder, write_netlist,
                                     &(struct job){stretch, &c, scale});
    if (data == NULL) {
        return false;
    }
    bool passed = physics_compare(stretch, &c, data, verdicts);
    fclose(data);
    printf("%s\n", stretch->name);
    for (int i = 0; i < PHYSICS_QUANTITIES; i++) {
        physics_print(physics_quantity(stretch->quantities[i]), &verdicts[i]);
    }
    return passed;
}

int main(int argc, char **argv) {
    char folder[] = "/tmp/physics-XXXXXX";
    double scale = argc > 1 && strcmp(argv[1], "perturb") == 0 ? 1.02 : 1.0;
    if (!have_ngspice()) {
        puts("skipped: ngspice is not installed");
        return 77;
    }
    if (mkdtemp(folder) == NULL) {
        perror(folder);
        return EXIT_FAILURE;
    }
    size_t count = 0, passed = 0;
    printf("  %-10s %10s %11s %11s %11s %9s %12s\n", "quantity", "amplitude", "deviation", "peak",
           "ngspice", "crossings", "worst by");
    for (size_t i = 0; i < sizeof stretches / sizeof stretches[0]; i++) {
        passed += run(&stretches[i], scale, folder);
        count++;
    }
    passed += physics_pairs(scale, folder, &count);
    rmdir(folder);
    printf("limits: %g %% of the amplitude, %g us: %zu of %zu stretches pass\n",
           100.0 * PHYSICS_DEVIATION, 1e6 * PHYSICS_INSTANT_S, passed, count);
    bool good = scale == 1.0 ? passed == count : passed > 0;
    return good ? EXIT_SUCCESS : EXIT_FAILURE;
}
