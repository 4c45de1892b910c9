/* SPDX-License-Identifier: MIT */
/* blocks.h: the blocks of a pcapng file, or of an old pcap file as if it were one.
 *
 *   if (!pcap_blocks_init(&blocks, source, &problem)) complain(problem.text);
 *   while (pcap_block_next(&blocks, &block) == PCAP_BLOCK) switch (block.type) ...
 *
 * Byte order is that of the section: read numbers with pcap_u16 and pcap_u32. A block of up to
 * PCAP_BODY_MAX bytes is in memory until the next call; longer ones that hold no packet come
 * without their end (block.size says how much there is). Source: IETF draft-ietf-opsawg-pcapng. */
#ifndef HARNESS_CAPTURE_PCAPNG_BLOCKS_H
#define HARNESS_CAPTURE_PCAPNG_BLOCKS_H

#include "harness/capture/source/frame.h"
#include "harness/capture/source/source.h"
#include "sim/text/phrase.h"

#define PCAP_BODY_MAX       4096u       /* a CAN FD frame with comments fits many times */
#define PCAP_LENGTH_MAX     (16u << 20) /* a longer block is damage (Wireshark's limit too) */
#define PCAP_INTERFACES_MAX 64u
#define PCAP_LINK_SOCKETCAN 227u

enum {
    PCAP_INTERFACE = 1,
    PCAP_SIMPLE = 3,
    PCAP_STATISTICS = 5,
    PCAP_ENHANCED = 6,
    PCAP_SECTION = 0x0A0D0D0A,
};

enum pcap_outcome {
    PCAP_BLOCK,
    PCAP_TOO_LONG, /* a packet that cannot be a CAN frame; skipped */
    PCAP_END,
    PCAP_CUT,  /* the file ends inside a block */
    PCAP_LOST, /* a length that cannot be: nothing behind it can be found */
};

struct pcap_format {
    bool classic; /* pcap, not pcapng */
    bool big_endian;
    bool nanoseconds; /* classic only */
};

struct pcap_interface {
    uint16_t link_type;
    char name[CAPTURE_NETWORK_MAX]; /* if_name, else its number */
    bool binary;                    /* resolution is 2^-exponent s, else 10^-exponent s */
    uint8_t exponent;
    int64_t offset_s; /* if_tsoffset */
};

struct pcap_blocks {
    struct source *source;
    struct pcap_format format;
    struct pcap_interface interfaces[PCAP_INTERFACES_MAX]; /* of this section */
    size_t interface_count;
    uint8_t body[PCAP_BODY_MAX];
};

struct pcap_block {
    uint32_t type;
    const uint8_t *body;
    size_t size;
};

/* By the first 12 (pcapng) or 4 (pcap) bytes. */
bool pcap_format_of(const uint8_t *data, size_t size, struct pcap_format *format);

/* False, for example, when every interface in sight is of another link type. */
bool pcap_blocks_init(struct pcap_blocks *blocks, struct source *source, struct problem *problem);
enum pcap_outcome pcap_block_next(struct pcap_blocks *blocks, struct pcap_block *block);

/* Takes an interface description in. NULL, or what is wrong with it. */
const struct phrase *pcap_interface_add(struct pcap_blocks *blocks, const struct pcap_block *block);

/* false: beyond INT64_MAX or before 1970. */
bool pcap_time_ns(const struct pcap_interface *interface, uint64_t units, int64_t *ns);

uint16_t pcap_u16(const struct pcap_blocks *blocks, const uint8_t *at);
uint32_t pcap_u32(const struct pcap_blocks *blocks, const uint8_t *at);

#endif
