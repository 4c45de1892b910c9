/* SPDX-License-Identifier: MIT */
#include "tests/firmware/support/fake_modules.h"

#include "tests/firmware/support/fake_pile.h"

#define FRAME_NS    (FAKE_MS * 6 / 5)
#define WATCHDOG_NS (10000 * FAKE_MS)

static uint32_t get32(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static void put32(uint8_t *bytes, uint32_t value) {
    for (unsigned i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> (24 - 8 * i));
    }
}

void fake_modules_init(struct fake_modules *bus, enum fake_face face, unsigned count) {
    memset(bus, 0, sizeof *bus);
    bus->face = face;
    bus->count = count;
    bus->first_group = face == FAKE_UUGREEN;
    bus->spacing_least_ns = INT64_MAX;
    bus->off_ns = bus->last_ns = FAKE_NEVER;
    for (unsigned i = 0; i < count; i++) {
        bus->module[i] = (struct fake_module){
            .there = true,
            .address = (uint8_t)(face == FAKE_UUGREEN ? i + 1 : i),
            .group = (uint8_t)(bus->first_group + i * 2 / count),
            .serial = (uint16_t)(100 + i),
            .range = face == FAKE_UUGREEN ? 1 : 0,
            .status = face == FAKE_UUGREEN ? 0 : 0x004000, /* walk-in, as from the factory */
        };
    }
}

/* ---- answers ---- */

static void reply(struct fake_modules *bus, int64_t now_ns, const struct fake_module *module,
                  uint32_t id, const uint8_t *data) {
    if (module->silent) {
        return;
    }
    ck_assert_uint_lt(bus->answer_count, FAKE_ANSWERS);
    bus->free_ns = (bus->free_ns > now_ns ? bus->free_ns : now_ns) + FRAME_NS;
    struct fake_answer *answer = &bus->answers[bus->answer_count++];
    answer->at_ns = bus->free_ns + module->late_ms * FAKE_MS;
    answer->frame = (struct dut_can_frame){.id = id, .len = 8};
    memcpy(answer->frame.data, data, 8);
}

bool fake_modules_answer(struct fake_modules *bus, int64_t now_ns, struct dut_can_frame *frame) {
    unsigned first = bus->answer_count;
    for (unsigned i = 0; i < bus->answer_count; i++) {
        bool due = bus->answers[i].at_ns <= now_ns;
        if (due &&
            (first == bus->answer_count || bus->answers[i].at_ns < bus->answers[first].at_ns)) {
            first = i;
        }
    }
    if (first == bus->answer_count) {
        return false;
    }
    *frame = bus->answers[first].frame;
    bus->answers[first] = bus->answers[--bus->answer_count];
    return true;
}

/* ---- what a module does ---- */

static void set_values(struct fake_module *module, double v, double a) {
    if (v >= 0 && v <= 1000 && a >= 0 && a <= 60 && !module->ignores_set) {
        module->set_v = v >= 0 ? v : module->set_v;
        module->set_a = a;
    }
    module->was_set = true;
}

static void switch_to(struct fake_module *module, bool on) {
    if (on && !module->on && !module->was_set) {
        module->on_before_set++;
    }
    module->on = on || (module->on && module->ignores_off);
    module->cut = false;
    module->was_set = module->was_set && on;
}

/* The watchdog's end: the first frame makes it go on as before. */
static void hear(struct fake_module *module, int64_t now_ns) {
    if (module->cut) {
        module->cut = false;
        module->on = true;
    }
    module->heard_ns = now_ns;
}

/* ---- Infypower ---- */

static void infy_answer(struct fake_modules *bus, int64_t now_ns, struct fake_module *module,
                        const struct dut_can_frame *frame, unsigned device, unsigned command) {
    uint8_t data[8] = {0};
    uint32_t id = device << 22 | command << 16 | 0xF000 | module->address;
    if (now_ns < module->allocates_until_ns) {
        reply(bus, now_ns, module, 0x1E84F000, data);
        return;
    }
    if (command == 0x04) {
        uint32_t status = module->status | (module->on ? 0 : 0x000100);
        data[2] = module->group;
        data[3] = module->range;
        data[4] = 25;
        data[5] = (uint8_t)(status >> 16);
        data[6] = (uint8_t)(status >> 8);
        data[7] = (uint8_t)status;
    } else if (command == 0x09) {
        put32(data, (uint32_t)(module->v * 1000));
        put32(data + 4, (uint32_t)(module->a * 1000));
    } else if (command == 0x0A) {
        memcpy(data, "\x03\xE8\x00\x32\x02\x58\x07\xD0", 8);
    } else {
        memcpy(data, frame->data, 8);
        if (command == 0x1C) { /* quantised */
            put32(data, (uint32_t)(module->set_v * 1000) / 23 * 23);
        }
    }
    reply(bus, now_ns, module, id, data);
}

static void infy_carry_out(struct fake_module *module, const struct dut_can_frame *frame,
                           unsigned command) {
    if (command == 0x1A) {
        switch_to(module, frame->data[0] == 0);
    } else if (command == 0x1C) {
        set_values(module, get32(frame->data) / 1e3, get32(frame->data + 4) / 1e3);
    } else if (command == 0x13) {
        module->status = frame->data[0] == 1 ? module->status | 0x4000 : module->status & ~0x4000u;
    } else if (command == 0x0F && !module->on && frame->data[7] == 0xA1) {
        module->range = 3;
    }
}

static void infy_take(struct fake_modules *bus, int64_t now_ns, const struct dut_can_frame *frame) {
    unsigned device = frame->id >> 22 & 15, command = frame->id >> 16 & 63;
    unsigned to = frame->id >> 8 & 0xFF;
    bool all = device == 0x0A && to == 0x3F, write = command >= 0x0F;
    ck_assert_uint_eq(frame->id >> 26, 0);
    ck_assert_uint_eq(frame->id & 0xFF, 0xF0);
    for (unsigned i = 0; i < bus->count; i++) {
        struct fake_module *module = &bus->module[i];
        bool mine = all || (device == 0x0A && to == module->address) ||
                    (device == 0x0B && to == module->group);
        if (!module->there || module->deaf || !mine) {
            continue;
        }
        bool off = command == 0x1A && frame->data[0] == 1;
        if (now_ns < module->allocates_until_ns) {
            module->writes_while_allocating += write && !off;
        } else {
            hear(module, now_ns);
            infy_carry_out(module, frame, command);
        }
        if (!all) {
            infy_answer(bus, now_ns, module, frame, device, command);
        }
    }
    bus->sets += command == 0x1C;
    bool group_off = command == 0x1A && frame->data[0] == 1 && (all || device == 0x0B);
    bus->offs_to_all += group_off && all;
    bus->off_ns = group_off ? now_ns : bus->off_ns;
}

/* ---- UUGreenPower ---- */

static uint32_t uu_value(const struct fake_module *module, unsigned command) {
    switch (command) {
    case 0:
        return (uint32_t)(module->v * 1000);
    case 1:
        return (uint32_t)(module->a * 1000);
    case 8:
        return module->status | (module->on ? 0 : 1u << 25);
    case 89:
        return module->group;
    case 101:
        return module->range;
    case 104:
        return 60000;
    default:
        return 0;
    }
}

static void uu_carry_out(struct fake_module *module, unsigned command, uint32_t value) {
    if (command == 2) {
        set_values(module, value / 1e3, module->set_a);
    } else if (command == 3) {
        set_values(module, module->set_v, value / 1e3);
    } else if (command == 4) {
        switch_to(module, value == 0);
    } else if (command == 95 && !module->on) {
        module->range = (uint8_t)value;
    }
}

static void uu_take(struct fake_modules *bus, int64_t now_ns, const struct dut_can_frame *frame) {
    unsigned address = frame->id >> 14 & 127, group = frame->data[0] >> 4;
    unsigned type = frame->data[0] & 15, command = frame->data[1];
    bool all = address == 0 && group == 0;
    ck_assert_uint_eq(frame->id & 0x3FFF, 0);
    ck_assert_uint_eq(frame->id >> 21, 0x11);
    for (unsigned i = 0; i < bus->count; i++) {
        struct fake_module *module = &bus->module[i];
        bool mine = all || address == module->address || (address == 0 && group == module->group);
        if (!module->there || module->deaf || !mine) {
            continue;
        }
        hear(module, now_ns);
        if (type == 0) {
            uu_carry_out(module, command, get32(frame->data + 4));
        }
        if (!all) {
            uint8_t data[8] = {(uint8_t)(group << 4 | (type + 1)), frame->data[1]};
            put32(data + 4, type == 2 ? uu_value(module, command) : get32(frame->data + 4));
            reply(bus, now_ns, module,
                  0x02200000u | (uint32_t)module->address << 14 | 3u << 9 | module->serial, data);
        }
    }
    bool off = command == 4 && type == 0 && frame->data[7] == 1 && address == 0;
    bus->sets += type == 0 && command == 3;
    bus->offs_to_all += off && all;
    bus->off_ns = off ? now_ns : bus->off_ns;
}

void fake_modules_take(struct fake_modules *bus, int64_t now_ns,
                       const struct dut_can_frame *frame) {
    if (bus->last_ns != FAKE_NEVER && now_ns - bus->last_ns < bus->spacing_least_ns) {
        bus->spacing_least_ns = now_ns - bus->last_ns;
    }
    bus->last_ns = now_ns;
    bus->commands++;
    bus->free_ns = (bus->free_ns > now_ns ? bus->free_ns : now_ns) + FRAME_NS;
    ck_assert_uint_eq(frame->len, 8);
    if (bus->face == FAKE_UUGREEN) {
        uu_take(bus, now_ns, frame);
    } else {
        infy_take(bus, now_ns, frame);
    }
}

/* ---- output ---- */

static double toward(double from, double to, double step) {
    return to > from ? (to - from < step ? to : from + step)
                     : (from - to < step ? to : from - step);
}

/* 2 A and 5 V a millisecond; where a battery is, its voltage; a dead bus bleeds. */
void fake_modules_tick(struct fake_modules *bus, int64_t now_ns, const double *battery_v,
                       const unsigned *at) {
    for (unsigned i = 0; i < bus->count; i++) {
        struct fake_module *module = &bus->module[i];
        double battery = battery_v[at[module->group - bus->first_group]];
        if (module->on && !module->ignores_off && now_ns - module->heard_ns > WATCHDOG_NS) {
            module->on = false;
            module->cut = true;
        }
        bool flows = module->there && module->on && battery > 0 && module->set_v > battery;
        double told = module->set_a * (1 + module->share_error);
        double most = module->v > 333 ? 20000 / module->v : 60;
        module->a = toward(module->a, flows ? (told < most ? told : most) : 0, 2);
        if (!module->there) {
            module->a = 0;
        }
        double v = module->on ? module->set_v : module->v * 0.998;
        module->v = battery > 0 ? battery : toward(module->v, v, 5);
    }
}

double fake_modules_current(const struct fake_modules *bus, const unsigned *at, unsigned gun) {
    double a = 0;
    for (unsigned i = 0; i < bus->count; i++) {
        const struct fake_module *module = &bus->module[i];
        a += module->there && at[module->group - bus->first_group] == gun ? module->a : 0;
    }
    return a;
}
