/* SPDX-License-Identifier: MIT */
/* The faults of a transfer, for people. */
#include "vehicle_bms/listen/assembler.h"

const char *transfer_fault_text(enum transfer_fault fault, bool chinese) {
    static const struct {
        const char *en, *zh;
    } texts[TRANSFER_FAULTS] = {
        [TRANSFER_LENGTH] = {"length outside 9...1785 bytes", "长度不在9…1785字节内"},
        [TRANSFER_COUNT] = {"number of packets does not fit the length", "包数与长度不符"},
        [TRANSFER_RESTARTED] = {"restarted before its end", "未结束即重新发起"},
        [TRANSFER_INTERLEAVED] = {"another transfer begun before its end", "未结束即发起另一传输"},
        [TRANSFER_UNASKED] = {"packet that no CTS has asked for", "未经CTS请求的数据包"},
        [TRANSFER_SEQUENCE] = {"packet out of sequence", "包序号错误"},
        [TRANSFER_DOUBLED] = {"packet sent twice", "数据包重复"},
        [TRANSFER_ABORTED] = {"connection aborted", "连接被中止"},
        [TRANSFER_REPEATED] = {"packets asked for again", "请求重发数据包"},
        [TRANSFER_NO_ANSWER] = {"no answer within T3", "T3内无应答"},
        [TRANSFER_HELD] = {"held open longer than T4", "保持连接超过T4"},
        [TRANSFER_NO_PACKET] = {"no packet within T2 after CTS", "CTS后T2内无数据包"},
        [TRANSFER_GAP] = {"more than T1 between two packets", "数据包间隔超过T1"},
        [TRANSFER_SLOW] = {"slower than Tr", "响应慢于Tr"},
        [TRANSFER_UNFINISHED] = {"not finished when the frames end", "报文记录结束时传输未完成"},
        [TRANSFER_BROADCAST] = {"broadcast transfer (BAM), which GB/T 27930 does not use",
                                "广播传输（BAM），GB/T 27930未采用"},
        [TRANSFER_SHORT_FRAME] = {"transport frame of less than 8 bytes", "传输协议帧不足8字节"},
        [TRANSFER_MISSED] = {"acknowledged, but a packet is missing in the capture",
                             "已应答，但记录中缺少数据包"},
        [TRANSFER_MISSED_RTS] = {"acknowledged, but its RTS is missing in the capture",
                                 "已应答，但记录中缺少其RTS"},
        [TRANSFER_MISSED_CTS] = {"acknowledged, but a CTS is missing in the capture",
                                 "已应答，但记录中缺少CTS"},
        [TRANSFER_UNRECEIVED] = {"acknowledged, though it has not been received",
                                 "未完整收到却已应答EndOfMsgAck"},
        [TRANSFER_ACK_COUNTS] = {"acknowledged with other counts than those of RTS",
                                 "EndOfMsgAck的字节数或包数与RTS不符"},
        [TRANSFER_WRONG_CTS] = {"CTS for a packet that there is not", "CTS请求不存在的数据包"},
    };
    if ((unsigned)fault >= TRANSFER_FAULTS) {
        return chinese ? "未知" : "unknown";
    }
    return chinese ? texts[fault].zh : texts[fault].en;
}

const char *transfer_abort_text(uint8_t reason, bool chinese) {
    /* SAE J1939-21 table 7; the later reasons are of its later editions, as Linux
     * net/can/j1939/transport.c lists them. */
    static const struct {
        const char *en, *zh;
    } texts[] = {
        [1] = {"busy with another connection", "已在其他连接中"},
        [2] = {"out of resources", "资源不足"},
        [3] = {"timeout", "超时"},
        [4] = {"CTS received while sending", "发送数据时收到CTS"},
        [5] = {"retransmissions used up", "重发次数用尽"},
        [6] = {"unexpected packet", "意外的数据包"},
        [7] = {"bad sequence number", "包序号错误"},
        [8] = {"duplicate sequence number", "包序号重复"},
        [9] = {"longer than 1785 bytes", "长度超过1785字节"},
        [250] = {"another reason", "其他原因"},
    };
    if (reason >= sizeof texts / sizeof texts[0] || texts[reason].en == NULL) {
        return NULL;
    }
    return chinese ? texts[reason].zh : texts[reason].en;
}
