/* SPDX-License-Identifier: MIT */
#include "tests/harness/capture/support/building.h"
#include "tests/harness/capture/support/reading.h"

#include <stdlib.h>
#include <string.h>

#define TIME_NS   INT64_C(1429599213477123456) /* 2015-04-21 06:53:33.477123456 */
#define SOCKETCAN 227
#define EXTENDED  0x80000000u
#define REMOTE    0x40000000u
#define ERROR     0x20000000u

static struct reading reading;
static struct built file;

static void begin_file(bool big_endian) {
    file.size = 0;
    file.big_endian = big_endian;
}

static size_t begin_block(uint32_t type) {
    size_t at = file.size;
    add_u32(&file, type);
    add_u32(&file, 0);
    return at;
}

static void set_u32(size_t at, uint32_t value) {
    size_t size = file.size;
    file.size = at;
    add_u32(&file, value);
    file.size = size;
}

static void end_block(size_t at) {
    uint32_t length = (uint32_t)(file.size - at) + 4;
    add_u32(&file, length);
    set_u32(at + 4, length);
}

static void add_section(void) {
    size_t at = begin_block(0x0A0D0D0A);
    add_u32(&file, 0x1A2B3C4D);
    add_u16(&file, 1);
    add_u16(&file, 0);
    add_u64(&file, UINT64_MAX);
    end_block(at);
}

static void add_option(uint16_t code, const void *value, uint16_t size) {
    add_u16(&file, code);
    add_u16(&file, size);
    add_bytes(&file, value, size);
    add_zeros(&file, (4u - size % 4u) % 4u);
}

/* resolution < 0: the option is left out. */
static void add_interface(uint16_t link_type, const char *name, int resolution, uint64_t offset) {
    size_t at = begin_block(1);
    uint8_t byte = (uint8_t)resolution;
    add_u16(&file, link_type);
    add_u16(&file, 0);
    add_u32(&file, 0);
    if (name != NULL) {
        add_option(2, name, (uint16_t)strlen(name));
    }
    if (resolution >= 0) {
        add_option(9, &byte, 1);
    }
    if (offset != 0) {
        add_u16(&file, 14);
        add_u16(&file, 8);
        add_u64(&file, offset);
    }
    add_u32(&file, 0);
    end_block(at);
}

#define FD_BYTES 64u

static void add_can(uint32_t id, uint8_t length, uint8_t fd_flags, uint8_t first) {
    bool order = file.big_endian;
    file.big_endian = true; /* always, by the link type */
    add_u32(&file, id);
    file.big_endian = order;
    add_u8(&file, length);
    add_u8(&file, fd_flags);
    add_u16(&file, 0);
    for (uint8_t i = 0; i < length; i++) {
        add_u8(&file, (uint8_t)(first + i));
    }
    add_zeros(&file, fd_flags != 0 ? FD_BYTES - length : 0u); /* as the kernel hands it over */
}

static void add_packet(uint32_t interface, uint64_t time, uint32_t id, uint8_t length,
                       uint8_t fd_flags, uint8_t first) {
    size_t at = begin_block(6);
    add_u32(&file, interface);
    add_u32(&file, (uint32_t)(time >> 32));
    add_u32(&file, (uint32_t)time);
    const uint32_t size = 8u + (fd_flags != 0 ? FD_BYTES : length);
    add_u32(&file, size);
    add_u32(&file, size);
    add_can(id, length, fd_flags, first);
    add_zeros(&file, (4u - size % 4u) % 4u);
    end_block(at);
}

static void read_file(void) {
    read_bytes(&reading, file.bytes, file.size, NULL);
}

/* Packets that were lost before this one, in an option of it. */
static void add_packet_after_loss(uint64_t lost, uint8_t first) {
    size_t at = begin_block(6);
    add_u32(&file, 0);
    add_u64(&file, 0);
    add_u32(&file, 8 + 3);
    add_u32(&file, 8 + 3);
    add_can(EXTENDED | 0x1826F456, 3, 0, first);
    add_zeros(&file, 1);
    add_u16(&file, 4);
    add_u16(&file, 8);
    add_u64(&file, lost);
    add_u32(&file, 0);
    end_block(at);
}

static void add_statistics(uint64_t lost) {
    size_t at = begin_block(5);
    add_u32(&file, 0);
    add_u64(&file, 0);
    add_u16(&file, 5);
    add_u16(&file, 8);
    add_u64(&file, lost);
    add_u32(&file, 0);
    end_block(at);
}

START_TEST(what_the_recorder_says_it_lost) {
    begin_file(_i == 1);
    add_section();
    add_interface(SOCKETCAN, "can0", 9, 0);
    add_packet_after_loss(0, 1);
    add_packet_after_loss(12, 2);
    add_packet(0, TIME_NS, ERROR | 0x4, 8, 0, 4); /* 04 05: bit 1 of byte 1, the buffer ran over */
    add_statistics(0);
    read_file();
    ck_assert_uint_eq(reading.count, 2); /* the frame behind a loss is there */
    ck_assert_uint_eq(reading.frames[1].line, 4);
    ck_assert_uint_eq(reading.health.losses, 2);
    ck_assert_uint_eq(reading.health.damaged, 0);
    ck_assert(!reading.health.lost_somewhere);
    ck_damage(&reading, 0, 4, "the recorder says that it lost 12 frames here");
    ck_damage(&reading, 1, 5, "the recorder says that it lost frames here");
    ck_assert(reading.health.damages[0].lost);
    add_statistics(7);
    read_file();
    ck_assert(reading.health.lost_somewhere);
    ck_damage(&reading, 2, 7, "the recorder says that it lost 7 frames somewhere in this file");
}
END_TEST

/* Old kernels left the last bytes of the header as they were. */
START_TEST(garbage_in_reserved_bytes_is_no_flag) {
    begin_file(_i == 1);
    add_section();
    add_interface(SOCKETCAN, "can0", 9, 0);
    for (int whole = 0; whole < 3; whole++) { /* 11, 16, 72 bytes */
        size_t at = begin_block(6);
        const uint32_t size = whole == 0 ? 11 : whole == 1 ? 16 : 72;
        add_u32(&file, 0);
        add_u64(&file, 0);
        add_u32(&file, size);
        add_u32(&file, size);
        size_t header = file.size;
        add_can(EXTENDED | 0x1826F456, 3, 0, 1);
        memcpy(file.bytes + header + 5, "\x2E\x92\x04", 3);
        add_zeros(&file, size - 11 + (4 - size % 4) % 4);
        end_block(at);
    }
    read_file();
    ck_assert_uint_eq(reading.health.fd, 0);
    ck_assert_uint_eq(reading.count, 3);
    ck_frame(&reading, 2, 0, "1826F456#010203");
}
END_TEST

/* Both byte orders. */
START_TEST(every_kind_of_block) {
    static const uint32_t outbound = 2;
    begin_file(_i == 1);
    add_section();
    add_interface(SOCKETCAN, "can0", 9, 0);
    add_interface(SOCKETCAN, NULL, -1, 0);
    add_packet(0, TIME_NS, EXTENDED | 0x1826F456, 3, 0, 1);
    add_packet(1, TIME_NS / 1000, 0x7FF, 8, 0, 2); /* microseconds */
    add_packet(0, TIME_NS, REMOTE | 0x7FF, 0, 0, 3);
    add_packet(0, TIME_NS, ERROR | 0x4, 8, 0, 5);
    add_packet(0, TIME_NS, EXTENDED | 0x1826F456, 3, 4, 5);  /* CAN FD by its flag */
    add_packet(0, TIME_NS, EXTENDED | 0x1826F456, 48, 0, 6); /* and by its length */
    size_t at = begin_block(4);                              /* names */
    add_zeros(&file, 400);
    end_block(at);
    at = begin_block(0x80000001); /* somebody's own, larger than is kept */
    add_zeros(&file, 20000);
    end_block(at);
    at = begin_block(3);
    add_u32(&file, 8 + 2);
    add_can(EXTENDED | 0x1826F456, 2, 0, 7);
    add_zeros(&file, 2);
    end_block(at);
    at = begin_block(6); /* sent by the recording machine, and commented */
    add_u32(&file, 0);
    add_u32(&file, (uint32_t)((uint64_t)TIME_NS >> 32));
    add_u32(&file, (uint32_t)TIME_NS);
    add_u32(&file, 9);
    add_u32(&file, 9);
    add_can(EXTENDED | 0x1826F456, 1, 0, 8);
    add_zeros(&file, 3);
    add_option(1, "comment", 7);
    add_u16(&file, 2);
    add_u16(&file, 4);
    add_u32(&file, outbound);
    add_u32(&file, 0);
    end_block(at);
    read_file();
    ck_assert_str_eq(reading.problem.text, "");
    ck_assert_uint_eq(reading.count, 4);
    ck_frame(&reading, 0, TIME_NS, "1826F456#010203");
    ck_frame(&reading, 1, TIME_NS / 1000 * 1000, "7FF#0203040506070809");
    ck_frame(&reading, 2, TIME_NS, "1826F456#0708"); /* of the last time known */
    ck_frame(&reading, 3, TIME_NS, "1826F456#08");
    ck_assert_str_eq(reading.networks[0], "can0");
    ck_assert_str_eq(reading.networks[1], "1");
    ck_assert(!reading.frames[0].sent && reading.frames[3].sent);
    ck_assert_uint_eq(reading.frames[0].line, 4);
    ck_assert_uint_eq(reading.health.remote, 1);
    ck_assert_uint_eq(reading.health.error, 1);
    ck_assert_uint_eq(reading.health.fd, 2);
    ck_assert_uint_eq(reading.health.damaged, 0);
    ck_assert_int_eq(reading.health.clock, CLOCK_ABSOLUTE);
    ck_assert_str_eq(reading.health.dialect.en, _i == 1 ? "pcapng, big-endian, SocketCAN"
                                                        : "pcapng, little-endian, SocketCAN");
}
END_TEST

static const struct {
    int resolution;
    uint64_t offset, units;
    int64_t ns;
} times[] = {
    {0, 0, 1429599213, INT64_C(1429599213) * S},
    {3, 0, 1429599213477, INT64_C(1429599213477) * MS},
    {12, 0, UINT64_C(1429599213477123456), INT64_C(1429599213477123)},
    {127, 0, UINT64_MAX, 0},
    {0x80, 0, 1429599213, INT64_C(1429599213) * S},
    {0x80 | 20, 0, UINT64_C(1429599213) << 20 | 1 << 19, INT64_C(1429599213500) * MS},
    {0x80 | 127, 0, UINT64_MAX, 0},
    {9, 1429599213, 5, INT64_C(1429599213) * S + 5},
    {9, (uint64_t)-5, 6 * (uint64_t)S, 1 * S},
};

START_TEST(resolutions_and_offsets) {
    begin_file(false);
    add_section();
    add_interface(SOCKETCAN, "can0", times[_i].resolution, times[_i].offset);
    add_packet(0, times[_i].units, 1, 0, 0, 0);
    read_file();
    ck_assert_uint_eq(reading.count, 1);
    ck_assert_int_eq(reading.frames[0].at_ns, times[_i].ns);
    ck_assert_int_eq(reading.health.clock,
                     times[_i].ns > 365 * 86400 * S ? CLOCK_ABSOLUTE : CLOCK_RELATIVE);
}
END_TEST

START_TEST(no_time_at_all) {
    begin_file(false);
    add_section();
    add_interface(SOCKETCAN, "can0", 9, 0);
    for (int i = 0; i < 2; i++) {
        size_t at = begin_block(3);
        add_u32(&file, 8);
        add_can(1, 0, 0, 0);
        end_block(at);
    }
    read_file();
    ck_assert_uint_eq(reading.count, 2);
    ck_assert_int_eq(reading.health.clock, CLOCK_NONE);
}
END_TEST

/* A second section, in the other byte order, starts its interfaces anew. */
START_TEST(sections_one_behind_another) {
    begin_file(false);
    add_section();
    add_interface(SOCKETCAN, "can0", 9, 0);
    add_packet(0, TIME_NS, 1, 1, 0, 1);
    file.big_endian = true;
    add_section();
    add_interface(SOCKETCAN, "can7", 9, 0);
    add_packet(0, TIME_NS, 1, 1, 0, 2);
    add_packet(1, TIME_NS, 1, 1, 0, 3); /* there is no second one any more */
    read_file();
    ck_assert_uint_eq(reading.count, 2);
    ck_assert_str_eq(reading.networks[1], "can7");
    ck_frame(&reading, 1, TIME_NS, "001#02");
    ck_damage(&reading, 0, 7, "packet of an interface that was not described");
}
END_TEST

START_TEST(ethernet_beside_can) {
    begin_file(false);
    add_section();
    add_interface(1, "eth0", 9, 0);
    add_interface(SOCKETCAN, "can0", 9, 0);
    add_packet(0, TIME_NS, 1, 1, 0, 1);
    add_packet(1, TIME_NS, 1, 1, 0, 2);
    read_file();
    ck_assert_uint_eq(reading.count, 1);
    ck_assert_uint_eq(reading.health.other, 1);
    ck_assert_str_eq(reading.networks[0], "can0");
}
END_TEST

START_TEST(ethernet_only) {
    begin_file(false);
    add_section();
    add_interface(1, "eth0", 9, 0);
    add_packet(0, TIME_NS, 1, 1, 0, 1);
    read_file();
    ck_assert_ptr_nonnull(
        strstr(reading.problem.text, "link type 1 (Ethernet), not of SocketCAN (227)"));
    begin_file(false);
    add_u32(&file, 0xA1B2C3D4);
    add_u32(&file, 0x00040002);
    add_zeros(&file, 12);
    add_u32(&file, 113);
    read_file();
    ck_assert_ptr_nonnull(strstr(reading.problem.text, "link type 113 (\"any\")"));
}
END_TEST

/* Old pcap files: both byte orders, microseconds and nanoseconds. */
START_TEST(classic_pcap) {
    bool nanoseconds = _i >= 2;
    begin_file(_i % 2 == 1);
    add_u32(&file, nanoseconds ? 0xA1B23C4D : 0xA1B2C3D4);
    add_u16(&file, 2);
    add_u16(&file, 4);
    add_zeros(&file, 8);
    add_u32(&file, 65535);
    add_u32(&file, SOCKETCAN);
    for (uint8_t i = 1; i <= 3; i++) {
        add_u32(&file, 1429599213);
        add_u32(&file, nanoseconds ? 477123456 : 477123);
        add_u32(&file, 8u + i);
        add_u32(&file, 8u + i);
        add_can(EXTENDED | 0x1826F456, i, 0, 1);
    }
    read_file();
    ck_assert_str_eq(reading.problem.text, "");
    ck_assert_uint_eq(reading.count, 3);
    ck_frame(&reading, 2, nanoseconds ? TIME_NS : TIME_NS / 1000 * 1000, "1826F456#010203");
    ck_assert_str_eq(reading.networks[0], "");
    file.size -= 2;
    read_file();
    ck_assert_uint_eq(reading.count, 2);
    ck_assert(reading.health.cut);
    set_u32(24 + 8, 0x7FFFFFFF); /* a length that cannot be */
    read_file();
    ck_assert_uint_eq(reading.count, 0);
    ck_damage(&reading, 0, 1, "block of impossible length: what follows cannot be read");
}
END_TEST

/* Damage inside a block costs that block; a damaged length costs the rest, and that is said. */
START_TEST(damaged_blocks) {
    static const struct {
        size_t at;
        uint32_t value;
        size_t left;
        const char *what;
    } wrong[] = {
        {20, 1000, 2, "packet longer than its block"},
        {20, 5, 2, "packet shorter than the header of a CAN frame"},
        {20, 9, 2, "packet shorter than the data of its CAN frame"},
        {8, 9, 2, "packet of an interface that was not described"},
        {12, 0xFFFFFFFF, 2, "time beyond what a clock can hold"},
        {28, 0x00080000, 2, "identifier too large for a standard frame"},
        {4, 8, 1, "block of impossible length: what follows cannot be read"},
        {4, 41, 1, "block of impossible length: what follows cannot be read"},
        {4, 0x7FFFFFFC, 1, "block of impossible length: what follows cannot be read"},
        {4, 48, 1, "block of impossible length: what follows cannot be read"},
        {40, 48, 1, "block of impossible length: what follows cannot be read"},
    };
    begin_file(false);
    add_section();
    add_interface(SOCKETCAN, "can0", 9, 0);
    add_packet(0, TIME_NS, EXTENDED | 0x1826F456, 4, 0, 1);
    size_t second = file.size;
    add_packet(0, TIME_NS, EXTENDED | 0x1826F456, 4, 0, 2);
    add_packet(0, TIME_NS, EXTENDED | 0x1826F456, 4, 0, 3);
    set_u32(second + wrong[_i].at, wrong[_i].value);
    read_file();
    ck_assert_uint_eq(reading.count, wrong[_i].left);
    ck_assert_uint_eq(reading.health.damaged, 1);
    ck_damage(&reading, 0, 4, wrong[_i].what);
}
END_TEST

START_TEST(packet_larger_than_any_can_frame) {
    begin_file(false);
    add_section();
    add_interface(SOCKETCAN, "can0", 9, 0);
    size_t at = begin_block(6);
    add_zeros(&file, 12);
    add_u32(&file, 9000);
    add_u32(&file, 9000);
    add_zeros(&file, 9000);
    end_block(at);
    add_packet(0, TIME_NS, 1, 1, 0, 1);
    read_file();
    ck_assert_uint_eq(reading.count, 1);
    ck_damage(&reading, 0, 3, "packet much longer than any CAN frame");
}
END_TEST

START_TEST(interfaces_without_end) {
    begin_file(false);
    add_section();
    for (int i = 0; i < 66; i++) {
        add_interface(SOCKETCAN, NULL, 9, 0);
    }
    add_packet(63, TIME_NS, 1, 1, 0, 1);
    add_packet(64, TIME_NS, 1, 1, 0, 2);
    read_file();
    ck_assert_uint_eq(reading.count, 1);
    ck_assert_str_eq(reading.networks[0], "63");
    ck_assert_uint_eq(reading.health.damaged, 3);
    ck_damage(&reading, 0, 66, "more than 64 interfaces: the packets of this one are left out");
}
END_TEST

START_TEST(cut_off_anywhere) {
    begin_file(false);
    add_section();
    add_interface(SOCKETCAN, "can0", 9, 0);
    size_t starts[4];
    for (uint8_t i = 0; i < 3; i++) {
        starts[i] = file.size;
        add_packet(0, TIME_NS, EXTENDED | 0x1826F456, 8, 0, i);
    }
    starts[3] = file.size;
    for (size_t size = starts[0]; size < starts[3]; size++) {
        uint8_t *bytes = malloc(size); /* so that a sanitizer sees reads behind the end */
        ck_assert_ptr_nonnull(bytes);
        memcpy(bytes, file.bytes, size);
        read_bytes(&reading, bytes, size, NULL);
        free(bytes);
        ck_assert_uint_eq(reading.count, size < starts[1] ? 0 : size < starts[2] ? 1 : 2);
        bool between = size == starts[0] || size == starts[1] || size == starts[2];
        ck_assert_int_eq(reading.health.cut, !between);
    }
}
END_TEST

START_TEST(first_block_damaged) {
    begin_file(false);
    add_section();
    set_u32(8, 0x12345678);
    read_file();
    ck_assert_str_ne(reading.problem.text, "");
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("reader_pcapng");
    tcase_add_loop_test(cases, what_the_recorder_says_it_lost, 0, 2);
    tcase_add_loop_test(cases, garbage_in_reserved_bytes_is_no_flag, 0, 2);
    tcase_add_loop_test(cases, every_kind_of_block, 0, 2);
    tcase_add_loop_test(cases, resolutions_and_offsets, 0, (int)(sizeof times / sizeof times[0]));
    tcase_add_test(cases, no_time_at_all);
    tcase_add_test(cases, sections_one_behind_another);
    tcase_add_test(cases, ethernet_beside_can);
    tcase_add_test(cases, ethernet_only);
    tcase_add_loop_test(cases, classic_pcap, 0, 4);
    tcase_add_loop_test(cases, damaged_blocks, 0, 11);
    tcase_add_test(cases, packet_larger_than_any_can_frame);
    tcase_add_test(cases, interfaces_without_end);
    tcase_add_test(cases, cut_off_anywhere);
    tcase_add_test(cases, first_block_damaged);
    return run_suite("reader_pcapng", cases);
}
