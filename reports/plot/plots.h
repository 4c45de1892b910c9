/* SPDX-License-Identifier: MIT */
/* plots.h: what happened in a case, as one drawing: voltages, current, switches and messages over
 * one time axis.
 *
 *   struct plots_view view = plots_focus(&one, recording);
 *   if (view.worth) plots_draw(&page, recording, &one, &view, "Figure 1", &problem);
 *
 * The focus shows where the verdict was decided, with the instants of the judged measurements as
 * numbered vertical lines (the numbers of plots_number) and their time limits; the whole shows the
 * case from start to end with the focus shaded. Long records are thinned to what can be seen: the
 * extremes of each hundredth of the width survive. Same input, same bytes. */
#ifndef REPORTS_PLOT_PLOTS_H
#define REPORTS_PLOT_PLOTS_H

#include "reports/record/recording.h"
#include "sim/text/buffer.h"
#include "sim/text/problem.h"

struct plots_view {
    bool worth; /* there is something to see */
    bool focus;
    int64_t from_ns, to_ns;
    int64_t zero_ns; /* the axis counts from here */
};

struct plots_view plots_focus(const struct result_case *one, const struct recording *recording);
struct plots_view plots_whole(const struct result_case *one, const struct recording *recording);

bool plots_draw(struct buffer *out, const struct recording *recording,
                const struct result_case *one, const struct plots_view *view, const char *label,
                struct problem *problem);

/* The number under which tables and plots speak of a check: the case's own and the monitors are
 * counted apart, from 1; steps have none (0). */
size_t plots_number(const struct result_case *one, size_t check_index);

#endif
