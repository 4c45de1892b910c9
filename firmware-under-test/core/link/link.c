/* SPDX-License-Identifier: MIT */
#include "link/link.h"

#include "gun.h"

#define BRM_VIN  24      /* first byte of SPN 2575 */
#define RETRY_NS 1000000 /* transmit queue full: try again */

static void encode_chm(struct gun *gun, struct dut_can_frame *frame) {
    (void)gun;
    core_encode_chm(frame);
}

static void encode_crm(struct gun *gun, struct dut_can_frame *frame) {
    core_encode_crm(frame, gun->link.crm_result, (uint32_t)gun->param[CORE_P_NUMBER],
                    (uint32_t)gun->param[CORE_P_REGION]);
}

static void encode_cts(struct gun *gun, struct dut_can_frame *frame) {
    struct core_clock clock = core_clock_now(gun);
    core_encode_cts(frame, &clock);
}

static void encode_cml(struct gun *gun, struct dut_can_frame *frame) {
    struct core_cml cml = {
        .voltage_max_mv = gun->param[CORE_P_VOLTAGE_MAX],
        .voltage_min_mv = gun->param[CORE_P_VOLTAGE_MIN],
        .current_max_ma = gun->param[CORE_P_CURRENT_MAX],
        .current_min_ma = gun->param[CORE_P_CURRENT_MIN],
    };
    core_encode_cml(frame, &cml);
}

static void encode_cro(struct gun *gun, struct dut_can_frame *frame) {
    core_encode_cro(frame, gun->link.cro_ready);
}

static void encode_ccs(struct gun *gun, struct dut_can_frame *frame) {
    struct core_ccs ccs = {
        .voltage_mv = gun->in[DUT_IN_OUTER_MV],
        .current_ma = gun->in[DUT_IN_CURRENT_MA],
        .minutes = core_session_minutes(gun),
        .permitted = gun->link.ccs_permitted,
        .length = (uint8_t)gun->param[CORE_P_CCS_LENGTH],
    };
    core_encode_ccs(frame, &ccs);
}

static void encode_cst(struct gun *gun, struct dut_can_frame *frame) {
    bool fault = gun->fault != CORE_FAULT_NONE;
    core_encode_cst(frame, fault ? CORE_CAUSE_FAULT : gun->session.cause, gun->fault);
}

static void encode_csd(struct gun *gun, struct dut_can_frame *frame) {
    core_encode_csd(frame, core_session_minutes(gun), core_session_energy_wh(gun),
                    (uint32_t)gun->param[CORE_P_NUMBER]);
}

static void encode_cem(struct gun *gun, struct dut_can_frame *frame) {
    core_encode_cem(frame, gun->link.awaited);
}

static const struct {
    enum core_param period;
    void (*encode)(struct gun *gun, struct dut_can_frame *frame);
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

void core_link_restart(struct gun *gun, enum core_tx tx) {
    gun->link.due_ns[tx] = gun->now;
    gun->link.count[tx] = 0;
    gun->again = true;
}

void core_link_send(struct gun *gun, unsigned messages) {
    struct core_link *link = &gun->link;
    unsigned begun = messages & ~link->sending;
    if (gun->param[CORE_P_CTS_SEND] == 0)
        messages &= ~CORE_SEND(CORE_TX_CTS);
    link->sending = messages;
    for (unsigned i = 0; i < CORE_TX_COUNT; i++)
        if (begun & CORE_SEND(i))
            core_link_restart(gun, (enum core_tx)i);
}

static void send_one(struct gun *gun, enum core_tx tx) {
    struct core_link *link = &gun->link;
    int64_t period_ns = core_ns(gun, cyclic[tx].period);
    struct dut_can_frame frame;
    cyclic[tx].encode(gun, &frame);
    if (core_send(gun, &frame) < 0) {
        link->due_ns[tx] = gun->now + RETRY_NS;
        return;
    }
    if (link->count[tx]++ == 0) {
        link->first_ns[tx] = gun->now;
        gun->again = true; /* timeouts start with the first frame */
    }
    link->due_ns[tx] += period_ns;
    if (link->due_ns[tx] <= gun->now)
        link->due_ns[tx] = gun->now + period_ns;
}

void core_link_run(struct gun *gun) {
    struct core_link *link = &gun->link;
    for (unsigned i = 0; i < CORE_TX_COUNT && link->sending >> i != 0; i++) {
        if (!(link->sending & CORE_SEND(i)))
            continue;
        if (gun->now >= link->due_ns[i])
            send_one(gun, (enum core_tx)i);
        core_wake(gun, link->due_ns[i]);
    }
}

void core_link_forget(struct gun *gun, unsigned messages) {
    gun->link.seen &= ~messages;
}

bool core_link_seen(const struct gun *gun, enum core_rx rx) {
    return (gun->link.seen & CORE_RX_BIT(rx)) != 0;
}

static void arrived(struct gun *gun, enum core_rx rx) {
    gun->link.seen |= CORE_RX_BIT(rx);
    gun->link.at_ns[rx] = gun->now;
}

static bool take_nothing(struct gun *gun, const uint8_t *bytes) {
    (void)gun;
    (void)bytes;
    return true;
}

static bool take_bhm(struct gun *gun, const uint8_t *bytes) {
    int32_t mv;
    bool valid = core_decode_bhm(bytes, &mv);
    if (valid)
        gun->link.bhm_mv = mv;
    return valid;
}

static bool take_brm(struct gun *gun, const uint8_t *bytes) {
    for (unsigned i = 0; i < sizeof gun->link.vin; i++)
        gun->link.vin[i] = bytes[BRM_VIN + i];
    return true;
}

static bool take_bcp(struct gun *gun, const uint8_t *bytes) {
    struct core_bcp bcp;
    bool valid = core_decode_bcp(bytes, &bcp);
    if (valid)
        gun->link.bcp = bcp;
    return valid;
}

static bool bro_is_ready(const struct gun *gun, const uint8_t *bytes) {
    return bytes[0] == gun->param[CORE_P_BRO_READY];
}

/* Neither 00 nor AA is no BRO, unless the parameter lets it pass for "not ready". */
static bool take_bro(struct gun *gun, const uint8_t *bytes) {
    return bro_is_ready(gun, bytes) || bytes[0] == CORE_NOT_READY ||
           gun->param[CORE_P_BRO_OTHER] != 0;
}

static bool take_bcl(struct gun *gun, const uint8_t *bytes) {
    struct core_bcl bcl;
    bool valid = core_decode_bcl(bytes, &bcl);
    if (valid)
        gun->link.bcl = bcl;
    return valid;
}

static bool take_bcs(struct gun *gun, const uint8_t *bytes) {
    struct core_bcs bcs;
    bool valid = core_decode_bcs(bytes, &bcs);
    if (valid)
        gun->link.bcs = bcs;
    return valid;
}

static bool take_bsm(struct gun *gun, const uint8_t *bytes) {
    return core_decode_bsm(bytes, &gun->link.bsm);
}

/* BRM is printed with 41 bytes and sent with 49 (GB/T 27930-2015 table 3): both are good. BMV, BMT
 * and BSP are taken and not used. */
static const struct {
    uint8_t pf;
    uint16_t length, or_length; /* 0: any */
    enum core_rx rx;
    bool (*take)(struct gun *gun, const uint8_t *bytes);
} receivers[] = {
    {CORE_PF_BCL, 5, 5, CORE_RX_BCL, take_bcl},
    {CORE_PF_BCS, 9, 9, CORE_RX_BCS, take_bcs},
    {CORE_PF_BSM, 7, 7, CORE_RX_BSM, take_bsm},
    {CORE_PF_BHM, 2, 2, CORE_RX_BHM, take_bhm},
    {CORE_PF_BRM, 41, 49, CORE_RX_BRM, take_brm},
    {CORE_PF_BCP, 13, 13, CORE_RX_BCP, take_bcp},
    {CORE_PF_BRO, 1, 1, CORE_RX_BRO, take_bro},
    {CORE_PF_BST, 4, 4, CORE_RX_BST, take_nothing},
    {CORE_PF_BSD, 7, 7, CORE_RX_BSD, take_nothing},
    {CORE_PF_BEM, 4, 4, CORE_RX_BEM, take_nothing},
    {CORE_PF_BMV, 0, 0, CORE_RX_COUNT, take_nothing},
    {CORE_PF_BMT, 0, 0, CORE_RX_COUNT, take_nothing},
    {CORE_PF_BSP, 0, 0, CORE_RX_COUNT, take_nothing},
};

#define RECEIVERS (sizeof receivers / sizeof receivers[0])

bool core_link_knows(uint8_t pf) {
    for (unsigned i = 0; i < RECEIVERS; i++)
        if (receivers[i].pf == pf)
            return true;
    return false;
}

/* Not exact: what is longer is taken for what it begins with. Never what is shorter. */
static bool length_fits(const struct gun *gun, unsigned row, unsigned length) {
    unsigned printed = receivers[row].length, sent = receivers[row].or_length;
    if (gun->param[CORE_P_RX_LENGTH] == 0)
        return length >= printed;
    if (printed != sent) { /* BRM: a bit of the parameter for each */
        unsigned lengths = (unsigned)gun->param[CORE_P_BRM_LENGTHS];
        return (length == printed && lengths & 1u) || (length == sent && lengths & 2u);
    }
    return length == printed;
}

void core_link_receive(struct gun *gun, uint8_t pf, const uint8_t *bytes, unsigned length) {
    unsigned i = 0;
    while (i < RECEIVERS && receivers[i].pf != pf)
        i++;
    if (i == RECEIVERS || receivers[i].rx == CORE_RX_COUNT)
        return;
    if (!length_fits(gun, i, length) || !receivers[i].take(gun, bytes))
        return;
    if (pf == CORE_PF_BRO && !core_link_seen(gun, CORE_RX_BRO))
        gun->link.bro_first_ns = gun->now;
    arrived(gun, receivers[i].rx);
    if (pf == CORE_PF_BRO)
        arrived(gun, bro_is_ready(gun, bytes) ? CORE_RX_BRO_AA : CORE_RX_BRO_00);
}

void core_link_frame(struct gun *gun, const struct dut_can_frame *frame) {
    uint8_t pf = (uint8_t)(frame->id >> 16);
    uint32_t addresses = frame->id & 0xFFFFu;
    bool data_page_0 = (frame->id >> 24 & 3u) == 0;
    if (addresses != (CORE_SA_CHARGER << 8 | CORE_SA_BMS) || !data_page_0 || frame->len > 8)
        return;
    if (pf != CORE_PF_TP_CM && pf != CORE_PF_TP_DT)
        core_link_receive(gun, pf, frame->data, frame->len);
    else if (frame->len == 8)
        core_transport_frame(gun, pf, frame->data);
}
