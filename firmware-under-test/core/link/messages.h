/* SPDX-License-Identifier: MIT */
/* messages.h: GB/T 27930-2015 coder and decoder, charger's side. Pure functions.
 *
 *   struct dut_can_frame frame;
 *   core_encode_cml(&frame, &(struct core_cml){950000, 200000, 250000, 0});
 *   core_send(services, &frame);
 *
 *   struct core_bcl bcl;
 *   if (core_decode_bcl(bytes, &bcl)) ...      false: a mandatory field is FF, "not supplied"
 *
 * Little-endian throughout (clause 4.4). Voltages in mV, currents in mA, positive while charging;
 * on the wire 0.1 V and 0.1 A with an offset of -400 A, a charge negative. Lengths are checked by
 * the caller. */
#ifndef CORE_MESSAGES_H
#define CORE_MESSAGES_H

#include "dut.h"
#include "services/faults.h"

#define CORE_SA_CHARGER 0x56u
#define CORE_SA_BMS     0xF4u

/* PDU format: bits 16..23 of the identifier, high byte of the PGN. */
enum core_pf {
    CORE_PF_CRM = 0x01,
    CORE_PF_BRM = 0x02,
    CORE_PF_BCP = 0x06,
    CORE_PF_CTS = 0x07,
    CORE_PF_CML = 0x08,
    CORE_PF_BRO = 0x09,
    CORE_PF_CRO = 0x0A,
    CORE_PF_BCL = 0x10,
    CORE_PF_BCS = 0x11,
    CORE_PF_CCS = 0x12,
    CORE_PF_BSM = 0x13,
    CORE_PF_BMV = 0x15,
    CORE_PF_BMT = 0x16,
    CORE_PF_BSP = 0x17,
    CORE_PF_BST = 0x19,
    CORE_PF_CST = 0x1A,
    CORE_PF_BSD = 0x1C,
    CORE_PF_CSD = 0x1D,
    CORE_PF_BEM = 0x1E,
    CORE_PF_CEM = 0x1F,
    CORE_PF_CHM = 0x26,
    CORE_PF_BHM = 0x27,
    CORE_PF_TP_DT = 0xEB,
    CORE_PF_TP_CM = 0xEC,
};

#define CORE_NOT_READY 0x00u /* CRM, BRO, CRO: not recognised, not ready */
#define CORE_READY     0xAAu

/* What CEM complains about. */
enum core_awaited {
    CORE_AWAITED_BRM,
    CORE_AWAITED_BCP,
    CORE_AWAITED_BRO,
    CORE_AWAITED_BCS,
    CORE_AWAITED_BCL,
    CORE_AWAITED_BST,
    CORE_AWAITED_BSD,
    CORE_AWAITED_COUNT
};

/* Why a charge ends; CST byte 1, SPN 3521. */
enum core_cause {
    CORE_CAUSE_NONE,
    CORE_CAUSE_CONDITION,
    CORE_CAUSE_PERSON,
    CORE_CAUSE_FAULT,
    CORE_CAUSE_BMS,
};

struct core_cml {
    int32_t voltage_max_mv;
    int32_t voltage_min_mv;
    int32_t current_max_ma;
    int32_t current_min_ma;
};

struct core_ccs {
    int32_t voltage_mv;
    int32_t current_ma;
    int32_t minutes;
    bool permitted;
    uint8_t length; /* 7 or 8 */
};

struct core_clock {
    uint16_t year; /* 0: no clock, CTS is sent as FF */
    uint8_t month, day, hour, minute, second;
};

struct core_bcp {
    int32_t cell_max_mv; /* -1: not supplied, as in every optional value here */
    int32_t current_max_ma;
    int32_t voltage_max_mv;
    int32_t temperature_max_c; /* INT32_MAX: not supplied */
    int32_t battery_mv;
};

struct core_bcl {
    int32_t voltage_mv;
    int32_t current_ma;
};

struct core_bcs {
    int32_t voltage_mv;
    int32_t current_ma;
    int32_t cell_max_mv;
    int32_t soc_percent;
};

enum core_permission {
    CORE_PERMISSION_KEEP, /* neither: a pause stays a pause, a charge a charge */
    CORE_PERMISSION_PAUSE,
    CORE_PERMISSION_CHARGE,
};

struct core_bsm {
    enum core_fault abnormal;  /* first abnormal state, or none */
    enum core_fault untrusted; /* first untrusted one, or none */
    enum core_permission permission;
    int32_t temperature_max_c; /* INT32_MIN: not supplied */
};

void core_encode_chm(struct dut_can_frame *frame);
void core_encode_crm(struct dut_can_frame *frame, uint8_t result, uint32_t number, uint32_t region);
void core_encode_cts(struct dut_can_frame *frame, const struct core_clock *clock);
void core_encode_cml(struct dut_can_frame *frame, const struct core_cml *cml);
void core_encode_cro(struct dut_can_frame *frame, uint8_t ready);
void core_encode_ccs(struct dut_can_frame *frame, const struct core_ccs *ccs);
void core_encode_cst(struct dut_can_frame *frame, enum core_cause cause, enum core_fault fault);
void core_encode_csd(struct dut_can_frame *frame, int32_t minutes, int32_t energy_wh,
                     uint32_t number);
/* awaited: bit mask of 1 << enum core_awaited. */
void core_encode_cem(struct dut_can_frame *frame, unsigned awaited);

/* PDU format of a message that a vehicle sends, of whatever length. */
bool core_is_bms_message(uint8_t pf);

bool core_decode_bhm(const uint8_t *bytes, int32_t *voltage_mv);
bool core_decode_bcp(const uint8_t *bytes, struct core_bcp *bcp);
bool core_decode_bcl(const uint8_t *bytes, struct core_bcl *bcl);
bool core_decode_bcs(const uint8_t *bytes, struct core_bcs *bcs);
bool core_decode_bsm(const uint8_t *bytes, struct core_bsm *bsm);

/* Seconds since 1970-01-01 00:00 by the calendar; negative: no clock. */
struct core_clock core_clock_at(int64_t wall_s);

#endif
