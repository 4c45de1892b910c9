/* SPDX-License-Identifier: MIT */
/* master.h: the asking side of a DL/T 645-2007 line: one request at a time, with timeout and
 * retries. Passive: it is called back by the line and the loop, and calls back when a request is
 * done.
 *
 *   struct master master;
 *   master_init(&master, &loop, line, &master_params_default);
 *   master_read(&master, address, METER_ENERGY_FORWARD, done, me);
 *   static void done(void *ctx, const struct master_result *result) { ... next request ... }
 *
 * Long data are fetched part by part (12H), at most 255 of them, and handed over whole. An answer
 * counts when address (wildcards asked for: any), control code and identifier fit; everything else
 * on the line is passed over and counted. An echo of the request (RS-485 adapters) is a request, no
 * answer: passed over too. */
#ifndef METER_MASTER_H
#define METER_MASTER_H

#include "meter/frame.h"
#include "meter/identifiers.h"
#include "sim/loop.h"
#include "sim/serial/serial.h"

enum master_outcome {
    MASTER_DONE,
    MASTER_REFUSED, /* abnormal answer: error says why */
    MASTER_SILENT,  /* no answer at all, after all tries */
    MASTER_DAMAGED, /* only damaged or mismatched answers, after all tries */
    MASTER_LINE,    /* the line did not take the request */
};

struct master_params {
    int64_t timeout_ns; /* 1 s: from the end of the request to the end of the answer; the standard
                            has 500 ms for its beginning. A frame that has begun by then is heard
                            out, with pauses up to gap_ns between its bytes */
    int64_t gap_ns;     /* 500 ms between bytes */
    int64_t pause_ns;   /* 30 ms from an answer to the next request */
    unsigned tries;     /* 3 */
    unsigned wake_ups;  /* FE before a request (4) */
};

extern const struct master_params master_params_default;

struct master_result {
    enum master_outcome outcome;
    uint8_t address[6];  /* of the meter that answered */
    uint8_t control;     /* of the answer */
    uint8_t error;       /* of a refusal */
    uint32_t di;         /* of reading */
    const uint8_t *data; /* behind the identifier; valid during the call */
    size_t length;
    unsigned tries;  /* how many it took */
    int64_t took_ns; /* from the first request's last byte */
};

struct master_stats {
    uint64_t requests, answers, retries, damaged, strays; /* strays: frames that were no answer */
};

#define MASTER_LONG_MAX 1024 /* bytes of data read in parts */

struct master {
    struct loop *loop;
    struct serial_line *line;
    struct master_params params;
    struct serial_station station;
    struct meter_parser parser;
    struct timer timer;
    struct meter_frame request;
    void (*done)(void *ctx, const struct master_result *result);
    void *ctx;
    bool busy, waiting;           /* a request is under way; it was sent and its answer awaited */
    bool saw_damage, damaged_now; /* since the request began; since it was sent last */
    unsigned tries;
    int64_t began_ns, quiet_ns; /* quiet_ns: no request before */
    size_t overheard;           /* bytes since the last request was done */
    /* What still comes in is not waited for any longer: noise, a frame that has begun. */
    int64_t latest_ns, slowest_ns;
    uint32_t di;
    uint8_t part;
    size_t length;
    uint8_t data[MASTER_LONG_MAX];
    struct master_stats stats;
};

void master_init(struct master *master, struct loop *loop, struct serial_line *line,
                 const struct master_params *params);
void master_free(struct master *master); /* leaves the line */

/* -1: one is under way. done is always called later, from the loop. */
int master_read(struct master *master, const uint8_t address[6], uint32_t di,
                void (*done)(void *ctx, const struct master_result *result), void *ctx);
/* Any request; data of reading requests begin with the identifier. */
int master_request(struct master *master, const struct meter_frame *request,
                   void (*done)(void *ctx, const struct master_result *result), void *ctx);
/* No answer is expected (broadcast time). */
int master_broadcast(struct master *master, const struct meter_frame *request);
/* Has somebody else said something since the last request was done? A second meter that was asked
 * too (wildcard) and is slower. A byte or two of noise are none. No request may be under way. */
bool master_overheard(struct master *master);
const char *master_outcome_text(enum master_outcome outcome, bool chinese);

#endif
