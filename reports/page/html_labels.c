/* SPDX-License-Identifier: MIT */
/* Phrases, numbers and verdicts as the page shows them. */
#include "reports/page/html_internal.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define DIGITS     6 /* significant ones of a measured value */
#define THIN_SPACE "\xE2\x80\xAF"
#define MINUS      "\xE2\x88\x92"

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

const char *html_verdict_zh(enum verdict verdict) {
    static const char *const words[] = {"未判定", "通过", "无法判定", "不通过", "测试台故障"};
    assert((size_t)verdict < sizeof words / sizeof words[0]);
    return words[verdict];
}

const char *html_verdict_en(enum verdict verdict) {
    static const char *const words[] = {"Not judged", "Pass", "Inconclusive", "Fail",
                                        "Bench error"};
    assert((size_t)verdict < sizeof words / sizeof words[0]);
    return words[verdict];
}

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
    html_both(page, html_verdict_zh(verdict), html_verdict_en(verdict));
    buffer_put(page, "</span></span>");
}

/* ------------------------------------------------------------------ numbers */

/* Trailing zeros after the point say nothing here: the uncertainty stands beside. */
static void trim(char *number) {
    if (strchr(number, '.') == NULL) {
        return;
    }
    char *end = number + strlen(number);
    while (end[-1] == '0') {
        *--end = '\0';
    }
    if (end[-1] == '.') {
        end[-1] = '\0';
    }
}

static void put_grouped(struct buffer *page, const char *digits) {
    size_t whole = strspn(digits, "0123456789");
    for (size_t i = 0; i < whole; i++) {
        if (i > 0 && whole > 4 && (whole - i) % 3 == 0) {
            buffer_put(page, THIN_SPACE);
        }
        buffer_put_bytes(page, &digits[i], 1);
    }
    buffer_put(page, digits + whole);
}

void html_number(struct buffer *page, double value) {
    char digits[64];
    double size = fabs(value);
    if (isnan(value)) {
        buffer_put(page, DASH);
        return;
    }
    if (value < 0) {
        buffer_put(page, MINUS);
    }
    if (isinf(value)) {
        buffer_put(page, "∞");
    } else if (size != 0 && (size < 1e-6 || size >= 1e12)) {
        snprintf(digits, sizeof digits, "%.4g", size);
        buffer_put(page, digits);
    } else {
        int before = size >= 1 ? (int)floor(log10(size)) + 1 : 1;
        snprintf(digits, sizeof digits, "%.*f", before < DIGITS ? DIGITS - before : 0, size);
        trim(digits);
        put_grouped(page, digits);
    }
}

/* Units of the record are plain ASCII. */
static const char *unit_shown(const char *unit) {
    static const struct {
        const char *written, *shown;
    } units[] = {{"ohm", "Ω"}, {"kohm", "kΩ"}, {"degC", "°C"}, {"us", "µs"}, {"ohm/V", "Ω/V"}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (strcmp(unit, units[i].written) == 0) {
            return units[i].shown;
        }
    }
    return unit;
}

static void put_unit(struct buffer *page, const char *unit) {
    if (unit != NULL && unit[0] != '\0') {
        buffer_put(page, "<span class=\"unit\">&nbsp;");
        buffer_put_markup(page, unit_shown(unit));
        buffer_put(page, "</span>");
    }
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

void html_limit(struct buffer *page, const struct result_check *check) {
    bool low = !isnan(check->limit_min);
    bool high = !isnan(check->limit_max);
    if (low && high) {
        html_number(page, check->limit_min);
        buffer_put(page, "&nbsp;…&nbsp;");
        html_quantity(page, check->limit_max, check->unit);
    } else if (low || high) {
        const char *at_least = check->limit_min_open ? "&gt;&nbsp;" : "≥&nbsp;";
        const char *at_most = check->limit_max_open ? "&lt;&nbsp;" : "≤&nbsp;";
        buffer_put(page, low ? at_least : at_most);
        html_quantity(page, low ? check->limit_min : check->limit_max, check->unit);
    } else {
        buffer_put(page, DASH);
    }
}

void html_seconds(struct buffer *page, int64_t at_ns) {
    if (at_ns < 0) {
        buffer_put(page, DASH);
        return;
    }
    int64_t us = (at_ns + 500) / 1000;
    buffer_format(page, "%" PRId64 ".%06" PRId64 "<span class=\"unit\">&nbsp;s</span>", us / 1000000,
                us % 1000000);
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
