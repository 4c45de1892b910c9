/* SPDX-License-Identifier: MIT */
/* fake_pile.h: a small pile, vehicle and battery around the core, for its session tests.
 *
 *   tcase_add_checked_fixture(tc, fake_setup, fake_teardown);      makes `pile`
 *   fake_charging(pile);                       plugged in, started, CCS is running
 *   fake_input(pile, DUT_IN_ESTOP, 1);
 *   fake_run(pile, 500);                       half a second
 *   ck_assert(fake_output_at(pile, DUT_OUT_K1, 0, t0) < ...)
 *
 * Time is virtual: the core is called at the instants it asked for, the plant and the vehicle every
 * millisecond. It shares nothing with the bench, on purpose: it is as simple as a test can read. */
#ifndef FAKE_PILE_H
#define FAKE_PILE_H

#include "firmware-under-test/include/dut.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FAKE_MS       INT64_C(1000000)
#define FAKE_NEVER    INT64_C(-1)
#define FAKE_FRAMES   60000
#define FAKE_EVENTS   20000
#define FAKE_PROTOCOL 0xFFu /* PF of a frame's id */

/* Vehicle messages that a test can silence. */
enum fake_message {
    FAKE_BHM = 1,
    FAKE_BRM = 2,
    FAKE_BCP = 4,
    FAKE_BRO = 8,
    FAKE_BRO_AA = 16,
    FAKE_BCL = 32,
    FAKE_BCS = 64,
    FAKE_BST = 128,
    FAKE_BSD = 256,
    FAKE_ALL = 511,
};

enum fake_phase {
    FAKE_QUIET,
    FAKE_A,
    FAKE_B,
    FAKE_C,
    FAKE_C_READY,
    FAKE_E,
    FAKE_F,
    FAKE_F_BSD
};

struct fake_frame {
    int64_t at;
    unsigned net;
    struct dut_can_frame frame;
};

struct fake_event {
    int64_t at;
    unsigned gun;
    enum dut_output channel;
    int32_t value;
};

/* One gun's plant and vehicle. */
struct fake_gun {
    int32_t in[DUT_INPUTS];
    int32_t out[DUT_OUTPUTS];
    double inner_v, outer_v, current_a;
    double battery_v;       /* behind K5/K6 */
    bool battery_connected; /* K5/K6 */
    bool k5_welded;         /* and K6 */
    int k_ms[2];            /* travel so far */
    bool contact[2];        /* main contacts */
    bool welded[2];
    bool feedback_lies; /* auxiliary contacts follow the command, not the contacts */
    bool modules_dead;
    bool stuck_open[2]; /* K1, K2 never close */
    bool shorted;       /* outer side */
    bool lock_jammed, aux_dead;
    int aux_lasts_ms; /* after K3 and K4 are told to open */
    int64_t aux_on;
    double extra_a;  /* on top of the measured current */
    int regulated_v; /* modules stop here whatever their set value; 0: no */
    int32_t insulation_ohm[2];
    /* vehicle */
    enum fake_phase phase;
    int64_t due[9];
    unsigned muted;
    int bhm_dv, bcp_battery_dv, bcl_dv, bcl_da, bro_00_ms;
    uint8_t bsm[2];
    int bcs_dv, bcs_cell, bsm_temperature; /* 0.1 V, 0.01 V, raw +50 */
    bool want_stop;
    int64_t phase_at;
    uint8_t tp_bytes[56];
    unsigned tp_length, tp_pf, tp_next, tp_end;
    bool tp_busy;
    int64_t tp_at;
};

struct fake {
    const struct dut_api *api;
    void *dut;
    int64_t now, wake, tick;
    unsigned guns;
    struct fake_gun gun[DUT_GUNS_MAX];
    struct fake_frame *frames;
    unsigned frame_count;
    struct fake_event *events;
    unsigned event_count;
    unsigned runs;
};

unsigned fake_pf(const struct dut_can_frame *frame);
int32_t fake_read(void *ctx, unsigned gun, enum dut_input channel);
void fake_write(void *ctx, unsigned gun, enum dut_output channel, int32_t value);
void fake_log(void *ctx, const char *text);
void fake_call(struct fake *f);
void fake_set(struct fake *f, unsigned gun, enum dut_input channel, int32_t value);
void fake_input(struct fake *f, enum dut_input channel, int32_t value);
void fake_frame(struct fake *f, unsigned gun, uint32_t id, const uint8_t *bytes, unsigned length);
void fake_tp(struct fake *f, unsigned gun, unsigned pf, const uint8_t *bytes, unsigned length);
int fake_can_send(void *ctx, unsigned net, const struct dut_can_frame *frame);
void fake_run(struct fake *f, int ms);
/* serial_write may be NULL: a pile without serial lines. Its ctx is the fake. */
struct fake *fake_new_with_lines(int (*serial_write)(void *ctx, unsigned line, const uint8_t *bytes,
                                                     size_t count));
/* The pile under test, for tests that need one: a fixture of libcheck. */
extern struct fake *pile;
void fake_setup(void);
void fake_teardown(void);

struct fake *fake_new(void);
void fake_free(struct fake *f);
void fake_param(struct fake *f, const char *name, int32_t value);
void fake_start_gun(struct fake *f, unsigned gun);
void fake_start(struct fake *f);
const char *fake_state(const struct fake *f, unsigned gun);
const char *fake_alarm(const struct fake *f);
/* Runs until the state is reached or ms have passed; true if reached. */
bool fake_until(struct fake *f, const char *state, int ms);
void fake_charging(struct fake *f);
/* Instant of the first write of value to channel of gun 0 at or after `from`; FAKE_NEVER if
 * none. */
int64_t fake_output_at(const struct fake *f, enum dut_output channel, int32_t value, int64_t from);
/* First frame with this PF (and first byte, if >= 0) at or after `from`; NULL if none. */
const struct fake_frame *fake_sent(const struct fake *f, unsigned pf, int first, int64_t from);
unsigned fake_count(const struct fake *f, unsigned pf, int64_t from, int64_t to);
int64_t fake_ms_between(int64_t from, int64_t to);

#endif
