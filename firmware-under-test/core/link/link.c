/* SPDX-License-Identifier: MIT */
#include "link/link.h"

#include "services/assert.h"

#define BRM_VIN  24      /* first byte of SPN 2575 */
#define RETRY_NS 1000000 /* transmit queue full: try again */

void core_link_begin(struct core_link *link, struct core_services *services,
                     struct core_transport *transport) {
    *link = (struct core_link){.services = services, .transport = transport};
}

/* ---- what is sent ---- */

static void encode_chm(const struct core_link *link, const struct core_link_facts *facts,
                       struct dut_can_frame *frame) {
    (void)link;
    (void)facts;
    core_encode_chm(frame);
}

static void encode_crm(const struct core_link *link, const struct core_link_facts *facts,
                       struct dut_can_frame *frame) {
    CORE_ASSERT(link->crm_result == CORE_READY || link->crm_result == CORE_NOT_READY);
    (void)facts;
    core_encode_crm(frame, link->crm_result, (uint32_t)link->services->param[CORE_P_NUMBER],
                    (uint32_t)link->services->param[CORE_P_REGION]);
}

static void encode_cts(const struct core_link *link, const struct core_link_facts *facts,
                       struct dut_can_frame *frame) {
    struct core_clock clock = core_clock_at(core_wall_s(link->services));
    (void)facts;
    core_encode_cts(frame, &clock);
}

static void encode_cml(const struct core_link *link, const struct core_link_facts *facts,
                       struct dut_can_frame *frame) {
    struct core_cml cml = {
        .voltage_max_mv = link->services->param[CORE_P_VOLTAGE_MAX],
        .voltage_min_mv = link->services->param[CORE_P_VOLTAGE_MIN],
        .current_max_ma = link->services->param[CORE_P_CURRENT_MAX],
        .current_min_ma = link->services->param[CORE_P_CURRENT_MIN],
    };
    (void)facts;
    core_encode_cml(frame, &cml);
}

static void encode_cro(const struct core_link *link, const struct core_link_facts *facts,
                       struct dut_can_frame *frame) {
    (void)facts;
    core_encode_cro(frame, link->cro_ready);
}

static void encode_ccs(const struct core_link *link, const struct core_link_facts *facts,
                       struct dut_can_frame *frame) {
    struct core_ccs ccs = {
        .voltage_mv = link->services->in[DUT_IN_OUTER_MV],
        .current_ma = link->services->in[DUT_IN_CURRENT_MA],
        .minutes = facts->minutes,
        .permitted = link->ccs_permitted,
        .length = (uint8_t)link->services->param[CORE_P_CCS_LENGTH],
    };
    CORE_ASSERT(ccs.length == 7 || ccs.length == 8);
    core_encode_ccs(frame, &ccs);
}

static void encode_cst(const struct core_link *link, const struct core_link_facts *facts,
                       struct dut_can_frame *frame) {
    bool fault = link->services->fault != CORE_FAULT_NONE;
    CORE_ASSERT(fault || facts->cause != CORE_CAUSE_NONE); /* CST says why */
    core_encode_cst(frame, fault ? CORE_CAUSE_FAULT : facts->cause, link->services->fault);
}

static void encode_csd(const struct core_link *link, const struct core_link_facts *facts,
                       struct dut_can_frame *frame) {
    CORE_ASSERT(facts->minutes >= 0);
    core_encode_csd(frame, facts->minutes, facts->energy_wh,
                    (uint32_t)link->services->param[CORE_P_NUMBER]);
}

static void encode_cem(const struct core_link *link, const struct core_link_facts *facts,
                       struct dut_can_frame *frame) {
    (void)facts;
    CORE_ASSERT(link->awaited != 0); /* CEM complains about something */
    core_encode_cem(frame, link->awaited);
}

static const struct {
    enum core_param period;
    void (*encode)(const struct core_link *link, const struct core_link_facts *facts,
                   struct dut_can_frame *frame);
} cyclic[CORE_TX_COUNT] = {
    [CORE_TX_CHM] = {CORE_P_CHM_PERIOD, encode_chm},
    [CORE_TX_CRM] = {CORE_P_CRM_PERIOD, encode_crm},
    [CORE_TX_CTS] = {CORE_P_CTS_PERIOD, encode_cts},
    [CORE_TX_CML] = {CORE_P_CML_PERIOD, encode_cml},
    [CORE_TX_CRO] = {CORE_P_CRO_PERIOD, encode_cro},
    [CORE_TX_CCS] = {CORE_P_CCS_PERIOD, encode_ccs},
    [CORE_TX_CST] = {CORE_P_CST_PERIOD, encode_cst},
    [CORE_TX_CSD] = {CORE_P_CSD_PERIOD, encode_csd},
    [CORE_TX_CEM] = {CORE_P_CEM_PERIOD, encode_cem},
};

static void restart(struct core_link *link, enum core_tx tx) {
    CORE_ASSERT(tx < CORE_TX_COUNT);
    link->due_ns[tx] = link->services->now;
    link->count[tx] = 0;
    core_again(link->services);
}

void core_link_send(struct core_link *link, unsigned messages) {
    unsigned begun = messages & ~link->sending;
    if (link->services->param[CORE_P_CTS_SEND] == 0) {
        messages &= ~CORE_SEND(CORE_TX_CTS);
    }
    CORE_ASSERT(messages >> CORE_TX_COUNT == 0);
    link->sending = messages;
    for (unsigned i = 0; i < CORE_TX_COUNT; i++) {
        if (begun & CORE_SEND(i)) {
            restart(link, (enum core_tx)i);
        }
    }
}

static void send_one(struct core_link *link, const struct core_link_facts *facts, enum core_tx tx) {
    int64_t period_ns = core_ns(link->services, cyclic[tx].period);
    CORE_ASSERT(period_ns > 0 && core_link_sends(link, tx));
    struct dut_can_frame frame;
    cyclic[tx].encode(link, facts, &frame);
    if (core_send(link->services, &frame) < 0) {
        link->due_ns[tx] = link->services->now + RETRY_NS;
        return;
    }
    if (link->count[tx]++ == 0) {
        link->first_ns[tx] = link->services->now;
        core_again(link->services); /* timeouts start with the first frame */
    }
    link->due_ns[tx] += period_ns;
    if (link->due_ns[tx] <= link->services->now) {
        link->due_ns[tx] = link->services->now + period_ns;
    }
    CORE_ASSERT(link->first_ns[tx] <= link->services->now &&
                link->due_ns[tx] > link->services->now);
}

void core_link_run(struct core_link *link, const struct core_link_facts *facts) {
    bool either = (link->seen & (CORE_RX_BIT(CORE_RX_BRO_AA) | CORE_RX_BIT(CORE_RX_BRO_00))) != 0;
    CORE_ASSERT(!either || core_link_seen(link, CORE_RX_BRO));
    unsigned sending = link->sending;
    CORE_ASSERT(sending >> CORE_TX_COUNT == 0);
    for (unsigned i = 0; sending >> i != 0; i++) {
        if (!(sending & CORE_SEND(i))) {
            continue;
        }
        if (link->services->now >= link->due_ns[i]) {
            send_one(link, facts, (enum core_tx)i);
        }
        core_wake(link->services, link->due_ns[i]);
    }
}

void core_link_set_ready(struct core_link *link, enum core_tx tx, bool ready) {
    uint8_t value = ready ? CORE_READY : CORE_NOT_READY;
    uint8_t *said = tx == CORE_TX_CRM ? &link->crm_result : &link->cro_ready;
    CORE_ASSERT((tx == CORE_TX_CRM || tx == CORE_TX_CRO) && core_link_sends(link, tx));
    if (*said != value) {
        restart(link, tx);
    }
    *said = value;
}

void core_link_permit(struct core_link *link, bool permitted) {
    link->ccs_permitted = permitted;
}

void core_link_await(struct core_link *link, enum core_awaited awaited) {
    CORE_ASSERT(awaited < CORE_AWAITED_COUNT);
    link->awaited |= 1u << awaited;
}

void core_link_await_none(struct core_link *link) {
    link->awaited = 0;
}

/* ---- what has arrived ---- */

/* With BSM goes what it said: until it comes, charging is permitted. */
void core_link_forget(struct core_link *link, unsigned messages) {
    CORE_ASSERT((messages & ~CORE_RX_ALL) == 0);
    link->seen &= ~messages;
    if (messages & CORE_RX_BIT(CORE_RX_BSM)) {
        link->bsm = (struct core_bsm){.permission = CORE_PERMISSION_CHARGE};
    }
}

static void arrived(struct core_link *link, enum core_rx rx) {
    CORE_ASSERT(rx < CORE_RX_COUNT && link->at_ns[rx] <= link->services->now);
    link->seen |= CORE_RX_BIT(rx);
    link->at_ns[rx] = link->services->now;
}

static bool take_nothing(struct core_link *link, const uint8_t *bytes) {
    (void)link;
    (void)bytes;
    return true;
}

static bool take_bhm(struct core_link *link, const uint8_t *bytes) {
    int32_t mv;
    bool valid = core_decode_bhm(bytes, &mv);
    if (valid) {
        link->bhm_mv = mv;
    }
    CORE_ASSERT(!valid || link->bhm_mv >= 0);
    return valid;
}

static bool take_brm(struct core_link *link, const uint8_t *bytes) {
    for (unsigned i = 0; i < sizeof link->vin; i++) {
        link->vin[i] = bytes[BRM_VIN + i];
    }
    return true;
}

static bool take_bcp(struct core_link *link, const uint8_t *bytes) {
    struct core_bcp bcp;
    bool valid = core_decode_bcp(bytes, &bcp);
    if (valid) {
        link->bcp = bcp;
    }
    CORE_ASSERT(!valid || (link->bcp.voltage_max_mv >= 0 && link->bcp.battery_mv >= 0));
    return valid;
}

static bool bro_is_ready(const struct core_link *link, const uint8_t *bytes) {
    return bytes[0] == link->services->param[CORE_P_BRO_READY];
}

/* Neither 00 nor AA is no BRO, unless the parameter lets it pass for "not ready". */
static bool take_bro(struct core_link *link, const uint8_t *bytes) {
    return bro_is_ready(link, bytes) || bytes[0] == CORE_NOT_READY ||
           link->services->param[CORE_P_BRO_OTHER] != 0;
}

static bool take_bcl(struct core_link *link, const uint8_t *bytes) {
    struct core_bcl bcl;
    bool valid = core_decode_bcl(bytes, &bcl);
    if (valid) {
        link->bcl = bcl;
    }
    CORE_ASSERT(!valid || (link->bcl.current_ma >= 0 && link->bcl.voltage_mv >= 0));
    return valid;
}

static bool take_bcs(struct core_link *link, const uint8_t *bytes) {
    struct core_bcs bcs;
    bool valid = core_decode_bcs(bytes, &bcs);
    if (valid) {
        link->bcs = bcs;
    }
    CORE_ASSERT(!valid || link->bcs.soc_percent <= 100);
    return valid;
}

static bool take_bsm(struct core_link *link, const uint8_t *bytes) {
    return core_decode_bsm(bytes, &link->bsm);
}

/* BRM is printed with 41 bytes and sent with 49 (GB/T 27930-2015 table 3): both are good. BMV, BMT
 * and BSP are acknowledged by the transport, and not read. */
static const struct {
    uint8_t pf;
    uint8_t length, or_length;
    enum core_rx rx;
    bool (*take)(struct core_link *link, const uint8_t *bytes);
} receivers[] = {
    {CORE_PF_BCL, 5, 5, CORE_RX_BCL, take_bcl},     {CORE_PF_BCS, 9, 9, CORE_RX_BCS, take_bcs},
    {CORE_PF_BSM, 7, 7, CORE_RX_BSM, take_bsm},     {CORE_PF_BHM, 2, 2, CORE_RX_BHM, take_bhm},
    {CORE_PF_BRM, 41, 49, CORE_RX_BRM, take_brm},   {CORE_PF_BCP, 13, 13, CORE_RX_BCP, take_bcp},
    {CORE_PF_BRO, 1, 1, CORE_RX_BRO, take_bro},     {CORE_PF_BST, 4, 4, CORE_RX_BST, take_nothing},
    {CORE_PF_BSD, 7, 7, CORE_RX_BSD, take_nothing}, {CORE_PF_BEM, 4, 4, CORE_RX_BEM, take_nothing},
};

#define RECEIVERS (sizeof receivers / sizeof receivers[0])

/* Not exact: what is longer is taken for what it begins with. Never what is shorter. */
static bool length_fits(const struct core_link *link, unsigned row, unsigned length) {
    CORE_ASSERT(row < RECEIVERS);
    unsigned printed = receivers[row].length, sent = receivers[row].or_length;
    if (link->services->param[CORE_P_RX_LENGTH] == 0) {
        return length >= printed;
    }
    if (printed != sent) { /* BRM: a bit of the parameter for each */
        unsigned lengths = (unsigned)link->services->param[CORE_P_BRM_LENGTHS];
        return (length == printed && lengths & 1u) || (length == sent && lengths & 2u);
    }
    return length == printed;
}

static void receive(struct core_link *link, uint8_t pf, const uint8_t *bytes, unsigned length) {
    unsigned i = 0;
    while (i < RECEIVERS && receivers[i].pf != pf) {
        i++;
    }
    if (i == RECEIVERS || !length_fits(link, i, length)) {
        return;
    }
    CORE_ASSERT(length >= receivers[i].length && core_is_bms_message(pf));
    if (!receivers[i].take(link, bytes)) {
        return;
    }
    if (pf == CORE_PF_BRO && !core_link_seen(link, CORE_RX_BRO)) {
        link->bro_first_ns = link->services->now;
    }
    arrived(link, receivers[i].rx);
    if (pf == CORE_PF_BRO) {
        arrived(link, bro_is_ready(link, bytes) ? CORE_RX_BRO_AA : CORE_RX_BRO_00);
    }
}

void core_link_frame(struct core_link *link, const struct dut_can_frame *frame) {
    struct core_transport *tp = link->transport;
    uint8_t pf = (uint8_t)(frame->id >> 16);
    uint32_t addresses = frame->id & 0xFFFFu;
    bool data_page_0 = (frame->id >> 24 & 3u) == 0;
    if (addresses != (CORE_SA_CHARGER << 8 | CORE_SA_BMS) || !data_page_0 || frame->len > 8) {
        return;
    }
    if (pf != CORE_PF_TP_CM && pf != CORE_PF_TP_DT) {
        receive(link, pf, frame->data, frame->len);
    } else if (frame->len == 8 && core_transport_frame(tp, pf, frame->data)) {
        receive(link, tp->pf, tp->bytes, tp->length);
    }
}
