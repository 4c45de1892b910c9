/* SPDX-License-Identifier: MIT */
#include "messages.h"

#include <string.h>

#define NO_NUMBER 0xFFFFu

bool id_from_vehicle(uint32_t id, uint32_t *pgn) {
    *pgn = id >> 8 & 0xFF00u;
    return (id & 0xFFu) == VEHICLE_ADDRESS && (id >> 8 & 0xFFu) == CHARGER_ADDRESS &&
           (id >> 24 & 3u) == 0;
}

static uint32_t word(const uint8_t *bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8;
}

static void put_word(uint8_t *bytes, uint32_t value) {
    bytes[0] = (uint8_t)value;
    bytes[1] = (uint8_t)(value >> 8);
}

static void put_number(uint8_t *bytes, uint32_t value) {
    put_word(bytes, value);
    put_word(bytes + 2, value >> 16);
}

/* 0.1 V; 0.1 A from -400 A on, charging downwards. */
static int32_t volts(const uint8_t *bytes) {
    return (int32_t)word(bytes) * 100;
}

static int32_t amps(const uint8_t *bytes) {
    return (4000 - (int32_t)word(bytes)) * 100;
}

static uint32_t limited(int32_t value, int32_t most) {
    return (uint32_t)(value < 0 ? 0 : value > most ? most : value);
}

static void put_volts(uint8_t *bytes, int32_t mv) {
    put_word(bytes, limited((mv + 50) / 100, 0xFAFF));
}

static void put_amps(uint8_t *bytes, int32_t ma) {
    const int32_t tenths = (ma + (ma < 0 ? -50 : 50)) / 100;
    put_word(bytes, limited(4000 - tenths, 8000));
}

bool bhm_read(const uint8_t *bytes, size_t length, int32_t *voltage_mv) {
    if (length != 2 || word(bytes) == NO_NUMBER) {
        return false;
    }
    *voltage_mv = volts(bytes);
    return true;
}

bool brm_read(const uint8_t *bytes, size_t length) {
    (void)bytes;
    return length == 41 || length == 49;
}

bool bcp_read(const uint8_t *bytes, size_t length, struct bcp *bcp) {
    if (length != 13 || word(bytes + 2) == NO_NUMBER || word(bytes + 6) == NO_NUMBER ||
        word(bytes + 11) == NO_NUMBER) {
        return false;
    }
    bcp->current_max_ma = amps(bytes + 2);
    bcp->voltage_max_mv = volts(bytes + 6);
    bcp->soc_permille = word(bytes + 9) == NO_NUMBER ? -1 : (int32_t)word(bytes + 9);
    bcp->voltage_now_mv = volts(bytes + 11);
    bcp->cell_max = (uint16_t)word(bytes);
    bcp->temperature_max = bytes[8];
    return true;
}

/* FF is "invalid": as if nothing had come. */
bool bro_read(const uint8_t *bytes, size_t length, uint8_t *value) {
    if (length != 1 || (bytes[0] != BRO_READY && bytes[0] != BRO_NOT_READY)) {
        return false;
    }
    *value = bytes[0];
    return true;
}

bool bcl_read(const uint8_t *bytes, size_t length, struct bcl *bcl) {
    if (length != 5 || word(bytes) == NO_NUMBER || word(bytes + 2) == NO_NUMBER ||
        (bytes[4] != 1 && bytes[4] != 2)) {
        return false;
    }
    bcl->voltage_mv = volts(bytes);
    bcl->current_ma = amps(bytes + 2);
    bcl->constant_voltage = bytes[4] == 1;
    return true;
}

bool bcs_read(const uint8_t *bytes, size_t length, struct bcs *bcs) {
    if (length != 9 || word(bytes) == NO_NUMBER || word(bytes + 2) == NO_NUMBER) {
        return false;
    }
    bcs->voltage_mv = volts(bytes);
    bcs->cell = word(bytes + 4) & 0xFFFu;
    return true;
}

bool bsm_read(const uint8_t *bytes, size_t length, struct bsm *bsm) {
    if (length != 7) {
        return false;
    }
    bsm->abnormal = false;
    for (unsigned bit = 0; bit < 12; bit += 2) {
        const unsigned state = word(bytes + 5) >> bit & 3u;
        const bool too_low = state == 2 && bit < 4; /* cells and SOC have a lower end too */
        bsm->abnormal = bsm->abnormal || state == 1 || too_low;
    }
    bsm->permitted = (bytes[6] >> 4 & 3u) != 0;
    bsm->temperature = bytes[1] != 0xFF ? bytes[1] : 0;
    return true;
}

void chm_write(uint8_t *bytes) {
    bytes[0] = 1; /* V1.1 */
    bytes[1] = 1;
    bytes[2] = 0;
}

void crm_write(uint8_t *bytes, bool recognised, uint32_t number) {
    bytes[0] = recognised ? 0xAA : 0x00;
    put_number(bytes + 1, number);
    memset(bytes + 5, 0xFF, 3); /* region code: optional, not supplied */
}

void cml_write(uint8_t *bytes, int32_t voltage_max_mv, int32_t voltage_min_mv,
               int32_t current_max_ma, int32_t current_min_ma) {
    put_volts(bytes, voltage_max_mv);
    put_volts(bytes + 2, voltage_min_mv);
    put_amps(bytes + 4, current_max_ma);
    put_amps(bytes + 6, current_min_ma);
}

static uint8_t bcd(int64_t value) {
    return (uint8_t)(value / 10 % 10 << 4 | value % 10);
}

/* Days since 1970-01-01 to a date; eras of 400 years from 0000-03-01. */
void cts_write(uint8_t *bytes, int64_t civil_s) {
    const int64_t day_of_era = (civil_s / 86400 + 719468) % 146097;
    const int64_t era = (civil_s / 86400 + 719468) / 146097;
    const int64_t year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int64_t day_of_year =
        day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int64_t shifted = (5 * day_of_year + 2) / 153; /* months from March */
    const int64_t month = shifted < 10 ? shifted + 3 : shifted - 9;
    const int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
    bytes[0] = bcd(civil_s % 60);
    bytes[1] = bcd(civil_s / 60 % 60);
    bytes[2] = bcd(civil_s / 3600 % 24);
    bytes[3] = bcd(day_of_year - (153 * shifted + 2) / 5 + 1);
    bytes[4] = bcd(month);
    bytes[5] = bcd(year % 100);
    bytes[6] = bcd(year / 100);
}

void cro_write(uint8_t *bytes, bool ready) {
    bytes[0] = ready ? 0xAA : 0x00;
}

void ccs_write(uint8_t *bytes, int32_t voltage_mv, int32_t current_ma, uint32_t minutes,
               bool permitted) {
    put_volts(bytes, voltage_mv);
    put_amps(bytes + 2, current_ma);
    put_word(bytes + 4, minutes > 600 ? 600 : minutes);
    bytes[6] = permitted ? 0xFD : 0xFC;
    bytes[7] = 0xFF; /* not sent by all */
}

void csd_write(uint8_t *bytes, uint32_t minutes, int32_t energy_wh, uint32_t number) {
    put_word(bytes, minutes > 600 ? 600 : minutes);
    put_word(bytes + 2, limited(energy_wh / 100, 10000));
    put_number(bytes + 4, number);
}

void cem_write(uint8_t *bytes, enum missed missed) {
    static const struct {
        uint8_t byte, bit;
    } place[] = {
        [MISSED_BRM] = {0, 0}, [MISSED_BCP] = {1, 0}, [MISSED_BRO] = {1, 2}, [MISSED_BCS] = {2, 0},
        [MISSED_BCL] = {2, 2}, [MISSED_BST] = {2, 4}, [MISSED_BSD] = {3, 0},
    };
    bytes[0] = 0xFC;
    bytes[1] = 0xF0;
    bytes[2] = 0xC0;
    bytes[3] = 0xFC;
    if (missed != MISSED_NONE) {
        bytes[place[missed].byte] |= (uint8_t)(1u << place[missed].bit);
    }
}
