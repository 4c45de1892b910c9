/* SPDX-License-Identifier: MIT */
/* Length of a frame on the wire, ISO 11898-1.
 *
 * Stuffed part, standard: SOF, 11 id, RTR, IDE, r0, 4 DLC; extended: SOF, 11 id, SRR, IDE, 18 id,
 * RTR, r1, r0, 4 DLC; then data and CRC-15. Unstuffed tail: CRC delimiter, ACK slot, ACK delimiter
 * and 7 bits end of frame.
 *
 * Both CRC and stuffing go byte by byte through tables. Padding makes the header whole bytes:
 * leading zeros do not alter a CRC that starts from 0, and leading alternating bits, the last one
 * recessive, alter no run of equal bits (SOF, dominant, begins its own). */
#include "sim/can/internal.h"

#include <assert.h>
#include <string.h>

#define HEADER_BITS_STANDARD 19
#define HEADER_BITS_EXTENDED 39
#define CRC_BITS             15
#define CRC_POLYNOMIAL       0x4599u
#define TAIL_BITS            10 /* CRC delimiter, ACK slot and delimiter, end of frame */
#define HEADER_BYTES_MAX     5

/* Stuffing state: value of the last bit * 4 + length of its run - 1. A run of five is ended at
 * once by its stuff bit, so lengths are 1..4. */
#define STUFF_STATES 8
#define STATE_MASK   7u
#define COUNT_SHIFT  3

static uint16_t crc_table[256];
static uint8_t stuff_table[STUFF_STATES][256]; /* stuff bits << COUNT_SHIFT | next state */

static uint16_t crc_of_byte(unsigned byte) {
    unsigned crc = byte << 7;
    for (int bit = 0; bit < 8; bit++) {
        crc = crc & 0x4000u ? crc << 1 ^ CRC_POLYNOMIAL : crc << 1;
    }
    return (uint16_t)(crc & 0x7FFFu);
}

static uint8_t stuff_of_byte(unsigned state, unsigned byte) {
    unsigned last = state >> 2, run = (state & 3u) + 1, stuffed = 0;
    for (int bit = 7; bit >= 0; bit--) {
        unsigned value = byte >> bit & 1u;
        run = value == last ? run + 1 : 1;
        last = value;
        if (run == 5) {
            stuffed++;
            last ^= 1u; /* the stuff bit starts the next run */
            run = 1;
        }
    }
    assert(stuffed <= 2);
    return (uint8_t)(stuffed << COUNT_SHIFT | last << 2 | (run - 1));
}

__attribute__((constructor)) static void fill_tables(void) {
    for (unsigned byte = 0; byte < 256; byte++) {
        crc_table[byte] = crc_of_byte(byte);
        for (unsigned state = 0; state < STUFF_STATES; state++) {
            stuff_table[state][byte] = stuff_of_byte(state, byte);
        }
    }
}

/* Everything before the data field, right-aligned. */
static uint64_t header_of(const struct can_frame_ext *frame) {
    uint64_t id = frame->id;
    if (!frame->extended) {
        return id << 7 | frame->len;
    }
    return (id >> 18) << 27 | UINT64_C(3) << 25 | (id & 0x3FFFFu) << 7 | frame->len;
}

struct counter {
    unsigned crc, state, stuffed;
};

static inline void count_stuff(struct counter *c, unsigned byte) {
    unsigned step = stuff_table[c->state][byte];
    c->state = step & STATE_MASK;
    c->stuffed += step >> COUNT_SHIFT;
}

static inline void count_byte(struct counter *c, unsigned byte) {
    c->crc = (c->crc << 8 ^ crc_table[(c->crc >> 7 ^ byte) & 0xFFu]) & 0x7FFFu;
    count_stuff(c, byte);
}

/* The CRC and a 16th bit that differs from its last one and so cannot lengthen a run. */
static inline void count_crc(struct counter *c) {
    unsigned sixteen = c->crc << 1 | (~c->crc & 1u);
    count_stuff(c, sixteen >> 8);
    count_stuff(c, sixteen & 0xFFu);
}

static unsigned count_bits(const struct can_frame_ext *frame) {
    uint64_t header = header_of(frame);
    int shift = frame->extended ? 32 : 16;
    unsigned pad = frame->extended ? 0x80u : 0xA8u; /* 1 or 5 bits of padding, alternating */
    struct counter c = {.state = 0};                /* a dominant bit before the padding */

    unsigned first = (unsigned)(header >> shift) & 0xFFu;
    c.crc = crc_table[first];
    count_stuff(&c, first | pad);
    for (shift -= 8; shift >= 0; shift -= 8) {
        count_byte(&c, (unsigned)(header >> shift) & 0xFFu);
    }
    for (unsigned i = 0; i < frame->len; i++) {
        count_byte(&c, frame->data[i]);
    }
    count_crc(&c);

    unsigned plain = (frame->extended ? HEADER_BITS_EXTENDED : HEADER_BITS_STANDARD) + CRC_BITS;
    plain += 8u * frame->len;
    assert(c.crc <= 0x7FFFu && c.stuffed <= (plain - 1) / 4); /* at most one for four */
    return plain + c.stuffed + TAIL_BITS;
}

/* Most frames of a charge say what the one before of their identifier said. Bytes behind a frame's end
 * only make it another one here. */
unsigned can_frame_bits(const struct can_frame_ext *frame) {
    static struct remembered {
        uint64_t head, data;
        unsigned bits; /* 0: none yet */
    } table[64];
    assert(frame->len <= 8);
    uint64_t data = 0, head = (uint64_t)frame->id << 8 | (frame->extended ? 0x80u : 0) | frame->len;
    memcpy(&data, frame->data, sizeof data);
    struct remembered *one = &table[(head >> 8 ^ head >> 16 ^ head >> 24) % 64];
    if (one->head != head || one->data != data || one->bits == 0) {
        *one = (struct remembered){head, data, count_bits(frame)};
    }
    return one->bits;
}
