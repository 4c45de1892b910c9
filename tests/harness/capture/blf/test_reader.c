/* SPDX-License-Identifier: MIT */
#include "tests/harness/capture/support/building.h"
#include "tests/harness/capture/support/reading.h"
#include "tests/harness/capture/support/showing.h"
#include "tests/support/inputs.h"
#include "tests/support/kept.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define START_NS  (INT64_C(1429599213477) * MS) /* 2015-04-21 06:53:33.477 */
#define UNIT_10US 1
#define UNIT_1NS  2

static struct reading reading;
static struct built file, inside;

static void begin_file(bool dated) {
    static const uint16_t start[8] = {2015, 4, 2, 21, 6, 53, 33, 477};
    file.size = inside.size = 0;
    add_bytes(&file, "LOGG", 4);
    add_u32(&file, 144);
    add_zeros(&file, 32);
    for (size_t i = 0; i < 8; i++) {
        add_u16(&file, dated ? start[i] : 0);
    }
    add_zeros(&file, 144 - file.size);
}

static void add_object_header(struct built *to, unsigned version, uint32_t type, size_t body,
                              uint32_t unit, uint64_t time) {
    unsigned header = version == 2 ? 40 : 32;
    add_bytes(to, "LOBJ", 4);
    add_u16(to, (uint16_t)header);
    add_u16(to, (uint16_t)version);
    add_u32(to, (uint32_t)(header + body));
    add_u32(to, type);
    add_u32(to, unit);
    add_u32(to, 0);
    add_u64(to, time);
    add_zeros(to, header - 32);
}

static void add_can(struct built *to, uint32_t type, uint16_t channel, uint8_t flags, uint8_t dlc,
                    uint32_t id, uint8_t first) {
    add_object_header(to, 1, type, type == 86 ? 24 : 16, UNIT_1NS, (uint64_t)first * MS);
    add_u16(to, channel);
    add_u8(to, flags);
    add_u8(to, dlc);
    add_u32(to, id);
    for (uint8_t i = 0; i < 8; i++) {
        add_u8(to, (uint8_t)(first + i));
    }
    add_zeros(to, type == 86 ? 8 : 0);
}

/* CAN_FD_MESSAGE (100) */
static void add_fd(struct built *to, uint8_t fd_flags, uint8_t flags) {
    add_object_header(to, 1, 100, 84, UNIT_1NS, 20 * MS);
    add_u16(to, 1);
    add_u8(to, flags);
    add_u8(to, 3);
    add_u32(to, 0x9826F456);
    add_u32(to, 0);
    add_u8(to, 0);
    add_u8(to, fd_flags);
    add_u8(to, 3);
    add_zeros(to, 5);
    add_bytes(to, "\x0A\x0B\x0C", 3);
    add_zeros(to, 61);
}

/* CAN_FD_MESSAGE_64 (101) */
static void add_fd64(struct built *to, uint32_t flags, uint8_t direction) {
    add_object_header(to, 1, 101, 43, UNIT_1NS, 30 * MS);
    add_u8(to, 2);
    add_u8(to, 3);
    add_u8(to, 3);
    add_u8(to, 0);
    add_u32(to, 0x9826F456);
    add_u32(to, 0);
    add_u32(to, flags);
    add_zeros(to, 16);
    add_u16(to, 0);
    add_u8(to, direction);
    add_zeros(to, 5);
    add_bytes(to, "\x1A\x1B\x1C", 3);
    add_zeros(to, 1); /* padding, as Vector's files have it */
}

/* A container of some bytes of `inside`; padded by its length modulo 4, the format's quirk. */
static void add_container(size_t from, size_t size, bool packed) {
    static uint8_t bytes[BUILD_MAX];
    uLongf count = sizeof bytes;
    if (packed) {
        ck_assert_int_eq(compress2(bytes, &count, inside.bytes + from, size, 6), Z_OK);
    } else {
        memcpy(bytes, inside.bytes + from, size);
        count = size;
    }
    add_bytes(&file, "LOBJ", 4);
    add_u16(&file, 16);
    add_u16(&file, 1);
    add_u32(&file, (uint32_t)(32 + count));
    add_u32(&file, 10);
    add_u16(&file, packed ? 2 : 0);
    add_zeros(&file, 6);
    add_u32(&file, (uint32_t)size);
    add_zeros(&file, 4);
    add_bytes(&file, bytes, count);
    add_zeros(&file, count % 4);
}

static void read_file(void) {
    read_bytes(&reading, file.bytes, file.size, NULL);
}

static void many(unsigned count) {
    for (unsigned i = 0; i < count; i++) {
        add_can(&inside, 86, 1, 0, 8, 0x9826F456, (uint8_t)(i + 1));
    }
}

/* Frame i of many() is the n-th that came out. */
static void ck_many(size_t n, unsigned i) {
    ck_assert_uint_eq(reading.frames[n].frame.data[0], (uint8_t)(i + 1));
    ck_assert_uint_eq(reading.frames[n].frame.id, 0x1826F456);
    ck_assert_int_eq(reading.frames[n].at_ns, START_NS + (int64_t)(uint8_t)(i + 1) * MS);
}

START_TEST(every_kind_of_object) {
    begin_file(true);
    add_can(&inside, 1, 1, 0, 3, 0x9826F456, 1);
    add_can(&inside, 86, 2, 1, 8, 0x7FF, 2);
    add_can(&inside, 86, 1, 0x80, 8, 0x7FF, 3); /* remote */
    add_can(&inside, 86, 1, 2, 8, 0x7FF, 4);    /* request to send: a wish */
    add_can(&inside, 86, 1, 0, 15, 0x7FF, 5);   /* 9...15 mean 8 */
    add_fd(&inside, 1, 0);
    add_fd(&inside, 0, 0); /* no FD frame after all */
    add_fd(&inside, 0, 0x80);
    add_fd64(&inside, 0x1000, 0);
    add_fd64(&inside, 0, 1);
    add_fd64(&inside, 0x10, 0);
    add_object_header(&inside, 1, 73, 32, UNIT_1NS, 1); /* error frame */
    add_zeros(&inside, 32);
    add_object_header(&inside, 1, 65, 100, UNIT_1NS, 1); /* a text of the application */
    add_zeros(&inside, 100);
    add_container(0, inside.size, true);
    read_file();
    ck_assert_str_eq(reading.problem.text, "");
    ck_assert_uint_eq(reading.count, 5);
    ck_frame(&reading, 0, START_NS + 1 * MS, "1826F456#010203");
    ck_frame(&reading, 1, START_NS + 2 * MS, "7FF#0203040506070809");
    ck_frame(&reading, 2, START_NS + 5 * MS, "7FF#05060708090A0B0C");
    ck_frame(&reading, 3, START_NS + 20 * MS, "1826F456#0A0B0C");
    ck_frame(&reading, 4, START_NS + 30 * MS, "1826F456#1A1B1C");
    ck_assert_str_eq(reading.networks[1], "2");
    ck_assert(!reading.frames[0].sent && reading.frames[1].sent && reading.frames[4].sent);
    ck_assert_uint_eq(reading.frames[4].line, 10);
    ck_assert_uint_eq(reading.health.remote, 3);
    ck_assert_uint_eq(reading.health.fd, 2);
    ck_assert_uint_eq(reading.health.error, 1);
    ck_assert_uint_eq(reading.health.damaged, 0);
    ck_assert_int_eq(reading.health.clock, CLOCK_ABSOLUTE);
    ck_assert_str_eq(reading.health.dialect.en, "Vector BLF");
}
END_TEST

START_TEST(what_the_recorder_says_it_lost) {
    begin_file(true);
    add_can(&inside, 1, 1, 0, 3, 0x9826F456, 1);
    add_object_header(&inside, 1, 126, 16, UNIT_1NS, 1); /* the end of a loss */
    add_u32(&inside, 1);
    add_u64(&inside, 5 * MS);
    add_u32(&inside, 23);
    add_can(&inside, 1, 1, 0, 3, 0x9826F456, 2);
    add_object_header(&inside, 1, 126, 4, UNIT_1NS, 1); /* too short to say how many */
    add_u32(&inside, 1);
    add_can(&inside, 1, 1, 0, 3, 0x9826F456, 3); /* whose bytes are not the number */
    add_object_header(&inside, 1, 126, 15, UNIT_1NS, 1);
    add_zeros(&inside, 15);
    add_can(&inside, 1, 1, 0, 3, 0x9826F456, 4);
    add_container(0, inside.size, true);
    read_file();
    ck_assert_uint_eq(reading.count, 4);
    ck_assert_uint_eq(reading.health.losses, 3);
    ck_assert_uint_eq(reading.health.damaged, 0);
    ck_damage(&reading, 0, 2, "the recorder says that it lost 23 frames here");
    ck_damage(&reading, 1, 4, "the recorder says that it lost frames here");
    ck_damage(&reading, 2, 6, "the recorder says that it lost frames here");
}
END_TEST

START_TEST(times_and_header_versions) {
    begin_file(false);
    for (unsigned version = 1; version <= 3; version++) {
        add_object_header(&inside, version, 1, 16, version == 2 ? UNIT_10US : UNIT_1NS, 123456);
        add_u32(&inside, 1);
        add_u32(&inside, 0x7F);
        add_zeros(&inside, 8);
    }
    add_object_header(&inside, 1, 1, 16, UNIT_10US, UINT64_MAX);
    add_zeros(&inside, 16);
    add_container(0, inside.size, true);
    read_file();
    ck_assert_uint_eq(reading.count, 2);
    ck_frame(&reading, 0, 123456, "07F#");
    ck_frame(&reading, 1, 1234560000, "07F#");
    ck_assert_int_eq(reading.health.clock, CLOCK_RELATIVE);
    ck_assert_uint_eq(reading.health.damaged, 2);
    ck_damage(&reading, 0, 3, "object header of a version nobody knows");
    ck_damage(&reading, 1, 4, "time beyond what a clock can hold");
}
END_TEST

/* Containers cut the stream of objects anywhere: in a signature, a header, the data. */
START_TEST(objects_straddle_containers) {
    begin_file(true);
    many(100);
    for (size_t at = 0, piece = 1; at < inside.size; piece = piece % 97 + 7) {
        size_t size = piece < inside.size - at ? piece : inside.size - at;
        add_container(at, size, piece % 3 != 0);
        at += size;
    }
    read_file();
    ck_assert_uint_eq(reading.count, 100);
    for (unsigned i = 0; i < 100; i++) {
        ck_many(i, i);
    }
    ck_assert_uint_eq(reading.health.damaged, 0);
    ck_assert(!reading.health.cut);
}
END_TEST

START_TEST(objects_without_containers) {
    begin_file(true);
    many(5);
    add_bytes(&file, inside.bytes, inside.size);
    read_file();
    ck_assert_uint_eq(reading.count, 5);
    ck_assert_uint_eq(reading.health.damaged, 0);
}
END_TEST

/* Far more than the windows hold at once. */
START_TEST(container_larger_than_any_buffer) {
    begin_file(true);
    for (unsigned i = 0; i < 300; i++) {
        add_object_header(&inside, 1, 65, 2000, UNIT_1NS, 1);
        add_zeros(&inside, 2000);
        many(1);
    }
    add_container(0, inside.size, true);
    read_file();
    ck_assert_uint_eq(reading.count, 300);
    ck_assert_uint_eq(reading.health.damaged, 0);
}
END_TEST

/* Three containers of whole objects, the second one damaged in the way a test wants. */
static void three(size_t starts[4]) {
    begin_file(true);
    for (int i = 0; i < 3; i++) {
        starts[i] = file.size;
        inside.size = 0;
        many(20);
        add_container(0, inside.size, true);
    }
    starts[3] = file.size;
}

static void put_u32(size_t at, uint32_t value) {
    for (unsigned i = 0; i < 4; i++) {
        file.bytes[at + i] = (uint8_t)(value >> 8 * i);
    }
}

START_TEST(packed_bytes_damaged) {
    size_t starts[4];
    three(starts);
    memset(file.bytes + starts[1] + 60, 0xA5, 20);
    read_file();
    ck_assert_uint_ge(reading.count, 40);
    ck_assert_uint_lt(reading.count, 60);
    ck_many(reading.count - 20, 0); /* the third container is whole */
    ck_assert_uint_eq(reading.health.damage_count, 1);
    ck_assert_str_eq(reading.health.damages[0].what.en, "container whose packed bytes are damaged");
    ck_assert(!reading.health.cut);
}
END_TEST

START_TEST(lengths_of_containers_damaged) {
    static const struct {
        int change; /* to the length of the second */
        const char *what;
    } wrong[] = {{+1000000, "container longer than what is packed in it"},
                 {-40, "container that ends before what is packed in it"}};
    size_t starts[4];
    three(starts);
    put_u32(starts[1] + 8, (uint32_t)((int)(starts[2] - starts[1]) / 4 * 4 + wrong[_i].change));
    read_file();
    ck_assert_uint_ge(reading.count, 40);
    ck_many(reading.count - 20, 0);
    ck_assert_uint_eq(reading.health.damage_count, 1);
    ck_assert_str_eq(reading.health.damages[0].what.en, wrong[_i].what);
}
END_TEST

START_TEST(rubbish_between_containers) {
    size_t starts[4];
    three(starts);
    memcpy(file.bytes + starts[1], "JUNK", 4);
    read_file();
    ck_assert_uint_eq(reading.count, 40);
    ck_many(20, 0);
    ck_assert_uint_eq(reading.health.damage_count, 1);
    ck_assert_str_eq(reading.health.damages[0].what.en, "no object where one has to start");
    ck_assert_uint_eq(reading.health.damages[0].line, 21);
}
END_TEST

START_TEST(method_nobody_knows) {
    size_t starts[4];
    three(starts);
    file.bytes[starts[1] + 16] = 7;
    read_file();
    ck_assert_uint_eq(reading.count, 40);
    ck_assert_str_eq(reading.health.damages[0].what.en,
                     "container packed by a method nobody knows");
}
END_TEST

START_TEST(objects_damaged_inside_a_container) {
    static const struct {
        size_t at;
        uint32_t value;
        const char *what;
    } wrong[] = {{0, 0, "no object where one has to start"},
                 {8, 0xFFFFFFFF, "no object where one has to start"},
                 {8, 100000, "CAN object of impossible length"},
                 {8, 33, "CAN object shorter than its fields"},
                 {36, 0xA826F456, "identifier that no CAN frame can have"}};
    begin_file(true);
    many(10);
    size_t object = inside.size / 10;
    for (unsigned i = 0; i < 4; i++) {
        inside.bytes[3 * object + wrong[_i].at + i] = (uint8_t)(wrong[_i].value >> 8 * i);
    }
    add_container(0, inside.size, true);
    read_file();
    ck_assert_uint_eq(reading.count, 9);
    ck_many(2, 2);
    ck_many(3, 4);
    ck_assert_uint_eq(reading.health.damages[0].line, 4);
    ck_assert_str_eq(reading.health.damages[0].what.en, wrong[_i].what);
}
END_TEST

/* Wherever the file ends: what is whole comes out, the end is named, nothing is read beyond it. */
START_TEST(cut_off_anywhere) {
    size_t starts[4];
    three(starts);
    for (size_t size = 144; size < starts[3]; size += 3) {
        uint8_t *bytes = malloc(size); /* so that a sanitizer sees reads behind the end */
        ck_assert_ptr_nonnull(bytes);
        memcpy(bytes, file.bytes, size);
        read_bytes(&reading, bytes, size, NULL);
        free(bytes);
        ck_assert_str_eq(reading.problem.text, "");
        ck_assert_uint_ge(reading.count, size < starts[1] ? 0 : size < starts[2] ? 20 : 40);
        for (size_t i = 0; i < reading.count; i++) {
            ck_many(i, (unsigned)(i % 20));
        }
        bool between = false;
        for (int i = 0; i < 4; i++) {
            between |= size >= starts[i] - (i > 0 ? 3 : 0) && size < starts[i] + 8;
        }
        ck_assert_msg(between || reading.health.cut, "cut off at %zu: not told", size);
    }
}
END_TEST

START_TEST(header_cut_off_or_damaged) {
    begin_file(true);
    read_bytes(&reading, file.bytes, 50, NULL);
    ck_assert_ptr_nonnull(strstr(reading.problem.text, "ends within its header"));
    put_u32(4, 0x7FFFFFFF);
    read_file();
    ck_assert_ptr_nonnull(strstr(reading.problem.text, "damaged"));
    begin_file(true);
    read_file();
    ck_assert_str_eq(reading.problem.text, "");
    ck_assert_uint_eq(reading.count, 0);
    ck_assert(!reading.health.cut);
}
END_TEST

/* What a fuzzer found to go different ways: whole files, and objects, in two containers. */
START_TEST(any_objects) {
    static char line[BUILD_MAX];
    struct kept kept;
    kept_open(&kept);
    FILE *inputs = fopen(TEST_SOURCE_DIR "/tests/harness/capture/blf/inputs.txt", "r");
    ck_assert_ptr_nonnull(inputs);
    while (input_next(inputs, line, sizeof line)) {
        begin_file(true);
        inside.size = input_bytes(line, (char *)inside.bytes);
        if (memcmp(inside.bytes, "LOGG", 4) == 0) {
            file.size = 0;
            add_bytes(&file, inside.bytes, inside.size);
        } else {
            const size_t cut = inside.bytes[0] % inside.size;
            add_container(0, cut, true);
            add_container(cut, inside.size - cut, false);
        }
        read_file();
        fprintf(kept.stream, "%s\n", line);
        for (size_t i = 0; i < reading.count; i++) {
            reading.frames[i].network = reading.networks[i];
            show_frame(kept.stream, &reading.frames[i]);
        }
        show_health(kept.stream, &reading.health);
    }
    fclose(inputs);
    kept_check(&kept, TEST_SOURCE_DIR "/tests/harness/capture/blf/inputs-read.txt");
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("reader_blf");
    tcase_add_test(cases, every_kind_of_object);
    tcase_add_test(cases, what_the_recorder_says_it_lost);
    tcase_add_test(cases, times_and_header_versions);
    tcase_add_test(cases, objects_straddle_containers);
    tcase_add_test(cases, objects_without_containers);
    tcase_add_test(cases, container_larger_than_any_buffer);
    tcase_add_test(cases, packed_bytes_damaged);
    tcase_add_loop_test(cases, lengths_of_containers_damaged, 0, 2);
    tcase_add_test(cases, rubbish_between_containers);
    tcase_add_test(cases, method_nobody_knows);
    tcase_add_loop_test(cases, objects_damaged_inside_a_container, 0, 5);
    tcase_add_test(cases, cut_off_anywhere);
    tcase_add_test(cases, header_cut_off_or_damaged);
    tcase_add_test(cases, any_objects);
    return run_suite("reader_blf", cases);
}
