/* SPDX-License-Identifier: MIT */
/* link.h: what the charger sends in each phase, and what it has received.
 *
 *   core_link_send(gun, CORE_SEND_CHM);                  from now on these, cyclically, and no other
 *   if (core_link_seen(gun, CORE_RX_BRM)) ...            arrived since it was last forgotten
 *   core_link_forget(gun, CORE_RX_BIT(CORE_RX_BCP));     a new phase waits afresh
 *   link->first_ns[CORE_TX_CRM]                          first frame since it began to be sent
 *
 * A frame of a wrong length, of a foreign identifier or with a mandatory field FF is not received. */
#ifndef CORE_LINK_H
#define CORE_LINK_H

#include "link/messages.h"

enum core_tx {
    CORE_TX_CHM,
    CORE_TX_CRM,
    CORE_TX_CTS,
    CORE_TX_CML,
    CORE_TX_CRO,
    CORE_TX_CCS,
    CORE_TX_CST,
    CORE_TX_CSD,
    CORE_TX_CEM,
    CORE_TX_COUNT
};

#define CORE_SEND(tx) (1u << (tx))

enum core_rx {
    CORE_RX_BHM,
    CORE_RX_BRM,
    CORE_RX_BCP,
    CORE_RX_BRO, /* 00 or AA */
    CORE_RX_BRO_AA,
    CORE_RX_BRO_00,
    CORE_RX_BCL,
    CORE_RX_BCS,
    CORE_RX_BSM,
    CORE_RX_BST,
    CORE_RX_BSD,
    CORE_RX_BEM,
    CORE_RX_COUNT
};

#define CORE_RX_BIT(rx) (1u << (rx))

struct core_link {
    unsigned sending; /* CORE_SEND bits */
    unsigned seen;    /* CORE_RX bits */
    int64_t due_ns[CORE_TX_COUNT];
    int64_t first_ns[CORE_TX_COUNT]; /* valid once count > 0 */
    unsigned count[CORE_TX_COUNT];   /* frames since it began to be sent */
    int64_t at_ns[CORE_RX_COUNT];    /* last arrival */
    int64_t bro_first_ns;            /* first BRO since it was forgotten */
    uint8_t crm_result;
    uint8_t cro_ready;
    bool ccs_permitted;
    unsigned awaited; /* what CEM says */
    int32_t bhm_mv;
    uint8_t vin[17]; /* of BRM; FF where not supplied */
    struct core_bcp bcp;
    struct core_bcl bcl;
    struct core_bcs bcs;
    struct core_bsm bsm;
};

struct gun;

void core_link_send(struct gun *gun, unsigned messages);
void core_link_restart(struct gun *gun, enum core_tx tx); /* its content changed: count afresh */
void core_link_forget(struct gun *gun, unsigned messages);
bool core_link_seen(const struct gun *gun, enum core_rx rx);
void core_link_frame(struct gun *gun, const struct dut_can_frame *frame);
void core_link_receive(struct gun *gun, uint8_t pf, const uint8_t *bytes, unsigned length);
bool core_link_knows(uint8_t pf); /* a message of the BMS, of whatever length */
void core_link_run(struct gun *gun);

#endif
