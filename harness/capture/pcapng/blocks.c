/* SPDX-License-Identifier: MIT */
#include "harness/capture/pcapng/blocks.h"

#include "sim/loop.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

#define BLOCK_HEAD     8u  /* type, length */
#define BLOCK_MIN      12u /* and the length once more */
#define BYTE_ORDER     0x1A2B3C4Du
#define CLASSIC_HEADER 24u
#define CLASSIC_PACKET 16u
#define INTERFACE_HEAD 8u
#define SECTION_HEAD   16u

#define OPTION_END      0
#define OPTION_NAME     2
#define OPTION_TSRESOL  9
#define OPTION_TSOFFSET 14

#define MICROSECONDS 6
#define NANOSECONDS  9

static uint16_t get_u16(bool big_endian, const uint8_t *at) {
    return (uint16_t)(big_endian ? at[0] << 8 | at[1] : at[1] << 8 | at[0]);
}

static uint32_t get_u32(bool big_endian, const uint8_t *at) {
    uint32_t first = get_u16(big_endian, at), second = get_u16(big_endian, at + 2);
    return big_endian ? first << 16 | second : second << 16 | first;
}

uint16_t pcap_u16(const struct pcap_blocks *blocks, const uint8_t *at) {
    return get_u16(blocks->format.big_endian, at);
}

uint32_t pcap_u32(const struct pcap_blocks *blocks, const uint8_t *at) {
    return get_u32(blocks->format.big_endian, at);
}

static void put_u32(const struct pcap_blocks *blocks, uint8_t *at, uint32_t value) {
    for (unsigned i = 0; i < 4; i++) {
        at[i] = (uint8_t)(value >> 8 * (blocks->format.big_endian ? 3 - i : i));
    }
}

bool pcap_format_of(const uint8_t *data, size_t size, struct pcap_format *format) {
    *format = (struct pcap_format){0};
    if (size < 4) {
        return false;
    }
    if (get_u32(false, data) == PCAP_SECTION) { /* the same in both orders */
        format->big_endian = size >= 12 && get_u32(true, data + 8) == BYTE_ORDER;
        return format->big_endian || (size >= 12 && get_u32(false, data + 8) == BYTE_ORDER);
    }
    format->classic = true;
    for (int big = 0; big < 2; big++) {
        uint32_t magic = get_u32(big == 1, data);
        if (magic == 0xA1B2C3D4u || magic == 0xA1B23C4Du) {
            format->big_endian = big == 1;
            format->nanoseconds = magic == 0xA1B23C4Du;
            return true;
        }
    }
    return false;
}

/* ---- interfaces ---- */

static void take_option(struct pcap_blocks *blocks, struct pcap_interface *interface, uint16_t code,
                        const uint8_t *value, uint16_t length) {
    if (code == OPTION_NAME && length > 0) {
        snprintf(interface->name, sizeof interface->name, "%.*s", length, (const char *)value);
    } else if (code == OPTION_TSRESOL && length == 1) {
        interface->binary = (value[0] & 0x80u) != 0;
        interface->exponent = value[0] & 0x7Fu;
    } else if (code == OPTION_TSOFFSET && length == 8) {
        uint64_t first = pcap_u32(blocks, value), second = pcap_u32(blocks, value + 4);
        interface->offset_s =
            (int64_t)(blocks->format.big_endian ? first << 32 | second : second << 32 | first);
    }
}

const struct phrase *pcap_interface_add(struct pcap_blocks *blocks,
                                        const struct pcap_block *block) {
    static const struct phrase too_short = {"interface description shorter than its fields",
                                            "接口描述比其字段短"};
    static const struct phrase too_many = {
        "more than 64 interfaces: the packets of this one are left out",
        "接口多于64个：此接口的数据包未读取"};
    static const struct phrase long_option = {"option of an interface longer than its block",
                                              "接口的选项比所在的块长"};
    if (block->size < INTERFACE_HEAD) {
        return &too_short;
    }
    if (blocks->interface_count == PCAP_INTERFACES_MAX) {
        return &too_many;
    }
    size_t number = blocks->interface_count++;
    struct pcap_interface *interface = &blocks->interfaces[number];
    *interface = (struct pcap_interface){.link_type = pcap_u16(blocks, block->body),
                                         .exponent = MICROSECONDS};
    snprintf(interface->name, sizeof interface->name, "%zu", number);
    const uint8_t *at = block->body + INTERFACE_HEAD;
    size_t left = block->size - INTERFACE_HEAD;
    while (left >= 4) {
        uint16_t code = pcap_u16(blocks, at), length = pcap_u16(blocks, at + 2);
        size_t whole = 4u + ((length + 3u) & ~3u);
        if (code == OPTION_END) {
            break;
        }
        if (whole > left) {
            return &long_option;
        }
        take_option(blocks, interface, code, at + 4, length);
        at += whole;
        left -= whole;
    }
    return NULL;
}

bool pcap_time_ns(const struct pcap_interface *interface, uint64_t units, int64_t *ns) {
    unsigned __int128 time = units;
    if (interface->binary) {
        time = time * (uint64_t)NS_PER_S >> interface->exponent;
    } else {
        for (unsigned e = interface->exponent; e < NANOSECONDS; e++) {
            time *= 10;
        }
        for (unsigned e = interface->exponent; e > NANOSECONDS && time > 0; e--) {
            time /= 10;
        }
    }
    __int128 sum = (__int128)interface->offset_s * NS_PER_S + (__int128)time;
    assert(interface->exponent <= 127);
    *ns = (int64_t)sum;
    return sum >= 0 && sum <= INT64_MAX;
}

/* ---- opening ---- */

/* What it is, and what somebody who has it can do. */
static const struct {
    uint32_t type;
    struct phrase is, remedy;
} links[] = {
    {252,
     {" (frames that Wireshark had read from a file of another kind, such as a candump log)",
      "（Wireshark从其他格式的文件读入的帧，例如candump日志）"},
     {"give the file itself that Wireshark was opened with", "请直接提供Wireshark所打开的原文件"}},
    {1, {" (Ethernet)", "（以太网）"}, {NULL, NULL}},
    {113, {" (\"any\")", "（“any”）"}, {NULL, NULL}},
    {276, {" (\"any\")", "（“any”）"}, {NULL, NULL}},
    {189, {" (USB)", "（USB）"}, {NULL, NULL}},
    {220, {" (USB)", "（USB）"}, {NULL, NULL}},
    {249, {" (USB)", "（USB）"}, {NULL, NULL}},
};

static bool wrong_link(uint32_t link_type, struct problem *problem) {
    struct phrase is = {"", ""};
    struct phrase remedy = {"record the CAN interface itself, for example `tshark -i can0 -w "
                            "charge.pcapng`",
                            "请直接记录CAN接口，例如`tshark -i can0 -w charge.pcapng`"};
    if (link_type == PCAP_LINK_SOCKETCAN) {
        return false;
    }
    for (size_t i = 0; i < sizeof links / sizeof links[0]; i++) {
        if (links[i].type == link_type) {
            is = links[i].is;
            remedy = links[i].remedy.en != NULL ? links[i].remedy : remedy;
        }
    }
    problem_set(problem, "a packet capture of link type %u%s, not of SocketCAN (227): %s",
                link_type, is.en, remedy.en);
    snprintf(problem->zh, sizeof problem->zh, "抓包文件的链路类型为%u%s，不是SocketCAN（227）：%s",
             link_type, is.zh, remedy.zh);
    return true;
}

/* Looks ahead: interfaces described before the first packet, none of them a CAN interface. */
static bool no_can_in_sight(bool big_endian, const uint8_t *data, size_t size,
                            struct problem *problem) {
    bool wrong = false;
    for (size_t at = 0; size - at >= BLOCK_HEAD + 2;) {
        uint32_t type = get_u32(big_endian, data + at), length = get_u32(big_endian, data + at + 4);
        if (type == PCAP_ENHANCED || type == PCAP_SIMPLE || length < BLOCK_MIN ||
            length > size - at) {
            break;
        }
        if (type == PCAP_INTERFACE) {
            wrong = wrong_link(get_u16(big_endian, data + at + BLOCK_HEAD), problem);
            if (!wrong) {
                return false;
            }
        }
        at += length;
    }
    return wrong;
}

static bool open_classic(struct pcap_blocks *blocks, struct problem *problem) {
    uint8_t header[CLASSIC_HEADER];
    if (source_read(blocks->source, header, sizeof header) < sizeof header) {
        return problem_set_both(problem,
                                "a pcap file that ends within its header: nothing can be read",
                                "pcap文件在文件头中间结束，无法读取");
    }
    uint32_t link_type = pcap_u32(blocks, header + 20) & 0xFFFFu;
    if (wrong_link(link_type, problem)) {
        return false;
    }
    blocks->interfaces[0] = (struct pcap_interface){
        .link_type = (uint16_t)link_type,
        .exponent = blocks->format.nanoseconds ? NANOSECONDS : MICROSECONDS};
    blocks->interface_count = 1; /* a pcap file does not name it */
    return true;
}

bool pcap_blocks_init(struct pcap_blocks *blocks, struct source *source, struct problem *problem) {
    size_t size;
    const uint8_t *data = source_peek(source, &size);
    blocks->source = source;
    if (!pcap_format_of(data, size, &blocks->format)) {
        return problem_set_both(problem,
                                "a packet capture whose first block is damaged: its byte order "
                                "cannot be known",
                                "抓包文件的第一个块已损坏，无法确定字节序");
    }
    return blocks->format.classic
               ? open_classic(blocks, problem)
               : !no_can_in_sight(blocks->format.big_endian, data, size, problem);
}

/* ---- blocks ---- */

static bool skip(struct pcap_blocks *blocks, uint32_t size) {
    assert(size <= PCAP_LENGTH_MAX);
    uint8_t rest[1024];
    while (size > 0) {
        size_t part = size < sizeof rest ? size : sizeof rest;
        if (source_read(blocks->source, rest, part) < part) {
            return false;
        }
        size -= (uint32_t)part;
    }
    return true;
}

/* A packet of an old file: its 16 bytes of header become those of an enhanced packet block. */
static enum pcap_outcome classic_next(struct pcap_blocks *blocks, struct pcap_block *block) {
    uint8_t head[CLASSIC_PACKET];
    size_t got = source_read(blocks->source, head, sizeof head);
    if (got < sizeof head) {
        return got == 0 ? PCAP_END : PCAP_CUT;
    }
    uint64_t unit = blocks->format.nanoseconds ? (uint64_t)NS_PER_S : (uint64_t)NS_PER_S / 1000;
    uint64_t units = pcap_u32(blocks, head) * unit + pcap_u32(blocks, head + 4);
    uint32_t captured = pcap_u32(blocks, head + 8);
    if (captured > PCAP_LENGTH_MAX) {
        return PCAP_LOST;
    }
    if (captured > PCAP_BODY_MAX - 20) {
        return skip(blocks, captured) ? PCAP_TOO_LONG : PCAP_CUT;
    }
    put_u32(blocks, blocks->body, 0);
    put_u32(blocks, blocks->body + 4, (uint32_t)(units >> 32));
    put_u32(blocks, blocks->body + 8, (uint32_t)units);
    memcpy(blocks->body + 12, head + 8, 8);
    *block = (struct pcap_block){PCAP_ENHANCED, blocks->body, 20 + (size_t)captured};
    return source_read(blocks->source, blocks->body + 20, captured) < captured ? PCAP_CUT
                                                                               : PCAP_BLOCK;
}

/* A section header decides the byte order before its own length can be read: 8 bytes of it are
 * there, then come the byte order mark and the rest. */
static enum pcap_outcome section_next(struct pcap_blocks *blocks, const uint8_t head[BLOCK_HEAD],
                                      struct pcap_block *block) {
    uint8_t more[SECTION_HEAD];
    memcpy(more, head, BLOCK_HEAD);
    if (source_read(blocks->source, more + BLOCK_HEAD, 4) < 4) {
        return PCAP_CUT;
    }
    struct pcap_format format;
    if (!pcap_format_of(more, 12, &format)) {
        return PCAP_LOST;
    }
    blocks->format = format;
    blocks->interface_count = 0;
    uint32_t length = pcap_u32(blocks, head + 4);
    if (length < 28 || length % 4 != 0 || length > PCAP_LENGTH_MAX) {
        return PCAP_LOST;
    }
    *block = (struct pcap_block){PCAP_SECTION, blocks->body, 0};
    return skip(blocks, length - 12) ? PCAP_BLOCK : PCAP_CUT;
}

enum pcap_outcome pcap_block_next(struct pcap_blocks *blocks, struct pcap_block *block) {
    if (blocks->format.classic) {
        return classic_next(blocks, block);
    }
    uint8_t head[BLOCK_HEAD], tail[4];
    size_t got = source_read(blocks->source, head, sizeof head);
    if (got < sizeof head) {
        return got == 0 ? PCAP_END : PCAP_CUT;
    }
    uint32_t type = pcap_u32(blocks, head), length = pcap_u32(blocks, head + 4);
    if (type == PCAP_SECTION) {
        return section_next(blocks, head, block);
    }
    if (length < BLOCK_MIN || length % 4 != 0 || length > PCAP_LENGTH_MAX) {
        return PCAP_LOST;
    }
    uint32_t body = length - BLOCK_MIN, kept = body < PCAP_BODY_MAX ? body : PCAP_BODY_MAX;
    *block = (struct pcap_block){type, blocks->body, kept};
    if (source_read(blocks->source, blocks->body, kept) < kept || !skip(blocks, body - kept) ||
        source_read(blocks->source, tail, sizeof tail) < sizeof tail) {
        return PCAP_CUT;
    }
    if (pcap_u32(blocks, tail) != length) {
        return PCAP_LOST; /* which of the two is right nobody knows */
    }
    bool packet = type == PCAP_ENHANCED || type == PCAP_SIMPLE;
    return packet && body > kept ? PCAP_TOO_LONG : PCAP_BLOCK;
}
