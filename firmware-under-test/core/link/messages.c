/* SPDX-License-Identifier: MIT */
#include "link/messages.h"

#include "services/assert.h"

#define NOT_SUPPLIED_16  0xFFFFu
#define CURRENT_ZERO     4000 /* raw value of 0 A: offset -400 A at 0.1 A */
#define MINUTES_MAX      600  /* longer times are sent as 600 */
#define PRIORITY(id)     ((uint32_t)(id) << 26)
#define CHARGER_ID(p, f) (PRIORITY(p) | (uint32_t)(f) << 16 | CORE_SA_BMS << 8 | CORE_SA_CHARGER)

static int32_t clamp(int32_t value, int32_t low, int32_t high) {
    CORE_ASSERT(low <= high);
    return value < low ? low : value > high ? high : value;
}

static void begin(struct dut_can_frame *frame, uint32_t id, uint8_t len) {
    CORE_ASSERT(len >= 1 && len <= sizeof frame->data && id >> 29 == 0);
    frame->id = id;
    frame->len = len;
    for (unsigned i = 0; i < sizeof frame->data; i++) {
        frame->data[i] = i < len ? 0xFF : 0;
    }
}

static void put(uint8_t *at, uint32_t value, unsigned count) {
    CORE_ASSERT(count <= 4 && (count == 4 || value >> 8 * count == 0)); /* all of it has room */
    for (unsigned i = 0; i < count; i++) {
        at[i] = (uint8_t)(value >> (8 * i));
    }
}

static uint32_t get_16(const uint8_t *at) {
    return (uint32_t)at[0] | (uint32_t)at[1] << 8;
}

/* 0.1 V, rounded to nearest. */
static uint32_t voltage_raw(int32_t mv) {
    uint32_t raw = (uint32_t)((clamp(mv, 0, 6000000) + 50) / 100);
    CORE_ASSERT(raw < NOT_SUPPLIED_16);
    return raw;
}

static uint32_t current_raw(int32_t ma) {
    int32_t tenths = (clamp(ma, -400000, 400000) + 400050) / 100 - CURRENT_ZERO;
    CORE_ASSERT(tenths >= -CURRENT_ZERO && tenths <= CURRENT_ZERO);
    return (uint32_t)(CURRENT_ZERO - tenths);
}

static int32_t voltage_mv(const uint8_t *at) {
    uint32_t raw = get_16(at);
    return raw == NOT_SUPPLIED_16 ? -1 : (int32_t)raw * 100;
}

static int32_t current_ma(const uint8_t *at) {
    return (CURRENT_ZERO - (int32_t)get_16(at)) * 100;
}

void core_encode_chm(struct dut_can_frame *frame) {
    static const uint8_t version_1_1[3] = {0x01, 0x01, 0x00};
    begin(frame, CHARGER_ID(6, CORE_PF_CHM), 3);
    for (unsigned i = 0; i < 3; i++) {
        frame->data[i] = version_1_1[i];
    }
}

void core_encode_crm(struct dut_can_frame *frame, uint8_t result, uint32_t number,
                     uint32_t region) {
    CORE_ASSERT(result == CORE_NOT_READY || result == CORE_READY);
    begin(frame, CHARGER_ID(6, CORE_PF_CRM), 8);
    frame->data[0] = result;
    put(&frame->data[1], number, 4);
    put(&frame->data[5], region, 3);
}

static uint8_t bcd(unsigned value) {
    CORE_ASSERT(value <= 99);
    return (uint8_t)(value / 10 % 10 << 4 | value % 10);
}

void core_encode_cts(struct dut_can_frame *frame, const struct core_clock *clock) {
    begin(frame, CHARGER_ID(6, CORE_PF_CTS), 7);
    if (clock->year == 0) {
        return;
    }
    frame->data[0] = bcd(clock->second);
    frame->data[1] = bcd(clock->minute);
    frame->data[2] = bcd(clock->hour);
    frame->data[3] = bcd(clock->day);
    frame->data[4] = bcd(clock->month);
    frame->data[5] = bcd(clock->year % 100u);
    frame->data[6] = bcd(clock->year / 100u % 100u);
}

void core_encode_cml(struct dut_can_frame *frame, const struct core_cml *cml) {
    begin(frame, CHARGER_ID(6, CORE_PF_CML), 8);
    put(&frame->data[0], voltage_raw(cml->voltage_max_mv), 2);
    put(&frame->data[2], voltage_raw(cml->voltage_min_mv), 2);
    put(&frame->data[4], current_raw(cml->current_max_ma), 2);
    put(&frame->data[6], current_raw(cml->current_min_ma), 2);
}

void core_encode_cro(struct dut_can_frame *frame, uint8_t ready) {
    CORE_ASSERT(ready == CORE_NOT_READY || ready == CORE_READY);
    begin(frame, CHARGER_ID(4, CORE_PF_CRO), 1);
    frame->data[0] = ready;
}

void core_encode_ccs(struct dut_can_frame *frame, const struct core_ccs *ccs) {
    CORE_ASSERT(ccs->length >= 7);
    begin(frame, CHARGER_ID(6, CORE_PF_CCS), ccs->length);
    put(&frame->data[0], voltage_raw(ccs->voltage_mv), 2);
    put(&frame->data[2], current_raw(ccs->current_ma), 2);
    put(&frame->data[4], (uint32_t)clamp(ccs->minutes, 0, MINUTES_MAX), 2);
    frame->data[6] = ccs->permitted ? 0xFD : 0xFC;
}

void core_encode_cst(struct dut_can_frame *frame, enum core_cause cause, enum core_fault fault) {
    static const uint8_t byte_1[] = {
        [CORE_CAUSE_NONE] = 0x00,  [CORE_CAUSE_CONDITION] = 0x01, [CORE_CAUSE_PERSON] = 0x04,
        [CORE_CAUSE_FAULT] = 0x10, [CORE_CAUSE_BMS] = 0x40,
    };
    const struct core_fault_row *row = core_fault_row((int32_t)fault);
    CORE_ASSERT(cause <= CORE_CAUSE_BMS && (cause == CORE_CAUSE_FAULT || fault == CORE_FAULT_NONE));
    begin(frame, CHARGER_ID(4, CORE_PF_CST), 4);
    frame->data[0] = byte_1[cause];
    frame->data[1] = row->cst[0];
    frame->data[2] = (uint8_t)(0xF0u | row->cst[1]);
    frame->data[3] = (uint8_t)(0xF0u | row->cst[2]);
}

void core_encode_csd(struct dut_can_frame *frame, int32_t minutes, int32_t energy_wh,
                     uint32_t number) {
    begin(frame, CHARGER_ID(6, CORE_PF_CSD), 8);
    put(&frame->data[0], (uint32_t)clamp(minutes, 0, MINUTES_MAX), 2);
    put(&frame->data[2], (uint32_t)(clamp(energy_wh, 0, 1000000) + 50) / 100, 2);
    put(&frame->data[4], number, 4);
}

void core_encode_cem(struct dut_can_frame *frame, unsigned awaited) {
    static const uint8_t all_normal[4] = {0xFC, 0xF0, 0xC0, 0xFC};
    static const struct {
        uint8_t byte, bits;
    } place[CORE_AWAITED_COUNT] = {
        [CORE_AWAITED_BRM] = {0, 0x01}, [CORE_AWAITED_BCP] = {1, 0x01},
        [CORE_AWAITED_BRO] = {1, 0x04}, [CORE_AWAITED_BCS] = {2, 0x01},
        [CORE_AWAITED_BCL] = {2, 0x04}, [CORE_AWAITED_BST] = {2, 0x10},
        [CORE_AWAITED_BSD] = {3, 0x01},
    };
    CORE_ASSERT(awaited >> CORE_AWAITED_COUNT == 0);
    begin(frame, CHARGER_ID(2, CORE_PF_CEM), 4);
    for (unsigned i = 0; i < 4; i++) {
        frame->data[i] = all_normal[i];
    }
    for (unsigned i = 0; i < CORE_AWAITED_COUNT; i++) {
        if (awaited & 1u << i) {
            frame->data[place[i].byte] = (uint8_t)(frame->data[place[i].byte] | place[i].bits);
        }
    }
}

bool core_is_bms_message(uint8_t pf) {
    switch (pf) {
    case CORE_PF_BHM:
    case CORE_PF_BRM:
    case CORE_PF_BCP:
    case CORE_PF_BRO:
    case CORE_PF_BCL:
    case CORE_PF_BCS:
    case CORE_PF_BSM:
    case CORE_PF_BMV:
    case CORE_PF_BMT:
    case CORE_PF_BSP:
    case CORE_PF_BST:
    case CORE_PF_BSD:
    case CORE_PF_BEM:
        return true;
    default:
        return false;
    }
}

bool core_decode_bhm(const uint8_t *bytes, int32_t *voltage) {
    *voltage = voltage_mv(bytes);
    return *voltage >= 0;
}

bool core_decode_bcp(const uint8_t *bytes, struct core_bcp *bcp) {
    uint32_t cell = get_16(&bytes[0]);
    bcp->cell_max_mv = cell == NOT_SUPPLIED_16 ? -1 : (int32_t)cell * 10;
    bcp->current_max_ma = current_ma(&bytes[2]);
    bcp->voltage_max_mv = voltage_mv(&bytes[6]);
    bcp->temperature_max_c = bytes[8] == 0xFF ? INT32_MAX : bytes[8] - 50;
    bcp->battery_mv = voltage_mv(&bytes[11]);
    return bcp->voltage_max_mv >= 0 && bcp->battery_mv >= 0 && get_16(&bytes[2]) != NOT_SUPPLIED_16;
}

bool core_decode_bcl(const uint8_t *bytes, struct core_bcl *bcl) {
    bcl->voltage_mv = voltage_mv(&bytes[0]);
    bcl->current_ma = clamp(current_ma(&bytes[2]), 0, 400000);
    return bcl->voltage_mv >= 0 && get_16(&bytes[2]) != NOT_SUPPLIED_16;
}

bool core_decode_bcs(const uint8_t *bytes, struct core_bcs *bcs) {
    uint32_t cell = get_16(&bytes[4]) & 0x0FFFu;
    bcs->voltage_mv = voltage_mv(&bytes[0]);
    bcs->current_ma = current_ma(&bytes[2]);
    bcs->cell_max_mv = cell > 2400 ? -1 : (int32_t)cell * 10; /* range 0..24 V */
    bcs->soc_percent = bytes[6] > 100 ? -1 : bytes[6];
    return bcs->voltage_mv >= 0 && get_16(&bytes[2]) != NOT_SUPPLIED_16;
}

/* Two-bit states of BSM bytes 6 and 7 in order. 01 is always abnormal; 10 is "too low" for cell
 * voltage and SOC, "untrusted" for the others and then changes nothing (DP.3004). */
static const struct {
    uint8_t byte, shift;
    bool abnormal_10;
    enum core_fault fault;
} bsm_states[] = {
    {5, 0, true, CORE_FAULT_BSM_CELL},        {5, 2, true, CORE_FAULT_BSM_SOC},
    {5, 4, false, CORE_FAULT_BSM_CURRENT},    {5, 6, false, CORE_FAULT_BSM_TEMPERATURE},
    {6, 0, false, CORE_FAULT_BSM_INSULATION}, {6, 2, false, CORE_FAULT_BSM_CONNECTOR},
};

bool core_decode_bsm(const uint8_t *bytes, struct core_bsm *bsm) {
    bsm->abnormal = bsm->untrusted = CORE_FAULT_NONE;
    bsm->temperature_max_c = bytes[1] == 0xFF ? INT32_MIN : bytes[1] - 50;
    for (unsigned i = 0; i < sizeof bsm_states / sizeof bsm_states[0]; i++) {
        unsigned state = (unsigned)bytes[bsm_states[i].byte] >> bsm_states[i].shift & 3u;
        bool abnormal = state == 1 || (state == 2 && bsm_states[i].abnormal_10);
        if (abnormal && bsm->abnormal == CORE_FAULT_NONE) {
            bsm->abnormal = bsm_states[i].fault;
        }
        if (state == 2 && !abnormal && bsm->untrusted == CORE_FAULT_NONE) {
            bsm->untrusted = bsm_states[i].fault;
        }
    }
    switch ((unsigned)bytes[6] >> 4 & 3u) {
    case 0:
        bsm->permission = CORE_PERMISSION_PAUSE;
        break;
    case 1:
        bsm->permission = CORE_PERMISSION_CHARGE;
        break;
    default:
        bsm->permission = CORE_PERMISSION_KEEP;
        break;
    }
    CORE_ASSERT(bsm->abnormal < CORE_FAULT_COUNT && bsm->permission <= CORE_PERMISSION_CHARGE);
    return true;
}

static uint8_t days_in_month(unsigned year, unsigned month) {
    CORE_ASSERT(month >= 1 && month <= 12);
    static const uint8_t days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return (uint8_t)(days[(month + 11u) % 12u] + (month == 2 && leap ? 1 : 0));
}

static uint32_t days_in_year(unsigned year) {
    return days_in_month(year, 2) == 29 ? 366u : 365u;
}

struct core_clock core_clock_at(int64_t wall_s) {
    enum {
        DAY_S = 86400,
        FIRST = 1970,
        LAST = 9999
    };
    struct core_clock clock = {.year = FIRST, .month = 1};
    if (wall_s < 0) {
        return (struct core_clock){0};
    }
    int64_t days = wall_s / DAY_S;
    uint32_t seconds = (uint32_t)(wall_s % DAY_S);
    while (days >= days_in_year(clock.year) && clock.year < LAST) {
        days -= days_in_year(clock.year++);
    }
    while (days >= days_in_month(clock.year, clock.month) && clock.month < 12) {
        days -= days_in_month(clock.year, clock.month++);
    }
    CORE_ASSERT(days < 31 || clock.year == LAST);
    clock.day = (uint8_t)(days + 1);
    clock.hour = (uint8_t)(seconds / 3600u);
    clock.minute = (uint8_t)(seconds / 60u % 60u);
    clock.second = (uint8_t)(seconds % 60u);
    CORE_ASSERT(clock.hour < 24 && clock.month >= 1 && clock.month <= 12);
    return clock;
}
