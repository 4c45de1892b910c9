/* SPDX-License-Identifier: MIT */
/* Switches, contacts and commands: a lane each, high where true. */
#include "reports/plot/internal.h"

#include <assert.h>
#include <math.h>
#include <string.h>

#define LOW  0.22 /* of a lane's height */
#define HIGH 0.80

static const struct {
    const char *name, *label;
    bool always; /* else only where it changes, or is in question */
} switches[] = {
    {"estop.pressed", "急停按下|estop.pressed", false},
    {"operator.start", "启动按钮|operator.start", false},
    {"operator.stop", "停止按钮|operator.stop", false},
    {"gun.inserted", "枪已插入|gun.inserted", false},
    {"s.open", "S 断开|s.open", false},
    {"door.open", "柜门打开|door.open", false},
    {"pe.ok", "PE 完好|pe.ok", false},
    {"lock.closed", "电子锁|lock.closed", false},
    {"lock.feedback", "锁止反馈|lock.feedback", false},
    {"k1.closed", "K1 闭合|k1.closed", true},
    {"k2.closed", "K2 闭合|k2.closed", true},
    {"k5.closed", "K5 闭合|k5.closed", true},
    {"k6.closed", "K6 闭合|k6.closed", false},
    {"modules.on", "模块输出|modules.on", false},
    {"discharge.command", "泄放投入|discharge.command", false},
    {"imd.command", "绝缘监测|imd.command", false},
    {"k3k4.closed", "K3K4闭合|k3k4.closed", false},
    {"gun2:operator.start", "枪2启动|gun2:operator.start", false},
    {"gun2:operator.stop", "枪2停止|gun2:operator.stop", false},
    {"gun2:gun.inserted", "枪2插入|gun2:gun.inserted", false},
    {"gun2:lock.feedback", "枪2锁止|gun2:lock.feedback", false},
    {"gun2:k1.closed", "枪2 K1|gun2:k1.closed", false},
    {"gun2:k2.closed", "枪2 K2|gun2:k2.closed", false},
    {"gun2:k5.closed", "枪2 K5|gun2:k5.closed", false},
    {"gun2:modules.on", "枪2模块|gun2:modules.on", false},
    {"k1.feedback", "K1 反馈|k1.feedback", false},
    {"k2.feedback", "K2 反馈|k2.feedback", false},
    {"k1.command", "K1 命令|k1.command", false},
    {"k2.command", "K2 命令|k2.command", false},
    {"lock.command", "锁止命令|lock.command", false},
};

/* Auxiliary contacts and commands follow what they belong to: shown when they are in question. */
static bool follows(const char *name) {
    return strstr(name, "k1.") == name || strstr(name, "k2.") == name ||
           strcmp(name, "lock.command") == 0 || strcmp(name, "lock.closed") == 0;
}

void plot_choose_lanes(struct plot *plot) {
    for (size_t i = 0; i < sizeof switches / sizeof switches[0]; i++) {
        const struct recorded_signal *signal = recording_signal(plot->recording, switches[i].name);
        if (signal == NULL || plot->lane_count == PLOT_LANES_MAX) {
            continue;
        }
        bool changes = !follows(switches[i].name) &&
                       recorded_changes(signal, plot->view->from_ns, plot->view->to_ns);
        if (switches[i].always || changes || plot_in_question(plot->one, switches[i].name)) {
            plot->lanes[plot->lane_count++] = (struct plot_lane){signal, switches[i].label};
        }
    }
}

struct stretch {
    const struct plot *plot;
    struct canvas *canvas;
    double floor;  /* of the lane */
    double finest; /* of the axis: less is not seen apart */
    double from;   /* start of the present stretch */
    double value;  /* 0, 1, NAN: unknown */
    double box_to; /* end of a box not drawn yet; NAN: none */
    double box_from;
};

static void flush_box(struct stretch *stretch) {
    if (!isnan(stretch->box_to)) {
        assert(stretch->box_from <= stretch->box_to);
        canvas_box(stretch->canvas, INK_LANE, stretch->box_from, stretch->floor + LOW,
                   fmax(stretch->box_to, stretch->box_from + stretch->finest),
                   stretch->floor + HIGH);
        stretch->box_to = (double)NAN;
    }
}

/* The present stretch ends: high ones become boxes, joined where no gap could be seen. Unknown
 * leaves the lane empty, without even the line of low. */
static void end_stretch(struct stretch *stretch, double to, double next) {
    assert(to >= stretch->from && !(stretch->box_to > stretch->from));
    if (stretch->value > 0.5) {
        if (!isnan(stretch->box_to) && stretch->from - stretch->box_to > stretch->finest) {
            flush_box(stretch);
        }
        if (isnan(stretch->box_to)) {
            stretch->box_from = stretch->from;
        }
        stretch->box_to = to;
    } else if (!isnan(stretch->value) && to > stretch->from) {
        double x[2] = {stretch->from, to};
        double y[2] = {stretch->floor + LOW, stretch->floor + LOW};
        canvas_line(stretch->canvas, INK_LANE_LOW, 1, 2, x, y);
    }
    stretch->from = to;
    stretch->value = next;
}

static void draw_lane(const struct plot *plot, struct canvas *canvas,
                      const struct recorded_signal *signal, double floor_y) {
    const struct plots_view *view = plot->view;
    struct stretch stretch = {.plot = plot,
                              .canvas = canvas,
                              .floor = floor_y,
                              .finest = canvas_finest(canvas, 0.7),
                              .from = plot_x(plot, view->from_ns),
                              .value = recorded_at(signal, view->from_ns),
                              .box_to = (double)NAN};
    for (size_t i = 0; i < signal->count; i++) {
        const struct recorded_sample *sample = &signal->samples[i];
        if (sample->at_ns > view->from_ns && sample->at_ns <= view->to_ns) {
            end_stretch(&stretch, plot_x(plot, sample->at_ns), sample->value);
        }
    }
    end_stretch(&stretch, plot_x(plot, view->to_ns), 0);
    flush_box(&stretch);
}

void plot_draw_lanes(const struct plot *plot, struct canvas *canvas, double top) {
    double lanes = (double)plot->lane_count;
    struct canvas_range range = plot_range(plot, 0, lanes);
    canvas_panel(canvas, top, top + lanes * PLOT_LANE, &range);
    plot_shade(plot, canvas);
    canvas_grid(canvas, plot->x_step, 0);
    for (size_t i = 0; i < plot->lane_count; i++) {
        draw_lane(plot, canvas, plot->lanes[i].signal, lanes - 1 - (double)i);
    }
    for (size_t i = 0; i < plot->lane_count; i++) {
        canvas_page_text(canvas, INK_TEXT, PLOT_LABEL_X, top + ((double)i + 0.5) * PLOT_LANE,
                         CANVAS_END, plot->lanes[i].label);
    }
}
