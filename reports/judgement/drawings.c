/* SPDX-License-Identifier: MIT */
/* The two drawings of a judgement: the phases of a charge over time, and the gaps of a period. */
#include "reports/judgement/internal.h"
#include "reports/plot/canvas.h"

#include <assert.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

static void put_problem(struct buffer *page, const struct problem *problem) {
    buffer_put(page, "<p class=\"muted\">");
    buffer_put_markup(page, problem->text);
    buffer_put(page, "</p>\n");
}

/* ------------------------------------------------------------------ phases */

#define WIDTH         860.0
#define LEFT          196.0
#define RIGHT         850.0
#define TOP           18.0 /* above the lanes, for the mark of the end */
#define LANE          22.0
#define LANES_MAX     12
#define AXIS_HEIGHT   42.0
#define NARROWEST     3.0  /* a phase is seen, however short */
#define ROOM_FOR_TEXT 55.0 /* a phase so wide says how long it was */
#define LOW           0.16 /* of a lane's height */
#define HIGH          0.84

struct course {
    const struct judgement *judgement;
    const struct judgement_session *session;
    bool timed;                                     /* else the axis counts lines of the file */
    const struct judgement_phase *lanes[LANES_MAX]; /* the first phase of each, as they came */
    size_t lane_count;
    struct canvas_range range;
};

/* Phases beyond LANES_MAX names share the last lane: GB/T 27930 has fewer. */
static size_t lane_of(struct course *course, const struct judgement_phase *phase) {
    for (size_t i = 0; i < course->lane_count; i++) {
        if (strcmp(course->lanes[i]->name.en, phase->name.en) == 0) {
            return i;
        }
    }
    if (course->lane_count < LANES_MAX) {
        course->lanes[course->lane_count++] = phase;
    }
    assert(course->lane_count >= 1 && course->lane_count <= LANES_MAX);
    return course->lane_count - 1;
}

/* Seconds since the start of the capture, or a line; phases may reach beyond the charge. */
static double place(const struct course *course, int64_t at_ns, uint64_t line) {
    double at = course->timed ? (double)(at_ns - course->judgement->start_ns) / 1e9 : (double)line;
    return fmin(fmax(at, course->range.x0), course->range.x1);
}

static void set_range(struct course *course) {
    const struct judgement_session *session = course->session;
    int64_t start_ns = course->judgement->start_ns;
    course->timed = course->judgement->clock && session->to_ns > session->from_ns;
    if (course->timed) {
        course->range.x0 = (double)(session->from_ns - start_ns) / 1e9;
        course->range.x1 = (double)(session->to_ns - start_ns) / 1e9;
    } else {
        course->range.x0 = (double)session->from_line;
        course->range.x1 = (double)session->to_line;
    }
    if (course->range.x1 <= course->range.x0) { /* a single frame */
        course->range.x1 = course->range.x0 + 1;
    }
    course->range.y1 = (double)course->lane_count;
    assert(course->range.x0 < course->range.x1 && course->range.y1 >= 1);
}

static void draw_phase(struct course *course, struct canvas *canvas,
                       const struct judgement_phase *phase) {
    double finest = canvas_finest(canvas, NARROWEST);
    double from = fmin(place(course, phase->from_ns, phase->from_line), course->range.x1 - finest);
    double to = fmax(place(course, phase->to_ns, phase->to_line), from + finest);
    double bottom = (double)(course->lane_count - 1 - lane_of(course, phase));
    char instant[JUDGEMENT_TEXT_SIZE], hint[160];
    assert(course->range.x0 <= from && from < to);
    canvas_box(canvas, INK_A, from, bottom + LOW, to, bottom + HIGH);
    judgement_instant(instant, course->judgement, phase->from_ns);
    snprintf(hint, sizeof hint, "%s %s%s%s, %" PRIu64 " … %" PRIu64, phase->name.zh, phase->name.en,
             instant[0] != '\0' ? ": " : "", instant, phase->from_line, phase->to_line);
    canvas_hint(canvas, from, bottom + LOW, to, bottom + HIGH, hint);
}

/* On top of the boxes, with the whole page as its window. */
static void label_phase(struct course *course, const struct canvas *lanes, struct canvas *canvas,
                        const struct judgement_phase *phase) {
    double from = canvas_page_x(lanes, place(course, phase->from_ns, phase->from_line));
    double to = canvas_page_x(lanes, place(course, phase->to_ns, phase->to_line));
    assert(LEFT <= from && to <= RIGHT + 1e-6);
    double bottom = (double)(course->lane_count - 1 - lane_of(course, phase));
    char text[JUDGEMENT_TEXT_SIZE];
    if (course->timed && to - from > ROOM_FOR_TEXT) {
        canvas_page_text(canvas, INK_PAPER, (from + to) / 2, canvas_page_y(lanes, bottom + 0.5),
                         CANVAS_MIDDLE, judgement_duration(text, phase->to_ns - phase->from_ns));
    }
}

static void label_lane(const struct course *course, struct canvas *canvas, size_t lane) {
    const struct phrase *name = &course->lanes[lane]->name;
    char label[120];
    snprintf(label, sizeof label, "%s||%s", name->zh, name->en);
    canvas_page_text(canvas, INK_TEXT, LEFT - 8, TOP + LANE * ((double)lane + 0.5), CANVAS_END,
                     label);
}

/* Where the last word falls: a line through all lanes. */
static void mark_end(const struct course *course, struct canvas *canvas) {
    const struct judgement_session *session = course->session;
    double x = canvas_page_x(canvas, place(course, session->ended_ns, session->ended_line));
    double bottom = canvas->bottom;
    canvas_page_line(canvas, INK_LIMIT, 1.6, x, TOP - 4, x, bottom);
    canvas_page_text(canvas, INK_LIMIT, x, TOP - 8, CANVAS_MIDDLE, "▼");
}

static void draw_course(struct course *course, struct canvas *canvas) {
    double bottom = TOP + LANE * (double)course->lane_count;
    double step = canvas_step(course->range.x1 - course->range.x0, 8);
    canvas_panel(canvas, TOP, bottom, &course->range);
    canvas_grid(canvas, course->timed || step >= 1 ? step : 1, 0);
    for (size_t i = 0; i < course->session->phase_count; i++) {
        draw_phase(course, canvas, &course->session->phases[i]);
    }
    const struct canvas lanes = *canvas;
    for (size_t i = 0; i < course->session->phase_count; i++) {
        label_phase(course, &lanes, canvas, &course->session->phases[i]);
    }
    for (size_t i = 0; i < course->lane_count; i++) {
        label_lane(course, canvas, i);
    }
    mark_end(course, canvas);
    canvas_axis(canvas, bottom, &course->range, course->timed || step >= 1 ? step : 1,
                course->timed ? "记录时间 / s||time of the capture / s"
                              : "记录的行||line of the capture");
}

void judgement_put_course(struct buffer *page, const struct judgement *judgement,
                          const struct judgement_session *session) {
    struct course course = {.judgement = judgement, .session = session};
    struct canvas canvas;
    struct problem problem = {0};
    for (size_t i = 0; i < session->phase_count; i++) {
        lane_of(&course, &session->phases[i]);
    }
    if (course.lane_count == 0) {
        return;
    }
    set_range(&course);
    const struct canvas_page size = {.width = WIDTH,
                                     .height = TOP + LANE * (double)course.lane_count + AXIS_HEIGHT,
                                     .left = LEFT,
                                     .right = RIGHT,
                                     .style = "course"};
    buffer_put(page, "<div class=\"scroll\">");
    bool good = canvas_begin(&canvas, &size, &problem);
    if (good) {
        draw_course(&course, &canvas);
        good = canvas_end(&canvas, page, "各阶段的时间 Phases over time", &problem);
    }
    if (!good) {
        put_problem(page, &problem);
    }
    buffer_put(page, "</div>\n");
}

/* ------------------------------------------------------------------ gaps */

#define GAPS_WIDTH  240.0
#define GAPS_LEFT   14.0
#define GAPS_RIGHT  222.0
#define GAPS_TOP    4.0
#define GAPS_BOTTOM 62.0
#define GAPS_HEIGHT 84.0
#define SHARE_LEAST 0.12 /* of the height, for a bar of one gap */
#define BAR_SHARE   0.88 /* of its place, so that neighbours are told apart */

static uint32_t fullest(const struct judgement_rule *rule) {
    uint32_t most = 0;
    for (size_t i = 0; i < rule->bin_count; i++) {
        most = rule->bins[i] > most ? rule->bins[i] : most;
    }
    return most;
}

/* Counts differ by thousands: the height is logarithmic, so that one late frame is still seen. */
static void draw_bars(struct canvas *canvas, const struct judgement_rule *rule) {
    double width = (canvas->range.x1 - canvas->range.x0) / (double)rule->bin_count;
    double most = log1p(fullest(rule));
    assert(most > 0 && width > 0);
    for (size_t i = 0; i < rule->bin_count; i++) {
        double from = ((double)i + (1 - BAR_SHARE) / 2) * width;
        double height = SHARE_LEAST + (1 - SHARE_LEAST) * log1p(rule->bins[i]) / most;
        char count[16];
        if (rule->bins[i] > 0) {
            assert(height <= 1);
            canvas_box(canvas, INK_LANE, from, 0, from + BAR_SHARE * width, height);
            snprintf(count, sizeof count, "%" PRIu32, rule->bins[i]);
            canvas_hint(canvas, from, 0, from + BAR_SHARE * width, height, count);
        }
    }
}

static void draw_gaps(struct canvas *canvas, const struct judgement_rule *rule) {
    const struct result_check *check = &rule->check;
    bool limited = check->limit_max > check->limit_min; /* not when one is unknown */
    double period = limited ? (check->limit_min + check->limit_max) / 2 : 1;
    const struct canvas_range range = {0, 2 * period, 0, 1};
    double base_x[2] = {range.x0, range.x1}, base_y[2] = {0, 0};
    canvas_panel(canvas, GAPS_TOP, GAPS_BOTTOM, &range);
    if (limited) {
        canvas_box(canvas, INK_ALLOWED, check->limit_min, 0, check->limit_max, 1);
    }
    draw_bars(canvas, rule);
    canvas_line(canvas, INK_AXIS, 0.8, 2, base_x, base_y);
    if (limited) {
        canvas_axis(canvas, GAPS_BOTTOM, &range, period, NULL);
    }
}

void judgement_put_histogram(struct buffer *page, const struct judgement_rule *rule) {
    static const struct canvas_page size = {GAPS_WIDTH, GAPS_HEIGHT, GAPS_LEFT, GAPS_RIGHT, "gaps"};
    struct canvas canvas;
    struct problem problem = {0};
    assert(rule->bin_count > 0 && fullest(rule) > 0);
    bool good = canvas_begin(&canvas, &size, &problem);
    if (good) {
        draw_gaps(&canvas, rule);
        good = canvas_end(&canvas, page, "间隔分布 Distribution of gaps", &problem);
    }
    if (!good) {
        put_problem(page, &problem);
    }
}
