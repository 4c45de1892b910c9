/* SPDX-License-Identifier: MIT */
#include "vehicle_bms/transport.h"

#include "sim/loop.h"
#include "vehicle_bms/messages.h"
#include "vehicle_bms/transport_frames.h"

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

const char *transport_result_text(enum transport_result result, bool chinese) {
    static const struct {
        enum transport_result result;
        const char *en, *zh;
    } texts[] = {
        {TRANSPORT_DONE, "done", "完成"},
        {TRANSPORT_BUSY, "busy with another connection", "已在其他连接中"},
        {TRANSPORT_NO_RESOURCES, "out of resources", "资源不足"},
        {TRANSPORT_TIMEOUT, "timeout", "超时"},
        {TRANSPORT_BROKEN, "broken on purpose", "人为中断"},
        {TRANSPORT_ABORTED, "aborted for another reason", "因其他原因中止"},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].result == result) {
            return chinese ? texts[i].zh : texts[i].en;
        }
    }
    return chinese ? "未知" : "unknown";
}
