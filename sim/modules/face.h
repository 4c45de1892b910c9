/* SPDX-License-Identifier: MIT */
/* face.h: a maker's protocol as a table over the module model.
 *
 *   struct module_bank bank;
 *   modules_init(&bank, &(struct modules_config){.face = &infypower_face, ...});
 *
 * A face takes every frame that is not of a module, finds the modules it is for, and answers with
 * modules_answer. It keeps nothing of its own: what lasts is in struct module. */
#ifndef SIM_MODULES_FACE_H
#define SIM_MODULES_FACE_H

#include "sim/can/can.h"

struct module_bank;
struct module;

struct module_face {
    const char *name;
    void (*received)(struct module_bank *bank, int64_t now_ns, const struct can_frame_ext *frame);
    /* What modules say to one another, which a controller has to overlook. NULL: nothing. */
    struct can_frame_ext (*chatter)(const struct module *module);
};

/* V1.13 of REG/CEG modules; commands 0x01 to 0x1F. */
extern const struct module_face infypower_face;

#endif
