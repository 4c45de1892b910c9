/* SPDX-License-Identifier: MIT */
#include "link/transport.h"

#include "link/messages.h"
#include "services/assert.h"

/* First byte of TP.CM. */
enum {
    RTS = 0x10,
    CTS = 0x11,
    END_OF_MESSAGE = 0x13,
    ABORT = 0xFF
};

#define PACKET_BYTES 7u
#define RETRY_NS     1000000 /* transmit queue full: try again */
#define TP_CM_ID     (7u << 26 | (uint32_t)CORE_PF_TP_CM << 16 | CORE_SA_BMS << 8 | CORE_SA_CHARGER)

void core_transport_begin(struct core_transport *tp, struct core_services *services) {
    *tp = (struct core_transport){.services = services};
}

static void answer(struct core_transport *tp, enum core_tp_answer what, enum core_tp_reason reason,
                   uint8_t pf) {
    CORE_ASSERT(what != CORE_TP_NOTHING && (what == CORE_TP_ABORT) == (reason != 0));
    tp->answer = what;
    tp->reason = reason;
    tp->answer_pf = pf;
    tp->answer_ns = tp->services->now + core_ns(tp->services, CORE_P_TP_RESPONSE);
}

static void ask_for_packets(struct core_transport *tp) {
    unsigned left = tp->packets - tp->next + 1u;
    unsigned window = (unsigned)tp->services->param[CORE_P_TP_WINDOW];
    if (tp->window_max > 0 && tp->window_max < window) {
        window = tp->window_max;
    }
    if (left < window) {
        window = left;
    }
    CORE_ASSERT(window >= 1 && tp->next + window - 1 <= tp->packets);
    tp->window_end = (uint8_t)(tp->next + window - 1);
    tp->gap = false;
    answer(tp, CORE_TP_CTS, 0, tp->pf);
    tp->deadline_ns = tp->answer_ns + core_ns(tp->services, CORE_P_TP_T2);
}

static void request_to_send(struct core_transport *tp, const uint8_t *data) {
    unsigned length = (unsigned)data[1] | (unsigned)data[2] << 8;
    bool sane = length >= CORE_TP_LEN_MIN &&
                length <= (unsigned)tp->services->param[CORE_P_TP_LENGTH] &&
                data[3] == (length + PACKET_BYTES - 1) / PACKET_BYTES;
    uint8_t pf = data[6];
    if (data[5] != 0 || data[7] != 0) {
        return; /* of no message here: an answer would name another one */
    }
    if (tp->open && tp->pf != pf) {
        answer(tp, CORE_TP_ABORT, CORE_TP_BUSY, pf);
        return;
    }
    tp->open = false;
    if (!sane || !core_is_bms_message(pf)) {
        answer(tp, CORE_TP_ABORT, CORE_TP_RESOURCES, pf);
        return;
    }
    tp->open = true;
    tp->begun_ns = tp->services->now;
    tp->pf = pf;
    tp->length = (uint16_t)length;
    tp->packets = data[3];
    tp->window_max = data[4];
    tp->next = 1;
    tp->retries = 0;
    ask_for_packets(tp);
}

static void keep(struct core_transport *tp, const uint8_t *data) {
    CORE_ASSERT(data[0] == tp->next && tp->next <= tp->window_end);
    unsigned at = (tp->next - 1u) * PACKET_BYTES;
    for (unsigned i = 0; i < PACKET_BYTES && at + i < CORE_TP_KEPT; i++) {
        tp->bytes[at + i] = data[1 + i];
    }
}

static void finish(struct core_transport *tp) {
    CORE_ASSERT(tp->open && !tp->gap);
    tp->open = false;
    answer(tp, CORE_TP_END_OF_MESSAGE, 0, tp->pf);
}

static void ask_again(struct core_transport *tp) {
    CORE_ASSERT(tp->open && tp->gap);
    if (tp->retries >= tp->services->param[CORE_P_TP_RETRIES]) {
        tp->open = false;
        answer(tp, CORE_TP_ABORT, CORE_TP_TIMEOUT, tp->pf);
        return;
    }
    tp->retries++;
    ask_for_packets(tp);
}

/* A packet that is not the awaited one leaves a gap; at the window's end it is asked for again. */
static bool packet(struct core_transport *tp, const uint8_t *data) {
    if (!tp->open || data[0] == 0 || data[0] < tp->next || data[0] > tp->window_end) {
        return false;
    }
    tp->deadline_ns = tp->services->now + core_ns(tp->services, CORE_P_TP_T1);
    CORE_ASSERT(tp->deadline_ns > tp->services->now);
    if (data[0] != tp->next) {
        tp->gap = true;
    }
    if (!tp->gap) {
        keep(tp, data);
        if (tp->next == tp->packets) {
            finish(tp);
            return true;
        }
        tp->next++;
    }
    if (data[0] < tp->window_end) {
        return false;
    }
    if (tp->gap) {
        ask_again(tp);
    } else {
        ask_for_packets(tp);
    }
    return false;
}

static bool in_bounds(const struct core_transport *tp) {
    return !tp->open || (tp->packets == (tp->length + PACKET_BYTES - 1) / PACKET_BYTES &&
                         tp->next >= 1 && tp->next <= tp->window_end &&
                         tp->window_end <= tp->packets && tp->begun_ns <= tp->services->now);
}

bool core_transport_frame(struct core_transport *tp, uint8_t pf, const uint8_t *data) {
    bool whole = false;
    if (pf == CORE_PF_TP_DT) {
        whole = packet(tp, data);
    } else if (data[0] == RTS) {
        request_to_send(tp, data);
    } else if (data[0] == ABORT && tp->open && tp->pf == data[6]) {
        tp->open = false;
    }
    CORE_ASSERT(in_bounds(tp));
    return whole;
}

static void encode(const struct core_transport *tp, struct dut_can_frame *frame) {
    CORE_ASSERT(tp->answer != CORE_TP_NOTHING);
    uint8_t *data = frame->data;
    frame->id = TP_CM_ID;
    frame->len = 8;
    for (unsigned i = 1; i < 5; i++) {
        data[i] = 0xFF;
    }
    data[5] = data[7] = 0;
    data[6] = tp->answer_pf;
    if (tp->answer == CORE_TP_CTS) {
        data[0] = CTS;
        data[1] = (uint8_t)(tp->window_end - tp->next + 1);
        data[2] = tp->next;
    } else if (tp->answer == CORE_TP_END_OF_MESSAGE) {
        data[0] = END_OF_MESSAGE;
        data[1] = (uint8_t)tp->length;
        data[2] = (uint8_t)(tp->length >> 8);
        data[3] = tp->packets;
    } else {
        data[0] = ABORT;
        data[1] = (uint8_t)tp->reason;
    }
}

void core_transport_run(struct core_transport *tp) {
    struct dut_can_frame frame = {0};
    CORE_ASSERT(in_bounds(tp));
    if (tp->open && core_due(tp->services, tp->deadline_ns)) {
        tp->open = false;
        answer(tp, CORE_TP_ABORT, CORE_TP_TIMEOUT, tp->pf);
    }
    if (tp->answer == CORE_TP_NOTHING || !core_due(tp->services, tp->answer_ns)) {
        return;
    }
    encode(tp, &frame);
    if (core_send(tp->services, &frame) >= 0) {
        tp->answer = CORE_TP_NOTHING;
        return;
    }
    tp->answer_ns = tp->services->now + RETRY_NS;
    core_wake(tp->services, tp->answer_ns);
}
