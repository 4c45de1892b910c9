/* SPDX-License-Identifier: MIT */
#include "tests/firmware/support/fake_pile.h"

struct fake *pile;

unsigned fake_pf(const struct dut_can_frame *frame) {
    return frame->id >> 16 & FAKE_PROTOCOL;
}

int32_t fake_read(void *ctx, unsigned gun, enum dut_input channel) {
    return ((struct fake *)ctx)->gun[gun].in[channel];
}

void fake_write(void *ctx, unsigned gun, enum dut_output channel, int32_t value) {
    struct fake *f = ctx;
    ck_assert_uint_lt(f->event_count, FAKE_EVENTS);
    f->gun[gun].out[channel] = value;
    f->events[f->event_count++] = (struct fake_event){f->now, gun, channel, value};
}

void fake_log(void *ctx, const char *text) {
    struct fake *f = ctx;
    if (getenv("FAKE_LOG") != NULL) {
        fprintf(stderr, "%10.3f %s\n", (double)f->now / 1e9, text);
    }
}

void fake_call(struct fake *f) {
    f->wake = f->api->run(f->dut, f->now);
    ck_assert_int_gt(f->wake, f->now);
    f->runs++;
}

void fake_set(struct fake *f, unsigned gun, enum dut_input channel, int32_t value) {
    if (f->gun[gun].in[channel] == value) {
        return;
    }
    f->gun[gun].in[channel] = value;
    f->api->on_input(f->dut, f->now, gun, channel, value);
    fake_call(f);
}

void fake_input(struct fake *f, enum dut_input channel, int32_t value) {
    fake_set(f, 0, channel, value);
}

void fake_frame(struct fake *f, unsigned gun, uint32_t id, const uint8_t *bytes, unsigned length) {
    struct dut_can_frame frame = {.id = id, .len = (uint8_t)length};
    memcpy(frame.data, bytes, length);
    f->api->on_can(f->dut, f->now, gun, &frame);
    fake_call(f);
}

void fake_tp(struct fake *f, unsigned gun, unsigned pf, const uint8_t *bytes, unsigned length) {
    struct fake_gun *g = &f->gun[gun];
    uint8_t rts[8] = {0x10, (uint8_t)length, 0, (uint8_t)((length + 6) / 7), 0xFF,
                      0,    (uint8_t)pf,     0};
    if (g->tp_busy && f->now - g->tp_at < 800 * FAKE_MS) {
        return;
    }
    memset(g->tp_bytes, 0xFF, sizeof g->tp_bytes);
    memcpy(g->tp_bytes, bytes, length);
    g->tp_length = length;
    g->tp_pf = pf;
    g->tp_next = 1;
    g->tp_end = 0;
    g->tp_busy = true;
    g->tp_at = f->now;
    fake_frame(f, gun, 0x1CEC56F4, rts, 8);
}

static void fake_phase(struct fake *f, struct fake_gun *g, enum fake_phase phase) {
    if (g->phase == phase) {
        return;
    }
    g->phase = phase;
    g->phase_at = f->now;
    g->tp_busy = false;
    for (unsigned i = 0; i < 9; i++) {
        g->due[i] = f->now;
    }
}

/* The vehicle's reaction to what the charger sends. It sends nothing itself from here: the next
 * millisecond does. */
static void fake_vehicle_hears(struct fake *f, struct fake_gun *g,
                               const struct dut_can_frame *frame) {
    const uint8_t *d = frame->data;
    switch (fake_pf(frame)) {
    case 0x26:
        if (g->phase == FAKE_QUIET) {
            fake_phase(f, g, FAKE_A);
        }
        break;
    case 0x01:
        if (d[0] == 0x00 && g->phase != FAKE_B) {
            fake_phase(f, g, FAKE_B);
        } else if (d[0] == 0xAA && g->phase == FAKE_B) {
            fake_phase(f, g, FAKE_C);
        }
        break;
    case 0x08:
        if (g->phase == FAKE_C) {
            fake_phase(f, g, FAKE_C_READY);
        }
        break;
    case 0x0A:
        if (d[0] == 0xAA && g->phase == FAKE_C_READY) {
            fake_phase(f, g, FAKE_E);
        }
        break;
    case 0x1A:
        if (g->phase == FAKE_E || g->phase == FAKE_C_READY) {
            fake_phase(f, g, FAKE_F);
        }
        break;
    case 0x1D:
    case 0x1F:
        fake_phase(f, g, FAKE_QUIET);
        break;
    case 0xEC:
        if (d[0] == 0x11 && g->tp_busy) {
            g->tp_next = d[2];
            g->tp_end = d[2] + d[1] - 1u;
        } else {
            g->tp_busy = false;
        }
        break;
    default:
        break;
    }
}

int fake_can_send(void *ctx, unsigned net, const struct dut_can_frame *frame) {
    struct fake *f = ctx;
    ck_assert_uint_lt(f->frame_count, FAKE_FRAMES);
    f->frames[f->frame_count++] = (struct fake_frame){f->now, net, *frame};
    if (net < f->guns) {
        fake_vehicle_hears(f, &f->gun[net], frame);
    }
    return 0;
}

/* True once per period while not muted. */
static bool fake_beat(struct fake *f, struct fake_gun *g, unsigned slot, enum fake_message message,
                      int period_ms) {
    if (f->now < g->due[slot]) {
        return false;
    }
    g->due[slot] += period_ms * FAKE_MS;
    return !(g->muted & (unsigned)message);
}

static void fake_send_bcp(struct fake *f, unsigned gun) {
    int dv = f->gun[gun].bcp_battery_dv;
    uint8_t bcp[13] = {0x72,
                       0x01,
                       0xDC,
                       0x05,
                       0xFF,
                       0xFF,
                       0x70,
                       0x17,
                       0x73,
                       0x08,
                       0x03,
                       (uint8_t)dv,
                       (uint8_t)(dv >> 8)};
    fake_tp(f, gun, 0x06, bcp, 13);
}

static void fake_charge_messages(struct fake *f, unsigned gun) {
    struct fake_gun *g = &f->gun[gun];
    int raw_a = 4000 - g->bcl_da;
    uint8_t bcl[5] = {(uint8_t)g->bcl_dv, (uint8_t)(g->bcl_dv >> 8), (uint8_t)raw_a,
                      (uint8_t)(raw_a >> 8), 0x02};
    uint8_t bcs[9] = {(uint8_t)g->bcs_dv,
                      (uint8_t)(g->bcs_dv >> 8),
                      0xA0,
                      0x0F,
                      (uint8_t)g->bcs_cell,
                      (uint8_t)(0x60 | g->bcs_cell >> 8),
                      50,
                      0x3C,
                      0x00};
    uint8_t bsm[7] = {0x1E, (uint8_t)g->bsm_temperature, 0x06, 0x4E, 0x0F, g->bsm[0], g->bsm[1]};
    if (fake_beat(f, g, 5, FAKE_BCL, 50)) {
        fake_frame(f, gun, 0x181056F4, bcl, 5);
    }
    if (fake_beat(f, g, 6, FAKE_BCS, 250)) {
        fake_tp(f, gun, 0x11, bcs, 9);
    }
    if (fake_beat(f, g, 0, 0, 250)) {
        fake_frame(f, gun, 0x181356F4, bsm, 7);
    }
}

static void fake_bro(struct fake *f, unsigned gun) {
    struct fake_gun *g = &f->gun[gun];
    bool ready = f->now - g->phase_at >= g->bro_00_ms * FAKE_MS && !(g->muted & FAKE_BRO_AA);
    uint8_t bro = ready ? 0xAA : 0x00;
    if (ready) {
        g->battery_connected = true;
    }
    if (fake_beat(f, g, 3, FAKE_BRO, 250)) {
        fake_frame(f, gun, 0x100956F4, &bro, 1);
    }
}

static void fake_end_messages(struct fake *f, unsigned gun) {
    struct fake_gun *g = &f->gun[gun];
    static const uint8_t bst[4] = {0x40, 0x00, 0x00, 0xF0};
    static const uint8_t bsd[7] = {0x4D, 0x4D, 0x01, 0x4E, 0x01, 0x35, 0x36};
    if (g->phase == FAKE_F && fake_beat(f, g, 7, FAKE_BST, 10)) {
        fake_frame(f, gun, 0x101956F4, bst, 4);
    }
    if (f->now - g->phase_at < 200 * FAKE_MS) {
        return;
    }
    if (fake_beat(f, g, 8, FAKE_BSD, 250)) {
        fake_frame(f, gun, 0x181C56F4, bsd, 7);
    }
}

static void fake_vehicle(struct fake *f, unsigned gun) {
    struct fake_gun *g = &f->gun[gun];
    static const uint8_t brm[49] = {0x01, 0x01, 0x00, 0x03, 0xF0, 0x05, 0x40, 0x0E};
    uint8_t bhm[2] = {(uint8_t)g->bhm_dv, (uint8_t)(g->bhm_dv >> 8)};
    if (g->tp_busy && g->tp_next <= g->tp_end && (f->now / FAKE_MS) % 10 == 0) {
        uint8_t dt[8] = {(uint8_t)g->tp_next};
        memcpy(&dt[1], &g->tp_bytes[(g->tp_next - 1) * 7], 7);
        g->tp_next++;
        fake_frame(f, gun, 0x1CEB56F4, dt, 8);
    }
    if (g->phase < FAKE_C_READY && g->current_a < 1) {
        g->battery_connected = g->k5_welded; /* K5/K6 open without load */
    }
    if (g->phase == FAKE_A && fake_beat(f, g, 0, FAKE_BHM, 250)) {
        fake_frame(f, gun, 0x182756F4, bhm, 2);
    }
    if (g->phase == FAKE_B && fake_beat(f, g, 1, FAKE_BRM, 250)) {
        fake_tp(f, gun, 0x02, brm, 49);
    }
    if (g->phase == FAKE_C && fake_beat(f, g, 2, FAKE_BCP, 500)) {
        fake_send_bcp(f, gun);
    }
    if (g->phase == FAKE_C_READY) {
        fake_bro(f, gun);
    }
    if (g->phase == FAKE_E && g->want_stop) {
        fake_phase(f, g, FAKE_F);
        g->want_stop = false;
    }
    if (g->phase == FAKE_E) {
        fake_charge_messages(f, gun);
    }
    if (g->phase == FAKE_F) {
        fake_end_messages(f, gun);
    }
}

static double fake_toward(double from, double to, double step) {
    return to > from ? (to - from < step ? to : from + step)
                     : (from - to < step ? to : from - step);
}

/* One millisecond of contactors: 20 ms travel either way. */
static void fake_contactors(struct fake *f, unsigned gun) {
    static const enum dut_input feedback[2] = {DUT_IN_K1_FEEDBACK, DUT_IN_K2_FEEDBACK};
    struct fake_gun *g = &f->gun[gun];
    for (unsigned k = 0; k < 2; k++) {
        bool want = g->out[DUT_OUT_K1 + k] != 0;
        bool lie = g->feedback_lies && g->welded[k];
        g->k_ms[k] = want != g->contact[k] ? g->k_ms[k] + 1 : 0;
        if (g->k_ms[k] >= 20) {
            g->contact[k] = want && !g->stuck_open[k];
        }
        if (g->welded[k]) {
            g->contact[k] = true;
        }
        fake_set(f, gun, feedback[k], lie ? want : g->contact[k]);
    }
}

static void fake_circuit(struct fake *f, unsigned gun) {
    struct fake_gun *g = &f->gun[gun];
    bool joined = g->contact[0] && g->contact[1];
    bool on = g->out[DUT_OUT_MODULES_ON] != 0 && !g->modules_dead;
    double set_v = g->out[DUT_OUT_MODULE_MV] / 1000.0, set_a = g->out[DUT_OUT_MODULE_MA] / 1000.0;
    if (g->regulated_v > 0 && set_v > g->regulated_v) {
        set_v = g->regulated_v;
    }
    bool charging = joined && on && g->battery_connected && set_v > g->battery_v;
    g->current_a = fake_toward(g->current_a, charging ? set_a : 0, charging ? 1 : 50);
    if (on && set_v > g->inner_v) {
        g->inner_v = fake_toward(g->inner_v, set_v, 2);
    }
    if (g->out[DUT_OUT_DISCHARGE]) {
        g->inner_v *= 0.995;
    }
    if (g->battery_connected) {
        g->outer_v = g->battery_v;
    } else {
        g->outer_v = joined ? g->inner_v : g->outer_v * 0.99;
    }
    if (joined && g->battery_connected) {
        g->inner_v = g->battery_v;
    }
    if (g->shorted) {
        g->outer_v = 0;
        g->inner_v = joined ? 0 : g->inner_v;
    }
    g->in[DUT_IN_INNER_MV] = (int32_t)(g->inner_v * 1000);
    g->in[DUT_IN_OUTER_MV] = (int32_t)(g->outer_v * 1000);
    g->in[DUT_IN_CURRENT_MA] = (int32_t)((g->current_a + g->extra_a) * 1000);
    if (g->out[DUT_OUT_AUX]) {
        g->aux_on = f->now;
    }
    bool lasts = g->out[DUT_OUT_AUX] || f->now - g->aux_on < g->aux_lasts_ms * FAKE_MS;
    g->in[DUT_IN_AUX_MV] = lasts && !g->aux_dead ? 12000 : 0;
    for (unsigned i = 0; i < 2; i++) {
        g->in[DUT_IN_INSULATION_POS_OHM + i] = g->out[DUT_OUT_IMD] ? g->insulation_ohm[i] : -1;
    }
    fake_set(f, gun, DUT_IN_LOCK_FEEDBACK, g->lock_jammed ? 0 : g->out[DUT_OUT_LOCK]);
}

static void fake_tick(struct fake *f) {
    for (unsigned i = 0; i < f->guns; i++) {
        fake_contactors(f, i);
        fake_circuit(f, i);
        fake_vehicle(f, i);
    }
}

void fake_run(struct fake *f, int ms) {
    int64_t until = f->now + ms * FAKE_MS;
    for (;;) {
        int64_t next = f->wake < f->tick ? f->wake : f->tick;
        if (next > until) {
            break;
        }
        f->now = next;
        if (f->now >= f->wake) {
            fake_call(f);
        }
        if (f->now == f->tick) {
            f->tick += FAKE_MS;
            fake_tick(f);
        }
    }
    f->now = until;
}

struct fake *fake_new_with_lines(int (*serial_write)(void *ctx, unsigned line, const uint8_t *bytes,
                                                     size_t count)) {
    static struct dut_host host = {
        .can_send = fake_can_send, .input = fake_read, .output = fake_write, .log = fake_log};
    struct fake *f = calloc(1, sizeof *f);
    f->frames = calloc(FAKE_FRAMES, sizeof *f->frames);
    f->events = calloc(FAKE_EVENTS, sizeof *f->events);
    f->api = dut_entry();
    f->dut = calloc(1, f->api->instance_size);
    f->guns = 1;
    f->now = f->tick = 7 * FAKE_MS;
    for (unsigned i = 0; i < DUT_GUNS_MAX; i++) {
        struct fake_gun *g = &f->gun[i];
        g->in[DUT_IN_CC1_MV] = 6000;
        g->in[DUT_IN_PE_OK] = 1;
        g->in[DUT_IN_AC_MV] = 380000;
        g->in[DUT_IN_GUN_TEMP_POS_DC] = g->in[DUT_IN_GUN_TEMP_NEG_DC] = 300;
        g->battery_v = 540;
        g->bhm_dv = 6000;
        g->bcp_battery_dv = 5400;
        g->bcl_dv = 5800;
        g->bcl_da = 1000;
        g->bro_00_ms = 600;
        g->bsm[1] = 0xD0;
        g->bcs_dv = 5400;
        g->bcs_cell = 332;
        g->bsm_temperature = 80;
        g->insulation_ohm[0] = g->insulation_ohm[1] = 10000000;
    }
    host.ctx = f;
    host.serial_write = serial_write;
    ck_assert_int_eq(f->api->init(f->dut, &host, f->now), 0);
    return f;
}

struct fake *fake_new(void) {
    return fake_new_with_lines(NULL);
}

void fake_free(struct fake *f) {
    free(f->frames);
    free(f->events);
    free(f->dut);
    free(f);
}

void fake_param(struct fake *f, const char *name, int32_t value) {
    ck_assert_int_eq(f->api->set_param(f->dut, name, value), 0);
}

void fake_start_gun(struct fake *f, unsigned gun) {
    fake_set(f, gun, DUT_IN_CC1_MV, 4000);
    fake_run(f, 500);
    fake_set(f, gun, DUT_IN_START, 1);
    fake_run(f, 100);
    fake_set(f, gun, DUT_IN_START, 0);
}

void fake_start(struct fake *f) {
    fake_call(f);
    fake_start_gun(f, 0);
}

const char *fake_state(const struct fake *f, unsigned gun) {
    return f->api->state_name(f->gun[gun].out[DUT_OUT_STATE]);
}

const char *fake_alarm(const struct fake *f) {
    return f->api->fault_name(f->gun[0].out[DUT_OUT_ALARM]);
}

bool fake_until(struct fake *f, const char *state, int ms) {
    for (int i = 0; i < ms && strcmp(fake_state(f, 0), state) != 0; i++) {
        fake_run(f, 1);
    }
    return strcmp(fake_state(f, 0), state) == 0;
}

void fake_charging(struct fake *f) {
    fake_start(f);
    ck_assert_msg(fake_until(f, "charging", 15000), "stuck in %s, alarm %s", fake_state(f, 0),
                  fake_alarm(f));
    fake_run(f, 3000);
}

int64_t fake_output_at(const struct fake *f, enum dut_output channel, int32_t value, int64_t from) {
    for (unsigned i = 0; i < f->event_count; i++) {
        if (f->events[i].gun == 0 && f->events[i].channel == channel &&
            f->events[i].value == value && f->events[i].at >= from) {
            return f->events[i].at;
        }
    }
    return FAKE_NEVER;
}

const struct fake_frame *fake_sent(const struct fake *f, unsigned pf, int first, int64_t from) {
    for (unsigned i = 0; i < f->frame_count; i++) {
        const struct fake_frame *s = &f->frames[i];
        if (fake_pf(&s->frame) == pf && s->at >= from && (first < 0 || s->frame.data[0] == first)) {
            return s;
        }
    }
    return NULL;
}

unsigned fake_count(const struct fake *f, unsigned pf, int64_t from, int64_t to) {
    unsigned count = 0;
    for (unsigned i = 0; i < f->frame_count; i++) {
        if (fake_pf(&f->frames[i].frame) == pf && f->frames[i].at >= from && f->frames[i].at < to) {
            count++;
        }
    }
    return count;
}

int64_t fake_ms_between(int64_t from, int64_t to) {
    ck_assert_int_ne(to, FAKE_NEVER);
    return (to - from) / FAKE_MS;
}

void fake_setup(void) {
    pile = fake_new();
}

void fake_teardown(void) {
    fake_free(pile);
}
