/* SPDX-License-Identifier: MIT */
/* event.h: what the messages of a charge mean for the rules.
 *
 *   enum event event = event_of(message);              CRM(00) and CRM(AA) apart
 *   if (attempt->seen & (SEEN(CST) | SEEN(BST))) ...
 *
 * An event is a message of the right length; CRM, BRO and CRO count twice, by their first byte
 * (00, AA). What BSM and CCS say are further events: only the waits know them. */
#ifndef VEHICLE_BMS_RULES_EVENT_H
#define VEHICLE_BMS_RULES_EVENT_H

#include "vehicle_bms/listen/assembler.h"

#define READY        0xAA /* second value of CRM, BRO, CRO */
#define BMS_SIDE     0
#define CHARGER_SIDE 1
#define STEP_ERROR   20 /* of CEM and BEM: behind every step of a charge */

enum event {
    /* in the order of a charge, which order.c relies on when it joins one half-way */
    EVENT_CHM,
    EVENT_BHM,
    EVENT_CRM_00,
    EVENT_BRM,
    EVENT_CRM_AA,
    EVENT_BCP,
    EVENT_CTS,
    EVENT_CML,
    EVENT_BRO_00,
    EVENT_BRO_AA,
    EVENT_CRO_00,
    EVENT_CRO_AA,
    EVENT_BCL,
    EVENT_BCS,
    EVENT_BSM,
    EVENT_BMV, /* BMV, BMT, BSP */
    EVENT_CCS,
    EVENT_CST,
    EVENT_BST,
    EVENT_BSD,
    EVENT_CSD,
    EVENT_CEM,
    EVENT_BEM,
    /* what a message says besides having come */
    EVENT_BSM_ABNORMAL,  /* a state that has to stop the charge (3090...3095) */
    EVENT_BSM_NORMAL,    /* none */
    EVENT_BSM_PAUSE,     /* 3096 = 00 */
    EVENT_BSM_PERMIT,    /* 3096 = 01 */
    EVENT_BSM_RESUME,    /* 3096 = 01 after 00 */
    EVENT_CCS_PAUSED,    /* 3929 = 00 */
    EVENT_CCS_PERMITTED, /* 3929 = 01 */
    EVENTS,
};

#define EVENT_BIT(event) (UINT32_C(1) << (event))
#define SEEN(code)       EVENT_BIT(EVENT_##code)

/* What BSM says of the charge. */
struct bsm_content {
    bool abnormal;  /* one of SPN 3090...3095 is in a state that has to stop the charge */
    bool permitted; /* SPN 3096 = 01 */
};

enum event event_of(const struct assembled *message);
/* "CRM(AA)"; of messages only. */
const char *event_name(enum event event);
/* How far its sender has come, counted within each side from 1. */
uint8_t event_step(enum event event);

/* A field by its name; NAN: not supplied, or no such field. */
double event_value(const struct assembled *message, const char *field);
/* Amperes into the battery: the opposite sign of the wire. NAN: not supplied. */
double event_ampere(const struct assembled *message, const char *field);
/* Of a BSM of the right length; states that are untrusted (10) or not supplied change nothing. */
struct bsm_content event_bsm(const struct assembled *message);

/* A fault after which the RTS of its transfer begins no period, whether or not it ends. */
bool event_stalls(const struct transfer_event *event);

#endif
