/* SPDX-License-Identifier: MIT */
/* fake_meter.h: fake_pile.h with a DL/T 645 meter of the test's own on each line.
 *
 *   meter_setup();
 *   meter_charging();                          plugged in, started, CCS is running
 *   meters[0].silent = true;
 *   run_ms(5000);                        pile and meters
 *   meter_teardown(); */
#ifndef FAKE_METER_H
#define FAKE_METER_H

#include "tests/firmware/support/fake_pile.h"

#define ANSWER_MS 60
#define WH_10     36000.0 /* J */
#define LINES     3

enum item {
    ENERGY,
    VOLTAGE,
    CURRENT,
    ITEMS
};

struct request {
    int64_t at;
    unsigned line;
    enum item item;
};

/* One meter on each line. */
struct fake_meter {
    bool silent, absent, refuses[ITEMS], other_address, bad_sum;
    unsigned bad_registers; /* so many answers tell 1 kWh less */
    double gain, energy_j;
    int64_t start_10wh;
    int64_t due; /* of the answer; FAKE_NEVER: none */
    uint8_t answer[40];
    size_t answer_count;
};

extern struct fake_meter meters[LINES];
#define REQUESTS_MAX 20000

extern struct request requests[REQUESTS_MAX];
extern unsigned request_count;

int64_t register_10wh(unsigned line);
int serial_write(void *ctx, unsigned line, const uint8_t *bytes, size_t count);
/* A millisecond of pile, then of meters. */
void run_ms(int ms);
bool meter_until(const char *state, int ms);
void press_start(void);
void plug_in(void);
void meter_charging(void);
void meter_press_stop(void);
/* Energy of the last CSD, in 0.1 kWh. */
int meter_told(void);
void check_told(double wh);
void ends_with(const char *alarm, int within_ms);
void meter_setup(void);
void meter_teardown(void);

#endif
