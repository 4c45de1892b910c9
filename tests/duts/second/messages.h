/* SPDX-License-Identifier: MIT */
/* messages.h: GB/T 27930-2015 on the wire, charger's side: identifiers, and bytes to and from units.
 *
 *   struct bcl bcl;
 *   if (bcl_read(frame.data, frame.len, &bcl)) ...        false: wrong length, or no number in it
 *   cml_write(bytes, 750000, 200000, 60000, 0);           bytes: 8, the length is the table's
 *
 * Voltages in mV, currents in mA, charging positive (the wire counts it negative, offset -400 A,
 * 0.1 A). Little-endian, reserved bits 1 (clauses 4.4 and 7.9). */
#ifndef SECOND_MESSAGES_H
#define SECOND_MESSAGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum pgn {
    PGN_BRM = 0x0200,
    PGN_BCP = 0x0600,
    PGN_BRO = 0x0900,
    PGN_BCL = 0x1000,
    PGN_BCS = 0x1100,
    PGN_BSM = 0x1300,
    PGN_BMV = 0x1500,
    PGN_BMT = 0x1600,
    PGN_BSP = 0x1700,
    PGN_BST = 0x1900,
    PGN_BSD = 0x1C00,
    PGN_BEM = 0x1E00,
    PGN_BHM = 0x2700,
    PGN_TP_DT = 0xEB00,
    PGN_TP_CM = 0xEC00,
};

#define CHARGER_ADDRESS 0x56u
#define VEHICLE_ADDRESS 0xF4u
#define ID_TP_CM        0x1CECF456u /* from the charger */

/* False: not from the vehicle to the charger. The priority is not looked at. */
bool id_from_vehicle(uint32_t id, uint32_t *pgn);

#define BRO_READY     0xAAu
#define BRO_NOT_READY 0x00u

struct bcp {
    int32_t current_max_ma;
    int32_t voltage_max_mv;
    int32_t voltage_now_mv;
    int32_t soc_permille;    /* -1: not supplied */
    uint16_t cell_max;       /* 0.01 V, as in BCS */
    uint8_t temperature_max; /* as in BSM */
};
struct bcs {
    int32_t voltage_mv;
    uint16_t cell; /* the highest, 0.01 V */
};
struct bcl {
    int32_t voltage_mv;
    int32_t current_ma;
    bool constant_voltage;
};
/* What the vehicle says of itself: two-bit states, 0 normal, 1 abnormal, 2 untrusted (SPN 3092 to
 * 3095) or too low (SPN 3090, 3091). */
struct bsm {
    bool abnormal;
    bool permitted;      /* SPN 3096 */
    uint8_t temperature; /* the highest, degC + 50 */
};

bool bhm_read(const uint8_t *bytes, size_t length, int32_t *voltage_mv);
bool brm_read(const uint8_t *bytes, size_t length); /* 41 bytes as printed or 49 as sent */
bool bcp_read(const uint8_t *bytes, size_t length, struct bcp *bcp);
bool bro_read(const uint8_t *bytes, size_t length, uint8_t *value);
bool bcl_read(const uint8_t *bytes, size_t length, struct bcl *bcl);
bool bcs_read(const uint8_t *bytes, size_t length, struct bcs *bcs);
bool bsm_read(const uint8_t *bytes, size_t length, struct bsm *bsm);

/* Awaited and not come (CEM, SPN 3921 to 3927). */
enum missed {
    MISSED_NONE,
    MISSED_BRM,
    MISSED_BCP,
    MISSED_BRO,
    MISSED_BCS,
    MISSED_BCL,
    MISSED_BST,
    MISSED_BSD,
};

void chm_write(uint8_t *bytes);
void crm_write(uint8_t *bytes, bool recognised, uint32_t number);
void cml_write(uint8_t *bytes, int32_t voltage_max_mv, int32_t voltage_min_mv,
               int32_t current_max_ma, int32_t current_min_ma);
/* civil_s: seconds since 1970 of the pile's civil time. */
void cts_write(uint8_t *bytes, int64_t civil_s);
void cro_write(uint8_t *bytes, bool ready);
void ccs_write(uint8_t *bytes, int32_t voltage_mv, int32_t current_ma, uint32_t minutes,
               bool permitted);
void csd_write(uint8_t *bytes, uint32_t minutes, int32_t energy_wh, uint32_t number);
void cem_write(uint8_t *bytes, enum missed missed);

#endif
