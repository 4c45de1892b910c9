/* SPDX-License-Identifier: MIT */
/* Voltages, currents and other quantities as curves. */
#include "reports/plot/internal.h"

#include "sim/memory.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define VOLTAGE_HEIGHT 132.0
#define CURRENT_HEIGHT 84.0
#define OTHER_HEIGHT   70.0
#define CUT_BELOW                                                                                  \
    0.25 /* in a focus, curves that vary by less than this share of their height ... */
#define CUT_SPAN   0.02 /* ... are drawn on a cut axis, that shows at least this share of it */
#define SPAN_LEAST 1.0  /* of the panel's unit: the rest of a decay is not drawn as an event */
#define TOLERANCE  0.2  /* of the page's unit: what thinning may move a curve by */
#define LABEL_ROW  15.0 /* between the curves' names */

static const struct {
    const char *name, *label, *unit;
} quantities[] = {
    {"output.voltage", "模块侧电压|output.voltage", "V"},
    {"gun.voltage", "车辆侧电压|gun.voltage", "V"},
    {"battery.voltage", "电池电压|battery.voltage", "V"},
    {"gun.current", "输出电流|gun.current", "A"},
    {"gun2:output.voltage", "内侧|gun2:output.voltage", "V"},
    {"gun2:gun.voltage", "外侧|gun2:gun.voltage", "V"},
    {"gun2:battery.voltage", "电池|gun2:battery.voltage", "V"},
    {"gun2:gun.current", "枪2电流|gun2:gun.current", "A"},
    {"cc1.voltage", "检测点1|cc1.voltage", "V"},
    {"cc2.voltage", "检测点2|cc2.voltage", "V"},
    {"contactor.difference", "触点压差|contactor.difference", "V"}, /* or making.difference */
    {"output.positive", "模块侧正极对地|output.positive", "V"},
    {"output.negative", "模块侧负极对地|output.negative", "V"},
    {"gun.positive", "车辆侧正极对地|gun.positive", "V"},
    {"gun.negative", "车辆侧负极对地|gun.negative", "V"},
    {"gun.temperature_positive", "DC+温度|gun.temp.+", "°C"},
    {"gun.temperature_negative", "DC−温度|gun.temp.−", "°C"},
    {"insulation.positive", "正极绝缘|insulation.positive", "Ω"},
    {"insulation.negative", "负极绝缘|insulation.negative", "Ω"},
    {"ac.voltage", "交流电压|ac.voltage", "V"},
    {"aux.voltage", "辅助电源|aux.voltage", "V"},
};
#define QUANTITY_COUNT (sizeof quantities / sizeof quantities[0])
#define A_GUN          4 /* three voltages in one panel, one current */
#define ALWAYS_SHOWN   8 /* the first ones, of a gun that is there */

/* ------------------------------------------------------------------ choosing */

static bool in_name(char c) {
    return isalnum((unsigned char)c) || c == '_' || c == '.';
}

/* A plain name is the first gun's: it is not meant by gun2:NAME. */
static bool of_second_gun(const char *condition, const char *at) {
    return at - condition >= 5 && strncmp(at - 5, "gun2:", 5) == 0;
}

static bool named_in(const char *condition, const char *name) {
    size_t length = strlen(name);
    for (const char *at = strstr(condition, name); at != NULL; at = strstr(at + 1, name)) {
        if ((at == condition || !in_name(at[-1])) && !in_name(at[length]) &&
            !of_second_gun(condition, at)) {
            return true;
        }
    }
    return false;
}

bool plot_in_question(const struct result_case *one, const char *name) {
    for (size_t i = 0; i < one->check_count; i++) {
        const struct result_check *check = &one->checks[i];
        bool counts = !check->monitor || check->verdict > VERDICT_PASS;
        if (counts && check->condition != NULL && named_in(check->condition, name)) {
            return true;
        }
    }
    return false;
}

static struct plot_panel *add_panel(struct plot *plot, const char *unit, double height) {
    assert(plot->panel_count < PLOT_PANELS_MAX);
    struct plot_panel *panel = &plot->panels[plot->panel_count++];
    *panel = (struct plot_panel){.unit = unit, .height = height};
    return panel;
}

static void add_curve(struct plot_panel *panel, const struct recorded_signal *signal,
                      const char *label) {
    assert(panel->curve_count < PLOT_CURVES_MAX);
    panel->curves[panel->curve_count++] = (struct plot_curve){signal, label};
}

/* What is measured at the instant at which contacts close is seen in the voltage across them. */
static bool is_in_question(const struct result_case *one, const char *name) {
    return plot_in_question(one, name) || (strcmp(name, "contactor.difference") == 0 &&
                                           plot_in_question(one, "making.difference"));
}

void plot_choose_panels(struct plot *plot) {
    struct plot_panel *panel = NULL;
    size_t gun = 0; /* whose the panel is */
    for (size_t i = 0; i < QUANTITY_COUNT; i++) {
        const struct recorded_signal *signal =
            recording_signal(plot->recording, quantities[i].name);
        if (signal == NULL ||
            (i >= ALWAYS_SHOWN && !is_in_question(plot->one, quantities[i].name))) {
            continue;
        }
        bool of_a_gun = i < ALWAYS_SHOWN, current = i % A_GUN == A_GUN - 1;
        bool together = panel != NULL && of_a_gun && !current && i / A_GUN == gun;
        if (!together && plot->panel_count == PLOT_PANELS_MAX) {
            return;
        }
        if (!together) {
            panel = add_panel(plot, quantities[i].unit,
                              !of_a_gun ? OTHER_HEIGHT
                              : current ? CURRENT_HEIGHT
                                        : VOLTAGE_HEIGHT);
            gun = i / A_GUN;
        }
        add_curve(panel, signal, quantities[i].label);
    }
}

/* ------------------------------------------------------------------ thinning */

struct point_list {
    double *x, *y;
    size_t count, room;
};

static void add_point(struct point_list *list, double x, double y) {
    if (list->count == list->room) {
        list->room = list->room > 0 ? 2 * list->room : 256;
        list->x = memory_resized(list->x, list->room, sizeof *list->x);
        list->y = memory_resized(list->y, list->room, sizeof *list->y);
    }
    assert(list->count == 0 || list->x[list->count - 1] <= x); /* a curve does not turn back */
    list->x[list->count] = x;
    list->y[list->count++] = y;
}

/* What falls into one column of the page becomes its first, lowest, highest and last point. */
struct column {
    long index;
    size_t count;
    double x[4], y[4]; /* first, lowest, highest, last */
};

static void flush_column(struct point_list *list, struct column *column) {
    if (column->count == 0) {
        return;
    }
    bool low_first = column->x[1] <= column->x[2];
    assert(column->x[0] <= column->x[3] && column->y[1] <= column->y[2]);
    size_t order[4] = {0, low_first ? 1 : 2, low_first ? 2 : 1, 3};
    for (size_t i = 0; i < (column->count > 1 ? 4 : 1); i++) {
        add_point(list, column->x[order[i]], column->y[order[i]]);
    }
    column->count = 0;
}

static void take_point(struct point_list *list, struct column *column, double column_width,
                       double x, double y) {
    long index = (long)floor(x / column_width);
    if (column->count > 0 && index != column->index) {
        flush_column(list, column);
    }
    if (column->count++ == 0) {
        column->index = index;
        for (size_t i = 0; i < 4; i++) {
            column->x[i] = x;
            column->y[i] = y;
        }
    }
    if (y < column->y[1]) {
        column->x[1] = x;
        column->y[1] = y;
    }
    if (y > column->y[2]) {
        column->x[2] = x;
        column->y[2] = y;
    }
    column->x[3] = x;
    column->y[3] = y;
}

/* How far point k is, on the page, from the straight line between a and b. */
static double deviation(const struct point_list *list, size_t a, size_t b, size_t k, double x_scale,
                        double y_scale) {
    assert(a < k && k < b && b < list->count);
    double dx = (list->x[b] - list->x[a]) * x_scale;
    double dy = (list->y[b] - list->y[a]) * y_scale;
    double px = (list->x[k] - list->x[a]) * x_scale;
    double py = (list->y[k] - list->y[a]) * y_scale;
    double length = hypot(dx, dy);
    return length > 0 ? fabs(dx * py - dy * px) / length : hypot(px, py);
}

/* Douglas and Peucker, with a list of open spans instead of recursion. */
static void drop_the_straight(struct point_list *list, double x_scale, double y_scale) {
    if (list->count < 3) {
        return;
    }
    bool *keep = memory_zeroed(list->count, sizeof *keep);
    size_t *spans = memory_zeroed(2 * list->count, sizeof *spans);
    size_t open = 0;
    keep[0] = keep[list->count - 1] = true;
    spans[open++] = 0;
    spans[open++] = list->count - 1;
    while (open > 0) {
        size_t b = spans[--open];
        size_t a = spans[--open];
        size_t worst = a;
        double most = TOLERANCE;
        for (size_t k = a + 1; k < b; k++) {
            double off = deviation(list, a, b, k, x_scale, y_scale);
            if (off > most) {
                most = off;
                worst = k;
            }
        }
        if (worst != a) {
            keep[worst] = true;
            spans[open++] = a;
            spans[open++] = worst;
            spans[open++] = worst;
            spans[open++] = b;
            assert(a < worst && worst < b && open <= 2 * list->count); /* no span is open twice */
        }
    }
    size_t kept = 0;
    for (size_t i = 0; i < list->count; i++) {
        if (keep[i]) {
            list->x[kept] = list->x[i];
            list->y[kept++] = list->y[i];
        }
    }
    assert(kept >= 2 && keep[0] && keep[list->count - 1]); /* the ends stay where they are */
    list->count = kept;
    free(keep);
    free(spans);
}

/* ------------------------------------------------------------------ drawing */

struct drawing {
    const struct plot *plot;
    struct canvas *canvas;
    enum ink ink;
    double column_width; /* on the axis */
    double x_scale, y_scale;
    struct point_list list;
    struct column column;
};

static void flush_curve(struct drawing *drawing) {
    flush_column(&drawing->list, &drawing->column);
    drop_the_straight(&drawing->list, drawing->x_scale, drawing->y_scale);
    canvas_line(drawing->canvas, drawing->ink, 1.4, drawing->list.count, drawing->list.x,
                drawing->list.y);
    drawing->list.count = 0;
}

static void draw_point(struct drawing *drawing, int64_t at_ns, double value) {
    if (isnan(value)) {
        flush_curve(drawing);
    } else {
        take_point(&drawing->list, &drawing->column, drawing->column_width,
                   plot_x(drawing->plot, at_ns), value);
    }
}

static void draw_samples(struct drawing *drawing, const struct recorded_signal *signal) {
    const struct plots_view *view = drawing->plot->view;
    double last = recorded_at(signal, view->from_ns);
    draw_point(drawing, view->from_ns, last);
    for (size_t i = 0; i < signal->count; i++) {
        const struct recorded_sample *sample = &signal->samples[i];
        if (sample->at_ns <= view->from_ns || sample->at_ns > view->to_ns) {
            continue;
        }
        if (!signal->continuous && !isnan(last)) {
            draw_point(drawing, sample->at_ns, last);
        }
        draw_point(drawing, sample->at_ns, sample->value);
        last = sample->value;
    }
    draw_point(drawing, view->to_ns, recorded_at(signal, view->to_ns));
    flush_curve(drawing);
}

static void draw_curve(const struct plot *plot, struct canvas *canvas, enum ink ink,
                       const struct recorded_signal *signal) {
    const struct canvas_range *range = &canvas->range;
    double x_scale = (PLOT_RIGHT - PLOT_LEFT) / (range->x1 - range->x0);
    struct drawing drawing = {.plot = plot,
                              .canvas = canvas,
                              .ink = ink,
                              .column_width = 1 / x_scale,
                              .x_scale = x_scale,
                              .y_scale = (canvas->bottom - canvas->top) / (range->y1 - range->y0)};
    draw_samples(&drawing, signal);
    free(drawing.list.x);
    free(drawing.list.y);
}

static void widen(double *low, double *high, double value) {
    if (!isnan(value)) {
        *low = fmin(*low, value);
        *high = fmax(*high, value);
    }
}

static void find_extent(const struct plot *plot, const struct plot_panel *panel, double *low,
                        double *high) {
    const struct plots_view *view = plot->view;
    *low = (double)INFINITY;
    *high = -(double)INFINITY;
    for (size_t i = 0; i < panel->curve_count; i++) {
        const struct recorded_signal *signal = panel->curves[i].signal;
        widen(low, high, recorded_at(signal, view->from_ns));
        widen(low, high, recorded_at(signal, view->to_ns));
        for (size_t k = 0; k < signal->count; k++) {
            if (signal->samples[k].at_ns >= view->from_ns &&
                signal->samples[k].at_ns <= view->to_ns) {
                widen(low, high, signal->samples[k].value);
            }
        }
    }
}

/* From zero, so that heights can be compared by eye, to a round number above the highest. A focus on
 * curves that stay far from zero is cut: of 540 V the 5 V across a contactor would not be seen. */
static struct canvas_range range_of(const struct plot *plot, const struct plot_panel *panel,
                                    double *step) {
    double low, high;
    find_extent(plot, panel, &low, &high);
    if (plot->view->focus && low > 0 && high - low < CUT_BELOW * high) {
        double more = fmax(0, fmax(CUT_SPAN * high, SPAN_LEAST) - (high - low)) / 2;
        low = fmax(low - more, 0);
        high += more;
        *step = canvas_step(high - low, panel->height > 100 ? 5 : 3);
        return plot_range(plot, low - 0.06 * (high - low), high + 0.08 * (high - low));
    }
    low = fmin(low, 0);
    high = fmax(fmax(high, 0), low + SPAN_LEAST);
    double span = high - low;
    *step = canvas_step(span, panel->height > 100 ? 5 : 3);
    double bottom = low < 0 ? low - 0.06 * span : -0.03 * span;
    return plot_range(plot, bottom, high + 0.08 * span);
}

void plot_draw_panel(const struct plot *plot, struct canvas *canvas, const struct plot_panel *panel,
                     double top) {
    static const enum ink inks[PLOT_CURVES_MAX] = {INK_A, INK_B, INK_C};
    double step;
    assert(panel->curve_count >= 1 && panel->curve_count <= PLOT_CURVES_MAX);
    struct canvas_range range = range_of(plot, panel, &step);
    canvas_panel(canvas, top, top + panel->height, &range);
    plot_shade(plot, canvas);
    canvas_grid(canvas, plot->x_step, step);
    for (size_t i = 0; i < panel->curve_count; i++) {
        draw_curve(plot, canvas, inks[i], panel->curves[i].signal);
    }
    canvas_page_text(canvas, INK_MUTED, PLOT_RIGHT + 44, top + 6, CANVAS_END, panel->unit);
    double y = top + panel->height / 2 - LABEL_ROW * (double)(panel->curve_count - 1) / 2;
    for (size_t i = 0; i < panel->curve_count; i++, y += LABEL_ROW) {
        canvas_page_line(canvas, inks[i], 1.8, 0, y, 18, y);
        canvas_page_text(canvas, INK_TEXT, PLOT_LABEL_X, y, CANVAS_END, panel->curves[i].label);
    }
}
