/* SPDX-License-Identifier: MIT */
#include "tests/firmware/support/fake_meter.h"

struct fake_meter meters[LINES];
struct request requests[REQUESTS_MAX];
unsigned request_count;

static void put_bcd(uint8_t *bytes, unsigned count, int64_t value) {
    for (unsigned i = 0; i < count; i++, value /= 100) {
        bytes[i] = (uint8_t)(value % 10 | value / 10 % 10 << 4);
    }
}

int64_t register_10wh(unsigned line) {
    int64_t digits = meters[line].start_10wh + (int64_t)(meters[line].energy_j / WH_10);
    return digits % 100000000;
}

static void make_answer(unsigned line, const uint8_t *request, enum item item) {
    static const unsigned sizes[ITEMS] = {4, 3, 4};
    const struct fake_gun *g = &pile->gun[line < 2 ? line : 0];
    int64_t values[ITEMS] = {register_10wh(line), (int64_t)(g->outer_v * 10),
                             (int64_t)(g->current_a * 1000)};
    uint8_t frame[32] = {0x68};
    unsigned length = 4 + sizes[item];
    uint8_t sum = 0;
    memcpy(frame + 1, request + 1, 7);
    frame[1] ^= meters[line].other_address ? 0x11 : 0;
    frame[8] = meters[line].refuses[item] ? 0xD1 : 0x91;
    if (meters[line].refuses[item]) {
        length = 1;
        frame[10] = 0x02;
    } else {
        if (item == ENERGY && meters[line].bad_registers > 0) {
            meters[line].bad_registers--;
            values[ENERGY] -= 100;
        }
        for (unsigned i = 0; i < 4; i++) {
            frame[10 + i] = (uint8_t)(request[10 + i] - 0x33);
        }
        put_bcd(frame + 14, sizes[item], values[item]);
    }
    frame[9] = (uint8_t)length;
    for (unsigned i = 0; i < length; i++) {
        frame[10 + i] = (uint8_t)(frame[10 + i] + 0x33);
    }
    for (unsigned i = 0; i < 10 + length; i++) {
        sum = (uint8_t)(sum + frame[i]);
    }
    frame[10 + length] = (uint8_t)(sum + (meters[line].bad_sum ? 1 : 0));
    frame[11 + length] = 0x16;
    meters[line].answer_count = 12 + length;
    memcpy(meters[line].answer, frame, 12 + length);
    meters[line].due = pile->now + ANSWER_MS * FAKE_MS;
}

int serial_write(void *ctx, unsigned line, const uint8_t *bytes, size_t count) {
    static const uint8_t number[LINES] = {0x01, 0x02, 0x01};
    (void)ctx;
    if (line >= LINES || meters[line].absent) {
        return DUT_ERROR_ABSENT;
    }
    while (count > 0 && bytes[0] == 0xFE) {
        bytes++;
        count--;
    }
    ck_assert_uint_eq(count, 16);
    ck_assert_uint_eq(bytes[1], number[line]);
    ck_assert_uint_eq(bytes[8], 0x11);
    enum item item = bytes[13] == 0x33 ? ENERGY : bytes[12] == 0x34 ? VOLTAGE : CURRENT;
    ck_assert_uint_lt(request_count, sizeof requests / sizeof requests[0]);
    requests[request_count++] = (struct request){pile->now, line, item};
    ck_assert_msg(meters[line].due == FAKE_NEVER, "asked while the answer is still coming");
    if (!meters[line].silent) {
        make_answer(line, bytes, item);
    }
    return (int)count;
}

void run_ms(int ms) {
    for (int i = 0; i < ms; i++) {
        fake_run(pile, 1);
        for (unsigned line = 0; line < LINES; line++) {
            const struct fake_gun *g = &pile->gun[line < 2 ? line : 0];
            meters[line].energy_j += g->outer_v * g->current_a / 1000 * meters[line].gain;
            if (meters[line].due == FAKE_NEVER || pile->now < meters[line].due) {
                continue;
            }
            meters[line].due = FAKE_NEVER;
            pile->api->on_serial(pile->dut, pile->now, line, meters[line].answer,
                                 meters[line].answer_count);
            fake_call(pile);
        }
    }
}

bool meter_until(const char *state, int ms) {
    for (int i = 0; i < ms && strcmp(fake_state(pile, 0), state) != 0; i++) {
        run_ms(1);
    }
    return strcmp(fake_state(pile, 0), state) == 0;
}

void press_start(void) {
    fake_set(pile, 0, DUT_IN_START, 1);
    run_ms(100);
    fake_set(pile, 0, DUT_IN_START, 0);
}

void plug_in(void) {
    fake_call(pile);
    fake_set(pile, 0, DUT_IN_CC1_MV, 4000);
    run_ms(500);
}

void meter_charging(void) {
    plug_in();
    press_start();
    ck_assert_msg(meter_until("charging", 15000), "stuck in %s: %s", fake_state(pile, 0),
                  fake_alarm(pile));
    run_ms(3000);
}

void meter_press_stop(void) {
    fake_input(pile, DUT_IN_STOP, 1);
    run_ms(100);
    fake_input(pile, DUT_IN_STOP, 0);
}

int meter_told(void) {
    int energy = -1;
    for (unsigned i = 0; i < pile->frame_count; i++) {
        if (fake_pf(&pile->frames[i].frame) == 0x1D) {
            energy = pile->frames[i].frame.data[2] | pile->frames[i].frame.data[3] << 8;
        }
    }
    return energy;
}

void check_told(double wh) {
    ck_assert_msg(abs(meter_told() * 100 - (int)wh) <= 80, "CSD tells %d Wh of %.0f",
                  meter_told() * 100, wh);
}

void ends_with(const char *alarm, int within_ms) {
    int64_t since = pile->now;
    ck_assert_msg(meter_until("ended", within_ms), "still %s", fake_state(pile, 0));
    ck_assert_str_eq(fake_alarm(pile), alarm);
    const struct fake_frame *cst = fake_sent(pile, 0x1A, -1, since - 5000 * FAKE_MS);
    ck_assert_ptr_nonnull(cst);
    ck_assert_uint_eq(cst->frame.data[2] & 0x04, 0x04); /* other fault */
}

void meter_setup(void) {
    memset(meters, 0, sizeof meters);
    for (unsigned i = 0; i < LINES; i++) {
        meters[i].gain = 1;
        meters[i].due = FAKE_NEVER;
        meters[i].start_10wh = 1234567;
    }
    request_count = 0;
    pile = fake_new_with_lines(serial_write);
}

void meter_teardown(void) {
    fake_free(pile);
}
