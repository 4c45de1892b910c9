/* SPDX-License-Identifier: MIT */
#include "vehicle_bms/transport/faults.h"

#include <string.h>

static const struct transport_fault_name sending_faults[] = {
    {"no-data", TRANSPORT_DEAF, 0, "no packet follows a CTS", "收到 CTS 后不发数据包"},
    {"stopping", TRANSPORT_STOPS, 1, "falls silent after packet COUNT (0: before the first)",
     "发完第 COUNT 包后停止（0：一包不发）"},
    {"wrong-sequence", TRANSPORT_WRONG_SEQUENCE, 1, "packet COUNT carries the next one's number",
     "第 COUNT 包使用下一包的序号"},
    {"skipping", TRANSPORT_SKIPS, 1, "packet COUNT is left out until it is asked for again",
     "漏发第 COUNT 包，直到再次请求"},
    {"doubling", TRANSPORT_DOUBLES, 1, "packet COUNT comes twice", "第 COUNT 包发送两次"},
    {"reordering", TRANSPORT_REORDERS, 1, "packet COUNT comes after the one that follows it",
     "第 COUNT 包与其后一包次序颠倒"},
    {"aborting", TRANSPORT_ABORTS, 1, "Conn_Abort after packet COUNT (0: after RTS)",
     "发完第 COUNT 包后放弃连接（0：RTS 之后）"},
    {"repeating-rts", TRANSPORT_REPEATS_RTS, 1, "RTS again after packet COUNT (0: after RTS)",
     "发完第 COUNT 包后再发 RTS（0：RTS 之后）"},
    {"interleaving", TRANSPORT_INTERLEAVES, 1,
     "RTS of another PGN after packet COUNT (0: after RTS), then on",
     "发完第 COUNT 包后插入其他 PGN 的 RTS（0：RTS 之后），随后继续"},
    {"slowness", TRANSPORT_SLOW, 2, "packet COUNT comes after T1 (a batch's first: T2) has passed",
     "第 COUNT 包超过 T1 才发（每批首包：T2）"},
    {"burst", TRANSPORT_BURST, 0, "packets follow one another without any gap",
     "数据包之间没有间隔"},
    {"unasked-data", TRANSPORT_UNASKED, 1, "packet COUNT comes before RTS",
     "第 COUNT 包在 RTS 之前发出"},
    {"wrong-count", TRANSPORT_WRONG_COUNT, 0,
     "RTS announces COUNT packets (0: one more than there are)",
     "RTS 中的包数为 COUNT（0：比实际多一包）"},
    {"wrong-length", TRANSPORT_WRONG_LENGTH, 0, "RTS announces COUNT bytes (0: 1786)",
     "RTS 中的字节数为 COUNT（0：1786）"},
};

static const struct transport_fault_name receiving_faults[] = {
    {"deafness", RECEPTION_DEAF, 0, "answers nothing", "不作任何应答"},
    {"holding", RECEPTION_HOLDS, 1, "COUNT hold CTS, then goes on", "发 COUNT 次保持 CTS 后继续"},
    {"holding-forever", RECEPTION_HOLDS_EVER, 0, "hold CTS for ever", "一直发保持 CTS"},
    {"asking-again", RECEPTION_ASKS_AGAIN, 1, "asks for packet COUNT though it has come",
     "已收到第 COUNT 包仍再次请求"},
    {"aborting", RECEPTION_ABORTS, 0, "Conn_Abort after packet COUNT (0: in answer to RTS)",
     "收到第 COUNT 包后放弃连接（0：对 RTS 的应答）"},
    {"small-batches", RECEPTION_BATCHES, 1, "CTS for COUNT packets at a time",
     "每次 CTS 只请求 COUNT 包"},
    {"lateness", RECEPTION_LATE, 0, "each answer comes after T3 has passed", "每次应答都超过 T3"},
    {"no-ack", RECEPTION_NO_ACK, 0, "no EndOfMsgAck", "不发 EndOfMsgAck"},
    {"wrong-cts", RECEPTION_WRONG_CTS, 0, "CTS for packet COUNT (0: one that there is not)",
     "CTS 请求第 COUNT 包（0：不存在的包）"},
    {"cts-between", RECEPTION_CTS_BETWEEN, 1, "CTS once more after packet COUNT of a batch",
     "一批中第 COUNT 包后再发 CTS"},
};

const struct transport_fault_name *transport_fault_name(bool sending, size_t index) {
    size_t count = sending ? sizeof sending_faults / sizeof sending_faults[0]
                           : sizeof receiving_faults / sizeof receiving_faults[0];
    if (index >= count) {
        return NULL;
    }
    return sending ? &sending_faults[index] : &receiving_faults[index];
}

/* What announces packets has a byte for them. */
unsigned transport_fault_most(const struct transport_fault_name *name) {
    size_t sending_end = sizeof sending_faults / sizeof sending_faults[0];
    bool sending = name >= sending_faults && name < sending_faults + sending_end;
    int counted = sending ? (int)TRANSPORT_WRONG_COUNT : (int)RECEPTION_WRONG_CTS;
    return name->fault == counted ? UINT8_MAX : UINT16_MAX;
}

const struct transport_fault_name *transport_fault_find(bool sending, const char *name) {
    const struct transport_fault_name *found;
    for (size_t i = 0; (found = transport_fault_name(sending, i)) != NULL; i++) {
        if (strcmp(found->name, name) == 0) {
            return found;
        }
    }
    return NULL;
}
