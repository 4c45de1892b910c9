/* SPDX-License-Identifier: MIT */
/* pcapng, and the older pcap, with link type SocketCAN (227), as Wireshark, tshark, dumpcap and
 * tcpdump write when they record a can interface. Source: IETF draft-ietf-opsawg-pcapng,
 * draft-ietf-opsawg-pcap; link type 227 of the tcpdump group.
 *
 * A frame is 8 bytes of header (identifier with its flags, big-endian in every file; length; FD
 * flags; two reserved bytes) and the data. Old kernels left the last three bytes as they were: the
 * flag of CAN FD counts only where the reserved bytes are 0 and the record has more than the 16
 * bytes of a classic frame. What follows a block whose length is impossible cannot be found again: the
 * format has no mark to search for. */
#include "harness/capture/source/reader.h"
#include "harness/capture/pcapng/blocks.h"
#include "harness/capture/source/wall_time.h"
#include "sim/loop.h"
#include "sim/memory.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAME_HEAD   8u
#define CLASSIC_SIZE 16u   /* struct can_frame */
#define FD_FLAG_FD   0x04u /* CANFD_FDF */

#define ID_EXTENDED 0x80000000u
#define ID_REMOTE   0x40000000u
#define ID_ERROR    0x20000000u

#define OPTION_END                 0
#define OPTION_FLAGS               2
#define OPTION_DROPS               4   /* epb_dropcount: packets lost since the one before */
#define STATISTICS_HEAD            12u /* interface, time */
#define STATISTICS_INTERFACE_DROPS 5   /* isb_ifdrop, isb_osdrop: packets lost from the start on */
#define STATISTICS_SYSTEM_DROPS    7
#define DIRECTION_MASK             3u
#define DIRECTION_OUT              2u
#define PACKET_HEAD                20u /* interface, time high and low, captured and original length */

struct pcapng {
    struct pcap_blocks blocks;
    uint64_t records;
    bool over;  /* the rest cannot be read */
    bool timed; /* a packet with a time has been seen */
    int64_t first_ns, at_ns;
    uint64_t lost; /* packets before this one, by its own words */
    bool waiting;  /* that loss was told; then comes the frame itself */
    struct capture_frame awaited;
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
                                    struct capture_text *what) {
    if (size < FRAME_HEAD) {
        return reader_damaged(what, "packet shorter than the header of a CAN frame",
                              "数据包比CAN帧头短");
    }
    uint32_t id = big_endian(bytes);
    uint8_t length = bytes[4];
    if ((id & ID_ERROR) != 0) {
        size_t there = size - FRAME_HEAD < length ? size - FRAME_HEAD : length;
        return reader_error_frame(id, bytes + FRAME_HEAD, (unsigned)there, what);
    }
    bool flagged = (bytes[5] & FD_FLAG_FD) != 0 && bytes[6] == 0 && bytes[7] == 0;
    if ((flagged && size > CLASSIC_SIZE) || length > 8) {
        return length <= 64
                   ? READER_FD
                   : reader_damaged(what, "CAN frame longer than 64 bytes", "CAN帧超过64字节");
    }
    if ((id & ID_REMOTE) != 0) {
        return READER_REMOTE;
    }
    if (size < FRAME_HEAD + length) {
        return reader_damaged(what, "packet shorter than the data of its CAN frame",
                              "数据包比其CAN帧的数据短");
    }
    bool extended = (id & ID_EXTENDED) != 0;
    *frame = (struct can_frame_ext){.id = id & 0x1FFFFFFFu, .extended = extended, .len = length};
    memcpy(frame->data, bytes + FRAME_HEAD, length);
    return frame->id <= 0x7FFu || extended
               ? READER_FRAME
               : reader_damaged(what, "identifier too large for a standard frame",
                                "标识符超出标准帧范围");
}

static uint64_t number_of(const struct pcap_blocks *blocks, const uint8_t *value, uint16_t length) {
    if (length != 8) {
        return 0;
    }
    uint64_t first = pcap_u32(blocks, value), second = pcap_u32(blocks, value + 4);
    return blocks->format.big_endian ? first << 32 | second : second << 32 | first;
}

/* The value of an option; NULL: it is not there. */
static const uint8_t *option_of(const struct pcap_blocks *blocks, const uint8_t *at, size_t size,
                                uint16_t wanted, uint16_t *length) {
    while (size >= 4) {
        uint16_t code = pcap_u16(blocks, at);
        *length = pcap_u16(blocks, at + 2);
        size_t whole = 4u + ((*length + 3u) & ~3u);
        if (code == OPTION_END || whole > size) {
            break;
        }
        if (code == wanted) {
            return at + 4;
        }
        at += whole;
        size -= whole;
    }
    return NULL;
}

/* Options of an enhanced packet: was it sent by the recording machine, how many were lost? */
static void take_options(struct pcapng *pcapng, const uint8_t *at, size_t size,
                         struct capture_frame *frame) {
    const struct pcap_blocks *blocks = &pcapng->blocks;
    uint16_t length;
    const uint8_t *value = option_of(blocks, at, size, OPTION_FLAGS, &length);
    frame->sent =
        value != NULL && length == 4 && (pcap_u32(blocks, value) & DIRECTION_MASK) == DIRECTION_OUT;
    value = option_of(blocks, at, size, OPTION_DROPS, &length);
    pcapng->lost = value != NULL ? number_of(blocks, value, length) : 0;
}

/* At the end: what an interface lost, nobody knows where. */
static enum reader_outcome statistics(const struct pcap_blocks *blocks,
                                      const struct pcap_block *block, struct capture_text *what) {
    static const uint16_t drops[] = {STATISTICS_INTERFACE_DROPS, STATISTICS_SYSTEM_DROPS};
    uint64_t lost = 0;
    for (size_t i = 0; i < sizeof drops / sizeof drops[0] && block->size > STATISTICS_HEAD; i++) {
        uint16_t length;
        const uint8_t *value = option_of(blocks, block->body + STATISTICS_HEAD,
                                         block->size - STATISTICS_HEAD, drops[i], &length);
        lost += value != NULL ? number_of(blocks, value, length) : 0;
    }
    if (lost == 0) {
        return READER_SKIPPED;
    }
    capture_text_set(what,
                     "the recorder says that it lost %" PRIu64 " frames somewhere in this file",
                     "记录工具称在此文件的某处丢失了%" PRIu64 "帧", lost);
    return READER_LOST_SOMEWHERE;
}

static const struct pcap_interface *can_interface(struct pcapng *pcapng, uint32_t number,
                                                  enum reader_outcome *outcome,
                                                  struct capture_text *what) {
    if (number >= pcapng->blocks.interface_count) {
        *outcome = reader_damaged(what, "packet of an interface that was not described",
                                  "数据包所属的接口没有描述");
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
                                    struct capture_frame *frame, struct capture_text *what) {
    const struct pcap_blocks *blocks = &pcapng->blocks;
    enum reader_outcome outcome;
    if (block->size < PACKET_HEAD) {
        return reader_damaged(what, "packet block shorter than its fields", "数据包块比其字段短");
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
        return reader_damaged(what, "packet longer than its block", "数据包比所在的块长");
    }
    if (!take_time(pcapng, interface, units, frame)) {
        return reader_damaged(what, "time beyond what a clock can hold", "时间超出时钟范围");
    }
    size_t padded = ((size_t)captured + 3) & ~(size_t)3;
    if (PACKET_HEAD + padded < block->size) {
        take_options(pcapng, body + PACKET_HEAD + padded, block->size - PACKET_HEAD - padded,
                     frame);
    }
    frame->network = interface->name;
    return frame_at(body + PACKET_HEAD, captured, &frame->frame, what);
}

/* Simple packet block: of the first interface, without a time. */
static enum reader_outcome simple(struct pcapng *pcapng, const struct pcap_block *block,
                                  struct capture_frame *frame, struct capture_text *what) {
    enum reader_outcome outcome;
    const struct pcap_interface *interface = can_interface(pcapng, 0, &outcome, what);
    if (interface == NULL) {
        return outcome;
    }
    if (block->size < 4) {
        return reader_damaged(what, "packet block shorter than its fields", "数据包块比其字段短");
    }
    frame->at_ns = pcapng->at_ns;
    frame->network = interface->name;
    return frame_at(block->body + 4, block->size - 4, &frame->frame, what);
}

static enum reader_outcome block_outcome(struct pcapng *pcapng, const struct pcap_block *block,
                                         struct capture_frame *frame, struct capture_text *what) {
    const struct phrase *wrong = NULL;
    switch (block->type) {
    case PCAP_SECTION:
        return READER_SKIPPED; /* pcap_blocks has taken it in */
    case PCAP_INTERFACE:
        wrong = pcap_interface_add(&pcapng->blocks, block);
        return wrong == NULL ? READER_SKIPPED : reader_damaged(what, wrong->en, wrong->zh);
    case PCAP_ENHANCED:
        return enhanced(pcapng, block, frame, what);
    case PCAP_SIMPLE:
        return simple(pcapng, block, frame, what);
    case PCAP_STATISTICS:
        return statistics(&pcapng->blocks, block, what);
    default:
        return READER_SKIPPED; /* names, secrets ... */
    }
}

/* First the loss in front of a packet, then the packet. */
static enum reader_outcome with_loss(struct pcapng *pcapng, enum reader_outcome outcome,
                                     const struct capture_frame *frame, struct capture_text *what) {
    if (pcapng->lost == 0 || outcome == READER_DAMAGED) {
        return outcome;
    }
    pcapng->waiting = outcome == READER_FRAME;
    pcapng->awaited = *frame;
    return reader_lost(what, pcapng->lost);
}

static enum reader_outcome next(void *state, struct source *source, struct capture_frame *frame,
                                struct capture_text *what) {
    (void)source; /* the blocks have it */
    struct pcapng *pcapng = state;
    struct pcap_block block;
    if (pcapng->waiting) {
        pcapng->waiting = false;
        *frame = pcapng->awaited;
        return READER_FRAME;
    }
    if (pcapng->over) {
        return READER_END;
    }
    frame->line = ++pcapng->records;
    frame->sent = false;
    pcapng->lost = 0;
    switch (pcap_block_next(&pcapng->blocks, &block)) {
    case PCAP_BLOCK:
        return with_loss(pcapng, block_outcome(pcapng, &block, frame, what), frame, what);
    case PCAP_TOO_LONG:
        return reader_damaged(what, "packet much longer than any CAN frame",
                              "数据包比任何CAN帧都长得多");
    case PCAP_CUT:
        pcapng->over = true;
        reader_damaged(what, "the file ends in the middle of a block", "文件在一个块中间结束");
        return READER_CUT;
    case PCAP_LOST:
        pcapng->over = true;
        return reader_damaged(what, "block of impossible length: what follows cannot be read",
                              "块长度不可能：其后无法读取");
    case PCAP_END:
    default:
        return READER_END;
    }
}

static void describe(const void *state, struct reader_about *about) {
    const struct pcapng *pcapng = state;
    const struct pcap_format *format = &pcapng->blocks.format;
    const char *name = format->classic ? "pcap" : "pcapng";
    snprintf(about->dialect.en, sizeof about->dialect.en, "%s, %s, SocketCAN", name,
             format->big_endian ? "big-endian" : "little-endian");
    snprintf(about->dialect.zh, sizeof about->dialect.zh, "%s，%s，SocketCAN", name,
             format->big_endian ? "大端" : "小端");
    about->clock = !pcapng->timed                           ? CLOCK_NONE
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
