/* SPDX-License-Identifier: MIT */
/* The bench's decoder against what the core's coder wrote, through a file. */
#include "harness/billing/charge_records.h"

#include "firmware-under-test/core/billing/charge.h"
#include "tests/support/kept.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

#define SECOND INT64_C(1000000000)

static char path[] = "/tmp/charge-records-XXXXXX";
static FILE *file;
static struct core_records kept;
static struct core_charge charge;
static struct charge_record record;

static int read_file(void *ctx, uint32_t offset, void *bytes, size_t size) {
    ssize_t got = pread(fileno(ctx), bytes, size, (off_t)offset);
    memset((char *)bytes + got, 0, size - (size_t)got);
    return (int)size;
}

static int write_file(void *ctx, uint32_t offset, const void *bytes, size_t size) {
    return (int)pwrite(fileno(ctx), bytes, size, (off_t)offset);
}

static const struct core_tariff_table table = {
    .number = 3,
    .count = 2,
    .switches = {{60, CORE_TARIFF_PEAK}, {1380, CORE_TARIFF_VALLEY}},
    .price = {20000, 10001, 7000, 3333},
    .fee = {4000, 3500, 3001, 2999},
};

static void setup(void) {
    static struct dut_host host;
    strcpy(path + strlen(path) - 6, "XXXXXX");
    file = fdopen(mkstemp(path), "w+b");
    ck_assert_ptr_nonnull(file);
    host = (struct dut_host){.ctx = file, .bulk_read = read_file, .bulk_write = write_file};
    ck_assert_int_eq(core_records_begin(&kept, &host), 0);
}

static void teardown(void) {
    fclose(file);
    unlink(path);
}

static void begin(uint32_t reg, const char *vehicle) {
    struct core_charge_setup how = {
        .records = &kept,
        .table = &table,
        .mode = CHARGE_BY_AMOUNT,
        .limit = 123456,
        .jump_max = 1000,
        .vehicle_kind = CHARGE_VEHICLE_PLATE,
        .balance = 500000,
        .card = "88001234",
    };
    strncpy(how.vehicle, vehicle, sizeof how.vehicle - 1);
    ck_assert_int_eq(core_charge_begin(&charge, &how, reg, 1767225600 + 3500, 0), 0);
    ck_assert_int_eq(
        core_charge_reading(&charge, (reg + 100) % 100000000, 1767225600 + 3700, 200 * SECOND), 0);
    ck_assert_int_eq(
        core_charge_reading(&charge, (reg + 250) % 100000000, 1767225600 + 3900, 400 * SECOND), 0);
}

static struct charge_records *opened(void) {
    struct problem problem = {0};
    struct charge_records *records = charge_records_open(path, &problem);
    ck_assert_msg(records != NULL, "%s", problem.text);
    return records;
}

START_TEST(says_what_was_written) {
    begin(99999900, "试A12345D");
    ck_assert_int_eq(core_charge_end(&charge, CHARGE_STOP_LIMIT, 9, 1767225600 + 4000), 0);
    struct charge_records *records = opened();
    ck_assert(charge_records_next(records, &record));
    ck_assert_uint_eq(record.sequence, 1);
    ck_assert_uint_eq(record.state, CHARGE_CLOSED);
    ck_assert_uint_eq(record.mode, CHARGE_BY_AMOUNT);
    ck_assert_uint_eq(record.stop, CHARGE_STOP_LIMIT);
    ck_assert_uint_eq(record.fault, 9);
    ck_assert_uint_eq(record.energy, 250);
    ck_assert_uint_eq(record.end, 150);
    ck_assert_uint_eq(record.limit, 123456);
    ck_assert_uint_eq(record.tariffs[3].energy, 100);
    ck_assert_uint_eq(record.tariffs[1].energy, 150);
    ck_assert_uint_eq(record.amount, 3333 + 2999 + 15002 + 5250); /* 1.5 kWh: 15001.5 goes up */
    ck_assert_int_eq(record.balance_after, 500000 - (int64_t)record.amount);
    ck_assert_uint_eq(record.segment_count, 2);
    ck_assert_uint_eq(record.segments[1].reg, 0);
    ck_assert_str_eq(record.vehicle, "试A12345D");
    ck_assert_str_eq(record.card, "88001234");
    ck_assert_ptr_null(charge_record_problem(&record));
    ck_assert(!charge_records_next(records, &record));
    charge_records_close(records);
}
END_TEST

/* One of each: behind the tariff, behind the energy, in a switch's row, behind the last switch, behind the limit. */
static const unsigned rest[] = {7, 212, 240 + 9, 240 + 12 + 11, 240 + 2 * 12, 1007, 1016, 1019};

START_TEST(room_of_later_versions_is_empty) {
    uint8_t bytes[CHARGE_RECORD_BYTES];
    struct charge_record read;
    begin(99999900, "A");
    ck_assert_int_eq(core_charge_end(&charge, CHARGE_STOP_PERSON, 0, 1767225600 + 4000), 0);
    core_record_encode(&charge.record, bytes);
    ck_assert(charge_record_decode(bytes, &read));
    ck_assert_uint_eq(read.segment_count, 2);
    ck_assert_ptr_null(charge_record_problem(&read));
    bytes[rest[_i]] = 1;
    uint32_t crc = (uint32_t)crc32(0, bytes, CHARGE_U32_CRC);
    for (unsigned i = 0; i < 4; i++) {
        bytes[CHARGE_U32_CRC + i] = (uint8_t)(crc >> 8 * i);
    }
    ck_assert(charge_record_decode(bytes, &read));
    ck_assert_ptr_nonnull(charge_record_problem(&read));
    ck_assert_ptr_nonnull(strstr(charge_record_problem(&read), "no field"));
}
END_TEST

START_TEST(shows_the_open_one_once) {
    begin(5, "A");
    ck_assert_int_eq(core_charge_end(&charge, CHARGE_STOP_PERSON, 0, -1), 0);
    begin(255, "B");
    struct charge_records *records = opened();
    ck_assert(charge_records_next(records, &record));
    ck_assert_uint_eq(record.state, CHARGE_CLOSED);
    ck_assert(charge_records_next(records, &record));
    ck_assert_uint_eq(record.state, CHARGE_OPEN);
    ck_assert_uint_eq(record.energy, 250); /* the newer copy of the two */
    ck_assert(!charge_records_next(records, &record));
    charge_records_close(records);
}
END_TEST

START_TEST(what_is_beyond_is_said_and_billed) {
    char *text = NULL;
    size_t size = 0;
    begin(5, "A");
    ck_assert_int_eq(core_charge_beyond(&charge, 1234, CHARGE_FLAG_SILENT, 400 * SECOND, SECOND),
                     0);
    ck_assert_int_eq(core_charge_end(&charge, CHARGE_STOP_FAULT, 40, 1767225600 + 4000), 0);
    struct charge_records *records = opened();
    ck_assert(charge_records_next(records, &record));
    ck_assert_ptr_null(charge_record_problem(&record));
    ck_assert_uint_eq(record.version, 2);
    ck_assert_uint_eq(record.energy, 250);
    ck_assert_uint_eq(record.beyond_wh, 1234);
    /* 1.234 kWh of peak: 1.0001 yuan and 0.3500 yuan of service */
    ck_assert_uint_eq(charge_record_beyond_amount(&record), 12341 + 4319);
    ck_assert_uint_eq(record.amount, 3333 + 2999 + 15002 + 5250 + 12341 + 4319);
    FILE *stream = open_memstream(&text, &size);
    charge_record_write_json(&record, stream);
    charge_record_write_text(&record, false, stream);
    fclose(stream);
    ck_assert_ptr_nonnull(strstr(text, "\"beyond_kwh\":1.234,\"beyond_amount_yuan\":1.6660"));
    ck_assert_ptr_nonnull(strstr(text, "\"meter_silent\":true,\"meter_doubted\":false"));
    ck_assert_ptr_nonnull(strstr(text, "did not answer"));
    free(text);
    record.beyond_wh++;
    ck_assert_ptr_nonnull(charge_record_problem(&record));
    charge_records_close(records);
}
END_TEST

/* Version 1 as it was written before there was a field for what is beyond. */
START_TEST(older_records_are_read) {
    uint8_t bytes[CHARGE_RECORD_BYTES];
    struct core_record core;
    begin(5, "A");
    core_record_encode(&charge.record, bytes);
    bytes[CHARGE_U16_VERSION] = 1;
    uint32_t crc = (uint32_t)crc32(0, bytes, CHARGE_U32_CRC);
    memcpy(bytes + CHARGE_U32_CRC, &crc, sizeof crc);
    ck_assert(charge_record_decode(bytes, &record));
    ck_assert_ptr_null(charge_record_problem(&record));
    ck_assert(core_record_decode(bytes, &core));
    for (unsigned version = 0; version < 4; version += 3) {
        bytes[CHARGE_U16_VERSION] = (uint8_t)version;
        crc = (uint32_t)crc32(0, bytes, CHARGE_U32_CRC);
        memcpy(bytes + CHARGE_U32_CRC, &crc, sizeof crc);
        ck_assert(!charge_record_decode(bytes, &record));
        ck_assert(!core_record_decode(bytes, &core));
    }
}
END_TEST

START_TEST(a_cut_file_is_said) {
    begin(5, "A");
    ck_assert_int_eq(core_charge_end(&charge, CHARGE_STOP_PERSON, 0, -1), 0);
    begin(255, "B");
    struct charge_records *records = opened();
    ck_assert(!charge_records_cut(records));
    charge_records_close(records);
    ck_assert_int_eq(ftruncate(fileno(file), CHARGE_RING_OFFSET + CHARGE_RECORD_BYTES + 700), 0);
    records = opened();
    ck_assert(charge_records_cut(records));
    ck_assert(charge_records_next(records, &record)); /* from the journal */
    charge_records_close(records);
}
END_TEST

/* A file that says anything at all: no amount overflows into nonsense, nothing crashes. */
START_TEST(extremes_are_exact) {
    char *text = NULL;
    size_t size = 0;
    record = (struct charge_record){.mode = CHARGE_BY_ENERGY,
                                    .limit = UINT64_MAX,
                                    .amount = UINT64_MAX,
                                    .energy = UINT32_MAX,
                                    .beyond_wh = UINT32_MAX,
                                    .tariff = 255,
                                    .state = 200,
                                    .stop = 200,
                                    .balance = INT64_MAX,
                                    .balance_after = INT64_MIN};
    ck_assert_ptr_nonnull(charge_record_problem(&record));
    FILE *stream = open_memstream(&text, &size);
    charge_record_write_json(&record, stream);
    charge_record_write_text(&record, true, stream);
    fclose(stream);
    ck_assert_ptr_nonnull(strstr(text, "\"limit_kwh\":184467440737095516.15"));
    ck_assert_ptr_nonnull(strstr(text, "\"amount_yuan\":1844674407370955.1615"));
    ck_assert_ptr_nonnull(strstr(text, "\"balance_after_yuan\":-922337203685477.5808"));
    free(text);
}
END_TEST

START_TEST(contradictions_are_named) {
    uint8_t bytes[CHARGE_RECORD_BYTES];
    begin(5, "A");
    core_record_encode(&charge.record, bytes);
    ck_assert(charge_record_decode(bytes, &record));
    ck_assert_ptr_null(charge_record_problem(&record));
    struct charge_record bad = record;
    bad.tariffs[1].amount++;
    ck_assert_ptr_nonnull(charge_record_problem(&bad));
    bad = record;
    bad.end++;
    ck_assert_ptr_nonnull(charge_record_problem(&bad));
    bad = record;
    bad.amount--;
    ck_assert_ptr_nonnull(charge_record_problem(&bad));
    bad = record;
    bad.balance_after++;
    ck_assert_ptr_nonnull(charge_record_problem(&bad));
    bad = record;
    bad.segments[1].reg++;
    ck_assert_ptr_nonnull(charge_record_problem(&bad));
    bad.segments[1].tariff = 5;
    ck_assert_ptr_nonnull(charge_record_problem(&bad));
    bytes[200] ^= 1;
    ck_assert(!charge_record_decode(bytes, &record));
}
END_TEST

START_TEST(no_records_are_said) {
    struct problem problem = {0};
    ck_assert_ptr_null(charge_records_open(path, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "no charge record"));
    ck_assert_ptr_null(charge_records_open("/nowhere/pile.bulk", &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "cannot be read"));
    ck_assert_ptr_null(charge_records_open("/", &problem));
}
END_TEST

START_TEST(json_is_whole) {
    char *text = NULL;
    size_t size = 0;
    begin(5, "A\"\\\n");
    struct charge_records *records = opened();
    ck_assert(charge_records_next(records, &record));
    FILE *stream = open_memstream(&text, &size);
    charge_record_write_json(&record, stream);
    fclose(stream);
    ck_assert_ptr_nonnull(strstr(text, "\"amount_yuan\":2.6584"));
    ck_assert_ptr_nonnull(strstr(text, "\"start\":\"2026-01-01 00:58:20\""));
    ck_assert_ptr_nonnull(strstr(text, "\"plate\":\"A\\\"\\\\\\n\""));
    ck_assert_ptr_nonnull(strstr(text, "\"limit_yuan\":12.3456"));
    free(text);
    charge_records_close(records);
}
END_TEST

#define FIELD(macro, size, name)                                                                   \
    { macro, size, offsetof(struct charge_record, name), sizeof record.name, #name }

static const struct {
    size_t at, size, to, width;
    const char *name;
} fields[] = {
    FIELD(CHARGE_U32_SEQUENCE, 4, sequence),
    FIELD(CHARGE_U32_GENERATION, 4, generation),
    FIELD(CHARGE_U8_TARIFF, 1, tariff),
    FIELD(CHARGE_U32_BEYOND, 4, beyond_wh),
    FIELD(CHARGE_U8_GUN, 1, gun),
    FIELD(CHARGE_U8_MODE, 1, mode),
    FIELD(CHARGE_U8_STOP, 1, stop),
    FIELD(CHARGE_U16_FAULT, 2, fault),
    FIELD(CHARGE_U8_VEHICLE_KIND, 1, vehicle_kind),
    FIELD(CHARGE_U8_FLAGS, 1, flags),
    FIELD(CHARGE_U16_LEFT_OUT, 2, left_out),
    FIELD(CHARGE_U32_START_S, 4, start_s),
    FIELD(CHARGE_U32_END_S, 4, end_s),
    FIELD(CHARGE_U32_START, 4, start),
    FIELD(CHARGE_U32_END, 4, end),
    FIELD(CHARGE_U32_TABLE, 4, table),
    FIELD(CHARGE_U32_ENERGY, 4, energy),
    FIELD(CHARGE_U64_AMOUNT, 8, amount),
    FIELD(CHARGE_U64_LIMIT, 8, limit),
    FIELD(CHARGE_S64_BALANCE, 8, balance),
    FIELD(CHARGE_S64_BALANCE_AFTER, 8, balance_after),
};

/* Every byte of a field counts, in its place and in no other field. */
START_TEST(every_byte_of_every_field) {
    uint8_t sound[CHARGE_RECORD_BYTES], bytes[CHARGE_RECORD_BYTES];
    struct charge_record before;
    begin(5, "A");
    core_record_encode(&charge.record, sound);
    ck_assert(charge_record_decode(sound, &before));
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        uint64_t wanted = 0, got = 0;
        memcpy(bytes, sound, sizeof bytes);
        for (size_t k = 0; k < fields[i].size; k++) {
            bytes[fields[i].at + k] = (uint8_t)(0xA7 + 9 * k);
            wanted |= (uint64_t)bytes[fields[i].at + k] << 8 * k;
        }
        const uint32_t crc = (uint32_t)crc32(0, bytes, CHARGE_U32_CRC);
        memcpy(bytes + CHARGE_U32_CRC, &crc, sizeof crc);
        ck_assert_msg(charge_record_decode(bytes, &record), "%s", fields[i].name);
        memcpy(&got, (const char *)&record + fields[i].to, fields[i].width);
        ck_assert_msg(got == wanted, "%s: %llx", fields[i].name, (unsigned long long)got);
        for (size_t other = 0; other < sizeof fields / sizeof fields[0]; other++) {
            const size_t to = fields[other].to;
            ck_assert_msg(other == i ||
                              memcmp((const char *)&record + to, (const char *)&before + to,
                                     fields[other].width) == 0,
                          "%s in %s", fields[i].name, fields[other].name);
        }
    }
}
END_TEST

/* No two figures the same: what stands in another's place shows. */
static struct charge_record figures(void) {
    struct charge_record one = {
        .sequence = 4711,
        .version = 2,
        .state = CHARGE_CLOSED,
        .gun = 1,
        .fault = 23,
        .left_out = 6,
        .tariff = 2,
        .start_s = 1767225600,
        .end_s = 1767229261,
        .start = 99999905,
        .end = 1207,
        .table = 31,
        .energy = 1302,
        .beyond_wh = 45006,
        .amount = 987650408,
        .limit = 70809,
        .balance = 5000607,
        .balance_after = -40302,
        .card = "88001234",
        .vehicle = "LHB1234567890\"",
        .segment_count = 2,
        .segments = {{1767225601, 107, 1}, {CHARGE_UNKNOWN, 208, 4}},
    };
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        const unsigned k = i + 1;
        one.tariffs[i] =
            (struct charge_tariff){1001 * k, 20002 * k, 3003 * k, 40004 * k, 50005 * k};
    }
    return one;
}

static void write_all(const struct charge_record *one, const char *what, FILE *to) {
    fprintf(to, "%s\n", what);
    charge_record_write_json(one, to);
    charge_record_write_text(one, false, to);
    charge_record_write_text(one, true, to);
}

/* Every word of a record in both languages and as JSON: each value of each word, each flag. */
START_TEST(every_word) {
    struct kept words;
    char what[64];
    kept_open(&words);
    for (unsigned i = 0; i < 9; i++) {
        struct charge_record one = figures();
        one.state = i;
        one.mode = i;
        one.stop = i;
        one.vehicle_kind = i;
        one.flags = 1u << i;
        snprintf(what, sizeof what, "state, mode, reason and flag %u", i);
        write_all(&one, what, words.stream);
    }
    struct charge_record one = figures();
    one.start_s = one.end_s = CHARGE_UNKNOWN;
    one.card[0] = one.vehicle[0] = '\0';
    one.balance = -1;
    one.fault = one.beyond_wh = one.segment_count = 0;
    one.tariffs[1].energy = 0;
    write_all(&one, "what need not be there", words.stream);
    one.balance = one.balance_after = 0;
    one.start_s = 0;
    one.end_s = 59;
    write_all(&one, "from nothing on", words.stream);
    kept_check(&words, TEST_SOURCE_DIR "/tests/harness/billing/charge-records.txt");
}
END_TEST

int main(void) {
    Suite *suite = suite_create("charge_records");
    TCase *tc = tcase_create("charge_records");
    tcase_add_checked_fixture(tc, setup, teardown);
    tcase_add_test(tc, says_what_was_written);
    tcase_add_loop_test(tc, room_of_later_versions_is_empty, 0, sizeof rest / sizeof rest[0]);
    tcase_add_test(tc, shows_the_open_one_once);
    tcase_add_test(tc, what_is_beyond_is_said_and_billed);
    tcase_add_test(tc, older_records_are_read);
    tcase_add_test(tc, a_cut_file_is_said);
    tcase_add_test(tc, extremes_are_exact);
    tcase_add_test(tc, contradictions_are_named);
    tcase_add_test(tc, no_records_are_said);
    tcase_add_test(tc, json_is_whole);
    tcase_add_test(tc, every_byte_of_every_field);
    tcase_add_test(tc, every_word);
    suite_add_tcase(suite, tc);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
