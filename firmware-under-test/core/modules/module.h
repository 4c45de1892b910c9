/* SPDX-License-Identifier: MIT */
/* module.h: what the master and the makers' protocols (faces) say to each other of a power module.
 *
 *   const struct core_face *face = core_face_infypower();
 *   for (part = 0; face->encode(CORE_MODULE_SET, part, target, mv, ma, &frame); part++) send;
 *   if (face->decode(&frame, &report)) ...          report.tells says what is in it
 *
 * Both are pure functions. A command to which a protocol needs several frames has several parts;
 * encode returns false at the first part that is not there. A frame that is no answer of a module to
 * this controller is not decoded: other monitors' traffic and the modules' own are on the same bus. */
#ifndef CORE_MODULE_H
#define CORE_MODULE_H

#include "dut.h"

#define CORE_MODULES_MAX       16 /* of a pile */
#define CORE_MODULE_GROUPS_MAX 8
#define CORE_MODULE_PARTS_MAX  4

/* What a module says of itself, in any protocol. */
enum core_module_flag {
    CORE_MODULE_OFF_NOW = 1,   /* DC side off */
    CORE_MODULE_FAULT = 2,     /* broken, as it says */
    CORE_MODULE_PROTECTED = 4, /* has switched itself off, and will come back */
    CORE_MODULE_HOT = 8,
    CORE_MODULE_REPEATED = 16, /* its address is used twice */
    CORE_MODULE_LIMITED = 32,  /* delivers less than it is told: power, temperature, input */
    CORE_MODULE_SLEEPS = 64,
    CORE_MODULE_WALKS_IN = 128, /* raises its current slowly when switched on */
    CORE_MODULE_LOW_RANGE = 256,
    CORE_MODULE_FAN = 512,
    /* With one of these it takes no share. */
    CORE_MODULE_UNFIT = CORE_MODULE_FAULT | CORE_MODULE_PROTECTED | CORE_MODULE_HOT |
                        CORE_MODULE_REPEATED | CORE_MODULE_SLEEPS,
};

enum core_module_tells {
    CORE_TELLS_STATUS = 1, /* flags */
    CORE_TELLS_GROUP = 2,
    CORE_TELLS_VOLTAGE = 4,
    CORE_TELLS_CURRENT = 8,
    CORE_TELLS_VOLTAGE_RANGE = 16,
    CORE_TELLS_CURRENT_MAX = 32,
    CORE_TELLS_POWER = 64,
    CORE_TELLS_ALLOCATING = 128, /* address allocation is under way: nothing may be written to it */
    CORE_TELLS_REFUSED = 256,    /* command unknown or data invalid: it is there, no more */
    CORE_TELLS_SELECTION = 512,  /* whether CORE_MODULE_LOW_RANGE is among the flags */
};

struct core_module_report {
    uint8_t address;
    uint16_t mark;  /* tells two modules with one address apart; 0: nothing does */
    uint16_t tells; /* enum core_module_tells, bits */
    uint16_t flags; /* enum core_module_flag, bits */
    uint8_t group;  /* as the module counts */
    int32_t mv, ma;
    int32_t voltage_min_mv, voltage_max_mv, current_max_ma, power_w;
};

enum core_module_reach {
    CORE_MODULE_ONE,
    CORE_MODULE_GROUP,
    CORE_MODULE_ALL,
};

struct core_module_target {
    enum core_module_reach reach;
    uint8_t number; /* address, or group as the module counts */
};

enum core_module_command {
    CORE_MODULE_SET, /* mv, ma: of each module that is reached */
    CORE_MODULE_ON,
    CORE_MODULE_OFF,
    CORE_MODULE_NO_WALK_IN,
    CORE_MODULE_HIGH_RANGE, /* taken only while it is off */
    CORE_MODULE_ASK_STATUS,
    CORE_MODULE_ASK_OUTPUT, /* voltage and current */
    CORE_MODULE_ASK_PLATE,  /* what it can deliver; to one module */
};

struct core_face {
    uint8_t address_first, address_last;
    uint8_t group_first; /* lowest number of a group */
    bool (*encode)(enum core_module_command command, unsigned part,
                   struct core_module_target target, int32_t mv, int32_t ma,
                   struct dut_can_frame *frame);
    bool (*decode)(const struct dut_can_frame *frame, struct core_module_report *report);
};

/* Infypower V1.13 (REG, CEG) and UUGreenPower UR. */
const struct core_face *core_face_infypower(void);
const struct core_face *core_face_uugreen(void);

static inline uint32_t core_big32(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static inline void core_put_big32(uint8_t *bytes, uint32_t value) {
    bytes[0] = (uint8_t)(value >> 24);
    bytes[1] = (uint8_t)(value >> 16);
    bytes[2] = (uint8_t)(value >> 8);
    bytes[3] = (uint8_t)value;
}

/* A quantity of a frame, bounded to what arithmetic takes: a module may say anything. */
static inline int32_t core_quantity(uint32_t value) {
    return value > 2000000 ? 2000000 : (int32_t)value;
}

#endif
