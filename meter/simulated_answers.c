/* SPDX-License-Identifier: MIT */
/* What a meter says to each control code (DL/T 645-2007 chapter 7). */
#include "meter/simulated_internal.h"

#include <assert.h>
#include <string.h>

#define BROADCAST_STEP_S 300 /* a broadcast may move the clock by 5 minutes */
#define BAUD_ITEM        0x04000703u
#define WRITE_HEAD       12 /* identifier, password, operator */
#define FREEZE_BYTES     4
#define DAY_S            86400

static bool refuse(struct simulated *meter, enum meter_error error) {
    assert((meter->answer.control & METER_ANSWER) != 0); /* of a request that is being answered */
    meter->answer.control |= METER_ABNORMAL;
    meter->answer.length = 1;
    meter->answer.data[0] = (uint8_t)error;
    return true;
}

static bool accept(struct simulated *meter, const void *data, size_t count) {
    assert((meter->answer.control & METER_ABNORMAL) == 0);
    assert(count <= METER_READ_DATA_MAX);
    if (count > 0) {
        memcpy(meter->answer.data, data, count);
    }
    meter->answer.length = (uint8_t)count;
    return true;
}

static bool password_fits(const struct simulated *meter, const uint8_t *password) {
    return memcmp(password, meter->params.password, sizeof meter->params.password) == 0;
}

/* ---- reading ---- */

/* Bits 1..6: 600, 1200, 2400, 4800, 9600, 19200 bit/s. */
static uint8_t baud_word(uint32_t bits_per_s) {
    assert(bits_per_s > 0);
    for (unsigned bit = 1; bit <= 6; bit++) {
        if (bits_per_s == 300u << bit) {
            return (uint8_t)(1u << bit);
        }
    }
    return 0;
}

/* The next part of long data: identifier, bytes; from the second on a part number behind them. */
static bool send_part(struct simulated *meter) {
    struct meter_frame *answer = &meter->answer;
    size_t head = 4, tail = meter->long_part > 0 ? 1 : 0;
    size_t room = meter->params.frame_data - head - tail;
    assert(meter->long_sent <= meter->long_size && meter->long_size <= sizeof meter->long_data);
    size_t left = meter->long_size - meter->long_sent, count = left < room ? left : room;
    meter->part_begin = meter->long_sent;
    meter_di_put(meter->long_di, answer->data);
    memcpy(answer->data + head, meter->long_data + meter->long_sent, count);
    if (tail > 0) {
        answer->data[head + count] = meter->long_part;
    }
    meter->long_sent += count;
    meter->long_part++;
    assert(head + count + tail <= meter->params.frame_data);
    assert(count > 0 || meter->long_size == 0); /* no part is empty */
    answer->length = (uint8_t)(head + count + tail);
    if (meter->long_sent < meter->long_size) {
        answer->control |= METER_MORE;
    }
    return true;
}

static size_t read_item(struct simulated *meter, int64_t now_ns, uint32_t di) {
    struct meter_found found;
    if (!meter_find(meter->registers.params.type, di, &found)) {
        return 0;
    }
    if (di == BAUD_ITEM) {
        meter->long_data[0] = baud_word(meter->params.bits_per_s);
        return 1;
    }
    return registers_read(&meter->registers, now_ns, &found.item, meter->long_data);
}

static bool read_data(struct simulated *meter, int64_t now_ns, const struct meter_frame *request) {
    if (request->length != 4) {
        return refuse(meter, METER_ERROR_OTHER);
    }
    uint32_t di = meter_di_get(request->data);
    meter->long_di = di;
    meter->long_size = read_item(meter, now_ns, di);
    meter->long_sent = meter->part_begin = 0;
    meter->long_part = 0; /* of what is refused there is no further part */
    if (meter->long_size == 0) {
        return refuse(meter, METER_ERROR_NO_DATA);
    }
    assert(meter->long_size <= sizeof meter->long_data);
    return send_part(meter);
}

/* Identifier and the number of the part that is wanted: the next, or the last one again, whose
 * answer may have been lost. */
static bool read_more(struct simulated *meter, const struct meter_frame *request) {
    if (request->length != 5 || meter_di_get(request->data) != meter->long_di) {
        return refuse(meter, METER_ERROR_NO_DATA);
    }
    uint8_t part = request->data[4];
    if (part > 0 && part + 1 == meter->long_part) {
        meter->long_part = part;
        meter->long_sent = meter->part_begin;
    } else if (part != meter->long_part || meter->long_sent >= meter->long_size) {
        return refuse(meter, METER_ERROR_NO_DATA);
    }
    assert(meter->long_sent < meter->long_size);
    return send_part(meter);
}

static bool read_address(struct simulated *meter) {
    return accept(meter, meter->registers.params.address, 6);
}

/* ---- clock ---- */

static int two_digits(uint8_t byte) {
    return (byte & 0xF) > 9 || byte >> 4 > 9 ? -1 : (byte >> 4) * 10 + (byte & 0xF);
}

/* ss mm hh DD MM YY. False: no time. */
static bool clock_of(const uint8_t *data, int64_t *clock_s) {
    int part[6];
    for (unsigned i = 0; i < 6; i++) {
        part[i] = two_digits(data[i]);
        if (part[i] < 0) {
            return false;
        }
    }
    if (part[0] > 59 || part[1] > 59 || part[2] > 23 || part[3] < 1 || part[3] > 31 ||
        part[4] < 1 || part[4] > 12) {
        return false;
    }
    assert(part[5] >= 0 && part[5] <= 99);
    *clock_s = civil_days(2000 + part[5], (unsigned)part[4], (unsigned)part[3]) * DAY_S +
               part[2] * 3600 + part[1] * 60 + part[0];
    return true;
}

static void broadcast_time(struct simulated *meter, int64_t now_ns,
                           const struct meter_frame *request) {
    int64_t wanted, present = registers_clock_s(&meter->registers, now_ns);
    if (request->length == 6 && clock_of(request->data, &wanted) &&
        wanted - present <= BROADCAST_STEP_S && present - wanted <= BROADCAST_STEP_S) {
        registers_set_clock(&meter->registers, now_ns, wanted);
        simulated_clock_changed(meter);
    }
}

/* ---- writing ---- */

static bool write_date(struct simulated *meter, int64_t now_ns, const uint8_t *value) {
    int64_t present = registers_clock_s(&meter->registers, now_ns), wanted;
    uint8_t all[6] = {0, 0, 0, value[1], value[2], value[3]};
    if (!clock_of(all, &wanted)) {
        return false;
    }
    registers_set_clock(&meter->registers, now_ns, wanted + (present % DAY_S + DAY_S) % DAY_S);
    return true;
}

static bool write_time(struct simulated *meter, int64_t now_ns, const uint8_t *value) {
    int64_t present = registers_clock_s(&meter->registers, now_ns), wanted;
    uint8_t all[6] = {value[0], value[1], value[2], 0x01, 0x01, 0x00};
    if (!clock_of(all, &wanted)) {
        return false;
    }
    int64_t midnight = present - (present % DAY_S + DAY_S) % DAY_S;
    assert(midnight <= present && present - midnight < DAY_S);
    registers_set_clock(&meter->registers, now_ns, midnight + wanted % DAY_S);
    return true;
}

/* Identifier, password, operator, value. */
static bool write_data(struct simulated *meter, int64_t now_ns, const struct meter_frame *request) {
    if (request->length < WRITE_HEAD || request->length > METER_WRITE_DATA_MAX) {
        return refuse(meter, METER_ERROR_OTHER);
    }
    if (!password_fits(meter, request->data + 4)) {
        return refuse(meter, METER_ERROR_PASSWORD);
    }
    uint32_t di = meter_di_get(request->data);
    const struct meter_item *item = meter_item(meter->registers.params.type, di);
    const uint8_t *value = request->data + WRITE_HEAD;
    if (item == NULL) {
        return refuse(meter, METER_ERROR_NO_DATA);
    }
    bool done = request->length == WRITE_HEAD + item->bytes;
    switch (di) {
    case METER_DATE:
        done = done && write_date(meter, now_ns, value);
        break;
    case METER_TIME:
        done = done && write_time(meter, now_ns, value);
        break;
    case 0x04000402:
        if (done) {
            memcpy(meter->registers.params.number, value, 6);
        }
        break;
    default:
        done = false; /* registers and readings cannot be written */
        break;
    }
    simulated_clock_changed(meter);
    return done ? accept(meter, NULL, 0) : refuse(meter, METER_ERROR_OTHER);
}

static bool write_address(struct simulated *meter, const struct meter_frame *request) {
    if (request->length != 6) {
        return refuse(meter, METER_ERROR_OTHER);
    }
    memcpy(meter->registers.params.address, request->data, 6);
    memcpy(meter->answer.address, request->data, 6);
    return accept(meter, NULL, 0);
}

static bool change_password(struct simulated *meter, const struct meter_frame *request) {
    /* Identifier, the old one (level first), the new one. */
    if (request->length != 12) {
        return refuse(meter, METER_ERROR_OTHER);
    }
    if (!password_fits(meter, request->data + 4)) {
        return refuse(meter, METER_ERROR_PASSWORD);
    }
    memcpy(meter->params.password, request->data + 8, 4);
    return accept(meter, request->data + 8, 4);
}

/* ---- commands ---- */

/* mm hh DD MM, 99 for any. All 99: at once; freezing at an instant to come is refused. */
static bool freeze(struct simulated *meter, int64_t now_ns, const struct meter_frame *request) {
    static const uint8_t at_once[FREEZE_BYTES] = {0x99, 0x99, 0x99, 0x99};
    if (request->length != FREEZE_BYTES || memcmp(request->data, at_once, FREEZE_BYTES) != 0) {
        return refuse(meter, METER_ERROR_OTHER);
    }
    registers_freeze(&meter->registers, now_ns);
    return accept(meter, NULL, 0);
}

static bool change_baud(struct simulated *meter, const struct meter_frame *request) {
    for (unsigned bit = 1; request->length == 1 && bit <= 6; bit++) {
        if (request->data[0] == 1u << bit) {
            meter->new_rate = 300u << bit;
            assert(meter->new_rate >= 600 && meter->new_rate <= 19200);
            return accept(meter, request->data, 1);
        }
    }
    return refuse(meter, METER_ERROR_BAUD);
}

/* Password and operator first; then what is cleared. */
static bool clear(struct simulated *meter, int64_t now_ns, const struct meter_frame *request) {
    if (request->length < 8) {
        return refuse(meter, METER_ERROR_OTHER);
    }
    if (!password_fits(meter, request->data)) {
        return refuse(meter, METER_ERROR_PASSWORD);
    }
    if ((request->control & METER_FUNCTION) == METER_CLEAR) {
        registers_clear(&meter->registers, now_ns);
    }
    return accept(meter, NULL, 0);
}

/* Password, operator, command, reserved, until when. 1A trips, 1B and 1C close; alarm and hold are
 * noted in status word 3. */
static bool switch_load(struct simulated *meter, const struct meter_frame *request) {
    if (request->length != 16) {
        return refuse(meter, METER_ERROR_OTHER);
    }
    if (!password_fits(meter, request->data)) {
        return refuse(meter, METER_ERROR_PASSWORD);
    }
    uint16_t *status = &meter->registers.status[2];
    switch (request->data[8]) {
    case 0x1A:
        meter->registers.tripped = true;
        *status |= 1u << 4; /* relay state: open */
        break;
    case 0x1B:
    case 0x1C:
        meter->registers.tripped = false;
        *status = (uint16_t)(*status & ~(1u << 4));
        break;
    case 0x2A:
        *status |= 1u << 7;
        break;
    case 0x2B:
        *status = (uint16_t)(*status & ~(1u << 7));
        break;
    case 0x3A:
        *status |= 1u << 12;
        break;
    case 0x3B:
        *status = (uint16_t)(*status & ~(1u << 12));
        break;
    default:
        return refuse(meter, METER_ERROR_OTHER);
    }
    return accept(meter, NULL, 0);
}

bool simulated_answer(struct simulated *meter, int64_t now_ns, const struct meter_frame *request) {
    assert((request->control & METER_ANSWER) == 0);
    switch (request->control) {
    case METER_READ:
        return read_data(meter, now_ns, request);
    case METER_READ_MORE:
        return read_more(meter, request);
    case METER_READ_ADDRESS:
        return read_address(meter);
    case METER_WRITE:
        return write_data(meter, now_ns, request);
    case METER_WRITE_ADDRESS:
        return write_address(meter, request);
    case METER_BROADCAST_TIME:
        broadcast_time(meter, now_ns, request);
        return false;
    case METER_FREEZE:
        return freeze(meter, now_ns, request);
    case METER_BAUD:
        return change_baud(meter, request);
    case METER_PASSWORD:
        return change_password(meter, request);
    case METER_CLEAR:
    case METER_CLEAR_DEMAND:
    case METER_CLEAR_EVENTS:
        return clear(meter, now_ns, request);
    case METER_SWITCH:
        return switch_load(meter, request);
    default:
        return refuse(meter, METER_ERROR_OTHER);
    }
}
