/* SPDX-License-Identifier: MIT */
/* link.h: what the charger sends in each phase, and what it has received.
 *
 *   core_link_send(&link, CORE_SEND(CORE_TX_CHM));       from now on this one, and no other
 *   core_link_frame(&link, &frame);                      a frame of the vehicle's network
 *   if (core_link_seen(&link, CORE_RX_BRM)) ...          arrived since it was last forgotten
 *   core_link_forget(&link, CORE_RX_BIT(CORE_RX_BCP));   a new phase waits afresh
 *   link.first_ns[CORE_TX_CRM]                           first frame since it began to be sent
 *   core_link_run(&link, &facts);                        sends what is due
 *
 * A frame of a wrong length, of a foreign identifier or with a mandatory field FF is not received.
 * What messages say of the session (facts) is handed in by the caller. */
#ifndef CORE_LINK_H
#define CORE_LINK_H

#include "link/messages.h"
#include "link/transport.h"

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
#define CORE_RX_ALL     (CORE_RX_BIT(CORE_RX_COUNT) - 1u)

/* What CCS, CST and CSD tell of the session. */
struct core_link_facts {
    int32_t minutes;   /* of charging */
    int32_t energy_wh; /* delivered; needed while CSD is sent */
    enum core_cause cause;
};

struct core_link {
    struct core_services *services;
    struct core_transport *transport;
    unsigned sending;                /* CORE_SEND bits */
    unsigned seen;                   /* CORE_RX bits */
    int64_t due_ns[CORE_TX_COUNT];   /* next frame */
    int64_t first_ns[CORE_TX_COUNT]; /* valid once count > 0 */
    unsigned count[CORE_TX_COUNT];   /* frames since it began to be sent */
    int64_t at_ns[CORE_RX_COUNT];    /* last arrival */
    int64_t bro_first_ns;            /* first BRO since it was forgotten */
    uint8_t crm_result;              /* CORE_READY: recognised */
    uint8_t cro_ready;               /* CORE_READY: K1/K2 are closed */
    bool ccs_permitted;              /* false: CCS says that charging is paused */
    unsigned awaited;                /* what CEM complains about: bits of enum core_awaited */
    int32_t bhm_mv;                  /* highest voltage that the vehicle allows */
    uint8_t vin[17];                 /* of BRM; FF where not supplied */
    struct core_bcp bcp;
    struct core_bcl bcl;
    struct core_bcs bcs;
    struct core_bsm bsm;
};

/* At power on. */
void core_link_begin(struct core_link *link, struct core_services *services,
                     struct core_transport *transport);
void core_link_frame(struct core_link *link, const struct dut_can_frame *frame);
void core_link_run(struct core_link *link, const struct core_link_facts *facts);

/* messages: CORE_SEND bits. Those that were not sent before begin now. */
void core_link_send(struct core_link *link, unsigned messages);
static inline bool core_link_sends(const struct core_link *link, enum core_tx tx) {
    return (link->sending & CORE_SEND(tx)) != 0;
}

/* What CRM or CRO says while it is sent; with a new content it is counted afresh. */
void core_link_set_ready(struct core_link *link, enum core_tx tx, bool ready);
void core_link_permit(struct core_link *link, bool permitted);           /* CCS */
void core_link_await(struct core_link *link, enum core_awaited awaited); /* CEM complains of it */
void core_link_await_none(struct core_link *link);

/* messages: CORE_RX bits. */
void core_link_forget(struct core_link *link, unsigned messages);
static inline bool core_link_seen(const struct core_link *link, enum core_rx rx) {
    return (link->seen & CORE_RX_BIT(rx)) != 0;
}

#endif
