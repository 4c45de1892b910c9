/* SPDX-License-Identifier: MIT */
/* Meters and a master on one in-process line. */
#include "meter/master.h"
#include "meter/simulated.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double energy_j(void *ctx, int64_t now_ns) {
    (void)ctx;
    return 360e3 * (double)now_ns / 1e9; /* 0.1 kWh a second */
}
static double voltage_v(void *ctx, int64_t now_ns, unsigned phase) {
    (void)ctx, (void)now_ns, (void)phase;
    return 750.0;
}
static double current_a(void *ctx, int64_t now_ns, unsigned phase) {
    (void)ctx, (void)now_ns, (void)phase;
    return 480.0;
}
static double power_w(void *ctx, int64_t now_ns, unsigned phase) {
    (void)ctx, (void)now_ns, (void)phase;
    return 70e3; /* XX.XXXX kW with a sign ends at 79.9999 */
}
static const struct meter_source source = {energy_j, voltage_v, current_a, power_w, NULL, NULL};

static struct loop loop;
static struct serial_line *line;
static struct master master;
static struct simulated *meter, *other;
static struct simulated_params params;
static struct master_result result;
static uint8_t data[MASTER_LONG_MAX];
static bool came;
static uint8_t address[6], all[6];

static void setup(void) {
    loop_init(&loop, LOOP_VIRTUAL);
    line = serial_bus_new(&loop, "meters", 2400);
    params = simulated_params_default;
    meter_address_from_text("25", params.registers.address);
    meter = simulated_new(&loop, line, &params, &source);
    meter_address_from_text("26", params.registers.address);
    other = simulated_new(&loop, line, &params, &source);
    master_init(&master, &loop, line, &master_params_default);
    meter_address_from_text("25", address);
    meter_address_from_text("AAAAAAAAAAAA", all);
}

static void teardown(void) {
    master_free(&master);
    simulated_free(meter);
    simulated_free(other);
    serial_free(line);
    loop_free(&loop);
}

static void done(void *ctx, const struct master_result *got) {
    (void)ctx;
    result = *got;
    memcpy(data, got->data, got->length);
    came = true;
}

static void wait_for_it(void) {
    for (int i = 0; i < 100000 && !came; i++) {
        loop_run(&loop, loop.now_ns + NS_PER_MS);
    }
    ck_assert(came);
}

static enum master_outcome read_from(const uint8_t asked[6], uint32_t di) {
    came = false;
    ck_assert_int_eq(master_read(&master, asked, di, done, NULL), 0);
    wait_for_it();
    return result.outcome;
}

static enum master_outcome request(uint8_t control, const char *hex) {
    struct meter_frame frame = {.control = control};
    char *end;
    memcpy(frame.address, address, 6);
    for (unsigned long byte = strtoul(hex, &end, 16); end != hex; byte = strtoul(hex, &end, 16)) {
        frame.data[frame.length++] = (uint8_t)byte;
        hex = end;
    }
    came = false;
    ck_assert_int_eq(master_request(&master, &frame, done, NULL), 0);
    wait_for_it();
    return result.outcome;
}

static int64_t number(uint32_t di) {
    int64_t value = -1;
    ck_assert_int_eq(read_from(address, di), MASTER_DONE);
    ck_assert(meter_item_get(meter_item(METER_STANDARD, di), data, &value));
    return value;
}

START_TEST(reads) {
    loop_run(&loop, 100 * NS_PER_S);
    int64_t energy = number(METER_ENERGY_FORWARD);
    ck_assert_int_ge(energy, 1000);
    ck_assert_int_lt(energy, 1010);
    ck_assert_int_eq(number(METER_VOLTAGE_A), 7500);
    ck_assert_int_eq(number(METER_CURRENT_A), 480000);
    ck_assert_int_eq(number(METER_POWER), 700000);
    ck_assert_uint_eq(result.tries, 1);
    ck_assert_uint_eq(simulated_stats(other)->requests, 0);
    ck_assert_uint_eq(simulated_stats(meter)->answers, 4);
}
END_TEST

/* Request, 30 ms, answer: to the byte time. The register is read when the request has ended. */
START_TEST(answers_in_its_time) {
    int64_t byte_ns = INT64_C(11) * NS_PER_S / 2400;
    read_from(address, METER_VOLTAGE_A);
    int64_t wanted = (4 + 16) * byte_ns + 30 * NS_PER_MS + (4 + 18) * byte_ns;
    ck_assert_int_eq(result.took_ns, wanted);
}
END_TEST

/* 22 bytes of answer, 5 at a time: four pauses. The last of a run of pieces ends the frame. */
START_TEST(answers_in_pieces) {
    int64_t byte_ns = INT64_C(11) * NS_PER_S / 2400;
    simulated_in_pieces(meter, 5, 100 * NS_PER_MS);
    ck_assert_int_eq(read_from(address, METER_VOLTAGE_A), MASTER_DONE);
    int64_t wanted = (4 + 16) * byte_ns + 30 * NS_PER_MS + (4 + 18) * byte_ns + 400 * NS_PER_MS;
    ck_assert_int_ge(result.took_ns, wanted - 10);
    ck_assert_int_le(result.took_ns, wanted + 10);
    ck_assert_uint_eq(result.tries, 1);
    simulated_in_pieces(meter, 0, 0);
    read_from(address, METER_VOLTAGE_A);
    ck_assert_int_lt(result.took_ns, 300 * NS_PER_MS);
    simulated_in_pieces(meter, 30, 100 * NS_PER_MS); /* all in the first */
    read_from(address, METER_VOLTAGE_A);
    ck_assert_int_lt(result.took_ns, 300 * NS_PER_MS);
}
END_TEST

START_TEST(refusals) {
    ck_assert_int_eq(read_from(address, 0x0F0F0F0F), MASTER_REFUSED);
    ck_assert_uint_eq(result.error, METER_ERROR_NO_DATA);
    ck_assert_int_eq(read_from(address, 0x02800002), MASTER_REFUSED); /* DC has no frequency */
    ck_assert_int_eq(request(0x1F, ""), MASTER_REFUSED);
    ck_assert_uint_eq(result.error, METER_ERROR_OTHER);
    ck_assert_int_eq(request(METER_READ, "00 00 01 00 00"), MASTER_REFUSED);
    ck_assert_uint_eq(simulated_stats(meter)->refused, 4);
}
END_TEST

START_TEST(wildcards_and_collisions) {
    struct meter_frame frame = {.control = METER_READ_ADDRESS};
    uint8_t asked[6];
    meter_address_from_text("AAAAAAAAAA26", asked);
    memcpy(frame.address, asked, 6);
    came = false;
    master_request(&master, &frame, done, NULL);
    wait_for_it();
    ck_assert_int_eq(result.outcome, MASTER_DONE);
    ck_assert_uint_eq(result.address[0], 0x26);
    ck_assert_mem_eq(data, "\x26\x00\x00\x00\x00\x00", 6);
    /* Both at once: nothing can be understood. */
    memcpy(frame.address, all, 6);
    came = false;
    master_request(&master, &frame, done, NULL);
    wait_for_it();
    ck_assert_int_eq(result.outcome, MASTER_DAMAGED);
    ck_assert_uint_gt(serial_stats(line)->collisions, 0);
}
END_TEST

/* A meter with long data in short parts, at an address of its own. */
static void make_it_talk_in_parts(void) {
    simulated_free(meter);
    params.frame_data = 11; /* 7 bytes in the first part, 6 in the next */
    meter_address_from_text("25", params.registers.address);
    meter = simulated_new(&loop, line, &params, &source);
    registers_stick(simulated_registers(meter), loop.now_ns, true);
    registers_jump(simulated_registers(meter), loop.now_ns, 12.34);
}

START_TEST(long_data_in_parts) {
    static const uint32_t block = METER_ENERGY_BLOCK;
    loop_run(&loop, 36 * NS_PER_S);
    ck_assert_int_eq(read_from(address, block), MASTER_DONE);
    ck_assert_uint_eq(result.length, 20);
    uint8_t whole[20];
    memcpy(whole, data, 20);
    make_it_talk_in_parts();
    uint64_t requests = master.stats.requests;
    ck_assert_int_eq(read_from(address, block), MASTER_DONE);
    ck_assert_uint_eq(result.length, 20);
    ck_assert_uint_eq(master.stats.requests - requests, 4);
    ck_assert_mem_eq(data, "\x34\x12\x00\x00", 4);      /* total */
    ck_assert_mem_eq(data + 12, "\x34\x12\x00\x00", 4); /* flat */
    ck_assert_int_eq(request(METER_READ_MORE, "00 FF 01 00 09"), MASTER_REFUSED);
}
END_TEST

/* A block in parts, then something it does not have: of neither is there a further part. */
START_TEST(a_refusal_ends_long_data) {
    make_it_talk_in_parts();
    ck_assert_int_eq(read_from(address, METER_ENERGY_BLOCK), MASTER_DONE);
    ck_assert_int_eq(read_from(address, 0x02800002), MASTER_REFUSED);
    ck_assert_int_eq(request(METER_READ_MORE, "00 FF 01 00 03"), MASTER_REFUSED);
    ck_assert_int_eq(request(METER_READ_MORE, "02 00 80 02 03"), MASTER_REFUSED);
    ck_assert_int_eq(request(METER_READ_MORE, "02 00 80 02 00"), MASTER_REFUSED);
}
END_TEST

/* Each part may have to be asked for again; none is lost, none taken twice. */
START_TEST(parts_that_are_damaged_come_again) {
    make_it_talk_in_parts();
    simulated_misbehave(meter, SIMULATED_CHECKSUM, 0, 0.4);
    unsigned whole = 0;
    for (unsigned i = 0; i < 200; i++) {
        if (read_from(address, METER_ENERGY_BLOCK) == MASTER_DONE) {
            ck_assert_uint_eq(result.length, 20);
            ck_assert_mem_eq(data, "\x34\x12\x00\x00", 4);
            ck_assert_mem_eq(data + 12, "\x34\x12\x00\x00", 4);
            whole++;
        } else {
            ck_assert_int_eq(result.outcome, MASTER_DAMAGED); /* not refused */
        }
    }
    ck_assert_uint_gt(whole, 120);
}
END_TEST

/* Answers whatever it is asked with one byte, the part's number, and "more follows". */
static struct serial_station babbler;
static unsigned babbled;
static bool repeats_itself; /* always part 1 */
static void babble(void *ctx, int64_t now_ns, const struct serial_run *run) {
    struct meter_frame answer = {.length = 5};
    uint8_t bytes[METER_FRAME_BYTES_MAX];
    const uint8_t *asked = run->bytes + 4;
    (void)ctx, (void)now_ns;
    if (run->count < 20 || (asked[8] != METER_READ && asked[8] != METER_READ_MORE)) {
        return;
    }
    memcpy(answer.address, asked + 1, 6);
    answer.control = (uint8_t)(asked[8] | METER_ANSWER | METER_MORE);
    for (unsigned i = 0; i < 4; i++) {
        answer.data[i] = (uint8_t)(asked[10 + i] - 0x33);
    }
    if (asked[8] == METER_READ_MORE) {
        answer.length = 6;
        answer.data[5] = repeats_itself ? 1 : (uint8_t)(asked[14] - 0x33);
    }
    babbled++;
    (void)serial_send(line, &babbler, bytes, meter_frame_encode(&answer, bytes));
}

START_TEST(data_without_an_end_are_given_up) {
    repeats_itself = _i == 1;
    babbled = 0;
    babbler = (struct serial_station){.received = babble};
    serial_join(line, &babbler);
    meter_address_from_text("77", address);
    ck_assert_int_eq(read_from(address, METER_ENERGY_BLOCK), MASTER_DAMAGED);
    ck_assert_uint_le(babbled, repeats_itself ? 2 + master.params.tries : 256);
    serial_leave(line, &babbler);
}
END_TEST

/* A block's answer at 600 bit/s, byte by byte as a serial port hands them over. */
static struct {
    struct serial_station station;
    struct timer timer;
    uint8_t bytes[METER_FRAME_BYTES_MAX];
    size_t count, sent;
    int64_t first_ns, gap_ns;
} slow;

static void send_next_byte(void *ctx, int64_t now_ns) {
    (void)ctx;
    ck_assert_int_eq(
        serial_send(line, &slow.station, slow.bytes + slow.sent++ % sizeof slow.bytes, 1), 0);
    if (slow.sent < slow.count) {
        loop_set(&loop, &slow.timer, now_ns + slow.gap_ns);
    }
}

static void begin_late(void *ctx, int64_t now_ns, const struct serial_run *run) {
    (void)ctx, (void)run;
    slow.sent = 0;
    loop_set(&loop, &slow.timer, now_ns + slow.first_ns);
}

/* It begins as late as it may and lasts longer than the rest of the timeout. */
START_TEST(an_answer_under_way_is_heard_out) {
    struct meter_frame answer = {.control = METER_READ | METER_ANSWER, .length = 4 + 5 * 4};
    serial_set_rate(line, 600);
    meter_address_from_text("77", address);
    memcpy(answer.address, address, 6);
    meter_di_put(METER_ENERGY_BLOCK, answer.data);
    slow.count = meter_frame_encode(&answer, slow.bytes);
    slow.station = (struct serial_station){.received = begin_late};
    slow.timer = (struct timer){.fire = send_next_byte};
    slow.first_ns = 500 * NS_PER_MS;
    slow.gap_ns = 12 * NS_PER_S / 600;
    serial_join(line, &slow.station);
    ck_assert_int_eq(read_from(address, METER_ENERGY_BLOCK), MASTER_DONE);
    ck_assert_uint_eq(result.tries, 1);
    ck_assert_uint_eq(result.length, 20);
    /* The longest pause between bytes that the standard allows, and a longer one. */
    slow.gap_ns = 490 * NS_PER_MS;
    ck_assert_int_eq(read_from(address, METER_ENERGY_BLOCK), MASTER_DONE);
    ck_assert_uint_eq(result.tries, 1);
    ck_assert_int_gt(result.took_ns, (int64_t)slow.count * 485 * NS_PER_MS);
    slow.gap_ns = 530 * NS_PER_MS;
    master.params.tries = 1;
    ck_assert_int_ne(read_from(address, METER_ENERGY_BLOCK), MASTER_DONE);
    loop_cancel(&loop, &slow.timer);
    loop_run(&loop, loop.now_ns + NS_PER_S);
    slow.gap_ns = 12 * NS_PER_S / 600;
    /* A line that never falls silent is not listened to for ever. */
    memset(slow.bytes, 0x68, sizeof slow.bytes);
    slow.count = 2000; /* 40 s */
    int64_t began_ns = loop.now_ns;
    ck_assert_int_eq(read_from(address, METER_ENERGY_BLOCK), MASTER_DAMAGED);
    ck_assert_int_lt(loop.now_ns - began_ns, 8 * NS_PER_S);
    loop_cancel(&loop, &slow.timer);
    serial_leave(line, &slow.station);
}
END_TEST

START_TEST(writes_with_password_only) {
    ck_assert_int_eq(request(METER_WRITE, "02 01 00 04 02 11 11 11 00 00 00 00 05 04 03"),
                     MASTER_REFUSED);
    ck_assert_uint_eq(result.error, METER_ERROR_PASSWORD);
    ck_assert_int_eq(request(METER_WRITE, "02 01 00 04 02 00 00 00 00 00 00 00 05 04 03"),
                     MASTER_DONE);
    read_from(address, METER_TIME);
    ck_assert_mem_eq(data + 1, "\x04\x03", 2);
    ck_assert_int_eq(request(METER_WRITE, "01 01 00 04 02 00 00 00 00 00 00 00 04 29 02 24"),
                     MASTER_DONE);
    read_from(address, METER_DATE);
    ck_assert_mem_eq(data, "\x04\x29\x02\x24", 4);
    /* A register cannot be written, a time that is none neither. */
    ck_assert_int_eq(request(METER_WRITE, "00 00 01 00 02 00 00 00 00 00 00 00 01 02 03 04"),
                     MASTER_REFUSED);
    ck_assert_int_eq(request(METER_WRITE, "02 01 00 04 02 00 00 00 00 00 00 00 99 04 03"),
                     MASTER_REFUSED);
    ck_assert_int_eq(request(METER_PASSWORD, "01 0C 00 04 02 00 00 00 02 12 34 56"), MASTER_DONE);
    ck_assert_int_eq(request(METER_CLEAR, "02 00 00 00 00 00 00 00"), MASTER_REFUSED);
    ck_assert_int_eq(request(METER_CLEAR, "02 12 34 56 00 00 00 00"), MASTER_DONE);
    ck_assert_int_lt(number(METER_ENERGY_FORWARD), 20);
}
END_TEST

START_TEST(commands) {
    ck_assert_int_eq(request(METER_SWITCH, "02 00 00 00 00 00 00 00 1A 00 00 00 00 00 00 00"),
                     MASTER_DONE);
    ck_assert(simulated_registers(meter)->tripped);
    ck_assert_int_eq(request(METER_SWITCH, "02 00 00 00 00 00 00 00 1B 00 00 00 00 00 00 00"),
                     MASTER_DONE);
    ck_assert(!simulated_registers(meter)->tripped);
    ck_assert_int_eq(request(METER_FREEZE, "00 00 01 99"), MASTER_REFUSED); /* at an hour to come */
    ck_assert_int_eq(request(METER_FREEZE, ""), MASTER_REFUSED);
    ck_assert_int_eq(read_from(address, METER_FREEZE_ENERGY), MASTER_REFUSED);
    ck_assert_int_eq(request(METER_FREEZE, "99 99 99 99"), MASTER_DONE);
    loop_run(&loop, loop.now_ns + 100 * NS_PER_S);
    ck_assert_int_lt(number(METER_FREEZE_ENERGY), number(METER_ENERGY_FORWARD) - 900);
    ck_assert_int_eq(request(METER_WRITE_ADDRESS, "77 00 00 00 00 00"), MASTER_DONE);
    ck_assert_int_eq(read_from(address, METER_VOLTAGE_A), MASTER_SILENT);
    meter_address_from_text("77", address);
    ck_assert_int_eq(read_from(address, METER_VOLTAGE_A), MASTER_DONE);
}
END_TEST

START_TEST(baud_rate) {
    ck_assert_int_eq(request(METER_BAUD, "FF"), MASTER_REFUSED);
    ck_assert_uint_eq(result.error, METER_ERROR_BAUD);
    ck_assert_int_eq(request(METER_BAUD, "20"), MASTER_DONE); /* 9600 */
    ck_assert_int_eq(read_from(address, METER_VOLTAGE_A), MASTER_SILENT);
    serial_set_rate(line, 9600);
    ck_assert_int_eq(read_from(address, METER_VOLTAGE_A), MASTER_DONE);
    ck_assert_int_eq(read_from(address, 0x04000703), MASTER_DONE);
    ck_assert_uint_eq(data[0], 0x20);
}
END_TEST

/* The meters' clocks at so many seconds of the first day. */
static void broadcast(const char *hex) {
    struct meter_frame frame = {.control = METER_BROADCAST_TIME, .length = 6};
    char *end;
    memset(frame.address, 0x99, 6);
    for (unsigned i = 0; i < 6; i++, hex = end) {
        frame.data[i] = (uint8_t)strtoul(hex, &end, 16);
    }
    ck_assert_int_eq(master_broadcast(&master, &frame), 0);
    loop_run(&loop, loop.now_ns + NS_PER_S);
}

START_TEST(broadcast_time) {
    int64_t midnight = params.registers.epoch_s;
    broadcast("00 04 00 01 01 26"); /* 4 minutes ahead: taken, by both, and nobody answers */
    ck_assert_int_ge(registers_clock_s(simulated_registers(meter), loop.now_ns), midnight + 240);
    ck_assert_int_ge(registers_clock_s(simulated_registers(other), loop.now_ns), midnight + 240);
    ck_assert_uint_eq(simulated_stats(meter)->answers, 0);
    broadcast("00 30 00 01 01 26"); /* too far */
    ck_assert_int_lt(registers_clock_s(simulated_registers(meter), loop.now_ns), midnight + 300);
}
END_TEST

static const struct {
    enum simulated_fault fault;
    double value;
    enum master_outcome outcome;
} faults[] = {
    {SIMULATED_SILENT, 0, MASTER_SILENT},
    {SIMULATED_LATE, 0.4, MASTER_DONE},
    {SIMULATED_LATE, 1.2, MASTER_SILENT},
    {SIMULATED_EARLY, 0, MASTER_DONE},
    {SIMULATED_CHECKSUM, 0, MASTER_DAMAGED},
    {SIMULATED_TRUNCATED, 9, MASTER_DAMAGED},
    {SIMULATED_ADDRESS, 0, MASTER_DAMAGED},
    {SIMULATED_FOREIGN, 0, MASTER_DONE},
    {SIMULATED_REFUSES, METER_ERROR_NO_DATA, MASTER_REFUSED},
    {SIMULATED_WRONG_ITEM, 0, MASTER_DAMAGED},
    {SIMULATED_NO_VALUE, 0, MASTER_DONE},
};

/* From the request's last byte to the answer's first. */
static int64_t request_end_ns, pause_ns;

static void note_pause(void *ctx, int64_t now_ns, const struct serial_run *run) {
    (void)ctx;
    if (request_end_ns < 0) {
        request_end_ns = now_ns;
    } else if (pause_ns < 0) {
        pause_ns = run->first_ns - run->byte_ns - request_end_ns;
    }
}

static int64_t pause_of(enum simulated_fault fault, double value) {
    struct serial_station ear = {.received = note_pause};
    request_end_ns = pause_ns = -1;
    simulated_misbehave(meter, fault, value, 1.0);
    serial_join(line, &ear);
    ck_assert_int_eq(read_from(address, METER_VOLTAGE_A), MASTER_DONE);
    serial_leave(line, &ear);
    return pause_ns;
}

START_TEST(when_it_answers) {
    ck_assert_int_eq(pause_of(SIMULATED_SOUND, 0), params.answer_ns);
    ck_assert_int_eq(pause_of(SIMULATED_EARLY, 0), 0);
    ck_assert_int_eq(pause_of(SIMULATED_LATE, 0.25), 250 * NS_PER_MS);
    ck_assert_int_eq(pause_of(SIMULATED_NO_VALUE, 0), params.answer_ns);
}
END_TEST

static void becomes_sound(void *ctx, int64_t now_ns) {
    (void)ctx, (void)now_ns;
    simulated_misbehave(meter, SIMULATED_SOUND, 0, 0);
}

static struct timer cure = {.fire = becomes_sound};

static void cure_it(void *ctx, int64_t now_ns, const struct serial_run *run) {
    (void)ctx, (void)run;
    if (!loop_is_set(&cure)) {
        loop_set(&loop, &cure, now_ns + NS_PER_MS);
    }
}

/* An answer is spoilt as it was when it was asked for, though the meter is sound again before it goes out. */
START_TEST(sound_again_before_the_answer) {
    struct serial_station ear = {.received = cure_it};
    simulated_misbehave(meter, SIMULATED_TRUNCATED, 9, 1.0);
    serial_join(line, &ear);
    ck_assert_int_eq(read_from(address, METER_VOLTAGE_A), MASTER_DONE); /* asked again */
    ck_assert_uint_eq(simulated_stats(meter)->faults, 1);
    loop_cancel(&loop, &cure);
    simulated_misbehave(meter, SIMULATED_REFUSES, METER_ERROR_NO_DATA, 1.0);
    ck_assert_int_eq(read_from(address, METER_VOLTAGE_A), MASTER_REFUSED);
    ck_assert_uint_eq(result.error, METER_ERROR_NO_DATA);
    serial_leave(line, &ear);
    loop_cancel(&loop, &cure);
}
END_TEST

/* The error byte is the one that was asked for. */
START_TEST(why_it_refuses) {
    for (unsigned error = 1; error < 0x80; error <<= 1) {
        simulated_misbehave(meter, SIMULATED_REFUSES, error, 1.0);
        ck_assert_int_eq(read_from(address, METER_VOLTAGE_A), MASTER_REFUSED);
        ck_assert_uint_eq(result.error, error);
    }
}
END_TEST

/* What a receiver would take that looks at neither checksum nor address is another value. */
static uint8_t wrong_data[4];
static struct serial_station eavesdropper;
static void listen(void *ctx, int64_t now_ns, const struct serial_run *run) {
    (void)ctx, (void)now_ns;
    if (run->count > 18 && run->bytes[4] == 0x68 && run->bytes[4 + 8] == 0x91) {
        memcpy(wrong_data, run->bytes + 4 + 14, 2);
    }
}

START_TEST(spoilt_answers_carry_a_wrong_value) {
    static const enum simulated_fault spoilt[] = {SIMULATED_CHECKSUM, SIMULATED_FOREIGN};
    eavesdropper = (struct serial_station){.received = listen};
    serial_join(line, &eavesdropper);
    read_from(address, METER_VOLTAGE_A);
    ck_assert_mem_eq(wrong_data, "\x33\xA8", 2); /* 750.0 V */
    simulated_misbehave(meter, spoilt[_i], 0, 1.0);
    read_from(address, METER_VOLTAGE_A);
    ck_assert_mem_ne(wrong_data, "\x33\xA8", 2);
    for (unsigned i = 0; i < 2; i++) {
        uint8_t digits = (uint8_t)(wrong_data[i] - 0x33);
        ck_assert((digits & 0xF) <= 9 && digits >> 4 <= 9); /* that nothing else gives away */
    }
    serial_leave(line, &eavesdropper);
}
END_TEST

START_TEST(no_value_is_none) {
    int64_t value;
    simulated_misbehave(meter, SIMULATED_NO_VALUE, 0, 1.0);
    ck_assert_int_eq(read_from(address, METER_VOLTAGE_A), MASTER_DONE);
    ck_assert_mem_eq(data, "\xFF\xFF", 2);
    ck_assert(!meter_item_get(meter_item(METER_STANDARD, METER_VOLTAGE_A), data, &value));
}
END_TEST

START_TEST(misbehaviour) {
    simulated_misbehave(meter, faults[_i].fault, faults[_i].value, 1.0);
    ck_assert_msg(read_from(address, METER_VOLTAGE_A) == faults[_i].outcome, "%s: %s",
                  simulated_fault_name(faults[_i].fault),
                  master_outcome_text(result.outcome, false));
    ck_assert_uint_gt(simulated_stats(meter)->faults, 0);
    loop_run(&loop, loop.now_ns + 3 * NS_PER_S); /* late answers run out */
    simulated_misbehave(meter, SIMULATED_SOUND, 0, 0);
    ck_assert_int_eq(read_from(address, METER_VOLTAGE_A), MASTER_DONE);
}
END_TEST

/* One answer in ten is spoilt: three tries make that one in a thousand. */
START_TEST(some_answers_are_damaged) {
    unsigned lost = 0;
    simulated_misbehave(meter, SIMULATED_CHECKSUM, 0, 0.1);
    for (int i = 0; i < 2000; i++) {
        lost += read_from(address, METER_VOLTAGE_A) != MASTER_DONE;
    }
    ck_assert_uint_lt(lost, 12);
    ck_assert_uint_gt(master.stats.retries, 150);
    ck_assert_uint_lt(master.stats.retries, 300);
}
END_TEST

START_TEST(an_echoing_adapter_is_no_answer) {
    serial_echo(line, true);
    ck_assert_int_eq(number(METER_VOLTAGE_A), 7500);
    ck_assert_uint_eq(result.tries, 1);
    ck_assert_uint_gt(master.stats.strays, 0);
    simulated_misbehave(meter, SIMULATED_SILENT, 0, 1);
    ck_assert_int_eq(read_from(address, METER_VOLTAGE_A), MASTER_SILENT);
    ck_assert_uint_eq(result.tries, 3);
}
END_TEST

START_TEST(one_at_a_time) {
    ck_assert_int_eq(master_read(&master, address, METER_VOLTAGE_A, done, NULL), 0);
    ck_assert_int_eq(master_read(&master, address, METER_VOLTAGE_A, done, NULL), -1);
}
END_TEST

START_TEST(tariffs_switch_by_themselves) {
    static const struct tariff_switch day[] = {{1, 1}, {2, 2}}; /* 0:01 sharp, 0:02 peak */
    registers_set_tariffs(simulated_registers(meter), loop.now_ns, day, 2);
    simulated_clock_changed(meter);
    loop_run(&loop, 180 * NS_PER_S);
    registers_stick(simulated_registers(meter), loop.now_ns, true);
    ck_assert_int_eq(number(0x00010100), 600);
    ck_assert_int_eq(number(0x00010200), 1200); /* the first minute was yesterday's last tariff */
    ck_assert_int_eq(number(0x00010300), 0);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("simulated meter");
    TCase *tests = tcase_create("all");
    tcase_add_checked_fixture(tests, setup, teardown);
    tcase_set_timeout(tests, 60);
    tcase_add_test(tests, when_it_answers);
    tcase_add_test(tests, sound_again_before_the_answer);
    tcase_add_test(tests, why_it_refuses);
    tcase_add_test(tests, reads);
    tcase_add_test(tests, answers_in_its_time);
    tcase_add_test(tests, answers_in_pieces);
    tcase_add_test(tests, a_refusal_ends_long_data);
    tcase_add_test(tests, refusals);
    tcase_add_test(tests, wildcards_and_collisions);
    tcase_add_test(tests, long_data_in_parts);
    tcase_add_test(tests, parts_that_are_damaged_come_again);
    tcase_add_loop_test(tests, data_without_an_end_are_given_up, 0, 2);
    tcase_add_test(tests, an_answer_under_way_is_heard_out);
    tcase_add_test(tests, writes_with_password_only);
    tcase_add_test(tests, commands);
    tcase_add_test(tests, baud_rate);
    tcase_add_test(tests, broadcast_time);
    tcase_add_loop_test(tests, misbehaviour, 0, (int)(sizeof faults / sizeof faults[0]));
    tcase_add_loop_test(tests, spoilt_answers_carry_a_wrong_value, 0, 2);
    tcase_add_test(tests, no_value_is_none);
    tcase_add_test(tests, some_answers_are_damaged);
    tcase_add_test(tests, an_echoing_adapter_is_no_answer);
    tcase_add_test(tests, one_at_a_time);
    tcase_add_test(tests, tariffs_switch_by_themselves);
    suite_add_tcase(suite, tests);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
