/* SPDX-License-Identifier: MIT */
#include "harness/billing/charge_records.h"

#include "sim/memory.h"

#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define ROLL_OVER 100000000u

struct found {
    uint32_t sequence, generation;
    long offset;
};

struct charge_records {
    FILE *file;
    struct found *found; /* by sequence */
    size_t count, capacity, next;
    unsigned damaged;
    bool cut, failed;
};

static uint64_t number(const uint8_t *bytes, unsigned size) {
    uint64_t value = 0;
    assert(size >= 1 && size <= sizeof value);
    while (size-- > 0) {
        value = value << 8 | bytes[size];
    }
    return value;
}

static uint32_t u32(const uint8_t *bytes) {
    return (uint32_t)number(bytes, 4);
}

static bool whole(const uint8_t *bytes) {
    return u32(bytes + CHARGE_U32_MAGIC) == CHARGE_RECORD_MAGIC &&
           number(bytes + CHARGE_U16_VERSION, 2) >= CHARGE_RECORD_OLDEST &&
           number(bytes + CHARGE_U16_VERSION, 2) <= CHARGE_RECORD_VERSION &&
           number(bytes + CHARGE_U16_SEGMENTS, 2) <= CHARGE_SEGMENTS_MAX &&
           crc32(0, bytes, CHARGE_U32_CRC) == u32(bytes + CHARGE_U32_CRC);
}

static void decode_rows(const uint8_t *bytes, struct charge_record *record) {
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        const uint8_t *row = bytes + CHARGE_TARIFF_ROWS + i * CHARGE_TARIFF_ROW_BYTES;
        record->tariffs[i] = (struct charge_tariff){
            .energy = u32(row + CHARGE_ROW_U32_ENERGY),
            .price = u32(row + CHARGE_ROW_U32_PRICE),
            .fee = u32(row + CHARGE_ROW_U32_FEE),
            .amount = number(row + CHARGE_ROW_U64_AMOUNT, 8),
            .service = number(row + CHARGE_ROW_U64_SERVICE, 8),
        };
    }
    for (unsigned i = 0; i < record->segment_count; i++) {
        const uint8_t *row = bytes + CHARGE_SEGMENT_ROWS + i * CHARGE_SEGMENT_BYTES;
        record->segments[i] = (struct charge_segment){
            .at_s = u32(row + CHARGE_SEGMENT_U32_S),
            .reg = u32(row + CHARGE_SEGMENT_U32_REG),
            .tariff = row[CHARGE_SEGMENT_U8_TARIFF],
        };
    }
}

static bool zero(const uint8_t *bytes, unsigned from, unsigned to) {
    while (from < to && bytes[from] == 0) {
        from++;
    }
    return from == to;
}

/* Room of later versions: theirs to read what stands there. */
static bool rest_is_zero(const uint8_t *bytes) {
    unsigned used = (unsigned)number(bytes + CHARGE_U16_SEGMENTS, 2);
    for (unsigned i = 0; i < used; i++) {
        unsigned row = CHARGE_SEGMENT_ROWS + i * CHARGE_SEGMENT_BYTES;
        if (!zero(bytes, row + CHARGE_SEGMENT_U8_TARIFF + 1, row + CHARGE_SEGMENT_BYTES)) {
            return false;
        }
    }
    return zero(bytes, CHARGE_U8_TARIFF + 1, CHARGE_U32_SEQUENCE) &&
           zero(bytes, CHARGE_U32_ENERGY + 4, CHARGE_U64_AMOUNT) &&
           zero(bytes, CHARGE_SEGMENT_ROWS + used * CHARGE_SEGMENT_BYTES, CHARGE_U64_LIMIT) &&
           zero(bytes, CHARGE_U64_LIMIT + 8, CHARGE_U32_CRC);
}

bool charge_record_decode(const uint8_t *bytes, struct charge_record *record) {
    if (!whole(bytes)) {
        return false;
    }
    *record = (struct charge_record){
        .sequence = u32(bytes + CHARGE_U32_SEQUENCE),
        .generation = u32(bytes + CHARGE_U32_GENERATION),
        .version = (unsigned)number(bytes + CHARGE_U16_VERSION, 2),
        .tariff = bytes[CHARGE_U8_TARIFF],
        .beyond_wh = u32(bytes + CHARGE_U32_BEYOND),
        .state = bytes[CHARGE_U8_STATE],
        .gun = bytes[CHARGE_U8_GUN],
        .mode = bytes[CHARGE_U8_MODE],
        .stop = bytes[CHARGE_U8_STOP],
        .fault = (unsigned)number(bytes + CHARGE_U16_FAULT, 2),
        .vehicle_kind = bytes[CHARGE_U8_VEHICLE_KIND],
        .flags = bytes[CHARGE_U8_FLAGS],
        .left_out = (unsigned)number(bytes + CHARGE_U16_LEFT_OUT, 2),
        .start_s = u32(bytes + CHARGE_U32_START_S),
        .end_s = u32(bytes + CHARGE_U32_END_S),
        .start = u32(bytes + CHARGE_U32_START),
        .end = u32(bytes + CHARGE_U32_END),
        .table = u32(bytes + CHARGE_U32_TABLE),
        .energy = u32(bytes + CHARGE_U32_ENERGY),
        .amount = number(bytes + CHARGE_U64_AMOUNT, 8),
        .limit = number(bytes + CHARGE_U64_LIMIT, 8),
        .balance = (int64_t)number(bytes + CHARGE_S64_BALANCE, 8),
        .balance_after = (int64_t)number(bytes + CHARGE_S64_BALANCE_AFTER, 8),
        .segment_count = (unsigned)number(bytes + CHARGE_U16_SEGMENTS, 2),
        .stray = !rest_is_zero(bytes),
    };
    memcpy(record->card, bytes + CHARGE_TEXT_CARD, CHARGE_TEXT_BYTES);
    memcpy(record->vehicle, bytes + CHARGE_TEXT_VEHICLE, CHARGE_TEXT_BYTES);
    assert(record->segment_count <= CHARGE_SEGMENTS_MAX); /* whole() has seen it */
    decode_rows(bytes, record);
    return true;
}

static uint64_t rounded(uint32_t energy, uint32_t price) {
    return ((uint64_t)energy * price + 50) / 100;
}

static uint64_t of_wh(uint32_t wh, uint32_t price) {
    return ((uint64_t)wh * price + 500) / 1000;
}

uint64_t charge_record_beyond_amount(const struct charge_record *record) {
    if (record->tariff < 1 || record->tariff > CHARGE_TARIFFS) {
        return 0;
    }
    const struct charge_tariff *tariff = &record->tariffs[record->tariff - 1];
    return of_wh(record->beyond_wh, tariff->price) + of_wh(record->beyond_wh, tariff->fee);
}

static uint32_t between(uint32_t from, uint32_t to) {
    return (uint32_t)(((uint64_t)to + ROLL_OVER - from) % ROLL_OVER);
}

static bool switches_fit(const struct charge_record *record) {
    uint64_t energy[CHARGE_TARIFFS] = {0};
    for (unsigned i = 0; i < record->segment_count; i++) {
        const struct charge_segment *segment = &record->segments[i];
        uint32_t to = i + 1 < record->segment_count ? segment[1].reg : record->end;
        if (segment->tariff < 1 || segment->tariff > CHARGE_TARIFFS) {
            return false;
        }
        energy[segment->tariff - 1] += between(segment->reg, to);
    }
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        if (energy[i] != record->tariffs[i].energy) {
            return false;
        }
    }
    return true;
}

static bool balances_fit(const struct charge_record *record) {
    return record->balance < 0
               ? record->balance_after < 0
               : (uint64_t)record->balance - record->amount == (uint64_t)record->balance_after;
}

const char *charge_record_problem(const struct charge_record *record) {
    uint64_t energy = 0, amount = 0;
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        const struct charge_tariff *tariff = &record->tariffs[i];
        if (tariff->amount != rounded(tariff->energy, tariff->price) ||
            tariff->service != rounded(tariff->energy, tariff->fee)) {
            return "an amount is not its energy times its price";
        }
        energy += tariff->energy;
        amount += tariff->amount + tariff->service;
    }
    if (energy != record->energy || energy != between(record->start, record->end)) {
        return "the energy is not the difference of the registers";
    }
    if (record->beyond_wh > 0 && (record->tariff < 1 || record->tariff > CHARGE_TARIFFS)) {
        return "what is beyond the registers has no tariff";
    }
    if (amount + charge_record_beyond_amount(record) != record->amount) {
        return "the amount is not the sum of the tariffs' amounts and of what is beyond the "
               "registers";
    }
    if (!balances_fit(record)) {
        return "the card's balance after is not the one before less the amount";
    }
    if (record->left_out == 0 && !switches_fit(record)) {
        return "the tariffs' energies do not follow from the registers at the switches";
    }
    if (record->stray) {
        return "a byte that belongs to no field, or to a switch that is not counted, is not 0";
    }
    return NULL;
}

int64_t charge_card_balance(const uint8_t *bytes, const struct charge_record *record) {
    bool fits = crc32(0, bytes, CARD_BALANCE_U32_CRC) == u32(bytes + CARD_BALANCE_U32_CRC) &&
                u32(bytes + CARD_BALANCE_U32_SEQUENCE) == record->sequence &&
                memcmp(bytes + CARD_BALANCE_TEXT_CARD, record->card, CHARGE_TEXT_BYTES) == 0;
    return fits ? (int64_t)number(bytes + CARD_BALANCE_S64_BALANCE, 8) : INT64_MIN;
}

static void keep(struct charge_records *records, const struct found *one) {
    if (records->count == records->capacity) {
        records->capacity = records->capacity == 0 ? 256 : 2 * records->capacity;
        records->found = memory_resized(records->found, records->capacity, sizeof *records->found);
    }
    assert(records->count < records->capacity && one->offset % (long)CHARGE_RECORD_BYTES == 0);
    records->found[records->count++] = *one;
}

/* Never written: all bytes the same, 00 or FF. */
static bool blank(const uint8_t *bytes) {
    bool erased = bytes[0] == 0x00 || bytes[0] == 0xFF;
    return erased && memcmp(bytes, bytes + 1, CHARGE_RECORD_BYTES - 1) == 0;
}

static void look_through(struct charge_records *records) {
    uint8_t bytes[CHARGE_RECORD_BYTES];
    size_t got;
    for (long slot = 0; (got = fread(bytes, 1, sizeof bytes, records->file)) == sizeof bytes;
         slot++) {
        if (whole(bytes)) {
            struct found one = {u32(bytes + CHARGE_U32_SEQUENCE),
                                u32(bytes + CHARGE_U32_GENERATION),
                                slot * (long)CHARGE_RECORD_BYTES};
            keep(records, &one);
        } else if (!blank(bytes)) {
            records->damaged++;
        }
    }
    records->cut = got > 0;
}

static int by_sequence(const void *a, const void *b) {
    const struct found *x = a, *y = b;
    if (x->sequence != y->sequence) {
        return x->sequence < y->sequence ? -1 : 1;
    }
    return x->generation < y->generation ? 1 : x->generation > y->generation ? -1 : 0;
}

/* Of several copies of a charge, in the journal and in the ring, the newest is kept. */
static void keep_newest(struct charge_records *records) {
    size_t kept = 0;
    qsort(records->found, records->count, sizeof *records->found, by_sequence);
    for (size_t i = 0; i < records->count; i++) {
        assert(kept == 0 || records->found[kept - 1].sequence <= records->found[i].sequence);
        if (kept == 0 || records->found[kept - 1].sequence != records->found[i].sequence) {
            records->found[kept++] = records->found[i];
        }
    }
    records->count = kept;
    assert(records->next == 0);
}

struct charge_records *charge_records_open(const char *path, struct problem *problem) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        problem_set(problem, "'%s' cannot be read: %s", path, strerror(errno));
        return NULL;
    }
    return charge_records_read(file, path, problem);
}

struct charge_records *charge_records_read(FILE *file, const char *path, struct problem *problem) {
    struct charge_records *records = memory_zeroed(1, sizeof *records);
    records->file = file;
    look_through(records);
    if (ferror(records->file) || records->count == 0) {
        problem_set(problem,
                    ferror(records->file)
                        ? "'%s' cannot be read: it is not a file, or it is damaged"
                        : "'%s' holds no charge record: give a copy of the pile's bulk "
                          "storage ('pile --store F' makes F.bulk)",
                    path);
        charge_records_close(records);
        return NULL;
    }
    keep_newest(records);
    return records;
}

bool charge_records_next(struct charge_records *records, struct charge_record *record) {
    uint8_t bytes[CHARGE_RECORD_BYTES];
    assert(records->next <= records->count);
    if (records->next == records->count) {
        return false;
    }
    long offset = records->found[records->next++].offset;
    records->failed = fseek(records->file, offset, SEEK_SET) != 0 ||
                      fread(bytes, 1, sizeof bytes, records->file) != sizeof bytes ||
                      !charge_record_decode(bytes, record);
    return !records->failed;
}

bool charge_records_failed(const struct charge_records *records) {
    return records->failed;
}

bool charge_records_cut(const struct charge_records *records) {
    return records->cut;
}

unsigned charge_records_damaged(const struct charge_records *records) {
    return records->damaged;
}

void charge_records_close(struct charge_records *records) {
    fclose(records->file);
    free(records->found);
    free(records);
}
