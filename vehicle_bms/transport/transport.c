/* SPDX-License-Identifier: MIT */
#include "vehicle_bms/transport/transport.h"

#include "sim/loop.h"
#include "vehicle_bms/message/messages.h"
#include "vehicle_bms/transport/frames.h"

#include <assert.h>
#include <string.h>

const struct transport_timing transport_timing_default = {
    .tr_ns = 200 * NS_PER_MS,
    .th_ns = 500 * NS_PER_MS,
    .t1_ns = 750 * NS_PER_MS,
    .t2_ns = 1250 * NS_PER_MS,
    .t3_ns = 1250 * NS_PER_MS,
    .t4_ns = 1050 * NS_PER_MS,
    .dt_gap_ns = 10 * NS_PER_MS,
    .answer_ns = 0,
};

int transport_control(const struct transport_port *port, int64_t now_ns, uint32_t pgn,
                      const uint8_t bytes[5]) {
    assert(pgn <= 0xFFFFFFu && port->own != port->peer);
    struct can_frame_ext frame = {
        .id = message_frame_id(TRANSPORT_PRIORITY, TRANSPORT_PGN_CM, port->peer, port->own),
        .extended = true,
        .len = 8,
    };
    memcpy(frame.data, bytes, 5);
    frame.data[5] = (uint8_t)pgn;
    frame.data[6] = (uint8_t)(pgn >> 8);
    frame.data[7] = (uint8_t)(pgn >> 16);
    return port->send(port->ctx, now_ns, &frame);
}

void transport_abort(const struct transport_port *port, int64_t now_ns, uint32_t pgn,
                     uint8_t reason) {
    assert(reason != 0);
    const uint8_t bytes[5] = {TRANSPORT_ABORT, reason, 0xFF, 0xFF, 0xFF};
    transport_control(port, now_ns, pgn, bytes);
}

static const struct result_text {
    enum transport_result result;
    const char *en, *zh;
} texts[] = {
    {TRANSPORT_DONE, "done", "完成"},
    {TRANSPORT_BUSY, "busy with another connection", "已在其他连接中"},
    {TRANSPORT_NO_RESOURCES, "resources needed for another task", "资源被其他任务占用"},
    {TRANSPORT_TIMEOUT, "timeout", "超时"},
    {TRANSPORT_CTS_WHILE_SENDING, "CTS while packets were being sent", "数据传送过程中收到 CTS"},
    {TRANSPORT_RETRANSMIT_LIMIT, "limit of repeated requests reached", "重传请求次数达到上限"},
    {TRANSPORT_UNEXPECTED_DATA, "unexpected data packet", "收到意外的数据包"},
    {TRANSPORT_BAD_SEQUENCE, "bad sequence number", "数据包序号错误"},
    {TRANSPORT_DUPLICATE_SEQUENCE, "duplicate sequence number", "数据包序号重复"},
    {TRANSPORT_TOO_LONG, "message longer than 1785 bytes", "消息长度超过 1785 字节"},
    {TRANSPORT_OTHER, "another reason", "其他原因"},
    {TRANSPORT_BROKEN, "broken on purpose", "人为中断"},
    {TRANSPORT_ABORTED, "aborted with a reason that is not assigned", "以未定义的原因中止"},
};

static const struct result_text *text_of(unsigned result) {
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if ((unsigned)texts[i].result == result) {
            return &texts[i];
        }
    }
    return NULL;
}

enum transport_result transport_result_of(uint8_t reason) {
    return reason != 0 && text_of(reason) != NULL ? (enum transport_result)reason
                                                  : TRANSPORT_ABORTED;
}

const char *transport_result_text(enum transport_result result, bool chinese) {
    const struct result_text *text = text_of(result);
    if (text == NULL) {
        return chinese ? "未知" : "unknown";
    }
    return chinese ? text->zh : text->en;
}

const char *transport_reason_text(uint8_t reason, bool chinese) {
    const struct result_text *text = reason == 0 ? NULL : text_of(reason);
    if (text == NULL) {
        return chinese ? "未定义的原因" : "a reason that is not assigned";
    }
    return chinese ? text->zh : text->en;
}
