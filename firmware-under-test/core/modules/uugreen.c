/* SPDX-License-Identifier: MIT */
/* UUGreenPower UR: CAN 125 kbit/s, 29 bit, most significant byte first. Id: protocol 1 (4 bits),
 * monitor (4), module (7, 0: all or a group), production day (5), low bits of the serial (9); the
 * monitor sends the last two as 0. Byte 0: group (high nibble; 0: one module) and type, byte 1:
 * command, bytes 4-7: value. */
#include "modules/module.h"

#include "services/assert.h"

#define PROTOCOL     1u
#define MONITOR      1u
#define ADDRESS_LAST 127u
#define GROUP_LAST   15u

enum { /* types */
    TYPE_SET = 0,
    TYPE_SET_ANSWER = 1,
    TYPE_READ = 2,
    TYPE_READ_ANSWER = 3,
};

enum { /* commands */
    OUTPUT_MV = 0,
    OUTPUT_MA = 1,
    SET_MV = 2,
    SET_MA = 3,
    SWITCH = 4, /* 0 on, 1 off */
    STATUS = 8,
    GROUP = 89,
    RANGE = 95, /* 1: 1000 V, 2: 500 V; taken only while off */
    RANGE_NOW = 101,
    CURRENT_MAX = 104, /* mA */
};

#define RANGE_1000V 1u
#define RANGE_500V  2u
#define MIN_MV      50000

static const struct {
    uint8_t bit;
    uint16_t flag;
} bits[] = {
    {0, CORE_MODULE_PROTECTED},  /* AC over-voltage */
    {1, CORE_MODULE_PROTECTED},  /* AC under-voltage */
    {2, CORE_MODULE_PROTECTED},  /* AC over-voltage, tripped */
    {3, CORE_MODULE_PROTECTED},  /* PFC bus over-voltage */
    {4, CORE_MODULE_PROTECTED},  /* PFC bus under-voltage */
    {5, CORE_MODULE_PROTECTED},  /* PFC unbalanced */
    {6, CORE_MODULE_PROTECTED},  /* output over-voltage */
    {7, CORE_MODULE_FAULT},      /* output over-voltage, shut down */
    {9, CORE_MODULE_FAN},        /* fan stopped */
    {11, CORE_MODULE_FAN},       /* fan driver */
    {12, CORE_MODULE_HOT},       /* ambient */
    {14, CORE_MODULE_HOT},       /* PFC */
    {15, CORE_MODULE_FAULT},     /* output relay */
    {16, CORE_MODULE_HOT},       /* DC/DC */
    {18, CORE_MODULE_FAULT},     /* PFC to DC/DC link */
    {20, CORE_MODULE_FAULT},     /* PFC */
    {21, CORE_MODULE_FAULT},     /* DC/DC */
    {25, CORE_MODULE_OFF_NOW},   /* DC/DC off */
    {28, CORE_MODULE_PROTECTED}, /* output unbalance */
    {29, CORE_MODULE_REPEATED},  /* same serial seen */
};

/* The frames of a command, one a part: type, command, value. */
struct part {
    uint8_t type, command;
    uint32_t value;
};

static bool part_of(enum core_module_command command, unsigned part, int32_t mv, int32_t ma,
                    struct part *out) {
    const struct part set[] = {{TYPE_SET, SET_MV, (uint32_t)mv}, {TYPE_SET, SET_MA, (uint32_t)ma}};
    static const struct part on[] = {{TYPE_SET, SWITCH, 0}};
    static const struct part off[] = {{TYPE_SET, SWITCH, 1}};
    static const struct part high[] = {{TYPE_SET, RANGE, RANGE_1000V}};
    static const struct part status[] = {{TYPE_READ, STATUS, 0}};
    static const struct part output[] = {{TYPE_READ, OUTPUT_MV, 0}, {TYPE_READ, OUTPUT_MA, 0}};
    static const struct part plate[] = {
        {TYPE_READ, GROUP, 0}, {TYPE_READ, RANGE_NOW, 0}, {TYPE_READ, CURRENT_MAX, 0}};
#define PARTS(table) table, sizeof table / sizeof table[0]
    const struct {
        const struct part *parts;
        unsigned count;
    } rows[] = {
        [CORE_MODULE_SET] = {PARTS(set)},           [CORE_MODULE_ON] = {PARTS(on)},
        [CORE_MODULE_OFF] = {PARTS(off)},           [CORE_MODULE_NO_WALK_IN] = {NULL, 0},
        [CORE_MODULE_HIGH_RANGE] = {PARTS(high)},   [CORE_MODULE_ASK_STATUS] = {PARTS(status)},
        [CORE_MODULE_ASK_OUTPUT] = {PARTS(output)}, [CORE_MODULE_ASK_PLATE] = {PARTS(plate)},
    };
#undef PARTS
    CORE_ASSERT(command < sizeof rows / sizeof rows[0]);
    if (part >= rows[command].count) {
        return false;
    }
    *out = rows[command].parts[part];
    return true;
}

static bool encode(enum core_module_command command, unsigned part,
                   struct core_module_target target, int32_t mv, int32_t ma,
                   struct dut_can_frame *frame) {
    struct part what;
    CORE_ASSERT(mv >= 0 && ma >= 0);
    if (!part_of(command, part, mv, ma, &what)) {
        return false;
    }
    uint32_t module = target.reach == CORE_MODULE_ONE ? target.number : 0;
    uint32_t group = target.reach == CORE_MODULE_GROUP ? target.number : 0;
    CORE_ASSERT(module <= ADDRESS_LAST && group <= GROUP_LAST);
    *frame = (struct dut_can_frame){
        .id = PROTOCOL << 25 | MONITOR << 21 | module << 14,
        .len = 8,
        .data = {(uint8_t)(group << 4 | what.type), what.command},
    };
    core_put_big32(frame->data + 4, what.value);
    return true;
}

static void take_status(uint32_t word, struct core_module_report *report) {
    report->tells |= CORE_TELLS_STATUS;
    for (unsigned i = 0; i < sizeof bits / sizeof bits[0]; i++) {
        if (word >> bits[i].bit & 1) {
            report->flags |= bits[i].flag;
        }
    }
}

static void take_value(unsigned command, uint32_t value, struct core_module_report *report) {
    switch (command) {
    case OUTPUT_MV:
        report->tells |= CORE_TELLS_VOLTAGE;
        report->mv = core_quantity(value);
        break;
    case OUTPUT_MA:
        report->tells |= CORE_TELLS_CURRENT;
        report->ma = core_quantity(value);
        break;
    case STATUS:
        take_status(value, report);
        break;
    case GROUP:
        report->tells |= CORE_TELLS_GROUP;
        report->group = value > GROUP_LAST ? UINT8_MAX : (uint8_t)value;
        break;
    case RANGE_NOW:
        report->tells |= CORE_TELLS_VOLTAGE_RANGE | CORE_TELLS_SELECTION;
        report->flags |= value == RANGE_500V ? CORE_MODULE_LOW_RANGE : 0;
        report->voltage_min_mv = MIN_MV;
        report->voltage_max_mv = value == RANGE_500V ? 500000 : 1000000;
        break;
    case CURRENT_MAX:
        report->tells |= CORE_TELLS_CURRENT_MAX;
        report->current_max_ma = core_quantity(value);
        break;
    default:
        break;
    }
}

static bool decode(const struct dut_can_frame *frame, struct core_module_report *report) {
    unsigned module = frame->id >> 14 & 127, type = frame->data[0] & 15;
    bool answer = type == TYPE_SET_ANSWER || type == TYPE_READ_ANSWER;
    if (frame->len != 8 || frame->id >> 25 != PROTOCOL || (frame->id >> 21 & 15) != MONITOR ||
        module == 0 || !answer) {
        return false;
    }
    *report = (struct core_module_report){
        .address = (uint8_t)module,
        .mark = (uint16_t)(frame->id & 0x3FFF),
    };
    if (type == TYPE_READ_ANSWER) {
        take_value(frame->data[1], core_big32(frame->data + 4), report);
    }
    return true;
}

const struct core_face *core_face_uugreen(void) {
    static const struct core_face face = {1, ADDRESS_LAST, 1, encode, decode};
    return &face;
}
