/* SPDX-License-Identifier: MIT */
#include "harness/bench/meters.h"

#include "firmware-under-test/include/dut.h"
#include "harness/bench/meters_internal.h"
#include "harness/dut/local.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define EFFICIENCY 0.955 /* T240-11.14 asks for 94 % */
#define STANDBY_W  60.0  /* controller, screen, fans: a maker's figure */
#define PHASES     3
#define SQRT_3     1.7320508075688772

/* The charger finds each meter by its number (parameters meter.dc_number_a, meter.ac_number). */
static const struct {
    const char *name, *line_name;
    unsigned dut_line;
    uint32_t bits_per_s;
    enum meter_type type;
    unsigned phases;
    double start_kwh, class_percent, frequency_hz;
    const char *address;
} kinds[METERS + 1] = {
    [METERS_DC] = {"dc", "dc-meter", DUT_LINE_DC_METER, 9600, METER_DC_VENDOR, 1, 12345.5, 0.1, 0,
                   "000000000001"},
    [METERS_AC] = {"ac", "ac-meter", DUT_LINE_AC_METER, 2400, METER_AC_WIDE, PHASES, 56789.25, 0.5,
                   50.0, "000000000101"},
    /* The second gun's: another register, so that one in place of the other shows. */
    [METERS] = {"dc", "dc-meter-b", DUT_LINE_DC_METER + 1, 9600, METER_DC_VENDOR, 1, 54321.75, 0.1,
                0, "000000000002"},
};

static unsigned kind_of(const struct meters *meters, unsigned which) {
    assert(which < METERS && (which == METERS_DC || meters->config.index == 0));
    return meters->config.index > 0 ? METERS : which;
}

/* ---- what the meters measure ---- */

static double dc_voltage_v(void *ctx, int64_t now_ns, unsigned phase) {
    (void)phase;
    return signal_at(((struct meters *)ctx)->gun_voltage, now_ns);
}

static double dc_current_a(void *ctx, int64_t now_ns, unsigned phase) {
    (void)phase;
    return signal_at(((struct meters *)ctx)->gun_current, now_ns);
}

static double dc_power_w(void *ctx, int64_t now_ns, unsigned phase) {
    return dc_voltage_v(ctx, now_ns, phase) * dc_current_a(ctx, now_ns, phase);
}

/* Forward registers do not run back when the battery charges the pile's output capacitor for a
 * moment: what came back (joules) is counted once it has been delivered again. */
static double gun_delivered_j(void *ctx, int64_t now_ns) {
    struct meters *meters = ctx;
    double net_j = gun_energy_j(meters->config.gun, now_ns);
    meters->forward_j = net_j > meters->forward_j ? net_j : meters->forward_j;
    return meters->forward_j;
}

static double standby_j(const struct meters *meters, int64_t now_ns) {
    double seconds = (double)(now_ns - meters->powered_ns) / (double)NS_PER_S;
    assert(seconds >= 0 && meters->standby_w >= 0);
    return meters->standby_j + (meters->powered ? meters->standby_w * seconds : 0.0);
}

static double ac_energy_j(void *ctx, int64_t now_ns) {
    const struct meters *meters = ctx;
    assert(meters->efficiency > 0 && meters->efficiency <= 1); /* the pile makes no energy */
    double delivered_j = gun_delivered_j(ctx, now_ns);
    delivered_j += meters->second != NULL ? gun_delivered_j(meters->second, now_ns) : 0.0;
    double drawn_j = delivered_j / meters->efficiency + standby_j(meters, now_ns);
    assert(delivered_j >= 0 && drawn_j >= delivered_j);
    return drawn_j;
}

static double ac_voltage_v(void *ctx, int64_t now_ns, unsigned phase) {
    (void)phase;
    return signal_at(((struct meters *)ctx)->ac_voltage, now_ns) / SQRT_3;
}

static double ac_power_w(void *ctx, int64_t now_ns, unsigned phase) {
    const struct meters *meters = ctx;
    double delivered_w = dc_power_w(ctx, now_ns, phase);
    delivered_w += meters->second != NULL ? dc_power_w(meters->second, now_ns, phase) : 0.0;
    return meters->powered ? (delivered_w / meters->efficiency + meters->standby_w) / PHASES : 0.0;
}

/* The power factor is taken as 1: nothing reads it. */
static double ac_current_a(void *ctx, int64_t now_ns, unsigned phase) {
    double volts = ac_voltage_v(ctx, now_ns, phase);
    return volts > 0 ? ac_power_w(ctx, now_ns, phase) / volts : 0.0;
}

static void ac_stepped(void *ctx, struct signal *signal, int64_t at_ns) {
    struct meters *meters = ctx;
    double before_j = meters->standby_j;
    meters->standby_j = standby_j(meters, at_ns);
    assert(meters->standby_j >= before_j); /* what was used is not given back */
    meters->powered_ns = at_ns;
    meters->powered = signal->value > meters->config.gun->params.ac_least_v;
}

/* ---- lines ---- */

static void charger_hears(void *ctx, int64_t now_ns, const struct serial_run *run) {
    assert(run->count > 0);
    struct meter_post *post = ctx;
    (void)now_ns;
    if (post->all->dut != NULL) {
        dut_local_serial(post->all->dut, post->dut_line, run->bytes, run->count);
    } else if (post->all->config.remote && post->echo) {
        (void)serial_send(post->line, &post->charger, run->bytes, run->count);
    }
}

static void asked(void *ctx, int64_t now_ns) {
    struct meter_post *post = ctx;
    signal_set(post->requests, now_ns, post->requests->value + 1.0);
}

static bool open_line(struct meter_post *post, unsigned which, struct problem *problem) {
    const struct meters_config *config = &post->all->config;
    unsigned kind = kind_of(post->all, which);
    char path[METERS_OPTION_SIZE - 16];
    if (!config->remote) {
        post->line = serial_bus_new(config->loop, kinds[kind].line_name, kinds[kind].bits_per_s);
        return true;
    }
    if (config->index == 0 && config->ports[which] != NULL) {
        post->line =
            serial_open(config->loop, config->ports[which], kinds[kind].bits_per_s, problem);
        return post->line != NULL;
    }
    post->line = serial_pty_new(config->loop, path, sizeof path, problem);
    if (post->line == NULL) {
        return false;
    }
    int length = snprintf(post->option, sizeof post->option, "%u=%s:%u", post->dut_line, path,
                          (unsigned)kinds[kind].bits_per_s);
    assert(length > 0 && (size_t)length < sizeof post->option);
    (void)length;
    return true;
}

static struct meter_source source_of(struct meters *meters, unsigned which) {
    return which == METERS_DC ? (struct meter_source){gun_delivered_j, dc_voltage_v, dc_current_a,
                                                      dc_power_w,      meters,       NULL}
                              : (struct meter_source){ac_energy_j, ac_voltage_v, ac_current_a,
                                                      ac_power_w,  meters,       NULL};
}

static bool begin_post(struct meters *meters, unsigned which, struct problem *problem) {
    struct meter_post *post = &meters->posts[which];
    struct simulated_params params = simulated_params_default;
    struct meter_source source = source_of(meters, which);
    unsigned kind = kind_of(meters, which);
    post->all = meters;
    post->dut_line = kinds[kind].dut_line;
    if (!open_line(post, which, problem)) {
        return false;
    }
    params.bits_per_s = kinds[kind].bits_per_s;
    params.registers.type = kinds[kind].type;
    params.registers.phases = kinds[kind].phases;
    params.registers.start_kwh = kinds[kind].start_kwh;
    params.registers.class_percent = kinds[kind].class_percent;
    params.registers.frequency_hz = kinds[kind].frequency_hz;
    params.registers.seed = kind + 1;
    params.registers.epoch_s = meters->config.clock_s;
    bool valid = meter_address_from_text(kinds[kind].address, params.registers.address);
    assert(valid); /* of our own table */
    (void)valid;
    post->simulated = simulated_new(meters->config.loop, post->line, &params, &source);
    post->start_10wh =
        registers_energy(simulated_registers(post->simulated), meters->config.loop->now_ns, 0);
    post->charger = (struct serial_station){.received = charger_hears, .ctx = post};
    serial_join(post->line, &post->charger);
    simulated_on_request(post->simulated, asked, post);
    return true;
}

bool meters_init(struct meters *meters, const struct meters_config *config,
                 struct problem *problem) {
    memset(meters, 0, sizeof *meters);
    meters->config = *config;
    meters->efficiency = EFFICIENCY;
    meters->standby_w = STANDBY_W;
    meters->powered_ns = config->loop->now_ns;
    meters->gun_voltage = signal_find(config->board, "gun.voltage");
    meters->gun_current = signal_find(config->board, "gun.current");
    meters->ac_voltage = signal_find(config->board, "ac.voltage");
    meters->ac_stepped = (struct subscription){.changed = ac_stepped, .ctx = meters};
    ac_stepped(meters, meters->ac_voltage, config->loop->now_ns);
    signal_subscribe(meters->ac_voltage, &meters->ac_stepped);
    for (unsigned i = 0; i < METERS; i++) {
        if ((i != METERS_AC || config->index == 0) && !begin_post(meters, i, problem)) {
            return false;
        }
    }
    meters_publish(meters);
    return true;
}

void meters_join(struct meters *first, struct meters *second) {
    assert(first->config.index == 0 && second->config.index > 0 && first->second == NULL);
    first->second = second;
}

void meters_connect(struct meters *meters, struct dut_local *dut) {
    meters->dut = dut;
}

int meters_write(struct meters *meters, unsigned line, const uint8_t *bytes, size_t count) {
    for (unsigned i = 0; i < METERS; i++) {
        struct meter_post *post = &meters->posts[i];
        if (post->line != NULL && post->dut_line == line) {
            return serial_send(post->line, &post->charger, bytes, count) == 0 ? (int)count
                                                                              : DUT_ERROR_FULL;
        }
    }
    return DUT_ERROR_ABSENT;
}

const char *meters_option(const struct meters *meters, enum meters_which which) {
    assert((unsigned)which < METERS);
    const char *option = meters->posts[which].option;
    return option[0] != '\0' ? option : NULL;
}

const char *meters_gone(const struct meters *meters) {
    for (unsigned i = 0; i < METERS; i++) {
        if (meters->posts[i].line != NULL && serial_gone(meters->posts[i].line)) {
            return serial_name(meters->posts[i].line);
        }
    }
    return NULL;
}

bool meters_find(const char *name, enum meters_which *which) {
    for (unsigned i = 0; i < METERS; i++) {
        if (strcmp(kinds[i].name, name) == 0) {
            *which = (enum meters_which)i;
            return true;
        }
    }
    return false;
}

struct meter_post *meters_post(struct meters *meters, enum meters_which which) {
    assert(which < METERS && meters->posts[which].simulated != NULL);
    return &meters->posts[which];
}

void meters_echo(struct meter_post *post, bool on) {
    post->echo = on;
    if (!post->all->config.remote) {
        serial_echo(post->line, on); /* a pseudo-terminal's bytes are sent back by hand */
    }
}

void meters_free(struct meters *meters) {
    for (unsigned i = 0; i < METERS; i++) {
        if (meters->posts[i].line != NULL) {
            simulated_free(meters->posts[i].simulated);
            serial_free(meters->posts[i].line);
        }
    }
}
