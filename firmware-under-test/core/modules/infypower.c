/* SPDX-License-Identifier: MIT */
/* Infypower V1.13 (REG, CEG): CAN 125 kbit/s, 29 bit, always 8 bytes, most significant byte first.
 * Id: error (3 bits), device (4), command (6), destination (8), source (8). */
#include "modules/module.h"

#include "services/assert.h"

#define CONTROLLER   0xF0u
#define BROADCAST    0x3Fu
#define ADDRESS_LAST 0x3Bu /* 60 rectifiers at most */
#define DEVICE_ONE   0x0Au
#define DEVICE_GROUP 0x0Bu

enum { /* commands */
    READ_STATUS = 0x04,
    READ_OUTPUT = 0x09, /* mV, mA */
    READ_PLATE = 0x0A,
    COMPOSITE = 0x0F,
    WALK_IN = 0x13,
    SWITCH = 0x1A, /* byte 0: 0 on, 1 off */
    SET = 0x1C,    /* mV, mA of each module */
};

enum { /* field "error" of an answer */
    ERROR_NONE = 0,
    ERROR_COMMAND = 2,
    ERROR_DATA = 3,
    ERROR_ALLOCATING = 7,
};

#define RANGE_SUB_CODE 0x1114u /* of COMPOSITE: byte 7 is A1, high */
#define RANGE_HIGH     0xA1u
#define RANGE_LOW_SET  2u /* byte 3 of the status, bits 1-0 */

struct bit {
    uint8_t byte, bit;
    uint16_t flag;
};

/* State tables 0 to 2 are bytes 7, 6, 5 of the answer. */
static const struct bit bits[] = {
    {5, 0, CORE_MODULE_LIMITED},   /* power limited */
    {5, 1, CORE_MODULE_REPEATED},  /* address repeated */
    {6, 0, CORE_MODULE_OFF_NOW},   /* DC side off */
    {6, 1, CORE_MODULE_FAULT},     /* fault */
    {6, 2, CORE_MODULE_PROTECTED}, /* protection */
    {6, 3, CORE_MODULE_FAN},       /* fan fault */
    {6, 4, CORE_MODULE_HOT},       /* over-temperature */
    {6, 5, CORE_MODULE_PROTECTED}, /* output over-voltage */
    {6, 6, CORE_MODULE_WALKS_IN},  /* walk-in enabled */
    {7, 0, CORE_MODULE_PROTECTED}, /* output short */
    {7, 2, CORE_MODULE_FAULT},     /* internal communication lost */
    {7, 4, CORE_MODULE_SLEEPS},    /* sleeping */
};

static uint32_t identifier(struct core_module_target target, unsigned command) {
    uint32_t device = target.reach == CORE_MODULE_GROUP ? DEVICE_GROUP : DEVICE_ONE;
    uint32_t to = target.reach == CORE_MODULE_ALL ? BROADCAST : target.number;
    CORE_ASSERT(to <= BROADCAST && command < 64);
    return device << 22 | (uint32_t)command << 16 | to << 8 | CONTROLLER;
}

static bool encode(enum core_module_command command, unsigned part,
                   struct core_module_target target, int32_t mv, int32_t ma,
                   struct dut_can_frame *frame) {
    static const uint8_t codes[] = {
        [CORE_MODULE_SET] = SET,
        [CORE_MODULE_ON] = SWITCH,
        [CORE_MODULE_OFF] = SWITCH,
        [CORE_MODULE_NO_WALK_IN] = WALK_IN,
        [CORE_MODULE_HIGH_RANGE] = COMPOSITE,
        [CORE_MODULE_ASK_STATUS] = READ_STATUS,
        [CORE_MODULE_ASK_OUTPUT] = READ_OUTPUT,
        [CORE_MODULE_ASK_PLATE] = READ_PLATE,
    };
    CORE_ASSERT(mv >= 0 && ma >= 0 && command < sizeof codes);
    if (part > 0) {
        return false;
    }
    *frame = (struct dut_can_frame){.id = identifier(target, codes[command]), .len = 8};
    if (command == CORE_MODULE_SET) {
        core_put_big32(frame->data, (uint32_t)mv);
        core_put_big32(frame->data + 4, (uint32_t)ma);
    } else if (command == CORE_MODULE_OFF) {
        frame->data[0] = 1;
    } else if (command == CORE_MODULE_HIGH_RANGE) {
        frame->data[0] = RANGE_SUB_CODE >> 8;
        frame->data[1] = RANGE_SUB_CODE & 0xFF;
        frame->data[7] = RANGE_HIGH;
    }
    return true;
}

static void take_status(const uint8_t *data, struct core_module_report *report) {
    report->tells |= CORE_TELLS_STATUS | CORE_TELLS_GROUP | CORE_TELLS_SELECTION;
    report->group = data[2];
    for (unsigned i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        if (data[bits[i].byte] >> bits[i].bit & 1) {
            report->flags |= bits[i].flag;
        }
    }
    if ((data[3] & 3) == RANGE_LOW_SET) {
        report->flags |= CORE_MODULE_LOW_RANGE;
    }
}

static void take_output(const uint8_t *data, struct core_module_report *report) {
    report->tells |= CORE_TELLS_VOLTAGE | CORE_TELLS_CURRENT;
    report->mv = core_quantity(core_big32(data));
    report->ma = core_quantity(core_big32(data + 4));
}

static int32_t big16(const uint8_t *data) {
    return data[0] << 8 | data[1];
}

/* 1 V, 1 V, 0.1 A, 10 W. */
static void take_plate(const uint8_t *data, struct core_module_report *report) {
    report->tells |= CORE_TELLS_VOLTAGE_RANGE | CORE_TELLS_CURRENT_MAX | CORE_TELLS_POWER;
    report->voltage_max_mv = core_quantity((uint32_t)big16(data) * 1000);
    report->voltage_min_mv = core_quantity((uint32_t)big16(data + 2) * 1000);
    report->current_max_ma = core_quantity((uint32_t)big16(data + 4) * 100);
    report->power_w = big16(data + 6) * 10;
}

static bool decode(const struct dut_can_frame *frame, struct core_module_report *report) {
    unsigned error = frame->id >> 26 & 7, device = frame->id >> 22 & 15;
    unsigned command = frame->id >> 16 & 63, to = frame->id >> 8 & 0xFF, from = frame->id & 0xFF;
    bool module = device == DEVICE_ONE || device == DEVICE_GROUP;
    if (frame->len != 8 || frame->id >> 29 != 0 || !module || to != CONTROLLER ||
        from > ADDRESS_LAST) {
        return false;
    }
    *report = (struct core_module_report){.address = (uint8_t)from};
    if (error == ERROR_ALLOCATING) {
        report->tells = CORE_TELLS_ALLOCATING;
        return true;
    }
    if (error != ERROR_NONE) {
        report->tells = CORE_TELLS_REFUSED;
        return error == ERROR_COMMAND || error == ERROR_DATA;
    }
    if (command == READ_STATUS) {
        take_status(frame->data, report);
    } else if (command == READ_OUTPUT) {
        take_output(frame->data, report);
    } else if (command == READ_PLATE) {
        take_plate(frame->data, report);
    }
    return true; /* an answer to a write is a sign of life; its values are quantised */
}

const struct core_face *core_face_infypower(void) {
    static const struct core_face face = {0, ADDRESS_LAST, 0, encode, decode};
    return &face;
}
