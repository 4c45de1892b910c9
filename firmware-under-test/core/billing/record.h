/* SPDX-License-Identifier: MIT */
/* record.h: a charge record in memory, and its bytes (layout: charge_record.h).
 *
 *   core_record_encode(&record, bytes);
 *   if (!core_record_decode(bytes, &record)) ...      never written, or its writing was cut off
 *
 *   if (core_record_head(bytes, &head)) ...           the same, only to see what it is
 *
 * What was decoded can be billed on: billing is whole but for jump_max, which is no fact of the
 * charge. Pure functions. */
#ifndef CORE_RECORD_H
#define CORE_RECORD_H

#include "billing/billing.h"

struct core_record_segment {
    uint32_t at_s, reg;
    uint8_t tariff;
};

struct core_record {
    uint32_t sequence, generation;
    uint8_t state, gun, stop, vehicle_kind, flags;
    uint16_t fault, segment_count, left_out;
    uint32_t start_s, end_s, table;
    char card[CHARGE_TEXT_BYTES], vehicle[CHARGE_TEXT_BYTES];
    int64_t balance; /* before; negative: no card */
    struct core_record_segment segments[CHARGE_SEGMENTS_MAX];
    struct core_billing billing;
};

struct core_record_head {
    uint32_t sequence, generation;
    uint8_t state, gun, stop;
};

void core_record_encode(const struct core_record *record, uint8_t *bytes);
bool core_record_decode(const uint8_t *bytes, struct core_record *record);

bool core_record_head(const uint8_t *bytes, struct core_record_head *head);

/* Negative where the record has none. */
int64_t core_record_balance_after(const struct core_record *record);
/* CARD_BALANCE_BYTES for the host. */
void core_record_encode_balance(const struct core_record *record, uint8_t *bytes);
/* The sequence a slot's beginning speaks of, from its first 16 bytes; false: of none. */
bool core_record_sequence(const uint8_t *head, uint32_t *sequence);

#endif
