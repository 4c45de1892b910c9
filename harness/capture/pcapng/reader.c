/* SPDX-License-Identifier: MIT */
/* pcapng, and the older pcap, with link type SocketCAN (227), as Wireshark, tshark, dumpcap and
 * tcpdump write when they record a can interface. Source: IETF draft-ietf-opsawg-pcapng,
 * draft-ietf-opsawg-pcap; link type 227 of the tcpdump group.
 *
 * A frame is 8 bytes of header (identifier with its flags, big-endian in every file; length; FD
 * flags) and the data. What follows a block whose length is impossible cannot be found again: the
 * format has no mark to search for. */
#include "harness/capture/source/reader.h"
#include "harness/capture/pcapng/blocks.h"
#include "harness/capture/source/wall_time.h"
#include "sim/loop.h"
#include "sim/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAME_HEAD 8u
#define FD_FLAG_FD 0x04u /* CANFD_FDF */

#define ID_EXTENDED 0x80000000u
#define ID_REMOTE   0x40000000u
#define ID_ERROR    0x20000000u

#define OPTION_END     0
#define OPTION_FLAGS   2
#define DIRECTION_MASK 3u
#define DIRECTION_OUT  2u
#define PACKET_HEAD    20u /* interface, time high and low, captured and original length */

struct pcapng {
    struct pcap_blocks blocks;
    uint64_t records;
    bool over;  /* the rest cannot be read */
    bool timed; /* a packet with a time has been seen */
    int64_t first_ns, at_ns;
};

static int recognise(const uint8_t *data, size_t size) {
    struct pcap_format format;
    return pcap_format_of(data, size, &format) ? 100 : 0;
}

static void *open_pcapng(struct source *source, const struct capture_options *options,
                         struct problem *problem) {
    (void)options;
    struct pcapng *pcapng = memory_zeroed(1, sizeof *pcapng);
    if (!pcap_blocks_init(&pcapng->blocks, source, problem)) {
        free(pcapng);
        return NULL;
    }
    return pcapng;
}

static uint32_t big_endian(const uint8_t *at) {
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* The link layer's bytes. */
static enum reader_outcome frame_at(const uint8_t *bytes, size_t size, struct can_frame_ext *frame,
                                    char what[READER_WHAT_SIZE]) {
    if (size < FRAME_HEAD) {
        return reader_damaged(what, "packet shorter than the header of a CAN frame");
    }
    uint32_t id = big_endian(bytes);
    uint8_t length = bytes[4];
    if ((id & ID_ERROR) != 0) {
        return READER_ERROR_FRAME;
    }
    if ((bytes[5] & FD_FLAG_FD) != 0 || length > 8) {
        return length <= 64 ? READER_FD : reader_damaged(what, "CAN frame longer than 64 bytes");
    }
    if ((id & ID_REMOTE) != 0) {
        return READER_REMOTE;
    }
    if (size < FRAME_HEAD + length) {
        return reader_damaged(what, "packet shorter than the data of its CAN frame");
    }
    bool extended = (id & ID_EXTENDED) != 0;
    *frame = (struct can_frame_ext){.id = id & 0x1FFFFFFFu, .extended = extended, .len = length};
    memcpy(frame->data, bytes + FRAME_HEAD, length);
    return frame->id <= 0x7FFu || extended
               ? READER_FRAME
               : reader_damaged(what, "identifier too large for a standard frame");
}

/* Options of an enhanced packet: was it sent by the recording machine? */
static bool says_sent(const struct pcap_blocks *blocks, const uint8_t *at, size_t size) {
    while (size >= 4) {
        uint16_t code = pcap_u16(blocks, at), length = pcap_u16(blocks, at + 2);
        size_t whole = 4u + ((length + 3u) & ~3u);
        if (code == OPTION_END || whole > size) {
            return false;
        }
        if (code == OPTION_FLAGS && length == 4) {
            return (pcap_u32(blocks, at + 4) & DIRECTION_MASK) == DIRECTION_OUT;
        }
        at += whole;
        size -= whole;
    }
    return false;
}

static const struct pcap_interface *can_interface(struct pcapng *pcapng, uint32_t number,
                                                  enum reader_outcome *outcome,
                                                  char what[READER_WHAT_SIZE]) {
    if (number >= pcapng->blocks.interface_count) {
        *outcome = reader_damaged(what, "packet of an interface that was not described");
        return NULL;
    }
    const struct pcap_interface *interface = &pcapng->blocks.interfaces[number];
    *outcome = READER_OTHER;
    return interface->link_type == PCAP_LINK_SOCKETCAN ? interface : NULL;
}

static bool take_time(struct pcapng *pcapng, const struct pcap_interface *interface, uint64_t units,
                      struct capture_frame *frame) {
    if (!pcap_time_ns(interface, units, &frame->at_ns)) {
        return false;
    }
    if (!pcapng->timed) {
        pcapng->timed = true;
        pcapng->first_ns = frame->at_ns;
    }
    pcapng->at_ns = frame->at_ns;
    return true;
}

/* Enhanced packet block, and the packets of old pcap files, which pcap_blocks brings into its
 * form. */
static enum reader_outcome enhanced(struct pcapng *pcapng, const struct pcap_block *block,
                                    struct capture_frame *frame, char what[READER_WHAT_SIZE]) {
    const struct pcap_blocks *blocks = &pcapng->blocks;
    enum reader_outcome outcome;
    if (block->size < PACKET_HEAD) {
        return reader_damaged(what, "packet block shorter than its fields");
    }
    const uint8_t *body = block->body;
    const struct pcap_interface *interface =
        can_interface(pcapng, pcap_u32(blocks, body), &outcome, what);
    if (interface == NULL) {
        return outcome;
    }
    uint64_t units = (uint64_t)pcap_u32(blocks, body + 4) << 32 | pcap_u32(blocks, body + 8);
    uint32_t captured = pcap_u32(blocks, body + 12);
    if (captured > block->size - PACKET_HEAD) {
        return reader_damaged(what, "packet longer than its block");
    }
    if (!take_time(pcapng, interface, units, frame)) {
        return reader_damaged(what, "time beyond what a clock can hold");
    }
    size_t padded = ((size_t)captured + 3) & ~(size_t)3;
    if (PACKET_HEAD + padded < block->size) {
        frame->sent =
            says_sent(blocks, body + PACKET_HEAD + padded, block->size - PACKET_HEAD - padded);
    }
    frame->network = interface->name;
    return frame_at(body + PACKET_HEAD, captured, &frame->frame, what);
}

/* Simple packet block: of the first interface, without a time. */
static enum reader_outcome simple(struct pcapng *pcapng, const struct pcap_block *block,
                                  struct capture_frame *frame, char what[READER_WHAT_SIZE]) {
    enum reader_outcome outcome;
    const struct pcap_interface *interface = can_interface(pcapng, 0, &outcome, what);
    if (interface == NULL) {
        return outcome;
    }
    if (block->size < 4) {
        return reader_damaged(what, "packet block shorter than its fields");
    }
    frame->at_ns = pcapng->at_ns;
    frame->network = interface->name;
    return frame_at(block->body + 4, block->size - 4, &frame->frame, what);
}

static enum reader_outcome block_outcome(struct pcapng *pcapng, const struct pcap_block *block,
                                         struct capture_frame *frame, char what[READER_WHAT_SIZE]) {
    const char *wrong = NULL;
    switch (block->type) {
    case PCAP_SECTION:
        return READER_SKIPPED; /* pcap_blocks has taken it in */
    case PCAP_INTERFACE:
        wrong = pcap_interface_add(&pcapng->blocks, block);
        return wrong == NULL ? READER_SKIPPED : reader_damaged(what, wrong);
    case PCAP_ENHANCED:
        return enhanced(pcapng, block, frame, what);
    case PCAP_SIMPLE:
        return simple(pcapng, block, frame, what);
    default:
        return READER_SKIPPED; /* names, statistics, secrets ... */
    }
}

static enum reader_outcome next(void *state, struct source *source, struct capture_frame *frame,
                                char what[READER_WHAT_SIZE]) {
    (void)source; /* the blocks have it */
    struct pcapng *pcapng = state;
    struct pcap_block block;
    if (pcapng->over) {
        return READER_END;
    }
    frame->line = ++pcapng->records;
    frame->sent = false;
    switch (pcap_block_next(&pcapng->blocks, &block)) {
    case PCAP_BLOCK:
        return block_outcome(pcapng, &block, frame, what);
    case PCAP_TOO_LONG:
        return reader_damaged(what, "packet much longer than any CAN frame");
    case PCAP_CUT:
        pcapng->over = true;
        snprintf(what, READER_WHAT_SIZE, "the file ends in the middle of a block");
        return READER_CUT;
    case PCAP_LOST:
        pcapng->over = true;
        return reader_damaged(what, "block of impossible length: what follows cannot be read");
    case PCAP_END:
    default:
        return READER_END;
    }
}

static void describe(const void *state, char dialect[64], enum capture_clock *clock) {
    const struct pcapng *pcapng = state;
    const struct pcap_format *format = &pcapng->blocks.format;
    snprintf(dialect, 64, "%s, %s, SocketCAN", format->classic ? "pcap" : "pcapng",
             format->big_endian ? "big-endian" : "little-endian");
    *clock = !pcapng->timed                           ? CLOCK_NONE
             : pcapng->first_ns >= WALL_TIME_KNOWN_NS ? CLOCK_ABSOLUTE
                                                      : CLOCK_RELATIVE;
}

const struct reader reader_pcapng = {
    .format = CAPTURE_PCAPNG,
    .recognise = recognise,
    .open = open_pcapng,
    .next = next,
    .describe = describe,
    .close = free,
};
