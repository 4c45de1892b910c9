/* SPDX-License-Identifier: MIT */
/* Messages between charger and vehicle: a lane for each code, a tick for each frame. Between the two sides a
 * lane for what the charger's firmware said. */
#include "reports/plot/internal.h"
#include "sim/memory.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* GB/T 27930-2015: PF of the PGN (clause 9, tables), addresses (clause 5), transport protocol of
 * SAE J1939-21 for messages beyond 8 bytes. Only for naming lanes: nothing is judged by it. */
#define ADDRESS_CHARGER 0x56
#define ADDRESS_BMS     0xF4
#define PF_TP_CM        0xEC
#define PF_TP_DT        0xEB
#define TP_RTS          0x10

static const struct {
    uint8_t pf;
    const char *code;
} codes[] = {
    {0x26, "CHM"}, {0x27, "BHM"}, {0x01, "CRM"}, {0x02, "BRM"}, {0x06, "BCP"}, {0x07, "CTS"},
    {0x08, "CML"}, {0x09, "BRO"}, {0x0A, "CRO"}, {0x10, "BCL"}, {0x11, "BCS"}, {0x12, "CCS"},
    {0x13, "BSM"}, {0x15, "BMV"}, {0x16, "BMT"}, {0x17, "BSP"}, {0x19, "BST"}, {0x1A, "CST"},
    {0x1C, "BSD"}, {0x1D, "CSD"}, {0x1E, "BEM"}, {0x1F, "CEM"}, {0x20, "DM1"}, {0x21, "DM2"},
    {0x22, "DM3"}, {0x23, "DM4"}, {0x24, "DM5"}, {0x25, "DM6"},
};
#define CODE_COUNT  ((int)(sizeof codes / sizeof codes[0]))
#define ORDER_TP    CODE_COUNT /* CTS, end and abort of the transport protocol */
#define ORDER_OTHER (CODE_COUNT + 1)
#define ORDER_SAID  (CODE_COUNT + 2) /* no message: states, alarms and log of the firmware */

static int order_of(uint8_t pf) {
    for (int i = 0; i < CODE_COUNT; i++) {
        if (codes[i].pf == pf) {
            return i;
        }
    }
    return ORDER_OTHER;
}

static const char *name_of(int order) {
    assert(order >= 0 && order <= ORDER_SAID);
    return order == ORDER_SAID    ? "固件自述|log"
           : order == ORDER_TP    ? "TP"
           : order == ORDER_OTHER ? "?"
                                  : codes[order].code;
}

/* What a frame belongs to; the packets of a long message to the message that was announced. */
static int classify(const struct recorded_frame *frame, int announced[2], bool charger) {
    uint8_t pf = (uint8_t)(frame->id >> 16);
    if (pf == PF_TP_CM && frame->length == 8 && frame->data[0] == TP_RTS) {
        announced[charger] = order_of(frame->data[6]);
        return announced[charger];
    }
    if (pf == PF_TP_CM) {
        return ORDER_TP;
    }
    return pf == PF_TP_DT ? announced[charger] : order_of(pf);
}

static struct plot_code *code_lane(struct plot *plot, int order, bool charger) {
    for (size_t i = 0; i < plot->code_count; i++) {
        if (plot->codes[i].order == order && plot->codes[i].charger == charger) {
            return &plot->codes[i];
        }
    }
    assert(plot->code_count <= PLOT_CODES_MAX);
    if (plot->code_count == PLOT_CODES_MAX) {
        return NULL;
    }
    struct plot_code *code = &plot->codes[plot->code_count++];
    *code = (struct plot_code){.code = name_of(order), .charger = charger, .order = order};
    return code;
}

static void add_tick(struct plot_code *code, int64_t at_ns) {
    if (code->count == code->room) {
        code->room = code->room > 0 ? 2 * code->room : 64;
        code->at_ns = memory_resized(code->at_ns, code->room, sizeof *code->at_ns);
    }
    assert(code->count == 0 || code->at_ns[code->count - 1] <= at_ns); /* bars are made of these */
    code->at_ns[code->count++] = at_ns;
}

static int by_sender_and_order(const void *left, const void *right) {
    const struct plot_code *a = left;
    const struct plot_code *b = right;
    return a->charger != b->charger ? (int)b->charger - (int)a->charger : a->order - b->order;
}

/* "12.345678 state 3: handshake": whole microseconds; false for a line that has no instant. */
static bool said_at(const char *line, int64_t *at_ns) {
    char *end;
    const int64_t seconds = strtoll(line, &end, 10);
    const char *digits = end + 1;
    if (end == line || *end != '.' || strspn(digits, "0123456789") != 6) {
        return false;
    }
    *at_ns = seconds * 1000000000 + strtoll(digits, NULL, 10) * 1000;
    return true;
}

static void choose_said(struct plot *plot) {
    const struct result_case *one = plot->one;
    int64_t at_ns, last_ns = plot->view->from_ns;
    for (size_t i = 0; i < one->said_count; i++) {
        if (said_at(one->said[i], &at_ns) && at_ns >= last_ns && at_ns <= plot->view->to_ns) {
            struct plot_code *code = code_lane(plot, ORDER_SAID, true);
            if (code != NULL) {
                add_tick(code, at_ns);
            }
            last_ns = at_ns;
        }
    }
}

void plot_choose_codes(struct plot *plot) {
    const struct recording *recording = plot->recording;
    int announced[2] = {ORDER_TP, ORDER_TP};
    for (size_t i = 0; i < recording->frame_count; i++) {
        const struct recorded_frame *frame = &recording->frames[i];
        uint8_t sender = (uint8_t)frame->id;
        bool charger = sender == ADDRESS_CHARGER;
        int order =
            charger || sender == ADDRESS_BMS ? classify(frame, announced, charger) : ORDER_OTHER;
        if (frame->at_ns >= plot->view->from_ns && frame->at_ns <= plot->view->to_ns) {
            struct plot_code *code = code_lane(plot, order, charger);
            if (code != NULL) {
                add_tick(code, frame->at_ns);
            }
        }
    }
    choose_said(plot);
    qsort(plot->codes, plot->code_count, sizeof plot->codes[0], by_sender_and_order);
}

/* Ticks too close to be told apart become a bar, so a gap in a period can be seen as a gap. */
static void draw_code(const struct plot *plot, struct canvas *canvas, const struct plot_code *code,
                      double floor_y) {
    double unit = canvas_finest(canvas, 1);
    for (size_t i = 0; i < code->count;) {
        double from = plot_x(plot, code->at_ns[i]);
        double to = from;
        for (i++; i < code->count && plot_x(plot, code->at_ns[i]) - to < 2.2 * unit; i++) {
            to = plot_x(plot, code->at_ns[i]);
        }
        const enum ink ink = code->order == ORDER_SAID ? INK_LANE
                             : code->charger           ? INK_CHARGER
                                                       : INK_BMS;
        canvas_box(canvas, ink, from, floor_y + 0.14, to + 1.1 * unit, floor_y + 0.86);
    }
}

static void group_label(struct canvas *canvas, enum ink ink, double top, size_t first, size_t count,
                        const char *label) {
    if (count > 0) {
        double from = top + (double)first * PLOT_MESSAGE + 1.5;
        double to = top + (double)(first + count) * PLOT_MESSAGE - 1.5;
        canvas_page_line(canvas, ink, 2.2, PLOT_LEFT - 38, from, PLOT_LEFT - 38, to);
        canvas_page_text(canvas, INK_MUTED, PLOT_LEFT - 46, (from + to) / 2, CANVAS_END, label);
    }
}

void plot_draw_codes(const struct plot *plot, struct canvas *canvas, double top) {
    double lanes = (double)plot->code_count;
    struct canvas_range range = plot_range(plot, 0, lanes);
    canvas_panel(canvas, top, top + lanes * PLOT_MESSAGE, &range);
    plot_shade(plot, canvas);
    canvas_grid(canvas, plot->x_step, 0);
    size_t chargers = 0, said = 0;
    for (size_t i = 0; i < plot->code_count; i++) {
        assert(i == 0 || plot->codes[i - 1].charger >= plot->codes[i].charger); /* its own first */
        draw_code(plot, canvas, &plot->codes[i], lanes - 1 - (double)i);
        said += plot->codes[i].order == ORDER_SAID; /* the last of the charger's */
        chargers += plot->codes[i].charger && plot->codes[i].order != ORDER_SAID;
    }
    for (size_t i = 0; i < plot->code_count; i++) {
        canvas_page_text(canvas, INK_TEXT, PLOT_LABEL_X, top + ((double)i + 0.5) * PLOT_MESSAGE,
                         CANVAS_END, plot->codes[i].code);
    }
    group_label(canvas, INK_CHARGER, top, 0, chargers, "充电机报文||charger");
    group_label(canvas, INK_BMS, top, chargers + said, plot->code_count - chargers - said,
                "车辆报文||vehicle");
}

void plot_free_codes(struct plot *plot) {
    for (size_t i = 0; i < plot->code_count; i++) {
        free(plot->codes[i].at_ns);
    }
}
