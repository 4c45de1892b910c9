/* SPDX-License-Identifier: MIT */
/* The look of the page, on a screen and on A4. */
#include "reports/page/html_internal.h"

#include <ctype.h>
#include <string.h>

/* Text on white has a contrast of 7 or more, muted text of 4.5 or more. */
static const char rules[] =
    ":root{--ink:#1b2430;--muted:#55606d;--line:#cdd3da;--soft:#f4f6f8;--head:#22384f;"
    "--pass:#17643a;--fail:#a61b14;--maybe:#8a5a00;--error:#5b2a86;--none:#55606d}\n"
    "*{box-sizing:border-box}\n"
    "html{background:#e9ecef;-webkit-text-size-adjust:100%}\n"
    "body{margin:0;color:var(--ink);font:14px/1.5 \"Noto Sans\",\"Segoe UI\",\"Helvetica Neue\","
    "Arial,\"Noto Sans CJK SC\",\"Source Han Sans SC\",\"PingFang SC\",\"Microsoft YaHei\","
    "\"WenQuanYi Micro Hei\",sans-serif;font-variant-numeric:tabular-nums}\n"
    ".sheet{max-width:1120px;margin:24px auto;background:#fff;padding:36px 44px 44px;"
    "border:1px solid var(--line)}\n"
    "a{color:#0a4f96}\n"
    "code,.mono{font-family:\"DejaVu Sans Mono\",Consolas,Menlo,monospace;font-size:.86em;"
    "overflow-wrap:anywhere}\n"
    ".unit{color:inherit;white-space:nowrap}\n"
    ".muted{color:var(--muted)}\n"
    /* languages */
    ".lang{position:absolute;opacity:0;pointer-events:none}\n"
    "#l-zh:checked~.sheet .e,#l-zh:checked~.sheet .gap{display:none}\n"
    "#l-en:checked~.sheet .z,#l-en:checked~.sheet .gap{display:none}\n"
    "#l-both:checked~.sheet .e{color:var(--muted);font-size:.88em}\n"
    "#l-both:checked~.sheet svg .e{fill:var(--muted);font-size:.9em}\n"
    "#l-both:checked~.sheet th .e,#l-both:checked~.sheet .block>.e{display:block}\n"
    "#l-both:checked~.sheet figcaption b .e{font-size:1em;color:inherit}\n"
    ".switch{position:sticky;top:0;z-index:2;display:flex;gap:16px;justify-content:space-between;"
    "align-items:center;margin:-36px -44px 26px;padding:8px 44px;background:var(--head);"
    "color:#fff;font-size:13px}\n"
    "#l-both:checked~.sheet .switch .e{color:#d5dde6}\n"
    ".switch .choose{display:flex;gap:4px;white-space:nowrap}\n"
    ".switch label{padding:2px 10px;border:1px solid #8fa1b4;border-radius:3px;cursor:pointer}\n"
    "#l-zh:checked~.sheet label[for=l-zh],#l-en:checked~.sheet label[for=l-en],"
    "#l-both:checked~.sheet label[for=l-both]{background:#fff;color:var(--head);"
    "font-weight:600}\n"
    "#l-zh:focus-visible~.sheet label[for=l-zh],#l-en:focus-visible~.sheet label[for=l-en],"
    "#l-both:focus-visible~.sheet label[for=l-both]{outline:3px solid #ffd166}\n"
    /* title and verdict */
    "h1{font-size:25px;line-height:1.25;margin:0 0 2px;font-weight:650;letter-spacing:.01em}\n"
    "#l-both:checked~.sheet h1 .e,#l-both:checked~.sheet h2 .e{font-weight:400}\n"
    "h1 .e,.cover h1 .z{display:block}\n"
    "h2{font-size:17px;margin:34px 0 10px;padding-bottom:5px;border-bottom:2px solid var(--head);"
    "font-weight:650}\n"
    "h3{font-size:14px;margin:18px 0 6px;font-weight:650}\n"
    ".cover{display:flex;justify-content:space-between;gap:28px;align-items:flex-start;"
    "border-bottom:2px solid var(--head);padding-bottom:16px;margin-bottom:16px}\n"
    ".overall{flex:none;border:2px solid currentColor;border-radius:4px;padding:8px 16px;"
    "text-align:center}\n"
    ".overall small{display:block;color:var(--muted);font-size:12px;margin-bottom:1px}\n"
    ".overall .verdict{font-size:20px}\n"
    ".verdict{font-weight:650;white-space:nowrap;display:inline-flex;align-items:center;gap:6px}\n"
    ".sym{width:1.1em;height:1.1em;flex:none}\n"
    "#l-both:checked~.sheet .verdict .e{color:inherit;font-weight:500}\n"
    ".v-none{color:var(--none)}.v-pass{color:var(--pass)}.v-inconclusive{color:var(--maybe)}\n"
    ".v-fail{color:var(--fail)}.v-error{color:var(--error)}\n"
    "td .verdict .gap{display:none}td .verdict .word{display:inline-block;line-height:1.25}\n"
    "td .verdict .z,td .verdict .e{display:block}\n"
    ".counts{margin:6px 0 0;padding:0;list-style:none;display:flex;flex-wrap:wrap;gap:4px 18px}"
    ".counts li{display:inline-flex;align-items:center;gap:5px}\n"
    /* boxes */
    ".alarm{border:3px solid var(--fail);background:#fdeceb;color:#6d0f0a;padding:12px 16px;"
    "margin:0 0 16px;font-weight:600}\n"
    ".alarm strong{font-size:18px;display:block}\n"
    "#l-both:checked~.sheet .alarm .e{color:inherit;font-weight:500}\n"
    ".level{border-left:5px solid var(--head);background:var(--soft);padding:9px 14px;"
    "margin:14px 0}\n"
    ".level b{font-size:15px}\n"
    ".block>.z,.block>.e{display:block}\n"
    ".reason{border-left:5px solid currentColor;padding:6px 12px;margin:8px 0;"
    "background:var(--soft)}\n"
    ".reason span{color:var(--ink)}\n"
    /* tables */
    "table{border-collapse:collapse;width:100%;margin:6px 0 4px}\n"
    "th,td{border-bottom:1px solid var(--line);padding:5px 8px;text-align:left;"
    "vertical-align:top}\n"
    "th{background:var(--soft);font-weight:600;border-top:1px solid var(--line);"
    "line-height:1.3}\n"
    "#l-both:checked~.sheet th .e{font-weight:400}\n"
    "th.n,td.n{text-align:right}td.n{white-space:nowrap}th{word-break:keep-all}\n"
    ".checks .clause{min-width:12em}.checks td:nth-child(2){min-width:13em}.clause "
    "code{overflow-wrap:normal}\n" /* names stay in one piece */
    "td.no,th.no{width:2.6em;color:var(--muted)}\n"
    "tr.t-fail td{background:#fcf1f0}tr.t-error td{background:#f6f1fa}"
    "tr.t-inconclusive td{background:#fdf6e7}\n"
    ".facts th{background:none;width:15%;color:var(--muted);font-weight:400;border-top:0;"
    "padding-left:0}.facts td{width:35%;overflow-wrap:anywhere}"
    ".facts tr:first-child>*{border-top:1px solid var(--line)}\n"
    "tr.why td{padding-top:0;border-bottom:1px solid var(--line)}\n"
    "tr.opens td{border-bottom:0}\n"
    ".compact{font-size:12.5px}.compact th,.compact td{padding:3px 8px}\n"
    ".compact .verdict .z,.compact .verdict .e{display:inline}\n"
    ".compact .verdict .gap{display:inline}\n"
    "#l-zh:checked~.sheet .verdict .e,#l-en:checked~.sheet .verdict .z{display:none}\n"
    ".small{font-size:12px;color:var(--muted)}\n"
    ".chips{margin:6px 0;padding:0;list-style:none;display:flex;flex-wrap:wrap;gap:4px 6px}\n"
    ".chips li{border:1px solid var(--line);border-radius:3px;padding:0 7px;font-size:12.5px}\n"
    /* cases */
    ".case h2{display:flex;justify-content:space-between;gap:20px;align-items:baseline}\n"
    ".case h2 .verdict{font-size:15px}\n"
    ".case h2 .id{color:var(--muted);font-weight:400;font-size:13px;display:block}\n"
    "figure{margin:14px 0 6px}\n"
    "figcaption{font-size:12.5px;color:var(--muted);margin-top:2px}\n"
    "figcaption b{color:var(--ink)}\n"
    "svg.plot{display:block;width:100%;height:auto}\n"
    "svg.plot text{font-family:\"Noto Sans\",\"Segoe UI\",\"Helvetica Neue\",Arial,"
    "\"Noto Sans CJK SC\",\"PingFang SC\",\"Microsoft YaHei\",\"WenQuanYi Micro Hei\",sans-serif;"
    "font-variant-numeric:tabular-nums}\n"
    ".sign{margin-top:72px}.sign td{border-top:1px solid var(--ink);border-bottom:0;padding:4px 0;"
    "width:29%}.sign td.between{border:0;width:6.5%}\n"
    "@media screen and (max-width:760px){.sheet{padding:20px 16px;margin:0}.switch{margin:-20px "
    "-16px 20px;"
    "padding:8px 16px}.cover{display:block}.overall{display:inline-block;margin-top:10px}"
    "}@media screen{.scroll{overflow-x:auto}}\n"
    "@media print{html{background:#fff}body{font-size:9pt}.sheet{max-width:none;margin:0;"
    "padding:0;border:0}.switch{display:none}h1{font-size:17pt}h2{font-size:12pt;"
    "break-after:avoid}h3,thead{break-after:avoid}tr,.level,.reason,.alarm,.sign,.cover{"
    "break-inside:avoid}figure{break-inside:avoid}.case{break-before:page}.case>h2{margin-top:0}"
    ".compact,.small,figcaption,.chips li{font-size:7.9pt}th,td{padding:2.5pt 4pt}"
    ".checks{font-size:8.4pt}.compact th,.compact td{padding:1.6pt 4pt}"
    ".facts th,.facts td{padding:2.5pt 4pt 2.5pt 0}svg.plot{max-height:140mm}figure{margin:8pt 0 "
    "4pt}"
    ".sign{margin-top:40pt}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}\n";

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
    buffer_put(page, rules);
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
