/* SPDX-License-Identifier: MIT */
#include "reports/plot/canvas.h"

#include "reports/plot/svg.h"
#include "sim/memory.h"

#include <assert.h>
#include <errno.h>
#include <math.h>
#include <plplot/plplot.h>
#include <stdlib.h>
#include <string.h>

#define DEVICE         "svg"
#define TEXT_HEIGHT_MM 3.0 /* 11 units of the page with this driver */
#define LABEL_SIZE     240
#define TITLE_DROP     34.0   /* of the axis, below the lowest panel */
#define POINTS_MAX     100000 /* in one line; the callers thin out long before */

/* Dark enough on white for a contrast of 4.5 wherever text or thin lines have that colour. */
static const struct svg_colour colours[INK_COUNT] = {
    [INK_PAPER] = {0xFFFFFF, NULL},
    [INK_AXIS] = {0x6B7480, NULL},
    [INK_GRID] = {0xE3E7EC, NULL},
    [INK_TEXT] = {0x1B2430, NULL},
    [INK_MUTED] = {0x55606D, NULL},
    [INK_A] = {0x0B5CAD, NULL},
    [INK_B] = {0xB4470A, " stroke-dasharray=\"7 2.5\""},
    [INK_C] = {0x3F6B12, " stroke-dasharray=\"2 2\""},
    [INK_LANE] = {0x4A6785, NULL},
    [INK_LANE_LOW] = {0xAEB8C2, NULL},
    [INK_CHARGER] = {0x0A4F96, NULL},
    [INK_BMS] = {0x35590F, NULL},
    [INK_MARK] = {0x111418, NULL},
    [INK_LIMIT] = {0xB3261E, " stroke-dasharray=\"5 3\""},
    [INK_FOCUS] = {0xFFF1CC, NULL},
    [INK_ALLOWED] = {0xDCEFE2, NULL},
};

static bool has_driver(void) {
    const char **names = memory_zeroed(64, sizeof *names);
    const char **descriptions = memory_zeroed(64, sizeof *descriptions);
    int count = 64;
    bool found = false;
    plgDevs(&descriptions, &names, &count); /* plgFileDevs leaves svg out */
    for (int i = 0; i < count; i++) {
        found = found || strcmp(names[i], DEVICE) == 0;
    }
    free(names);
    free(descriptions);
    return found;
}

/* Numbers of an axis: as many decimals as its step needs, and no minus before zero. */
static void number_label(PLINT axis, PLFLT value, char *label, PLINT length, PLPointer step) {
    const double *steps = step;
    double one = steps[axis == PL_X_AXIS ? 0 : 1];
    assert(one > 0);
    int decimals = one >= 1 ? 0 : (int)ceil(-log10(one) - 1e-9);
    double shown = fabs(value) < one / 1000 ? 0 : value;
    snprintf(label, (size_t)length, "%.*f", decimals, shown);
}

static void set_ink(enum ink ink, double width) {
    assert((unsigned)ink < INK_COUNT && width >= 0);
    plcol0((PLINT)ink);
    plwidth(width);
}

static void begin_page(const struct canvas *canvas) {
    PLINT red[INK_COUNT], green[INK_COUNT], blue[INK_COUNT];
    for (int i = 0; i < INK_COUNT; i++) {
        red[i] = (PLINT)(colours[i].rgb >> 16);
        green[i] = (PLINT)(colours[i].rgb >> 8 & 0xFF);
        blue[i] = (PLINT)(colours[i].rgb & 0xFF);
    }
    plsdev(DEVICE);
    plsfile(canvas->stream); /* PLplot closes it */
    plspage(0, 0, (PLINT)canvas->page.width, (PLINT)canvas->page.height, 0, 0);
    plscmap0(red, green, blue, INK_COUNT);
    plinit();
    pladv(0);
    plschr(TEXT_HEIGHT_MM, 1);
    plsmaj(0, 0); /* no tick marks: the grid is enough */
    plsmin(0, 0);
}

bool canvas_begin(struct canvas *canvas, const struct canvas_page *page, struct problem *problem) {
    assert(page->width > 0 && page->height > 0 && page->left >= 0);
    assert(page->left < page->right && page->right <= page->width);
    *canvas = (struct canvas){.page = *page};
    if (!has_driver()) {
        return problem_set(problem, "PLplot has no svg driver here: install its drivers");
    }
    canvas->stream = open_memstream(&canvas->drawn, &canvas->drawn_size);
    if (canvas->stream == NULL) {
        return problem_set(problem, "no room for a drawing: %s", strerror(errno));
    }
    begin_page(canvas);
    return true;
}

void canvas_panel(struct canvas *canvas, double top, double bottom,
                  const struct canvas_range *range) {
    const struct canvas_page *page = &canvas->page;
    assert(0 <= top && top < bottom && bottom <= page->height);
    assert(range->x0 < range->x1 && range->y0 < range->y1);
    canvas->range = *range;
    canvas->top = top;
    canvas->bottom = bottom;
    plvpor(page->left / page->width, page->right / page->width, 1 - bottom / page->height,
           1 - top / page->height);
    plwind(range->x0, range->x1, range->y0, range->y1);
}

static void put_box(const char *x_options, double x_step, const char *y_options, double y_step) {
    double steps[2] = {x_step, y_step};
    plslabelfunc(number_label, steps);
    plbox(x_options, x_step, 1, y_options, y_step, 1);
    plslabelfunc(NULL, NULL);
}

void canvas_grid(struct canvas *canvas, double x_step, double y_step) {
    (void)canvas;
    assert(x_step >= 0 && y_step >= 0); /* 0: no lines */
    set_ink(INK_GRID, 0.8);
    plbox(x_step > 0 ? "g" : "", x_step, 1, y_step > 0 ? "g" : "", y_step, 1);
    set_ink(INK_AXIS, 0.8);
    put_box("bc", x_step, y_step > 0 ? "bcmotv" : "bc", y_step);
}

void canvas_axis(struct canvas *canvas, double bottom, const struct canvas_range *range,
                 double x_step, const char *title) {
    assert(x_step > 0 && bottom < canvas->page.height);
    canvas_panel(canvas, bottom, bottom + 1,
                 range); /* all but flat: it carries the numbers alone */
    set_ink(INK_AXIS, 0.8);
    put_box("not", x_step, "", 0);
    if (title != NULL) {
        canvas_page_text(canvas, INK_MUTED, (canvas->page.left + canvas->page.right) / 2,
                         bottom + TITLE_DROP, CANVAS_MIDDLE, title);
    }
}

double canvas_page_x(const struct canvas *canvas, double x) {
    const struct canvas_range *range = &canvas->range;
    assert(range->x0 < range->x1); /* a panel was begun */
    double share = (x - range->x0) / (range->x1 - range->x0);
    return canvas->page.left + share * (canvas->page.right - canvas->page.left);
}

double canvas_page_y(const struct canvas *canvas, double y) {
    const struct canvas_range *range = &canvas->range;
    assert(range->y0 < range->y1 && canvas->top < canvas->bottom);
    double share = (y - range->y0) / (range->y1 - range->y0);
    return canvas->bottom - share * (canvas->bottom - canvas->top);
}

double canvas_finest(const struct canvas *canvas, double page_units) {
    const struct canvas_page *page = &canvas->page;
    assert(page_units > 0 && canvas->range.x0 < canvas->range.x1);
    return page_units * (canvas->range.x1 - canvas->range.x0) / (page->right - page->left);
}

void canvas_line(struct canvas *canvas, enum ink ink, double width, size_t count, const double *x,
                 const double *y) {
    (void)canvas;
    assert(count < POINTS_MAX);
    if (count > 1) {
        set_ink(ink, width);
        plline((PLINT)count, x, y);
    }
}

void canvas_box(struct canvas *canvas, enum ink ink, double x0, double y0, double x1, double y1) {
    const struct canvas_range *range = &canvas->range;
    double x[4] = {fmax(x0, range->x0), fmin(x1, range->x1), fmin(x1, range->x1),
                   fmax(x0, range->x0)};
    double y[4] = {y0, y0, y1, y1};
    assert(x0 <= x1 && range->y0 <= y0 && y0 < y1 && y1 <= range->y1); /* inside its panel */
    if (x[0] < x[1]) {
        set_ink(ink, 0);
        plfill(4, x, y);
    }
}

void canvas_hint(struct canvas *canvas, double x0, double y0, double x1, double y1,
                 const char *text) {
    double left = canvas_page_x(canvas, x0), top = canvas_page_y(canvas, y1);
    assert(x0 <= x1 && y0 <= y1 && left >= canvas->page.left && top >= canvas->top);
    buffer_format(&canvas->hints, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">",
                  left, top, canvas_page_x(canvas, x1) - left, canvas_page_y(canvas, y0) - top);
    buffer_put(&canvas->hints, "<title>");
    buffer_put_markup(&canvas->hints, text);
    buffer_put(&canvas->hints, "</title></rect>\n");
}

/* The whole page as one window in its own units, y turned to grow downwards. */
static void page_window(const struct canvas *canvas) {
    plvpor(0, 1, 0, 1);
    plwind(0, canvas->page.width, canvas->page.height, 0);
}

/* '#' starts PLplot's own escapes. */
static void escape(char *into, size_t size, const char *label) {
    size_t n = 0;
    for (; *label != '\0'; label++) {
        assert(n + 3 < size); /* labels are the program's own */
        into[n++] = *label;
        if (*label == '#') {
            into[n++] = '#';
        }
    }
    into[n] = '\0';
}

void canvas_page_text(struct canvas *canvas, enum ink ink, double x, double y,
                      enum canvas_anchor anchor, const char *label) {
    char escaped[LABEL_SIZE];
    assert(0 <= x && x <= canvas->page.width && 0 <= y && y <= canvas->page.height);
    escape(escaped, sizeof escaped, label);
    page_window(canvas);
    set_ink(ink, 1);
    plptex(x, y, 1, 0, anchor == CANVAS_START ? 0 : anchor == CANVAS_MIDDLE ? 0.5 : 1, escaped);
}

void canvas_page_line(struct canvas *canvas, enum ink ink, double width, double x0, double y0,
                      double x1, double y1) {
    assert(x0 >= 0 && x1 <= canvas->page.width && y0 >= 0 && y1 <= canvas->page.height);
    page_window(canvas);
    set_ink(ink, width);
    pljoin(x0, y0, x1, y1);
}

bool canvas_end(struct canvas *canvas, struct buffer *out, const char *label,
                struct problem *problem) {
    plend();
    const struct svg_look look = {.width = canvas->page.width,
                                  .height = canvas->page.height,
                                  .style = canvas->page.style,
                                  .label = label,
                                  .colours = colours,
                                  .colour_count = INK_COUNT,
                                  .hints = canvas->hints.chars};
    bool good = canvas->drawn != NULL && svg_clean(out, canvas->drawn, &look);
    free(canvas->drawn);
    buffer_free(&canvas->hints);
    return good || problem_set(problem, "PLplot's drawing cannot be read");
}

double canvas_step(double span, int wanted) {
    assert(span > 0 && wanted > 0);
    double raw = span / wanted;
    double power = pow(10, floor(log10(raw)));
    double factor = raw / power;
    double step = power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
    assert(step > raw * (1 - 1e-9) && step < raw * (10 + 1e-9)); /* at most as many as wanted */
    return step;
}
