/* SPDX-License-Identifier: MIT */
/* html.h: the report for people: one page, Chinese and English, nothing loaded from elsewhere.
 *
 *   struct buffer page = {0};
 *   html_put_report(&page, "out", set);
 *   buffer_save(&page, "out/report.html", &problem);
 *
 * Plots are drawn from the folder's traces and signals. Languages are switched by three radio
 * buttons and style rules, without scripts; printing keeps the chosen one. */
#ifndef REPORTS_PAGE_HTML_H
#define REPORTS_PAGE_HTML_H

#include "reports/record/result.h"
#include "sim/text/buffer.h"

void html_put_report(struct buffer *page, const char *folder, const struct result_set *set);

#endif
