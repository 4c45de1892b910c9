/* SPDX-License-Identifier: MIT */
#include "reports/plot/plots.h"

#include "reports/plot/internal.h"
#include "reports/record/clauses.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NS_PER_MS       1000000
#define NS_PER_S        1000000000
#define MARGIN_SHARE    0.15 /* of the focus, on both sides of it */
#define MARGIN_MIN_NS   (20 * (int64_t)NS_PER_MS)
#define INSTANT_NS      (200 * (int64_t)NS_PER_MS) /* shown on both sides of a value at an instant */
#define IN_MS_BELOW_NS  (3 * (int64_t)NS_PER_S)    /* a shorter view has an axis in milliseconds */
#define SAME_VIEW_SHARE 0.8  /* a focus that is nearly the whole case is not drawn twice */
#define LIMIT_REACH     2.0  /* a limit is brought into view if it lies within so many widths */
#define STRIP_FOCUS     30.0 /* above the panels, for the numbers of marks */
#define STRIP_WHOLE     6.0
#define AXIS_HEIGHT     42.0 /* below them */
#define MARKS_MAX       24
#define MARK_LABEL      48
#define LABEL_CHARACTER 6.4 /* width of a digit of a label */
#define LABEL_GAP       3.0

/* ------------------------------------------------------------------ which checks are marked */

size_t plots_number(const struct result_case *one, size_t check_index) {
    assert(check_index < one->check_count);
    const struct result_check *check = &one->checks[check_index];
    size_t number = 0;
    for (size_t i = 0; i <= check_index && check->kind != RESULT_STEP; i++) {
        number += one->checks[i].kind != RESULT_STEP && one->checks[i].monitor == check->monitor;
    }
    assert((number > 0) == (check->kind != RESULT_STEP) && number <= check_index + 1);
    return number;
}

/* The case's own checks, and monitors that did not pass. */
static bool is_marked(const struct result_check *check) {
    return check->kind != RESULT_STEP && check->to_ns >= 0 &&
           (!check->monitor || check->verdict > VERDICT_PASS);
}

/* The instant by which a time had to be over; -1: not a time, or no upper limit. */
static int64_t deadline_ns(const struct result_check *check) {
    static const struct {
        const char *unit;
        double ns;
    } units[] = {{"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"min", 60e9}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (check->unit != NULL && strcmp(check->unit, units[i].unit) == 0 &&
            check->kind == RESULT_MEASURE && check->from_ns >= 0 && check->limit_max < 1e6) {
            return check->from_ns + llround(check->limit_max * units[i].ns);
        }
    }
    return -1;
}

/* ------------------------------------------------------------------ views */

struct plots_view plots_whole(const struct result_case *one, const struct recording *recording) {
    return (struct plots_view){.worth = one->duration_ns > 0 &&
                                        (recording->signal_count > 0 || recording->frame_count > 0),
                               .to_ns = one->duration_ns};
}

/* Limits that lie a little beyond the focus are brought into view: they show the margin. */
static int64_t reach_limits(const struct result_case *one, int64_t from_ns, int64_t to_ns) {
    int64_t reach = to_ns;
    int64_t most = to_ns + llround(LIMIT_REACH * (double)(to_ns - from_ns));
    for (size_t i = 0; i < one->check_count; i++) {
        const struct result_check *check = &one->checks[i];
        int64_t deadline = is_marked(check) ? deadline_ns(check) : -1;
        if (check->from_ns >= from_ns && deadline > reach && deadline <= most) {
            reach = deadline;
        }
    }
    assert(to_ns <= reach && reach <= most);
    return reach;
}

/* Of the case's own measurements at known instants the one that came nearest to its limit. */
static const struct result_check *nearest_measure(const struct result_case *one) {
    const struct result_check *nearest = NULL;
    for (size_t i = 0; i < one->check_count; i++) {
        const struct result_check *check = &one->checks[i];
        if (check->kind == RESULT_MEASURE && !check->monitor && !isnan(check->margin) &&
            check->from_ns >= 0 && check->to_ns >= check->from_ns &&
            (nearest == NULL || clause_tightness(check) < clause_tightness(nearest))) {
            nearest = check;
        }
    }
    return nearest;
}

void plot_focus_of(const struct result_case *one, int64_t *from_ns, int64_t *to_ns) {
    const struct result_check *check = one->focus_from_ns < 0 ? nearest_measure(one) : NULL;
    *from_ns = check != NULL ? check->from_ns : one->focus_from_ns;
    *to_ns = check != NULL ? check->to_ns : one->focus_to_ns;
}

struct plots_view plots_focus(const struct result_case *one, const struct recording *recording) {
    struct plots_view whole = plots_whole(one, recording);
    int64_t from, to;
    plot_focus_of(one, &from, &to);
    if (!whole.worth || from < 0 || to < from || from > one->duration_ns) {
        return (struct plots_view){0};
    }
    bool instant = one->focus_from_ns < 0 && to == from;
    to = reach_limits(one, from, to);
    int64_t margin = llround(MARGIN_SHARE * (double)(to - from));
    int64_t least = instant ? INSTANT_NS : MARGIN_MIN_NS;
    margin = margin > least ? margin : least;
    struct plots_view view = {.worth = true,
                              .focus = true,
                              .from_ns = from > margin ? from - margin : 0,
                              .to_ns = to < whole.to_ns - margin ? to + margin : whole.to_ns,
                              .zero_ns = from};
    double share = (double)(view.to_ns - view.from_ns) / (double)whole.to_ns;
    view.worth = view.to_ns > view.from_ns && share < SAME_VIEW_SHARE;
    assert(view.from_ns >= 0 && view.from_ns <= view.zero_ns && view.to_ns <= whole.to_ns);
    return view;
}

/* ------------------------------------------------------------------ shared by the panels */

double plot_x(const struct plot *plot, int64_t at_ns) {
    return (double)(at_ns - plot->view->zero_ns) / plot->unit_ns;
}

double plot_page_x(const struct plot *plot, int64_t at_ns) {
    const struct plots_view *view = plot->view;
    double share = (double)(at_ns - view->from_ns) / (double)(view->to_ns - view->from_ns);
    assert(share >= 0 && share <= 1); /* what lies outside the view is not on the page */
    return PLOT_LEFT + share * (PLOT_RIGHT - PLOT_LEFT);
}

struct canvas_range plot_range(const struct plot *plot, double y0, double y1) {
    return (struct canvas_range){plot_x(plot, plot->view->from_ns), plot_x(plot, plot->view->to_ns),
                                 y0, y1};
}

void plot_shade(const struct plot *plot, struct canvas *canvas) {
    int64_t from_ns, to_ns;
    plot_focus_of(plot->one, &from_ns, &to_ns);
    if (plot->view->focus || from_ns < 0 || to_ns < from_ns) {
        return;
    }
    double wide = canvas_finest(canvas, 3);
    double from = plot_x(plot, from_ns);
    double to = fmax(plot_x(plot, to_ns), from + wide);
    canvas_box(canvas, INK_FOCUS, from, canvas->range.y0, to, canvas->range.y1);
}

/* ------------------------------------------------------------------ marks */

struct mark {
    double x, label_x; /* on the page */
    char label[MARK_LABEL];
};

struct marks {
    struct mark marks[MARKS_MAX];
    size_t count;
};

/* Marks at one place share a line; their labels are joined. */
static void add_mark(const struct plot *plot, struct marks *marks, int64_t at_ns,
                     const char *label) {
    if (at_ns < plot->view->from_ns || at_ns > plot->view->to_ns) {
        return;
    }
    double x = plot_page_x(plot, at_ns);
    for (size_t i = 0; i < marks->count; i++) {
        struct mark *mark = &marks->marks[i];
        if (fabs(mark->x - x) < 0.05) {
            size_t length = strlen(mark->label);
            if (label[0] != '\0' && length + strlen(label) + 2 < sizeof mark->label) {
                snprintf(mark->label + length, sizeof mark->label - length, "%s%s",
                         length > 0 ? "," : "", label);
            }
            return;
        }
    }
    if (marks->count < MARKS_MAX) {
        struct mark *mark = &marks->marks[marks->count++];
        mark->x = x;
        snprintf(mark->label, sizeof mark->label, "%s", label);
    }
}

static int by_place(const void *left, const void *right) {
    double a = ((const struct mark *)left)->x;
    double b = ((const struct mark *)right)->x;
    return a < b ? -1 : a > b;
}

static double half_width(const struct mark *mark) {
    return mark->label[0] == '\0' ? 0 : LABEL_CHARACTER / 2 * (double)strlen(mark->label) + 1;
}

/* Labels stand centred above their lines; where they would touch they give way to the right, and at
 * the page's edge back to the left. */
static void spread_labels(struct marks *marks) {
    double free_from = PLOT_LEFT;
    for (size_t i = 0; i < marks->count; i++) {
        struct mark *mark = &marks->marks[i];
        double half = half_width(mark);
        mark->label_x = fmax(mark->x, free_from + half);
        free_from = half > 0 ? mark->label_x + half + LABEL_GAP : free_from;
    }
    double free_to = PLOT_WIDTH;
    for (size_t i = marks->count; i-- > 0;) {
        struct mark *mark = &marks->marks[i];
        double half = half_width(mark);
        mark->label_x = fmax(fmin(mark->label_x, free_to - half), half);
        free_to = half > 0 ? mark->label_x - half - LABEL_GAP : free_to;
        assert(i + 1 == marks->count || mark->x <= marks->marks[i + 1].x);
    }
}

static void draw_marks(struct canvas *canvas, struct marks *marks, enum ink ink, double label_y,
                       double bottom, const char *caption) {
    qsort(marks->marks, marks->count, sizeof marks->marks[0], by_place);
    for (size_t i = 0; i < marks->count; i++) {
        const struct mark *mark = &marks->marks[i];
        canvas_page_line(canvas, ink, 1, mark->x,
                         mark->label[0] != '\0' ? label_y + 7 : STRIP_FOCUS, mark->x, bottom);
    }
    spread_labels(marks);
    for (size_t i = 0; i < marks->count; i++) {
        const struct mark *mark = &marks->marks[i];
        if (mark->label[0] != '\0') {
            canvas_page_text(canvas, ink, mark->label_x, label_y, CANVAS_MIDDLE, mark->label);
        }
    }
    if (marks->count > 0) {
        canvas_page_text(canvas, ink, PLOT_LABEL_X, label_y, CANVAS_END, caption);
    }
}

static void mark_check(const struct plot *plot, size_t index, struct marks *instants,
                       struct marks *limits) {
    const struct result_check *check = &plot->one->checks[index];
    char label[MARK_LABEL];
    snprintf(label, sizeof label, "%s%zu", check->monitor ? "M" : "",
             plots_number(plot->one, index));
    if (check->from_ns >= 0) {
        add_mark(plot, instants, check->from_ns, "");
    }
    add_mark(plot, instants, check->to_ns, label);
    if (deadline_ns(check) >= 0) {
        add_mark(plot, limits, deadline_ns(check), label);
    }
}

static void draw_all_marks(const struct plot *plot, struct canvas *canvas, double bottom) {
    struct marks instants = {0};
    struct marks limits = {0};
    for (size_t i = 0; plot->view->focus && i < plot->one->check_count; i++) {
        if (is_marked(&plot->one->checks[i])) {
            mark_check(plot, i, &instants, &limits);
        }
    }
    draw_marks(canvas, &limits, INK_LIMIT, 8, bottom, "限值 №||limit of №");
    draw_marks(canvas, &instants, INK_MARK, 21, bottom, "判定 № ||check №");
}

/* ------------------------------------------------------------------ the page */

static double strip(const struct plot *plot) {
    return plot->view->focus ? STRIP_FOCUS : STRIP_WHOLE;
}

static double height_of(const struct plot *plot) {
    double height = strip(plot) + AXIS_HEIGHT;
    for (size_t i = 0; i < plot->panel_count; i++) {
        height += plot->panels[i].height + PLOT_GAP;
    }
    height += plot->lane_count > 0 ? (double)plot->lane_count * PLOT_LANE + PLOT_GAP : 0;
    height += plot->code_count > 0 ? (double)plot->code_count * PLOT_MESSAGE + PLOT_GAP : 0;
    return height;
}

/* Returns where the lowest panel ends. */
static double draw_stack(const struct plot *plot, struct canvas *canvas) {
    double y = strip(plot);
    for (size_t i = 0; i < plot->panel_count; i++) {
        plot_draw_panel(plot, canvas, &plot->panels[i], y);
        y += plot->panels[i].height + PLOT_GAP;
    }
    if (plot->lane_count > 0) {
        plot_draw_lanes(plot, canvas, y);
        y += (double)plot->lane_count * PLOT_LANE + PLOT_GAP;
    }
    if (plot->code_count > 0) {
        plot_draw_codes(plot, canvas, y);
        y += (double)plot->code_count * PLOT_MESSAGE + PLOT_GAP;
    }
    return y - PLOT_GAP;
}

static void draw_axis(const struct plot *plot, struct canvas *canvas, double bottom) {
    struct canvas_range range = plot_range(plot, 0, 1);
    char title[120];
    const char *unit = plot->unit_ns < 1e9 ? "ms" : "s";
    if (plot->view->focus) {
        double zero_s = (double)plot->view->zero_ns / NS_PER_S;
        snprintf(title, sizeof title,
                 "时间 / %s，零点 = 用例时刻 %.6f s||time / %s, 0 = %.6f s of the case", unit,
                 zero_s, unit, zero_s);
    } else {
        snprintf(title, sizeof title, "用例时间 / %s||time of the case / %s", unit, unit);
    }
    canvas_axis(canvas, bottom, &range, plot->x_step, title);
}

static bool draw(struct buffer *out, const struct plot *plot, const char *label,
                 struct problem *problem) {
    struct canvas canvas;
    const struct canvas_page page = {.width = PLOT_WIDTH,
                                     .height = ceil(height_of(plot)),
                                     .left = PLOT_LEFT,
                                     .right = PLOT_RIGHT};
    if (!canvas_begin(&canvas, &page, problem)) {
        return false;
    }
    double bottom = draw_stack(plot, &canvas);
    assert(fabs(bottom + PLOT_GAP + AXIS_HEIGHT - page.height) <= 1); /* as high as was reckoned */
    draw_all_marks(plot, &canvas, bottom);
    draw_axis(plot, &canvas, bottom);
    return canvas_end(&canvas, out, label, problem);
}

bool plots_draw(struct buffer *out, const struct recording *recording,
                const struct result_case *one, const struct plots_view *view, const char *label,
                struct problem *problem) {
    assert(view->worth && view->from_ns < view->to_ns);
    struct plot plot = {.recording = recording, .one = one, .view = view};
    int64_t span_ns = view->to_ns - view->from_ns;
    plot.unit_ns = span_ns < IN_MS_BELOW_NS ? NS_PER_MS : NS_PER_S;
    plot.x_step = canvas_step((double)span_ns / plot.unit_ns, 9);
    plot_choose_panels(&plot);
    plot_choose_lanes(&plot);
    plot_choose_codes(&plot);
    assert(plot.panel_count <= PLOT_PANELS_MAX && plot.lane_count <= PLOT_LANES_MAX);
    bool some = plot.panel_count + plot.lane_count + plot.code_count > 0;
    bool good = some ? draw(out, &plot, label, problem)
                     : problem_set(problem, "nothing that a plot shows was recorded");
    plot_free_codes(&plot);
    return good;
}
