/* SPDX-License-Identifier: MIT */
/* cli_meter.h: what the subcommands of `pilebench meter` share. */
#ifndef HARNESS_CLI_METER_H
#define HARNESS_CLI_METER_H

#include "meter/master.h"
#include "meter/simulated.h"

#include <stdbool.h>

struct meter_options {
    const char *port; /* NULL: none given */
    uint32_t bits_per_s;
    uint8_t address[6]; /* AA...: whichever is there */
    enum meter_type type;
    struct master_params master;
    double every_s;
    unsigned count; /* watch: readings; 0: until interrupted */
    bool chinese;
    /* simulate */
    double voltage_v, current_a, start_kwh, class_percent;
    unsigned phases;
    const char *csv;
    enum simulated_fault fault;
    double fault_value, fault_share;
};

/* A line and a master on it; NULL line: told on standard error already. */
struct meter_session {
    struct loop loop;
    struct serial_line *line;
    struct master master;
};

bool meter_session_open(struct meter_session *session, const struct meter_options *options);
void meter_session_close(struct meter_session *session);
bool meter_interrupted(void);

int cli_meter_read(const struct meter_options *options, int argc, char **argv);
int cli_meter_watch(const struct meter_options *options, int argc, char **argv);
int cli_meter_dump(const struct meter_options *options, int argc, char **argv);
int cli_meter_scan(const struct meter_options *options, int argc, char **argv);
int cli_meter_simulate(const struct meter_options *options, int argc, char **argv);
int cli_meter_decode(const struct meter_options *options, int argc, char **argv);

#endif
