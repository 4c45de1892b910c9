/* SPDX-License-Identifier: MIT */
/* Phrases, numbers and verdicts as the page shows them. */
#include "reports/page/html_internal.h"
#include "sim/text/unit.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

void html_both(struct buffer *page, const char *zh, const char *en) {
    buffer_format(page,
                  "<span class=\"z\" lang=\"zh-CN\">%s</span><span class=\"gap\"> </span>"
                  "<span class=\"e\" lang=\"en\">%s</span>",
                  zh, en);
}

void html_text(struct buffer *page, const struct phrase *both) {
    if (both->en == NULL || both->zh == NULL || strcmp(both->en, both->zh) == 0) {
        buffer_put_markup(page, both->en != NULL ? both->en : both->zh);
        return;
    }
    struct buffer zh = {0};
    struct buffer en = {0};
    buffer_put(&zh, "");
    buffer_put(&en, "");
    buffer_put_markup(&zh, both->zh);
    buffer_put_markup(&en, both->en);
    html_both(page, zh.chars, en.chars);
    buffer_free(&zh);
    buffer_free(&en);
}

/* ------------------------------------------------------------------ verdicts */

/* Drawn where they stand, in their own colours: renderers to PDF neither look up symbols in another
 * drawing nor hand colours down into one. */
static const char *symbol(enum verdict verdict) {
    static const char *const symbols[] = {
        "<circle cx=\"8\" cy=\"8\" r=\"6.5\" stroke=\"#55606d\" stroke-width=\"1.6\"/>"
        "<path d=\"M4.8 8h6.4\" stroke=\"#55606d\"/>",
        "<circle cx=\"8\" cy=\"8\" r=\"7.3\" fill=\"#17643a\"/>"
        "<path d=\"M4.4 8.3l2.5 2.5 4.8-5.2\" stroke=\"#fff\"/>",
        "<path d=\"M8 .5L15.5 8 8 15.5.5 8z\" fill=\"#8a5a00\"/>"
        "<path d=\"M6 6.4a2 2 0 1 1 2.9 1.8c-.6.3-.9.6-.9 1.3M8 10.9v1.5\" stroke=\"#fff\"/>",
        "<path d=\"M5 .7h6L15.3 5v6L11 15.3H5L.7 11V5z\" fill=\"#a61b14\"/>"
        "<path d=\"M5 5l6 6M11 5l-6 6\" stroke=\"#fff\"/>",
        "<path d=\"M8 .8l7.6 14H.4z\" fill=\"#5b2a86\"/>"
        "<path d=\"M8 5.4v4.4M8 11.2v1.7\" stroke=\"#fff\"/>",
    };
    assert((size_t)verdict < sizeof symbols / sizeof symbols[0]);
    return symbols[verdict];
}

void html_verdict(struct buffer *page, enum verdict verdict) {
    buffer_format(page,
                  "<span class=\"verdict v-%s\"><svg class=\"sym\" viewBox=\"0 0 16 16\" "
                  "fill=\"none\" stroke-width=\"1.8\" aria-hidden=\"true\">%s</svg>"
                  "<span class=\"word\">",
                  verdict_name(verdict), symbol(verdict));
    html_text(page, verdict_words(verdict));
    buffer_put(page, "</span></span>");
}

/* ------------------------------------------------------------------ numbers */

static void put_unit(struct buffer *page, const char *unit) {
    if (unit != NULL && unit[0] != '\0') {
        const struct phrase sign = {.zh = unit_text(unit, true), .en = unit_text(unit, false)};
        buffer_put(page, quantity_page.space);
        html_text(page, &sign);
    }
}

void html_number(struct buffer *page, double value) {
    quantity_put_number(page, &quantity_page, value);
}

void html_quantity(struct buffer *page, double value, const char *unit) {
    html_number(page, value);
    if (!isnan(value)) {
        put_unit(page, unit);
    }
}

void html_margin(struct buffer *page, const struct result_check *check) {
    if (!isnan(check->margin) && check->margin >= 0) {
        buffer_put(page, "+");
    }
    html_quantity(page, check->margin, check->unit);
}

/* The unit once, behind it all: its sign may be in two languages. */
void html_limit(struct buffer *page, const struct result_check *check) {
    struct limits limits = result_limits(check);
    struct buffer text = {0};
    limits.unit = NULL;
    limits_put(&text, &quantity_page, &limits);
    buffer_put_markup(page, text.chars);
    if (!isnan(limits.min) || !isnan(limits.max)) {
        put_unit(page, check->unit);
    }
    buffer_free(&text);
}

void html_seconds(struct buffer *page, int64_t at_ns) {
    if (at_ns < 0) {
        buffer_put(page, DASH);
        return;
    }
    int64_t us = (at_ns + 500) / 1000;
    buffer_format(page, "%" PRId64 ".%06" PRId64 "<span class=\"unit\">&nbsp;s</span>",
                  us / 1000000, us % 1000000);
}

void html_file(struct buffer *page, const char *path) {
    buffer_put(page, "<a href=\"");
    for (const char *c = path; *c != '\0'; c++) {
        bool plain = isalnum((unsigned char)*c) || strchr("/._-~", *c) != NULL;
        buffer_format(page, plain ? "%c" : "%%%02X", (unsigned char)*c);
    }
    buffer_put(page, "\">");
    buffer_put_markup(page, path);
    buffer_put(page, "</a>");
}

/* ------------------------------------------------------------------ evidence */

static const struct {
    const char *level, *name_zh, *name_en, *proves_zh, *proves_en;
} levels[] = {
    {"model", "证据等级：模型级", "Evidence level: model",
     "控制程序在虚拟时钟上与仿真的车辆、回路和接口一起运行。本级证据证明控制逻辑与时序；不证明真实"
     "硬件（接触器、功率模块、传感器、电缆）的性能，需要硬件的条款不能据此判为合格。",
     "The control program ran on a virtual clock against simulated vehicle, circuit and inputs. "
     "This level proves control logic and timing. It does not prove real hardware (contactors, "
     "modules, sensors, cables): no clause that needs hardware is passed by it."},
    {"hosted", "证据等级：主机级", "Evidence level: hosted",
     "被测程序作为独立进程在真实时钟和 SocketCAN "
     "上运行，车辆与电气回路为仿真。本级证据证明软件在真实时间和"
     "真实报文收发下的行为；不证明真实硬件的性能，需要硬件的条款不能据此判为合格。",
     "The program under test ran as a process of its own on the real clock and SocketCAN, against "
     "a simulated vehicle and circuit. This level proves the software in real time with real "
     "frames. It does not prove real hardware: no clause that needs hardware is passed by it."},
    {"bench", "证据等级：台架级", "Evidence level: bench",
     "被测对象为真实充电桩，经实际总线、仪表和输入输出测量。本级证据适用于所列仪器不确定度范围内的"
     "条款判定。",
     "The device under test was a real pile, measured over real buses, meters and inputs. This "
     "level can decide clauses within the uncertainty of the instruments listed."},
};

void html_evidence_name(struct buffer *page, const char *evidence) {
    for (size_t i = 0; evidence != NULL && i < sizeof levels / sizeof levels[0]; i++) {
        if (strcmp(levels[i].level, evidence) == 0) {
            html_both(page, levels[i].name_zh, levels[i].name_en);
            return;
        }
    }
    html_both(page, "证据等级未说明", "Evidence level not stated");
}

void html_evidence_proves(struct buffer *page, const char *evidence) {
    for (size_t i = 0; evidence != NULL && i < sizeof levels / sizeof levels[0]; i++) {
        if (strcmp(levels[i].level, evidence) == 0) {
            html_both(page, levels[i].proves_zh, levels[i].proves_en);
            return;
        }
    }
    html_both(page, "未说明证据等级：不能作为任何条款的依据。",
              "The level of evidence is not stated: this proves no clause.");
}
