/* SPDX-License-Identifier: MIT */
/* charge_record.h: what the firmware leaves in the bulk area of its host (dut.h, bulk_read and
 * bulk_write): one record a charge. Part of the firmware's public interface, so that whoever has
 * the storage can read it without the firmware: `pilebench records` does.
 *
 *   record of charge n:  CHARGE_RING_OFFSET + (n % CHARGE_RING_SLOTS) * CHARGE_RECORD_BYTES
 *   charge in progress:  gun g keeps two copies at CHARGE_JOURNAL_OFFSET(g, 0) and (g, 1), written in
 *                        turn; of the valid ones that with the higher generation holds
 *
 * A copy is valid when CHARGE_U32_CRC is the CRC-32 (IEEE 802.3, as zlib's) of all bytes before it,
 * and magic and version fit. Whatever else is in a slot was never written, or its writing was cut
 * off. Numbers are little-endian. Times are seconds since 1970-01-01 00:00 of the pile's civil
 * time, CHARGE_UNKNOWN where the clock was not set. Energy is in 0.01 kWh, the meter's own step,
 * and registers roll over after 999999.99 kWh (DL/T 645-2007). Amounts are in 0.0001 yuan, prices
 * in 0.0001 yuan/kWh. An amount is energy times price, rounded half up once, per tariff and charge.
 *
 * What was delivered, but no register of the meter admits (it fell silent and did not come back, it
 * was stuck, ran backwards, contradicted voltage and current, or was exchanged), is in
 * CHARGE_U32_BEYOND by the charger's own voltage times current, and billed by the tariff
 * CHARGE_U8_TARIFF, each of energy and service rounded half up once. It is within
 * CHARGE_U64_AMOUNT, not within CHARGE_U32_ENERGY, which stays the difference of the registers.
 * CHARGE_FLAG_SILENT and CHARGE_FLAG_DOUBTED say why.
 *
 * Bytes of no field, and switches beyond CHARGE_U16_SEGMENTS, are 0: a later version may use them.
 * Version 2 added CHARGE_U32_BEYOND and flags from CHARGE_FLAG_SILENT on; in version 1 they are 0.
 *
 * The ring holds four years of fifty charges a day, 73,050 (contract's annex; ZS-A1.8.1.3 asks for
 * three years), and as many more as a storage loses that erases in blocks of up to 512 KiB. */
#ifndef CHARGE_RECORD_H
#define CHARGE_RECORD_H

#define CHARGE_RECORD_BYTES   1024u
#define CHARGE_RECORD_MAGIC   0x47524843u /* "CHRG" */
#define CHARGE_RECORD_VERSION 2u
#define CHARGE_RECORD_OLDEST  1u /* version that is still read */
#define CHARGE_UNKNOWN        0xFFFFFFFFu

#define CHARGE_JOURNAL_OFFSET(gun, copy) (((gun)*2u + (copy)) * CHARGE_RECORD_BYTES)
#define CHARGE_RING_OFFSET               4096u
#define CHARGE_RING_SLOTS                73728u
#define CHARGE_BULK_BYTES                (CHARGE_RING_OFFSET + CHARGE_RING_SLOTS * CHARGE_RECORD_BYTES)

#define CHARGE_TARIFFS      4u /* 1 sharp, 2 peak, 3 flat, 4 valley */
#define CHARGE_SEGMENTS_MAX 64u
#define CHARGE_TEXT_BYTES   20u /* zero-padded; no zero when all are used */

/* First bytes of the fields. */
#define CHARGE_U32_MAGIC         0u
#define CHARGE_U16_VERSION       4u
#define CHARGE_U8_TARIFF         6u /* that holds, or held last */
#define CHARGE_U32_SEQUENCE      8u
#define CHARGE_U32_NOT_SEQUENCE  12u /* ~sequence: finds the newest record without reading all */
#define CHARGE_U32_GENERATION    16u /* counts the copies written by this gun */
#define CHARGE_U8_STATE          20u /* enum charge_state */
#define CHARGE_U8_GUN            21u
#define CHARGE_U8_MODE           22u /* enum charge_mode */
#define CHARGE_U8_STOP           23u /* enum charge_stop */
#define CHARGE_U16_FAULT         24u /* the firmware's fault number, see dut_api.fault_name */
#define CHARGE_U16_SEGMENTS      26u
#define CHARGE_U32_START_S       28u
#define CHARGE_U32_END_S         32u /* last known instant while the charge is open */
#define CHARGE_U32_START         36u /* meter's register */
#define CHARGE_U32_END           40u
#define CHARGE_U32_TABLE         44u /* number of the tariff table it was billed by */
#define CHARGE_TEXT_CARD         48u
#define CHARGE_TEXT_VEHICLE      68u
#define CHARGE_U8_VEHICLE_KIND   88u /* enum charge_vehicle */
#define CHARGE_U8_FLAGS          89u /* CHARGE_FLAG bits */
#define CHARGE_U16_LEFT_OUT      90u /* tariff switches beyond the last segment; billed all the same */
#define CHARGE_U32_BEYOND        92u /* Wh that no register admits */
#define CHARGE_TARIFF_ROWS       96u /* four rows, tariff 1 first */
#define CHARGE_TARIFF_ROW_BYTES  28u
#define CHARGE_ROW_U32_ENERGY    0u
#define CHARGE_ROW_U32_PRICE     4u
#define CHARGE_ROW_U32_FEE       8u
#define CHARGE_ROW_U64_AMOUNT    12u /* for energy */
#define CHARGE_ROW_U64_SERVICE   20u /* service fee */
#define CHARGE_U32_ENERGY        208u
#define CHARGE_U64_AMOUNT        216u /* all of it */
#define CHARGE_S64_BALANCE       224u /* of the card before; negative: none given */
#define CHARGE_S64_BALANCE_AFTER 232u
#define CHARGE_SEGMENT_ROWS      240u /* the start, then every tariff switch */
#define CHARGE_SEGMENT_BYTES     12u
#define CHARGE_SEGMENT_U32_S     0u
#define CHARGE_SEGMENT_U32_REG   4u
#define CHARGE_SEGMENT_U8_TARIFF 8u
#define CHARGE_U64_LIMIT         1008u /* minutes, 0.01 kWh or 0.0001 yuan, by mode */
#define CHARGE_U32_CRC           1020u

enum charge_state {
    CHARGE_OPEN = 1,
    CHARGE_CLOSED = 2,
    CHARGE_RECOVERED = 3, /* closed at the next start, after a power cut */
};

/* ZS-6.5.8.4a */
enum charge_mode {
    CHARGE_AUTOMATIC = 0, /* until the vehicle is full */
    CHARGE_BY_TIME = 1,
    CHARGE_BY_ENERGY = 2,
    CHARGE_BY_AMOUNT = 3,
};

enum charge_stop {
    CHARGE_STOP_NONE = 0, /* still open */
    CHARGE_STOP_VEHICLE = 1,
    CHARGE_STOP_PERSON = 2,
    CHARGE_STOP_LIMIT = 3, /* time, energy, amount or SOC reached */
    CHARGE_STOP_FAULT = 4,
    CHARGE_STOP_LINK = 5, /* communication with the vehicle broke off */
    CHARGE_STOP_POWER = 6,
    CHARGE_STOP_TARIFF = 7, /* new tariff table: goes on in the next record */
};

enum charge_vehicle {
    CHARGE_VEHICLE_NONE = 0,
    CHARGE_VEHICLE_VIN = 1,
    CHARGE_VEHICLE_PLATE = 2, /* UTF-8 */
};

#define CHARGE_FLAG_CLOCK    1u  /* not set at some reading: flat, or the tariff that held */
#define CHARGE_FLAG_REGISTER 2u  /* a register was beyond belief: the last good one was billed */
#define CHARGE_FLAG_SILENT   4u  /* the meter did not answer at the end */
#define CHARGE_FLAG_DOUBTED  8u  /* the meter was not believed at the end */
#define CHARGE_FLAG_SET      16u /* the clock was set in between: times do not tell the duration */

/* What the card of gun g has to be written back with: record CARD_BALANCE_RECORD + g of
 * store_write, written when the charge's record is closed (ZS-6.5.8.5q). */
#define CARD_BALANCE_RECORD       16u
#define CARD_BALANCE_BYTES        36u
#define CARD_BALANCE_U32_SEQUENCE 0u
#define CARD_BALANCE_TEXT_CARD    4u
#define CARD_BALANCE_S64_BALANCE  24u
#define CARD_BALANCE_U32_CRC      32u

#endif
