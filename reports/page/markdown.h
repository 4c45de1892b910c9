/* SPDX-License-Identifier: MIT */
/* markdown.h: a run for the page of a pull request: verdict, counts, and what did not pass with its reason,
 * in Markdown as GitHub and GitLab show it.
 *
 *   markdown_put(&text, set, chinese);
 *
 * Texts of others neither make a link, nor a picture, nor a row of their own. */
#ifndef REPORTS_PAGE_MARKDOWN_H
#define REPORTS_PAGE_MARKDOWN_H

#include "reports/record/result.h"
#include "sim/text/buffer.h"

void markdown_put(struct buffer *text, const struct result_set *set, bool chinese);

#endif
