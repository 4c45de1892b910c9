/* SPDX-License-Identifier: MIT */
/* charge_records.h: reads charge records out of a pile's bulk storage, by the layout that
 * charge_record.h documents and with a decoder of its own.
 *
 *   struct charge_records *records = charge_records_open("pile.nvs.bulk", &problem);
 *   while (charge_records_next(records, &record)) ...       by sequence, the open ones too
 *   charge_records_damaged(records)                         slots written, but not whole
 *   charge_records_cut(records)                             the file ends within a slot
 *   charge_records_close(records);
 *
 * Energy and registers in 0.01 kWh, amounts in 0.0001 yuan, times in seconds since 1970-01-01 00:00
 * of the pile's civil time; CHARGE_UNKNOWN where its clock was not set. */
#ifndef HARNESS_BILLING_CHARGE_RECORDS_H
#define HARNESS_BILLING_CHARGE_RECORDS_H

#include "firmware-under-test/include/charge_record.h"
#include "sim/text/problem.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct charge_tariff {
    uint32_t energy, price, fee;
    uint64_t amount, service;
};

struct charge_segment {
    uint32_t at_s, reg;
    unsigned tariff;
};

struct charge_record {
    uint32_t sequence, generation;
    unsigned version, state, gun, mode, stop, fault, vehicle_kind, flags, left_out;
    unsigned tariff; /* that holds, or held last: bills what is beyond the registers */
    uint32_t start_s, end_s, start, end, table, energy;
    uint32_t beyond_wh;             /* billed besides the registers' energy */
    uint64_t amount, limit;         /* all of it, with what is beyond */
    int64_t balance, balance_after; /* negative: no card */
    char card[CHARGE_TEXT_BYTES + 1], vehicle[CHARGE_TEXT_BYTES + 1];
    struct charge_tariff tariffs[CHARGE_TARIFFS];
    struct charge_segment segments[CHARGE_SEGMENTS_MAX];
    unsigned segment_count;
    bool stray; /* a byte of no field, or of a switch that is not counted, is not 0 */
};

struct charge_records;

/* NULL on a problem: cannot be read, or no record in it. charge_records_read takes the
 * file over and closes it in any case; path is for the sentence. */
struct charge_records *charge_records_open(const char *path, struct problem *problem);
struct charge_records *charge_records_read(FILE *file, const char *path, struct problem *problem);
/* False at the end, and when the file cannot be read any more: charge_records_failed tells. */
bool charge_records_next(struct charge_records *records, struct charge_record *record);
bool charge_records_failed(const struct charge_records *records);
bool charge_records_cut(const struct charge_records *records);
unsigned charge_records_damaged(const struct charge_records *records);
void charge_records_close(struct charge_records *records);

/* Amount of what is beyond the registers, with its service fee. */
uint64_t charge_record_beyond_amount(const struct charge_record *record);

/* NULL, or what contradicts itself in the record: its energies against its registers, its amounts
 * against its energies and prices, its switches against its tariffs, its balances
 * against its amount; and bytes that are room for later versions, and are not 0. */
const char *charge_record_problem(const struct charge_record *record);

/* False: the bytes are no whole record. */
bool charge_record_decode(const uint8_t *bytes, struct charge_record *record);

/* The balance that CARD_BALANCE_BYTES of storage have for the card of this record, by this record,
 * in 0.0001 yuan; INT64_MIN: they are not whole, or of another charge or card. */
int64_t charge_card_balance(const uint8_t *bytes, const struct charge_record *record);

/* One JSON object and a line end; for people, a few lines in English or Chinese. */
void charge_record_write_json(const struct charge_record *record, FILE *stream);
void charge_record_write_text(const struct charge_record *record, bool chinese, FILE *stream);

#endif
