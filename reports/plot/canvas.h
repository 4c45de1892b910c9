/* SPDX-License-Identifier: MIT */
/* canvas.h: a page of stacked panels over one axis, drawn by PLplot, given back as SVG.
 *
 *   struct canvas canvas;
 *   if (!canvas_begin(&canvas, 860, 400, why, sizeof why)) ...     PLplot has no svg driver
 *   canvas_panel(&canvas, 20, 150, &(struct canvas_range){from, to, 0, 600});
 *   canvas_box(&canvas, INK_FOCUS, x0, y0, x1, y1);
 *   canvas_line(&canvas, INK_VOLTAGE_A, 1.5, count, x, y);
 *   canvas_margin_text(&canvas, INK_TEXT, 8, 60, CANVAS_START, "gun.voltage");
 *   canvas_end(&canvas, &page, "aria label");
 *
 * Places on the page are in its units from the left top corner; inside a panel everything is in
 * the panel's own quantities and cut at its edges. One canvas at a time: PLplot has one state. */
#ifndef REPORTS_PLOT_CANVAS_H
#define REPORTS_PLOT_CANVAS_H

#include "sim/text/buffer.h"

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

struct canvas {
    double width, height;
    double left, right; /* of the panels */
    char *buffer;
    size_t size;
    FILE *stream;
    struct canvas_range range; /* of the present panel */
    double panel_height;
};

bool canvas_begin(struct canvas *canvas, double width, double height, double left, double right,
                  char *why, size_t why_size);
/* From top to bottom of the page. */
void canvas_panel(struct canvas *canvas, double top, double bottom,
                  const struct canvas_range *range);
/* Grid and frame of the present panel. A step of 0: no grid of that direction. With x_numbers: only
 * the numbers, below where the panel ends. */
void canvas_grid(struct canvas *canvas, double x_step, double y_step, bool x_numbers,
                 bool y_numbers);
void canvas_line(struct canvas *canvas, enum ink ink, double width, size_t count, const double *x,
                 const double *y);
void canvas_box(struct canvas *canvas, enum ink ink, double x0, double y0, double x1, double y1);
/* On the page, outside of panels; y is the middle of the text's height. */
void canvas_page_text(struct canvas *canvas, enum ink ink, double x, double y,
                      enum canvas_anchor anchor, const char *label);
void canvas_page_line(struct canvas *canvas, enum ink ink, double width, double x0, double y0,
                      double x1, double y1);
/* Appends the SVG. */
bool canvas_end(struct canvas *canvas, struct buffer *out, const char *label, char *why,
                size_t why_size);

/* 1, 2 or 5 times a power of ten, so that about `wanted` steps fill the span. */
double canvas_step(double span, int wanted);

#endif
