/* SPDX-License-Identifier: MIT */
#include "billing/record.h"

#include "services/assert.h"

static void put(uint8_t *bytes, unsigned size, uint64_t value) {
    CORE_ASSERT(size <= 8 && (size == 8 || value >> 8 * size == 0)); /* no digit is cut off */
    for (unsigned i = 0; i < size; i++) {
        bytes[i] = (uint8_t)(value >> 8 * i);
    }
}

static uint64_t get(const uint8_t *bytes, unsigned size) {
    CORE_ASSERT(size <= 8);
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++) {
        value |= (uint64_t)bytes[i] << 8 * i;
    }
    return value;
}

static uint32_t get_u32(const uint8_t *bytes, unsigned at) {
    return (uint32_t)get(bytes + at, 4);
}

/* CRC-32, reflected polynomial EDB88320, half a byte at a time: a table of 16 is small enough. */
static uint32_t crc32(const uint8_t *bytes, unsigned size) {
    static const uint32_t table[16] = {
        0x00000000, 0x1DB71064, 0x3B6E20C8, 0x26D930AC, 0x76DC4190, 0x6B6B51F4,
        0x4DB26158, 0x5005713C, 0xEDB88320, 0xF00F9344, 0xD6D6A3E8, 0xCB61B38C,
        0x9B64C2B0, 0x86D3D2D4, 0xA00AE278, 0xBDBDF21C,
    };
    uint32_t crc = 0xFFFFFFFFu;
    for (unsigned i = 0; i < size; i++) {
        crc = crc >> 4 ^ table[(crc ^ bytes[i]) & 15u];
        crc = crc >> 4 ^ table[(crc ^ bytes[i] >> 4) & 15u];
    }
    return ~crc;
}

static void copy(void *to, const void *from, unsigned size) {
    for (unsigned i = 0; i < size; i++) {
        ((uint8_t *)to)[i] = ((const uint8_t *)from)[i];
    }
}

static void encode_tariffs(const struct core_billing *billing, uint8_t *bytes) {
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        uint8_t *row = bytes + CHARGE_TARIFF_ROWS + i * CHARGE_TARIFF_ROW_BYTES;
        put(row + CHARGE_ROW_U32_ENERGY, 4, billing->energy[i]);
        put(row + CHARGE_ROW_U32_PRICE, 4, billing->price[i]);
        put(row + CHARGE_ROW_U32_FEE, 4, billing->fee[i]);
        put(row + CHARGE_ROW_U64_AMOUNT, 8, core_billing_energy_amount(billing, i + 1));
        put(row + CHARGE_ROW_U64_SERVICE, 8, core_billing_service_amount(billing, i + 1));
    }
    put(bytes + CHARGE_U32_BEYOND, 4, billing->beyond_wh);
    put(bytes + CHARGE_U32_ENERGY, 4, core_billing_energy(billing));
    put(bytes + CHARGE_U64_AMOUNT, 8, core_billing_amount(billing));
    put(bytes + CHARGE_U64_LIMIT, 8, billing->limit);
    put(bytes + CHARGE_U32_START, 4, billing->start);
    put(bytes + CHARGE_U32_END, 4, billing->last);
    CORE_ASSERT(billing->tariff >= 1 && billing->tariff <= CHARGE_TARIFFS);
    bytes[CHARGE_U8_TARIFF] = billing->tariff;
    bytes[CHARGE_U8_MODE] = billing->mode;
}

static void encode_segments(const struct core_record *record, uint8_t *bytes) {
    CORE_ASSERT(record->segment_count <= CHARGE_SEGMENTS_MAX);
    put(bytes + CHARGE_U16_SEGMENTS, 2, record->segment_count);
    put(bytes + CHARGE_U16_LEFT_OUT, 2, record->left_out);
    for (unsigned i = 0; i < record->segment_count; i++) {
        uint8_t *row = bytes + CHARGE_SEGMENT_ROWS + i * CHARGE_SEGMENT_BYTES;
        put(row + CHARGE_SEGMENT_U32_S, 4, record->segments[i].at_s);
        put(row + CHARGE_SEGMENT_U32_REG, 4, record->segments[i].reg);
        row[CHARGE_SEGMENT_U8_TARIFF] = record->segments[i].tariff;
    }
}

void core_record_encode(const struct core_record *record, uint8_t *bytes) {
    CORE_ASSERT(record->gun < DUT_GUNS_MAX);
    for (unsigned i = 0; i < CHARGE_RECORD_BYTES; i++) {
        bytes[i] = 0;
    }
    put(bytes + CHARGE_U32_MAGIC, 4, CHARGE_RECORD_MAGIC);
    put(bytes + CHARGE_U16_VERSION, 2, CHARGE_RECORD_VERSION);
    put(bytes + CHARGE_U32_SEQUENCE, 4, record->sequence);
    put(bytes + CHARGE_U32_NOT_SEQUENCE, 4, ~record->sequence);
    put(bytes + CHARGE_U32_GENERATION, 4, record->generation);
    bytes[CHARGE_U8_STATE] = record->state;
    bytes[CHARGE_U8_GUN] = record->gun;
    bytes[CHARGE_U8_STOP] = record->stop;
    bytes[CHARGE_U8_VEHICLE_KIND] = record->vehicle_kind;
    bytes[CHARGE_U8_FLAGS] = record->flags;
    put(bytes + CHARGE_U16_FAULT, 2, record->fault);
    put(bytes + CHARGE_U32_START_S, 4, record->start_s);
    put(bytes + CHARGE_U32_END_S, 4, record->end_s);
    put(bytes + CHARGE_U32_TABLE, 4, record->table);
    copy(bytes + CHARGE_TEXT_CARD, record->card, CHARGE_TEXT_BYTES);
    copy(bytes + CHARGE_TEXT_VEHICLE, record->vehicle, CHARGE_TEXT_BYTES);
    put(bytes + CHARGE_S64_BALANCE, 8, (uint64_t)record->balance);
    put(bytes + CHARGE_S64_BALANCE_AFTER, 8, (uint64_t)core_record_balance_after(record));
    encode_tariffs(&record->billing, bytes);
    encode_segments(record, bytes);
    put(bytes + CHARGE_U32_CRC, 4, crc32(bytes, CHARGE_U32_CRC));
}

static void decode_billing(const uint8_t *bytes, struct core_billing *billing) {
    *billing = (struct core_billing){
        .start = get_u32(bytes, CHARGE_U32_START),
        .last = get_u32(bytes, CHARGE_U32_END),
        .jump_max = CORE_BILLING_ROLL_OVER / 2,
        .ceiling = CORE_BILLING_NO_CEILING,
        .beyond_wh = get_u32(bytes, CHARGE_U32_BEYOND),
        .tariff = bytes[CHARGE_U8_TARIFF],
        .mode = bytes[CHARGE_U8_MODE],
        .limit = get(bytes + CHARGE_U64_LIMIT, 8),
    };
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        unsigned row = CHARGE_TARIFF_ROWS + i * CHARGE_TARIFF_ROW_BYTES;
        billing->energy[i] = get_u32(bytes, row + CHARGE_ROW_U32_ENERGY);
        billing->price[i] = get_u32(bytes, row + CHARGE_ROW_U32_PRICE);
        billing->fee[i] = get_u32(bytes, row + CHARGE_ROW_U32_FEE);
    }
}

static void decode_facts(const uint8_t *bytes, struct core_record *record) {
    *record = (struct core_record){
        .sequence = get_u32(bytes, CHARGE_U32_SEQUENCE),
        .generation = get_u32(bytes, CHARGE_U32_GENERATION),
        .state = bytes[CHARGE_U8_STATE],
        .gun = bytes[CHARGE_U8_GUN],
        .stop = bytes[CHARGE_U8_STOP],
        .vehicle_kind = bytes[CHARGE_U8_VEHICLE_KIND],
        .flags = bytes[CHARGE_U8_FLAGS],
        .fault = (uint16_t)get(bytes + CHARGE_U16_FAULT, 2),
        .segment_count = (uint16_t)get(bytes + CHARGE_U16_SEGMENTS, 2),
        .left_out = (uint16_t)get(bytes + CHARGE_U16_LEFT_OUT, 2),
        .start_s = get_u32(bytes, CHARGE_U32_START_S),
        .end_s = get_u32(bytes, CHARGE_U32_END_S),
        .table = get_u32(bytes, CHARGE_U32_TABLE),
        .balance = (int64_t)get(bytes + CHARGE_S64_BALANCE, 8),
    };
    copy(record->card, bytes + CHARGE_TEXT_CARD, CHARGE_TEXT_BYTES);
    copy(record->vehicle, bytes + CHARGE_TEXT_VEHICLE, CHARGE_TEXT_BYTES);
}

/* A good CRC over a bad value is a firmware that is not this one: not to be billed on. */
static bool plausible(const uint8_t *bytes) {
    return bytes[CHARGE_U8_TARIFF] >= 1 && bytes[CHARGE_U8_TARIFF] <= CHARGE_TARIFFS &&
           get(bytes + CHARGE_U16_SEGMENTS, 2) <= CHARGE_SEGMENTS_MAX &&
           get_u32(bytes, CHARGE_U32_END) < CORE_BILLING_ROLL_OVER;
}

bool core_record_sequence(const uint8_t *head, uint32_t *sequence) {
    *sequence = get_u32(head, CHARGE_U32_SEQUENCE);
    return get_u32(head, CHARGE_U32_MAGIC) == CHARGE_RECORD_MAGIC &&
           get_u32(head, CHARGE_U32_NOT_SEQUENCE) == ~*sequence;
}

static bool version_known(const uint8_t *bytes) {
    uint64_t version = get(bytes + CHARGE_U16_VERSION, 2);
    return version >= CHARGE_RECORD_OLDEST && version <= CHARGE_RECORD_VERSION;
}

bool core_record_head(const uint8_t *bytes, struct core_record_head *head) {
    head->generation = get_u32(bytes, CHARGE_U32_GENERATION);
    head->state = bytes[CHARGE_U8_STATE];
    head->gun = bytes[CHARGE_U8_GUN];
    head->stop = bytes[CHARGE_U8_STOP];
    return core_record_sequence(bytes, &head->sequence) && version_known(bytes) &&
           get_u32(bytes, CHARGE_U32_CRC) == crc32(bytes, CHARGE_U32_CRC) && plausible(bytes);
}

bool core_record_decode(const uint8_t *bytes, struct core_record *record) {
    struct core_record_head head;
    if (!core_record_head(bytes, &head)) {
        return false;
    }
    decode_facts(bytes, record);
    CORE_ASSERT(record->segment_count <= CHARGE_SEGMENTS_MAX); /* else it is no record */
    decode_billing(bytes, &record->billing);
    for (unsigned i = 0; i < record->segment_count; i++) {
        unsigned row = CHARGE_SEGMENT_ROWS + i * CHARGE_SEGMENT_BYTES;
        record->segments[i] = (struct core_record_segment){
            .at_s = get_u32(bytes, row + CHARGE_SEGMENT_U32_S),
            .reg = get_u32(bytes, row + CHARGE_SEGMENT_U32_REG),
            .tariff = bytes[row + CHARGE_SEGMENT_U8_TARIFF],
        };
    }
    return true;
}

int64_t core_record_balance_after(const struct core_record *record) {
    if (record->balance < 0) {
        return record->balance;
    }
    return record->balance - (int64_t)core_billing_amount(&record->billing);
}

void core_record_encode_balance(const struct core_record *record, uint8_t *bytes) {
    CORE_ASSERT(record->balance >= 0); /* there is a card */
    put(bytes + CARD_BALANCE_U32_SEQUENCE, 4, record->sequence);
    copy(bytes + CARD_BALANCE_TEXT_CARD, record->card, CHARGE_TEXT_BYTES);
    put(bytes + CARD_BALANCE_S64_BALANCE, 8, (uint64_t)core_record_balance_after(record));
    put(bytes + CARD_BALANCE_U32_CRC, 4, crc32(bytes, CARD_BALANCE_U32_CRC));
}
