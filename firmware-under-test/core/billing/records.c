/* SPDX-License-Identifier: MIT */
#include "billing/records.h"

#include "services/assert.h"

#define READ_BACK_BYTES 64u
#define PROBE_STEP      64u
#define HEAD_BYTES      16u /* up to and with CHARGE_U32_NOT_SEQUENCE */

static uint32_t ring_offset(uint32_t sequence) {
    return CHARGE_RING_OFFSET + sequence % CHARGE_RING_SLOTS * CHARGE_RECORD_BYTES;
}

/* 1: a whole record; 0: none; negative: the storage does not answer, which is not the same as
 * none. */
static int fetch(struct core_records *records, uint32_t offset, struct core_record_head *head) {
    const struct dut_host *host = records->host;
    int count = host->bulk_read(host->ctx, offset, records->bytes, CHARGE_RECORD_BYTES);
    if (count != (int)CHARGE_RECORD_BYTES) {
        return count < 0 ? count : DUT_ERROR_ABSENT;
    }
    return core_record_head(records->bytes, head) ? 1 : 0;
}

static bool load(struct core_records *records, uint32_t offset, struct core_record *record) {
    struct core_record_head head;
    return fetch(records, offset, &head) == 1 && core_record_decode(records->bytes, record);
}

/* What a storage says it wrote and what it holds are two things: it is read back. */
static int store(struct core_records *records, uint32_t offset) {
    const struct dut_host *host = records->host;
    int count = host->bulk_write(host->ctx, offset, records->bytes, CHARGE_RECORD_BYTES);
    for (uint32_t at = 0; count >= 0 && at < CHARGE_RECORD_BYTES; at += READ_BACK_BYTES) {
        uint8_t held[READ_BACK_BYTES];
        count = host->bulk_read(host->ctx, offset + at, held, sizeof held);
        for (uint32_t i = 0; count >= 0 && i < READ_BACK_BYTES; i++) {
            if (held[i] != records->bytes[at + i]) {
                return DUT_ERROR_FULL;
            }
        }
    }
    return count < 0 ? count : 0;
}

static int store_journal(struct core_records *records, struct core_record *record) {
    struct core_records_gun *gun = &records->guns[record->gun];
    unsigned slot = 1u - gun->newest;
    CORE_ASSERT(record->gun < DUT_GUNS_MAX && slot <= 1 && record->sequence < records->next + 1);
    int result;
    record->generation = gun->generation + 1;
    core_record_encode(record, records->bytes);
    result = store(records, CHARGE_JOURNAL_OFFSET((uint32_t)record->gun, slot));
    if (result < 0) {
        return result;
    }
    CORE_ASSERT(record->generation > gun->generation && record->sequence >= gun->sequence);
    gun->newest = (uint8_t)slot;
    gun->generation = record->generation;
    gun->sequence = record->sequence;
    gun->open = record->state == CHARGE_OPEN;
    gun->owing = !gun->open;
    gun->split = false;
    return 0;
}

static int store_balance(struct core_records *records, const struct core_record *record) {
    const struct dut_host *host = records->host;
    uint8_t bytes[CARD_BALANCE_BYTES];
    if (record->balance < 0 || host->store_write == NULL) {
        return 0;
    }
    CORE_ASSERT(record->gun < DUT_GUNS_MAX);
    core_record_encode_balance(record, bytes);
    return host->store_write(host->ctx, CARD_BALANCE_RECORD + record->gun, bytes, sizeof bytes);
}

/* The balance first: once the ring has the record nothing is owed any more. */
static int store_ring(struct core_records *records, const struct core_record *record) {
    CORE_ASSERT(record->state != CHARGE_OPEN && record->gun < DUT_GUNS_MAX);
    int result = store_balance(records, record);
    if (result < 0) {
        return result;
    }
    core_record_encode(record, records->bytes);
    result = store(records, ring_offset(record->sequence));
    if (result >= 0) {
        records->guns[record->gun].owing = false;
    }
    return result;
}

static uint32_t newest_offset(const struct core_records *records, unsigned gun) {
    CORE_ASSERT(gun < DUT_GUNS_MAX && records->guns[gun].newest <= 1);
    return CHARGE_JOURNAL_OFFSET(gun, (uint32_t)records->guns[gun].newest);
}

/* Brings to the ring what ended, but did not get there: the cut came between the two. */
static int pay(struct core_records *records, unsigned gun) {
    if (!records->guns[gun].owing) {
        return 0;
    }
    if (!load(records, newest_offset(records, gun), &records->owed)) {
        return DUT_ERROR_FULL;
    }
    return store_ring(records, &records->owed);
}

/* The newest whole copy of the journal says how far this gun was. */
static int take_up(struct core_records *records, unsigned gun) {
    struct core_records_gun *state = &records->guns[gun];
    struct core_record_head head, newest = {0};
    *state = (struct core_records_gun){0};
    for (unsigned slot = 0; slot < 2; slot++) {
        int found = fetch(records, CHARGE_JOURNAL_OFFSET(gun, slot), &head);
        if (found < 0) {
            return found;
        }
        if (found == 0 || head.gun != gun || head.generation <= newest.generation) {
            continue;
        }
        newest = head;
        state->newest = (uint8_t)slot;
    }
    if (newest.generation == 0) {
        return 0;
    }
    if (newest.sequence >= records->next) {
        records->next = newest.sequence + 1;
    }
    state->generation = newest.generation;
    state->sequence = newest.sequence;
    state->open = newest.state == CHARGE_OPEN;
    state->split = !state->open && newest.stop == CHARGE_STOP_TARIFF;
    state->owing = !state->open;
    CORE_ASSERT(state->newest <= 1 && records->next > state->sequence);
    return 0;
}

/* Not owed is what the ring has, and what it had before it went once round. */
static int settle(struct core_records *records, unsigned gun) {
    CORE_ASSERT(records->guns[gun].owing && records->next > records->guns[gun].sequence);
    struct core_records_gun *state = &records->guns[gun];
    struct core_record_head kept;
    int found = fetch(records, ring_offset(state->sequence), &kept);
    if (found < 0) {
        return found;
    }
    if (records->next - state->sequence > CHARGE_RING_SLOTS ||
        (found == 1 && kept.sequence == state->sequence && kept.generation == state->generation)) {
        state->owing = false;
    }
    return pay(records, gun);
}

/* 1: the slot speaks of a charge that is not behind records->next, which is then beyond it. */
static int look_at(struct core_records *records, uint32_t slot) {
    const struct dut_host *host = records->host;
    uint32_t sequence;
    int count = host->bulk_read(host->ctx, ring_offset(slot), records->bytes, HEAD_BYTES);
    if (count < 0) {
        return count;
    }
    if (!core_record_sequence(records->bytes, &sequence) || sequence < records->next) {
        return 0;
    }
    records->next = sequence + 1;
    CORE_ASSERT(records->next > sequence || sequence == UINT32_MAX);
    return 1;
}

/* Looked through is every slot, or one in `step`: enough to see that the ring is empty. */
static int look_through_ring(struct core_records *records, uint32_t step) {
    CORE_ASSERT(step > 0 && step < CHARGE_RING_SLOTS);
    int newer = 0;
    for (uint32_t slot = 0; slot < CHARGE_RING_SLOTS; slot += step) {
        int found = look_at(records, slot);
        if (found < 0) {
            return found;
        }
        newer |= found;
    }
    return newer;
}

/* Journals may be gone: on a new storage, or a damaged one. The ring is filled without a gap, so
 * that a slot for the next charge that holds a later one, or, without any journal, one in 64 slots
 * that holds anything, shows it; only then all of them are read. */
static int check_next(struct core_records *records) {
    bool none = records->next == 1;
    int newer = look_at(records, records->next);
    if (newer == 0 && none) {
        newer = look_through_ring(records, PROBE_STEP);
    }
    return newer > 0 ? look_through_ring(records, 1) : newer;
}

int core_records_begin(struct core_records *records, const struct dut_host *host) {
    int result = 0;
    records->host = host;
    records->ready = false;
    records->next = 1;
    for (unsigned gun = 0; gun < DUT_GUNS_MAX && result >= 0; gun++) {
        result = take_up(records, gun);
    }
    if (result >= 0) {
        result = check_next(records);
    }
    for (unsigned gun = 0; gun < DUT_GUNS_MAX && result >= 0; gun++) {
        result = records->guns[gun].owing ? settle(records, gun) : 0;
        CORE_ASSERT(result < 0 || !records->guns[gun].owing);
    }
    records->ready = result >= 0;
    return records->ready ? 0 : result;
}

bool core_records_open(struct core_records *records, unsigned gun, struct core_record *record) {
    const struct core_records_gun *state = &records->guns[gun];
    CORE_ASSERT(gun < DUT_GUNS_MAX && !(state->open && (state->owing || state->split)));
    return (state->open || state->split) && load(records, newest_offset(records, gun), record);
}

int core_records_new(struct core_records *records, unsigned gun, struct core_record *record) {
    int result = records->ready ? pay(records, gun) : DUT_ERROR_ABSENT;
    if (result < 0) {
        return result;
    }
    CORE_ASSERT(!records->guns[gun].owing); /* what ended before is in the ring */
    record->sequence = records->next;
    record->gun = (uint8_t)gun;
    record->state = CHARGE_OPEN;
    result = store_journal(records, record);
    if (result >= 0) {
        records->next++;
    }
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
