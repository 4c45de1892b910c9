/* SPDX-License-Identifier: MIT */
#include "records.h"

#define READ_BACK_BYTES 64u
#define NEW_SLOTS       64u /* empty: the whole ring is */
#define HEAD_BYTES      16u /* up to and with CHARGE_U32_NOT_SEQUENCE */

static uint32_t ring_offset(uint32_t sequence) {
    return CHARGE_RING_OFFSET + sequence % CHARGE_RING_SLOTS * CHARGE_RECORD_BYTES;
}

static bool fetch(struct core_records *records, uint32_t offset, struct core_record_head *head) {
    const struct dut_host *host = records->host;
    int count = host->bulk_read(host->ctx, offset, records->bytes, CHARGE_RECORD_BYTES);
    return count == (int)CHARGE_RECORD_BYTES && core_record_head(records->bytes, head);
}

static bool load(struct core_records *records, uint32_t offset, struct core_record *record) {
    struct core_record_head head;
    return fetch(records, offset, &head) && core_record_decode(records->bytes, record);
}

/* What a storage says it wrote and what it holds are two things: it is read back. */
static int store(struct core_records *records, uint32_t offset) {
    const struct dut_host *host = records->host;
    int count = host->bulk_write(host->ctx, offset, records->bytes, CHARGE_RECORD_BYTES);
    for (uint32_t at = 0; count >= 0 && at < CHARGE_RECORD_BYTES; at += READ_BACK_BYTES) {
        uint8_t held[READ_BACK_BYTES];
        count = host->bulk_read(host->ctx, offset + at, held, sizeof held);
        for (uint32_t i = 0; count >= 0 && i < READ_BACK_BYTES; i++)
            if (held[i] != records->bytes[at + i])
                return DUT_ERROR_FULL;
    }
    return count < 0 ? count : 0;
}

static int store_journal(struct core_records *records, struct core_record *record) {
    struct core_records_gun *gun = &records->guns[record->gun];
    unsigned slot = 1u - gun->newest;
    int result;
    record->generation = gun->generation + 1;
    core_record_encode(record, records->bytes);
    result = store(records, CHARGE_JOURNAL_OFFSET((uint32_t)record->gun, slot));
    if (result < 0)
        return result;
    gun->newest = (uint8_t)slot;
    gun->generation = record->generation;
    gun->open = record->state == CHARGE_OPEN;
    gun->owing = !gun->open;
    gun->split = false;
    return 0;
}

static int store_balance(struct core_records *records, const struct core_record *record) {
    const struct dut_host *host = records->host;
    uint8_t bytes[CARD_BALANCE_BYTES];
    if (record->balance < 0 || host->store_write == NULL)
        return 0;
    core_record_encode_balance(record, bytes);
    return host->store_write(host->ctx, CARD_BALANCE_RECORD + record->gun, bytes, sizeof bytes);
}

/* The balance first: once the ring has the record nothing is owed any more. */
static int store_ring(struct core_records *records, const struct core_record *record) {
    int result = store_balance(records, record);
    if (result < 0)
        return result;
    core_record_encode(record, records->bytes);
    result = store(records, ring_offset(record->sequence));
    if (result >= 0)
        records->guns[record->gun].owing = false;
    return result;
}

static bool in_ring(struct core_records *records, const struct core_record_head *record) {
    struct core_record_head kept;
    return fetch(records, ring_offset(record->sequence), &kept) &&
           kept.sequence == record->sequence && kept.generation == record->generation;
}

static uint32_t newest_offset(const struct core_records *records, unsigned gun) {
    return CHARGE_JOURNAL_OFFSET(gun, (uint32_t)records->guns[gun].newest);
}

/* Brings to the ring what ended, but did not get there: the cut came between the two. */
static int pay(struct core_records *records, unsigned gun) {
    if (!records->guns[gun].owing)
        return 0;
    if (!load(records, newest_offset(records, gun), &records->owed))
        return DUT_ERROR_FULL;
    return store_ring(records, &records->owed);
}

/* The newest whole copy of the journal says how far this gun was. */
static int take_up(struct core_records *records, unsigned gun) {
    struct core_records_gun *state = &records->guns[gun];
    struct core_record_head head, newest = {0};
    *state = (struct core_records_gun){0};
    for (unsigned slot = 0; slot < 2; slot++) {
        if (!fetch(records, CHARGE_JOURNAL_OFFSET(gun, slot), &head) || head.gun != gun ||
            head.generation <= newest.generation)
            continue;
        newest = head;
        state->newest = (uint8_t)slot;
    }
    if (newest.generation == 0)
        return 0;
    if (newest.sequence >= records->next)
        records->next = newest.sequence + 1;
    state->generation = newest.generation;
    state->open = newest.state == CHARGE_OPEN;
    state->split = !state->open && newest.stop == CHARGE_STOP_TARIFF;
    state->owing = !state->open && !in_ring(records, &newest);
    return pay(records, gun);
}

/* Without any journal (a new storage, or a damaged one) the ring itself says how far it is. It is filled
 * from its first slots on: when these hold nothing it is new, and the rest need not be read. */
static int look_through_ring(struct core_records *records) {
    const struct dut_host *host = records->host;
    for (uint32_t i = 0; i < CHARGE_RING_SLOTS; i++) {
        uint32_t sequence;
        if (i == NEW_SLOTS && records->next == 1)
            return 0;
        int count = host->bulk_read(host->ctx, ring_offset(i), records->bytes, HEAD_BYTES);
        if (count < 0)
            return count;
        if (core_record_sequence(records->bytes, &sequence) && sequence >= records->next)
            records->next = sequence + 1;
    }
    return 0;
}

int core_records_begin(struct core_records *records, const struct dut_host *host) {
    int result = 0;
    records->host = host;
    records->next = 1;
    for (unsigned gun = 0; gun < DUT_GUNS_MAX; gun++) {
        int each = take_up(records, gun);
        result = each < 0 ? each : result;
    }
    return records->next == 1 ? look_through_ring(records) : result;
}

bool core_records_open(struct core_records *records, unsigned gun, struct core_record *record) {
    const struct core_records_gun *state = &records->guns[gun];
    return (state->open || state->split) && load(records, newest_offset(records, gun), record);
}

int core_records_new(struct core_records *records, unsigned gun, struct core_record *record) {
    int result = pay(records, gun);
    if (result < 0)
        return result;
    record->sequence = records->next;
    record->gun = (uint8_t)gun;
    record->state = CHARGE_OPEN;
    result = store_journal(records, record);
    if (result >= 0)
        records->next++;
    return result;
}

int core_records_update(struct core_records *records, struct core_record *record) {
    return store_journal(records, record);
}

int core_records_close(struct core_records *records, struct core_record *record) {
    int result = store_journal(records, record);
    return result < 0 ? result : store_ring(records, record);
}

bool core_records_read(struct core_records *records, uint32_t sequence,
                       struct core_record *record) {
    return sequence != 0 && load(records, ring_offset(sequence), record) &&
           record->sequence == sequence;
}
