/* SPDX-License-Identifier: MIT */
/* What both circuits' comparisons share: one run of ngspice, and a line of figures. */
#include "tests/physics/physics.h"

#include <stdlib.h>
#include <unistd.h>

#define PATH_SIZE 256

static const char *const names[] = {
    [DC_MODULE_VOLTAGE] = "modules V", [DC_INNER_VOLTAGE] = "inner V",
    [DC_OUTER_VOLTAGE] = "outer V",    [DC_BATTERY_VOLTAGE] = "battery V",
    [DC_CURRENT] = "cable A",          [DC_INNER_POSITIVE] = "inner+ V",
    [DC_INNER_NEGATIVE] = "inner- V",  [DC_OUTER_POSITIVE] = "outer+ V",
    [DC_OUTER_NEGATIVE] = "outer- V",
};

const char *physics_quantity(enum dc_quantity quantity) {
    return names[quantity];
}

FILE *physics_run_ngspice(const char *stretch, const char *folder,
                          void (*write)(void *ctx, FILE *out, const char *data_path), void *ctx) {
    char netlist_path[PATH_SIZE], data_path[PATH_SIZE], command[2 * PATH_SIZE];
    snprintf(netlist_path, sizeof netlist_path, "%s/netlist.cir", folder);
    snprintf(data_path, sizeof data_path, "%s/result.data", folder);
    snprintf(command, sizeof command, "ngspice -b %s >/dev/null 2>&1", netlist_path);
    FILE *netlist = fopen(netlist_path, "w");
    if (netlist == NULL) {
        perror(netlist_path);
        return NULL;
    }
    write(ctx, netlist, data_path);
    fclose(netlist);
    int status = system(command);
    FILE *data = fopen(data_path, "r");
    if (data == NULL) { /* the netlist stays, to be tried by hand */
        printf("%s: ngspice gave no result (status %d): run ngspice -b %s\n", stretch, status,
               netlist_path);
        return NULL;
    }
    unlink(data_path);
    unlink(netlist_path);
    return data;
}

void physics_print(const char *quantity, const struct verdict *v) {
    printf("  %-10s %10.3f %9.4f %% %11.4f %11.4f %4d/%-4d %9.3f us  %s\n", quantity, v->amplitude,
           100.0 * v->deviation / v->amplitude, v->peak, v->peak_spice, v->crossings,
           v->crossings_spice, v->late_s * 1e6, v->passed ? "ok" : "FAIL");
}
