/* SPDX-License-Identifier: MIT */
/* The look of the page, on a screen and on A4. */
#include "reports/page/html_internal.h"

#include <ctype.h>
#include <string.h>

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

static const char *level_sentence(const char *evidence) {
    if (evidence != NULL && strcmp(evidence, "model") == 0) {
        return "证据等级：模型级 · Evidence level: model";
    }
    if (evidence != NULL && strcmp(evidence, "hosted") == 0) {
        return "证据等级：主机级 · Evidence level: hosted";
    }
    if (evidence != NULL && strcmp(evidence, "bench") == 0) {
        return "证据等级：台架级 · Evidence level: bench";
    }
    return "证据等级未说明 · Evidence level not stated";
}

static void put_margin_box(struct buffer *page, const char *place, const char *string) {
    buffer_format(page,
                  "@%s{font:8pt \"Noto Sans\",Arial,\"Noto Sans CJK SC\","
                  "\"WenQuanYi Micro Hei\",sans-serif;color:#333;content:",
                  place);
    put_css_string(page, string);
    buffer_put(page, "}");
}

void html_style_rules(struct buffer *page) {
    buffer_put(page, html_style_css);
}

/* Every printed page says what it proves, and whether the run was whole. */
void html_style(struct buffer *page, const struct result_set *set) {
    const struct result_run *run = &set->run;
    struct buffer left = {0};
    struct buffer plain = {0};
    buffer_format(&left, "%s %s · 限值集 profile %s", run->dut_name != NULL ? run->dut_name : "",
                  run->dut_version != NULL ? run->dut_version : "",
                  run->profile != NULL ? run->profile : DASH);
    buffer_put_utf8(&plain, left.chars);
    buffer_put(page, "<style>\n");
    html_style_rules(page);
    buffer_put(page, "@page{size:A4;margin:19mm 13mm 17mm;");
    put_margin_box(page, "top-left", plain.chars);
    put_margin_box(page, "top-right", level_sentence(run->evidence));
    put_margin_box(page, "bottom-left",
                   set->whole ? "桩测台 Pilebench" : "运行未完成，报告不完整 RUN CUT SHORT");
    buffer_put(page, "@bottom-right{font:8pt Arial,sans-serif;color:#333;"
                     "content:counter(page) \" / \" counter(pages)}}\n</style>\n");
    buffer_free(&left);
    buffer_free(&plain);
}
