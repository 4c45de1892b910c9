/* SPDX-License-Identifier: MIT */
/* The level of evidence, on the page and on every sheet that is printed. */
#include "reports/page/html_internal.h"

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const char *level;
    struct phrase name, brief, proves;
} levels[] = {
    {"model",
     {"Evidence level: model", "证据等级：模型级"},
     {"model", "模型级"},
     {"The control program ran on a virtual clock against simulated vehicle, circuit and inputs. "
      "This level proves control logic and timing. It does not prove real hardware (contactors, "
      "modules, sensors, cables): no clause that needs hardware is passed by it.",
      "控制程序在虚拟时钟上与仿真的车辆、回路和接口一起运行。本级证据证明控制逻辑与时序；不证明真实"
      "硬件（接触器、功率模块、传感器、电缆）的性能，需要硬件的条款不能据此判为合格。"}},
    {"hosted",
     {"Evidence level: hosted", "证据等级：主机级"},
     {"hosted", "主机级"},
     {"The program under test ran as a process of its own on the real clock and SocketCAN, against "
      "a simulated vehicle and circuit. This level proves the software in real time with real "
      "frames. It does not prove real hardware: no clause that needs hardware is passed by it.",
      "被测程序作为独立进程在真实时钟和 SocketCAN "
      "上运行，车辆与电气回路为仿真。本级证据证明软件在真实时间和"
      "真实报文收发下的行为；不证明真实硬件的性能，需要硬件的条款不能据此判为合格。"}},
    {"bench",
     {"Evidence level: bench", "证据等级：台架级"},
     {"bench", "台架级"},
     {"The device under test was a real pile, measured over real buses, meters and inputs. This "
      "level can decide clauses within the uncertainty of the instruments listed.",
      "被测对象为真实充电桩，经实际总线、仪表和输入输出测量。本级证据适用于所列仪器不确定度范围内的"
      "条款判定。"}},
};

static const struct phrase not_stated = {"Evidence level not stated", "证据等级未说明"};
static const struct phrase proves_nothing = {
    "The level of evidence is not stated: this proves no clause.",
    "未说明证据等级：不能作为任何条款的依据。"};

#define LEVEL_COUNT (sizeof levels / sizeof levels[0])

/* LEVEL_COUNT: it is none of them. */
static size_t level_of(const char *evidence) {
    size_t i = 0;
    while (i < LEVEL_COUNT && (evidence == NULL || strcmp(levels[i].level, evidence) != 0)) {
        i++;
    }
    return i;
}

const struct phrase *html_evidence_name(const char *evidence) {
    size_t level = level_of(evidence);
    return level < LEVEL_COUNT ? &levels[level].name : &not_stated;
}

const struct phrase *html_evidence_short(const char *evidence) {
    assert(level_of(evidence) < LEVEL_COUNT);
    return &levels[level_of(evidence)].brief;
}

const struct phrase *html_evidence_proves(const char *evidence) {
    size_t level = level_of(evidence);
    return level < LEVEL_COUNT ? &levels[level].proves : &proves_nothing;
}

/* A string of CSS: everything but plain characters as a code. */
static void put_css_string(struct buffer *page, const char *string) {
    buffer_put(page, "\"");
    for (const char *c = string; *c != '\0'; c++) {
        unsigned char byte = (unsigned char)*c;
        if (byte >= 0x80 || isalnum(byte) || strchr(" .,:/()+-_=", byte) != NULL) {
            buffer_put_bytes(page, c, 1);
        } else {
            buffer_format(page, "\\%x ", byte);
        }
    }
    buffer_put(page, "\"");
}

static void put_margin_box(struct buffer *page, const char *place, const char *string) {
    buffer_format(page,
                  "@%s{font:8pt \"Noto Sans\",Arial,\"Noto Sans CJK SC\","
                  "\"WenQuanYi Micro Hei\",sans-serif;color:#333;content:",
                  place);
    put_css_string(page, string);
    buffer_put(page, "}");
}

static void put_level_box(struct buffer *page, const char *evidence) {
    const struct phrase *name = html_evidence_name(evidence);
    char both[160];
    int length = snprintf(both, sizeof both, "%s · %s", name->zh, name->en);
    assert(length > 0 && (size_t)length < sizeof both); /* names of ours have room */
    (void)length;
    put_margin_box(page, "top-right", both);
}

void html_put_print_style(struct buffer *style, const struct result_set *set) {
    const struct result_run *run = &set->run;
    struct buffer left = {0};
    struct buffer plain = {0};
    buffer_format(&left, "%s %s · 限值集 profile %s", run->dut_name != NULL ? run->dut_name : "",
                  run->dut_version != NULL ? run->dut_version : "",
                  run->profile != NULL ? run->profile : HTML_DASH);
    buffer_put_plain(&plain, left.chars, false);
    buffer_put(style, "@page{size:A4;margin:19mm 13mm 17mm;");
    put_margin_box(style, "top-left", plain.chars);
    put_level_box(style, run->evidence);
    put_margin_box(style, "bottom-left",
                   set->whole ? "桩测台 Pilebench" : "运行未完成，报告不完整 RUN CUT SHORT");
    buffer_put(style, "@bottom-right{font:8pt Arial,sans-serif;color:#333;"
                      "content:counter(page) \" / \" counter(pages)}}\n");
    buffer_free(&left);
    buffer_free(&plain);
}
