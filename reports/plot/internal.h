/* SPDX-License-Identifier: MIT */
/* internal.h: what the panels of a plot share. */
#ifndef REPORTS_PLOT_INTERNAL_H
#define REPORTS_PLOT_INTERNAL_H

#include "reports/plot/canvas.h"
#include "reports/plot/plots.h"

/* The page, in its units. */
#define PLOT_WIDTH      860.0
#define PLOT_LEFT       172.0
#define PLOT_RIGHT      816.0
#define PLOT_LABEL_X    (PLOT_LEFT - 8)
#define PLOT_LANE       15.0
#define PLOT_MESSAGE    13.0
#define PLOT_GAP        9.0
#define PLOT_LANES_MAX  22
#define PLOT_CODES_MAX  40
#define PLOT_CURVES_MAX 3
#define PLOT_PANELS_MAX 6

struct plot_curve {
    const struct recorded_signal *signal;
    const char *label; /* "中文|name" */
};

/* Quantities of one unit over time. */
struct plot_panel {
    const char *unit;
    double height;
    struct plot_curve curves[PLOT_CURVES_MAX];
    size_t curve_count;
};

struct plot_lane {
    const struct recorded_signal *signal;
    const char *label;
};

/* Occurrences of one message. */
struct plot_code {
    const char *code;
    bool charger; /* who sends it */
    int order;
    int64_t *at_ns;
    size_t count, room;
};

struct plot {
    const struct recording *recording;
    const struct result_case *one;
    const struct plots_view *view;
    double unit_ns; /* of the axis: 1e6 or 1e9 */
    double x_step;
    struct plot_panel panels[PLOT_PANELS_MAX];
    size_t panel_count;
    struct plot_lane lanes[PLOT_LANES_MAX];
    size_t lane_count;
    struct plot_code codes[PLOT_CODES_MAX]; /* the charger's first */
    size_t code_count;
};

/* Instant to the axis, and to the page. */
double plot_x(const struct plot *plot, int64_t at_ns);
double plot_page_x(const struct plot *plot, int64_t at_ns);
struct canvas_range plot_range(const struct plot *plot, double y0, double y1);

/* What is there to show, and then its drawing from top to bottom. */
void plot_choose_panels(struct plot *plot);
void plot_draw_panel(const struct plot *plot, struct canvas *canvas, const struct plot_panel *panel,
                     double top);
void plot_choose_lanes(struct plot *plot);
void plot_draw_lanes(const struct plot *plot, struct canvas *canvas, double top);
void plot_choose_codes(struct plot *plot);
void plot_draw_codes(const struct plot *plot, struct canvas *canvas, double top);
void plot_free_codes(struct plot *plot);

/* Is the signal named in the condition of one of the case's own checks? */
bool plot_in_question(const struct result_case *one, const char *name);

/* Where the verdict was decided; else, of a pass, the own measurement that came nearest to its limit.
 * -1: there is none. */
void plot_focus_of(const struct result_case *one, int64_t *from_ns, int64_t *to_ns);

/* The focus as a light band behind the present panel. */
void plot_shade(const struct plot *plot, struct canvas *canvas);

#endif
