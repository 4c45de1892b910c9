/* SPDX-License-Identifier: MIT */
/* Infypower V1.13 (REG/CEG), as its public V1.09 of 2024-05 and open masters have it: 29-bit identifiers of
 * error 28-26, device 25-22, command 21-16, destination 15-8, source 7-0; eight bytes, highest first. */
#include "sim/modules/bank.h"
#include "sim/modules/internal.h"

#include <math.h>
#include <string.h>

#define DEVICE_ONE       0x0Au
#define DEVICE_GROUP     0x0Bu
#define ALL              0x3Fu
#define CONTROLLER_LEAST 0xF0u
#define CONTROLLER_MOST  0xF8u
#define CHATTER_ID       UINT32_C(0x0757F800)

enum error {
    GOOD = 0,
    UNKNOWN = 2,  /* command */
    INVALID = 3,  /* data */
    STARTING = 7, /* addresses are being given */
};

/* One request, as far as it has come. */
struct call {
    struct module_bank *bank;
    int64_t now_ns;
    unsigned device, destination, controller;
    const uint8_t *in;
    uint32_t members;      /* whom it is for: bits */
    struct module *module; /* who answers: one of them, of a system's command their master */
    uint8_t out[8];
};

struct command {
    uint8_t code;
    bool system; /* one answers for all */
    bool writes;
    enum error (*serve)(struct call *call);
};

/* ---- bytes ---- */

static void put(uint8_t *out, unsigned bytes, uint32_t value) {
    for (unsigned i = 0; i < bytes; i++) {
        out[i] = (uint8_t)(value >> 8 * (bytes - 1 - i));
    }
}

static uint32_t get(const uint8_t *in) {
    return (uint32_t)in[0] << 24 | (uint32_t)in[1] << 16 | (uint32_t)in[2] << 8 | in[3];
}

static void put_scaled(uint8_t *out, unsigned bytes, double value, double scale) {
    double most = bytes == 2 ? 65535.0 : 4294967295.0;
    put(out, bytes, (uint32_t)fmin(most, fmax(0.0, floor(value * scale + 0.5))));
}

static void put_float(uint8_t *out, double value) {
    float single = (float)value;
    uint32_t bits;
    memcpy(&bits, &single, sizeof bits);
    put(out, 4, bits);
}

/* A voltage is set in steps of its own; what comes back in 0x1B and 0x1C is that. 300,000 mV came back as
 * 299,977 and 200,000 as 199,985 (V1.09): both are 65531/65536 of what was asked. */
static double quantised_v(uint32_t millivolt) {
    return floor((double)millivolt * 65531.0 / 65536.0 + 0.5) * 1e-3;
}

/* ---- the system ---- */

static bool is_member(const struct call *call, unsigned slot) {
    return (call->members >> slot & 1u) != 0;
}

static double total_a(const struct call *call) {
    double sum = 0.0;
    for (unsigned i = 0; i < call->bank->config.count; i++) {
        sum += is_member(call, i) ? call->bank->modules[i].current_a : 0.0;
    }
    return sum;
}

static enum error read_system_float(struct call *call) {
    put_float(call->out, call->module->bus_v);
    put_float(call->out + 4, total_a(call));
    return GOOD;
}

static enum error read_system_integers(struct call *call) {
    put_scaled(call->out, 4, call->module->bus_v, 1e3);
    put_scaled(call->out + 4, 4, total_a(call), 1e3);
    return GOOD;
}

static enum error read_count(struct call *call) {
    unsigned count = 0;
    for (unsigned i = 0; i < call->bank->config.count; i++) {
        const struct module *m = &call->bank->modules[i];
        count += is_member(call, i) && modules_counts(call->bank, m, call->now_ns);
    }
    call->out[2] = (uint8_t)count;
    return GOOD;
}

/* The total is divided among those that can deliver. */
static enum error set_system(struct call *call) {
    struct module_bank *bank = call->bank;
    double voltage_v = quantised_v(get(call->in)), asked_a = (double)get(call->in + 4) * 1e-3;
    unsigned able = 0;
    double given_a = 0.0;
    for (unsigned i = 0; i < bank->config.count; i++) {
        able += is_member(call, i) && module_able(&bank->modules[i], call->now_ns);
    }
    for (unsigned i = 0; i < bank->config.count; i++) {
        struct module *m = &bank->modules[i];
        if (is_member(call, i) && module_able(m, call->now_ns)) {
            (void)module_set(m, voltage_v, asked_a / able, call->now_ns);
            given_a += m->set_a;
        }
    }
    put_scaled(call->out, 4, call->module->set_v, 1e3);
    put_scaled(call->out + 4, 4, given_a, 1e3);
    return GOOD;
}

/* ---- one module ---- */

static enum error read_float(struct call *call) {
    put_float(call->out, call->module->bus_v);
    put_float(call->out + 4, call->module->current_a);
    return GOOD;
}

static enum error read_integers(struct call *call) {
    put_scaled(call->out, 4, call->module->bus_v, 1e3);
    put_scaled(call->out + 4, 4, call->module->current_a, 1e3);
    return GOOD;
}

struct bit {
    uint32_t troubles; /* any of these */
    uint8_t mask;
};

static uint8_t bits_of(const struct bit *table, size_t count, uint32_t troubles) {
    uint8_t bits = 0;
    for (size_t i = 0; i < count; i++) {
        bits |= (troubles & table[i].troubles) != 0 ? table[i].mask : 0;
    }
    return bits;
}

#define BITS(table, troubles) bits_of(table, sizeof(table) / sizeof(table)[0], troubles)

#define PFC_OFF (MODULE_PHASE_LOST | MODULE_AC_UNDER | MODULE_AC_OVER)

static const struct bit state2[] = {
    {MODULE_LIMITED, 0x01},      {MODULE_ADDRESS_TWICE, 0x02},
    {MODULE_SHARES_BADLY, 0x04}, {MODULE_PHASE_LOST, 0x08},
    {MODULE_UNBALANCED, 0x10},   {MODULE_AC_UNDER, 0x20},
    {MODULE_AC_OVER, 0x40},      {PFC_OFF, 0x80},
};

static const struct bit state1[] = {
    {MODULE_SHORT | MODULE_FAN, 0x02},
    {MODULE_HOT | MODULE_OVER_VOLTAGE | MODULE_INTERRUPTED | PFC_OFF, 0x04},
    {MODULE_FAN, 0x08},
    {MODULE_HOT, 0x10},
    {MODULE_OVER_VOLTAGE, 0x20},
    {MODULE_INTERRUPTED, 0x80},
};

static const struct bit state0[] = {
    {MODULE_SHORT | MODULE_INTO_SHORT, 0x01},
    {PFC_OFF, 0x08},
};

static uint8_t range_bits(const struct module *m) {
    switch (m->range) {
    case MODULE_RANGE_AUTO:
        return 1;
    case MODULE_RANGE_LOW:
        return 2;
    case MODULE_RANGE_HIGH:
        return 3;
    default:
        return 0;
    }
}

static enum error read_status(struct call *call) {
    const struct module *m = call->module;
    call->out[2] = m->group;
    call->out[3] = range_bits(m);
    call->out[4] = (uint8_t)(int8_t)fmax(-128.0, fmin(127.0, floor(m->ambient_c + 0.5)));
    call->out[5] = BITS(state2, m->troubles);
    call->out[6] = BITS(state1, m->troubles);
    call->out[6] |= (uint8_t)((module_runs(m) ? 0 : 0x01) | (m->walk_in ? 0x40 : 0));
    call->out[7] = BITS(state0, m->troubles);
    call->out[7] |= m->asleep ? 0x10 : 0;
    return GOOD;
}

static enum error read_lines(struct call *call) {
    for (unsigned i = 0; i < 3; i++) {
        put_scaled(call->out + 2 * i, 2, call->module->line_v[i], 10);
    }
    return GOOD;
}

static enum error read_ratings(struct call *call) {
    const struct module_params *p = call->module->params;
    put_scaled(call->out, 2, p->voltage_max_v, 1);
    put_scaled(call->out + 2, 2, p->voltage_min_v, 1);
    put_scaled(call->out + 4, 2, p->current_max_a, 10);
    put_scaled(call->out + 6, 2, p->power_w, 0.1);
    return GOOD;
}

/* Seventeen characters: twelve digits, a letter, four digits. */
static enum error read_serial(struct call *call) {
    const char *serial = call->module->serial;
    uint64_t first = 0;
    uint32_t last = 0;
    for (unsigned i = 0; i < 12; i++) {
        first = first * 10 + (uint64_t)(serial[i] - '0');
    }
    for (unsigned i = 13; i < 17; i++) {
        last = last * 10 + (uint32_t)(serial[i] - '0');
    }
    call->out[0] = (uint8_t)serial[12];
    call->out[1] = (uint8_t)(first >> 32);
    put(call->out + 2, 4, (uint32_t)first);
    put(call->out + 6, 2, last);
    return GOOD;
}

static enum error read_available(struct call *call) {
    const struct modules_bus *bus = modules_bus_of(call->bank, call->module);
    put_scaled(call->out, 2, modules_bus_output_v(bus, call->now_ns), 10);
    put_scaled(call->out + 2, 2, module_available_a(call->module), 10);
    return GOOD;
}

static void echo(struct call *call) {
    memcpy(call->out, call->in, sizeof call->out);
}

/* Byte 0 is a switch. */
static bool is_switch(const struct call *call) {
    return call->in[0] <= 1;
}

static enum error set_walk_in(struct call *call) {
    echo(call);
    call->module->walk_in = is_switch(call) ? call->in[0] != 0 : call->module->walk_in;
    return is_switch(call) ? GOOD : INVALID;
}

static enum error set_blink(struct call *call) {
    echo(call);
    call->module->blinks = is_switch(call) ? call->in[0] != 0 : call->module->blinks;
    return is_switch(call) ? GOOD : INVALID;
}

static enum error set_group(struct call *call) {
    echo(call);
    if (call->in[0] >= ALL) {
        return INVALID;
    }
    module_regroup(call->module, call->in[0], call->now_ns);
    return GOOD;
}

static enum error set_sleep(struct call *call) {
    echo(call);
    if (!is_switch(call)) {
        return INVALID;
    }
    module_sleep(call->module, call->in[0] == 1, call->now_ns);
    return GOOD;
}

static enum error set_on(struct call *call) {
    echo(call);
    if (!is_switch(call)) {
        return INVALID;
    }
    module_switch(call->module, call->in[0] == 0, call->now_ns);
    return GOOD;
}

static enum error set_module(struct call *call) {
    struct module *m = call->module;
    double voltage_v = quantised_v(get(call->in)), current_a = (double)get(call->in + 4) * 1e-3;
    bool good = module_set(m, voltage_v, current_a, call->now_ns);
    put_scaled(call->out, 4, m->faults.deaf ? voltage_v : m->set_v, 1e3);
    put_scaled(call->out + 4, 4, m->faults.deaf ? current_a : m->set_a, 1e3);
    return good ? GOOD : INVALID;
}

static enum error set_addressing(struct call *call) {
    struct module *m = call->module;
    echo(call);
    if (!is_switch(call)) {
        return INVALID;
    }
    m->by_dial = call->in[0] == 1;
    m->address = m->by_dial ? m->dial : m->address;
    return GOOD;
}

/* ---- 0x0F: bytes 0 and 1 say what, byte 2 asks, byte 7 is the value ---- */

#define TEMPERATURES 0x1301u /* of a liquid-cooled module: inlet, outlet, air */

static enum error exchange(struct call *call, uint8_t *value) {
    bool asks = call->in[2] == 1;
    if (!asks && (call->in[7] < 0xA0 || call->in[7] > 0xA2)) {
        return INVALID;
    }
    *value = asks ? *value : call->in[7];
    call->out[7] = *value;
    return GOOD;
}

static enum error exchange_range(struct call *call) {
    struct module *m = call->module;
    uint8_t range = m->range;
    enum error error = exchange(call, &range);
    bool good = error == GOOD && (range == m->range || module_set_range(m, range, call->now_ns));
    call->out[7] = m->range;
    return good ? GOOD : INVALID;
}

static enum error composite(struct call *call) {
    struct module *m = call->module;
    echo(call);
    switch ((unsigned)call->in[0] << 8 | call->in[1]) {
    case 0x1111:
        return exchange(call, &m->mode);
    case 0x1113:
        return exchange(call, &m->noise);
    case 0x1114:
        return exchange_range(call);
    case TEMPERATURES:
        call->out[5] = call->out[7] = (uint8_t)(int8_t)m->ambient_c;
        call->out[6] = (uint8_t)(int8_t)fmin(127.0, m->inside_c);
        return call->in[2] == 1 ? GOOD : INVALID;
    default:
        return INVALID;
    }
}

/* ---- the table ---- */

static const struct command commands[] = {
    {0x01, true, false, read_system_float}, {0x02, true, false, read_count},
    {0x03, false, false, read_float},       {0x04, false, false, read_status},
    {0x06, false, false, read_lines},       {0x08, true, false, read_system_integers},
    {0x09, false, false, read_integers},    {0x0A, false, false, read_ratings},
    {0x0B, false, false, read_serial},      {0x0C, false, false, read_available},
    {0x0F, false, true, composite},         {0x13, false, true, set_walk_in},
    {0x14, false, true, set_blink},         {0x16, false, true, set_group},
    {0x19, false, true, set_sleep},         {0x1A, false, true, set_on},
    {0x1B, true, true, set_system},         {0x1C, false, true, set_module},
    {0x1F, false, true, set_addressing},
};

static const struct command *command_of(unsigned code) {
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++) {
        if (commands[i].code == code) {
            return &commands[i];
        }
    }
    return NULL;
}

/* ---- whom it is for, who answers ---- */

static uint32_t members_of(const struct call *call) {
    uint32_t members = 0;
    for (unsigned i = 0; i < call->bank->config.count; i++) {
        const struct module *m = &call->bank->modules[i];
        unsigned own = call->device == DEVICE_GROUP ? m->group : m->address;
        bool meant = call->destination == ALL || call->destination == own;
        members |= meant ? UINT32_C(1) << i : 0;
    }
    return members;
}

/* Of those that have an address: the lowest, also while the others have not yet missed it. */
static struct module *master_of(const struct call *call) {
    struct module *master = NULL;
    for (unsigned i = 0; i < call->bank->config.count; i++) {
        struct module *m = &call->bank->modules[i];
        if (is_member(call, i) && modules_counts(call->bank, m, call->now_ns) &&
            (master == NULL || m->address < master->address)) {
            master = m;
        }
    }
    return master;
}

static void answer(struct call *call, unsigned code, enum error error, unsigned source) {
    struct can_frame_ext frame = {.id = (uint32_t)error << 26 | call->device << 22 | code << 16 |
                                        call->controller << 8 |
                                        ((source + call->module->faults.wrong_by) & 0xFFu),
                                  .extended = true,
                                  .len = 8};
    if (error != STARTING && error != UNKNOWN) {
        memcpy(frame.data, call->out, sizeof frame.data);
    }
    modules_answer(call->bank, call->module, call->now_ns, &frame);
}

/* What one module is asked about the system, it says of all of it. */
static uint32_t everybody(const struct call *call) {
    return (uint32_t)((UINT64_C(1) << call->bank->config.count) - 1);
}

/* One for all: it is the master that serves and answers, with the number that was asked for. */
static void serve_system(struct call *call, const struct command *command) {
    struct module *master = master_of(call);
    if (master == NULL || !module_online(master)) {
        return;
    }
    bool single = call->device == DEVICE_ONE && call->destination != ALL;
    call->module = master;
    call->members = single && !command->writes ? everybody(call) : call->members;
    enum error error = command->serve(call);
    answer(call, command->code, error, call->destination);
}

/* Each for itself. To all of them nobody answers (V1.09), and there is nothing to be read then. */
static void serve_each(struct call *call, unsigned code, const struct command *command) {
    bool silent = call->destination == ALL;
    for (unsigned i = 0; i < call->bank->config.count; i++) {
        struct module *m = &call->bank->modules[i];
        if (!is_member(call, i) || !module_online(m)) {
            continue;
        }
        call->module = m;
        memset(call->out, 0, sizeof call->out);
        enum error error = command == NULL ? UNKNOWN : STARTING;
        if (!module_allocating(m, call->now_ns)) {
            error = command == NULL ? UNKNOWN : command->serve(call);
        } else if (command != NULL && command->writes) {
            modules_refuse(call->bank, call->now_ns);
        }
        if (!silent) {
            answer(call, code, error, m->address);
        }
    }
}

/* All groups at once is for the system's commands and for on and off alone (V1.09). */
static bool is_allowed(const struct call *call, unsigned code, const struct command *command) {
    return call->device != DEVICE_GROUP || call->destination != ALL || code == 0x1A ||
           (command != NULL && command->system);
}

static bool someone_starts(const struct call *call) {
    for (unsigned i = 0; i < call->bank->config.count; i++) {
        const struct module *m = &call->bank->modules[i];
        if (is_member(call, i) && module_online(m) && !module_allocating(m, call->now_ns)) {
            return false;
        }
    }
    return true;
}

static void received(struct module_bank *bank, int64_t now_ns, const struct can_frame_ext *frame) {
    struct call call = {.bank = bank,
                        .now_ns = now_ns,
                        .device = frame->id >> 22 & 0xFu,
                        .destination = frame->id >> 8 & 0xFFu,
                        .controller = frame->id & 0xFFu,
                        .in = frame->data};
    unsigned code = frame->id >> 16 & 0x3Fu;
    const struct command *command = command_of(code);
    if (!frame->extended || frame->len != 8 || frame->id >> 26 != 0 ||
        call.controller < CONTROLLER_LEAST || call.controller > CONTROLLER_MOST ||
        call.destination > ALL || (call.device != DEVICE_ONE && call.device != DEVICE_GROUP)) {
        return;
    }
    modules_commanded(bank, now_ns);
    call.members = members_of(&call);
    if (!modules_heard(bank, call.members, now_ns) || !is_allowed(&call, code, command)) {
        return;
    }
    modules_measure(bank, now_ns);
    bool single = call.device == DEVICE_ONE && call.destination != ALL;
    if (command != NULL && command->system && !(single && someone_starts(&call))) {
        if (command->writes && someone_starts(&call)) {
            modules_refuse(bank, now_ns);
        }
        serve_system(&call, command);
    } else {
        serve_each(&call, code, command);
    }
    if (command != NULL && command->writes) {
        modules_refresh(bank, now_ns);
    }
}

static struct can_frame_ext chatter(const struct module *module) {
    return (struct can_frame_ext){
        .id = CHATTER_ID | module->address, .extended = true, .len = 8, .data = {module->group}};
}

const struct module_face infypower_face = {
    .name = "infypower", .received = received, .chatter = chatter};
