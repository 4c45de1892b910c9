/* SPDX-License-Identifier: MIT */
/* meter.h: one meter on a serial line of its own, asked again and again (DL/T 645-2007 master).
 *
 *   core_meter_begin(&meter, &host, param, DUT_LINE_DC_METER, CORE_P_METER_DC_A);
 *   wake = core_meter_run(&meter, now, period_ns, true);         asks when it is time, never waits
 *   if (core_meter_hear(&meter, now, bytes, count)) ...          new values: meter.fresh says which
 *   if (core_meter_lost(&meter)) ...                             no answer, all tries
 *
 * One request at a time. It is repeated when its answer does not come within meter.timeout, up to
 * meter.tries in a row; then the meter counts as lost, and is asked on at its period. Answers of
 * other meters, echoes of the request and damaged frames are passed over. A host without the line
 * says DUT_ERROR_ABSENT: such a meter is absent, not lost. */
#ifndef CORE_METER_H
#define CORE_METER_H

#include "meter/dlt645.h"
#include "services/params.h"

enum core_meter_item {
    CORE_METER_ENERGY,  /* 10 Wh */
    CORE_METER_VOLTAGE, /* mV */
    CORE_METER_CURRENT, /* mA */
    CORE_METER_ITEMS
};

struct core_meter {
    const struct dut_host *host;
    const int32_t *param;
    unsigned line;
    enum core_param address; /* parameter with the meter's number */
    bool absent;             /* the host has no such line */
    bool waiting;            /* for an answer */
    bool within;             /* a round of items is under way */
    enum core_meter_item item;
    unsigned tried;             /* requests for this item */
    int32_t unanswered;         /* requests in a row */
    int32_t energy_failed;      /* energy not got, in a row: refused counts too */
    unsigned fresh;             /* items that the last core_meter_hear brought, bits */
    int64_t round_ns;           /* begin of the last round */
    int64_t due_ns;             /* next request, or the end of waiting */
    int64_t asked_ns, heard_ns; /* first request that may be answered now; last byte */
    int64_t energy_asked_ns;    /* the present energy is not older than this */
    struct core_dlt645_rx rx;
    bool known[CORE_METER_ITEMS];
    int32_t value[CORE_METER_ITEMS];
};

void core_meter_begin(struct core_meter *meter, const struct dut_host *host, const int32_t *param,
                      unsigned line, enum core_param address);
/* period_ns: from one round of items to the next; all: voltage and current besides the energy.
 * Returns the instant of the next wanted run. */
int64_t core_meter_run(struct core_meter *meter, int64_t now_ns, int64_t period_ns, bool all);
/* True: meter->fresh tells what is new. */
bool core_meter_hear(struct core_meter *meter, int64_t now_ns, const uint8_t *bytes,
                     unsigned count);
/* Its counters only go up by one and back to 0 (meter.c), so that no sign has to be looked at here. */
static inline bool core_meter_lost(const struct core_meter *meter) {
    int32_t tries = meter->param[CORE_P_METER_TRIES];
    return !meter->absent && (meter->unanswered >= tries || meter->energy_failed >= tries);
}

#endif
