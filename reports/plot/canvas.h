/* SPDX-License-Identifier: MIT */
/* canvas.h: a page of stacked panels over one axis, drawn by PLplot, given back as SVG. All drawings of
 * all reports are made with it.
 *
 *   struct canvas canvas;
 *   const struct canvas_page size = {.width = 860, .height = 400, .left = 158, .right = 816};
 *   if (!canvas_begin(&canvas, &size, problem)) ...            PLplot has no svg driver
 *   canvas_panel(&canvas, 20, 150, &(struct canvas_range){from, to, 0, 600});
 *   canvas_box(&canvas, INK_FOCUS, x0, y0, x1, y1);
 *   canvas_line(&canvas, INK_A, 1.5, count, x, y);
 *   canvas_page_text(&canvas, INK_TEXT, 8, 60, CANVAS_START, "电压||voltage");
 *   canvas_axis(&canvas, 150, &range, canvas_step(to - from, 9), "时间 / s||time / s");
 *   canvas_end(&canvas, &page, "aria label", problem);
 *
 * Places on the page are in its units from the left top corner; inside a panel everything is in the
 * panel's own quantities and cut at its edges. Labels in two languages: svg.h. One canvas at a time:
 * PLplot has one state. */
#ifndef REPORTS_PLOT_CANVAS_H
#define REPORTS_PLOT_CANVAS_H

#include "sim/text/buffer.h"
#include "sim/text/problem.h"

#include <stdio.h>

enum ink {
    INK_PAPER,
    INK_AXIS,
    INK_GRID,
    INK_TEXT,
    INK_MUTED,
    INK_A, /* lines told apart by dash as well as by colour */
    INK_B,
    INK_C,
    INK_LANE,
    INK_LANE_LOW,
    INK_CHARGER,
    INK_BMS,
    INK_MARK,
    INK_LIMIT,
    INK_FOCUS,
    INK_ALLOWED,
    INK_COUNT
};

enum canvas_anchor {
    CANVAS_START,
    CANVAS_MIDDLE,
    CANVAS_END,
};

/* What a panel shows; x grows to the right, y upwards. */
struct canvas_range {
    double x0, x1, y0, y1;
};

struct canvas_page {
    double width, height;
    double left, right; /* of all panels */
    const char *style;  /* a class of its style sheet beside "plot"; NULL: none */
};

struct canvas {
    struct canvas_page page;
    char *drawn; /* by PLplot */
    size_t drawn_size;
    FILE *stream;
    struct buffer hints;
    struct canvas_range range; /* of the present panel */
    double top, bottom;        /* of it */
};

bool canvas_begin(struct canvas *canvas, const struct canvas_page *page, struct problem *problem);
/* From top to bottom of the page. */
void canvas_panel(struct canvas *canvas, double top, double bottom,
                  const struct canvas_range *range);
/* Grid, frame and the numbers of the y axis. A step of 0: neither grid nor numbers of that direction.
 */
void canvas_grid(struct canvas *canvas, double x_step, double y_step);
/* The numbers of the x axis below the lowest panel, and what they count (NULL: nothing is said). */
void canvas_axis(struct canvas *canvas, double bottom, const struct canvas_range *range,
                 double x_step, const char *title);
/* What a point of the present panel is on the page. */
double canvas_page_x(const struct canvas *canvas, double x);
double canvas_page_y(const struct canvas *canvas, double y);
void canvas_line(struct canvas *canvas, enum ink ink, double width, size_t count, const double *x,
                 const double *y);
void canvas_box(struct canvas *canvas, enum ink ink, double x0, double y0, double x1, double y1);
/* What a pointing device shows over this box of the present panel. Plain text. */
void canvas_hint(struct canvas *canvas, double x0, double y0, double x1, double y1,
                 const char *text);
/* On the page, outside of panels; y is the middle of the text's height. */
void canvas_page_text(struct canvas *canvas, enum ink ink, double x, double y,
                      enum canvas_anchor anchor, const char *label);
void canvas_page_line(struct canvas *canvas, enum ink ink, double width, double x0, double y0,
                      double x1, double y1);
/* Appends the SVG. */
bool canvas_end(struct canvas *canvas, struct buffer *out, const char *label,
                struct problem *problem);

/* 1, 2 or 5 times a power of ten, so that about `wanted` steps fill the span. */
double canvas_step(double span, int wanted);

/* The narrowest box that is seen, in the quantity of the present panel's x axis. */
double canvas_finest(const struct canvas *canvas, double page_units);

#endif
