/* SPDX-License-Identifier: MIT */
#include "reports/page/html_parts.h"

#include "sim/text/unit.h"

#include <assert.h>
#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

extern const char html_style_css[]; /* style.css */

/* ------------------------------------------------------------------ the frame of a page */

void html_put_opening(struct buffer *page, const char *title, const char *style,
                      const struct phrase *name) {
    buffer_put(page, "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n<head>\n<meta charset=\"utf-8\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n"
                     "<title>");
    buffer_put_markup(page, title);
    buffer_put(page, "</title>\n<style>\n");
    buffer_put(page, html_style_css);
    buffer_put(page, style);
    buffer_put(page, "</style>\n</head>\n<body>\n"
                     "<input class=\"lang\" type=\"radio\" name=\"l\" id=\"l-both\" checked>"
                     "<input class=\"lang\" type=\"radio\" name=\"l\" id=\"l-zh\">"
                     "<input class=\"lang\" type=\"radio\" name=\"l\" id=\"l-en\">\n"
                     "<main class=\"sheet\">\n<div class=\"switch\"><span>");
    html_text(page, name);
    buffer_put(page, "</span><span class=\"choose\" role=\"group\" aria-label=\"语言 Language\">"
                     "<label for=\"l-both\">双语 Both</label><label for=\"l-zh\">中文</label>"
                     "<label for=\"l-en\">English</label></span></div>\n");
}

void html_put_ending(struct buffer *page) {
    buffer_put(page, "</main>\n</body>\n</html>\n");
}

void html_fact_name(struct buffer *page, const char *zh, const char *en) {
    buffer_put(page, "<th scope=\"row\">");
    html_both(page, zh, en);
    buffer_put(page, "</th>");
}

void html_fact(struct buffer *page, const char *zh, const char *en, const char *value) {
    html_fact_name(page, zh, en);
    buffer_put(page, "<td>");
    buffer_put_markup(page, value != NULL ? value : HTML_DASH);
    buffer_put(page, "</td>");
}

void html_heading(struct buffer *page, const char *zh, const char *en, bool number) {
    buffer_format(page, "<th scope=\"col\"%s>", number ? " class=\"n\"" : "");
    html_both(page, zh, en);
    buffer_put(page, "</th>");
}

/* ------------------------------------------------------------------ languages */

void html_both(struct buffer *page, const char *zh, const char *en) {
    buffer_format(page,
                  "<span class=\"z\" lang=\"zh-CN\">%s</span><span class=\"gap\"> </span>"
                  "<span class=\"e\" lang=\"en\">%s</span>",
                  zh, en);
}

void html_text(struct buffer *page, const struct phrase *text) {
    if (text->en == NULL || text->zh == NULL || strcmp(text->en, text->zh) == 0) {
        buffer_put_markup(page, text->en != NULL ? text->en : text->zh);
        return;
    }
    struct buffer zh = {0};
    struct buffer en = {0};
    buffer_put(&zh, "");
    buffer_put(&en, "");
    buffer_put_markup(&zh, text->zh);
    buffer_put_markup(&en, text->en);
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

static void put_verdict(struct buffer *page, enum verdict verdict, const struct phrase *words) {
    buffer_format(page,
                  "<span class=\"verdict v-%s\"><svg class=\"sym\" viewBox=\"0 0 16 16\" "
                  "fill=\"none\" stroke-width=\"1.8\" aria-hidden=\"true\">%s</svg>"
                  "<span class=\"word\">",
                  verdict_name(verdict), symbol(verdict));
    html_text(page, words);
    buffer_put(page, "</span></span>");
}

void html_verdict(struct buffer *page, enum verdict verdict) {
    put_verdict(page, verdict, verdict_words(verdict));
}

void html_row_verdict(struct buffer *page, enum verdict verdict) {
    put_verdict(page, verdict, verdict_row_words(verdict));
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

void html_measured(struct buffer *page, const struct result_check *check) {
    if (check == NULL) {
        buffer_put(page, "<td class=\"n\" colspan=\"3\">" HTML_DASH "</td>");
        return;
    }
    buffer_put(page, "<td class=\"n\"><b>");
    html_quantity(page, check->value, check->unit);
    buffer_put(page, "</b></td><td class=\"n\">");
    html_limit(page, check);
    buffer_put(page, "</td><td class=\"n\">");
    html_margin(page, check);
    buffer_put(page, "</td>");
}

void html_case_link(struct buffer *page, const struct result_set *set,
                    const struct result_case *one) {
    assert(one >= set->cases && one < set->cases + set->case_count);
    size_t number = (size_t)(one - set->cases) + 1;
    buffer_format(page, "<a href=\"#case-%zu\">%zu <code>", number, number);
    buffer_put_markup(page, one->id);
    buffer_put(page, "</code></a>");
}

void html_seconds(struct buffer *page, int64_t at_ns) {
    if (at_ns < 0) {
        buffer_put(page, HTML_DASH);
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
