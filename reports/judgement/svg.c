/* SPDX-License-Identifier: MIT */
/* The two drawings of a judgement: the phases of a charge over time, and the gaps of a period. */
#include "reports/judgement/internal.h"
#include "reports/page/html_internal.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

#define WIDTH  1000.0
#define LEFT   215.0
#define RIGHT  985.0
#define LANE   26.0
#define TOP    8.0
#define LANES  12
#define MIN_PX 3.0 /* a phase is seen, however short */

/* ------------------------------------------------------------------ phases */

struct lanes {
    const struct judgement_phase *first[LANES]; /* of each lane, in the order in which they came */
    size_t count;
};

static size_t lane_of(struct lanes *lanes, const struct judgement_phase *phase) {
    for (size_t i = 0; i < lanes->count; i++) {
        if (strcmp(lanes->first[i]->en, phase->en) == 0) {
            return i;
        }
    }
    if (lanes->count < LANES) {
        lanes->first[lanes->count++] = phase;
    }
    return lanes->count - 1;
}

static void put_label(struct buffer *page, double x, double y, const char *anchor, const char *zh,
                      const char *en) {
    buffer_format(page, "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">", x, y, anchor);
    buffer_put(page, "<tspan class=\"z\">");
    buffer_put_markup(page, zh);
    buffer_put(page, "</tspan><tspan class=\"gap\"> </tspan><tspan class=\"e\">");
    buffer_put_markup(page, en);
    buffer_put(page, "</tspan></text>\n");
}

/* Without a clock the axis is lines of the file. */
static double position(const struct judgement *judgement, const struct judgement_session *session,
                       int64_t at_ns, uint64_t line) {
    double share;
    if (judgement->clock && session->to_ns > session->from_ns) {
        share = (double)(at_ns - session->from_ns) / (double)(session->to_ns - session->from_ns);
    } else if (session->to_line > session->from_line) {
        share = ((double)line - (double)session->from_line) /
                (double)(session->to_line - session->from_line);
    } else {
        share = 0;
    }
    return LEFT + fmin(fmax(share, 0), 1) * (RIGHT - LEFT);
}

static void put_phases(struct buffer *page, const struct judgement *judgement,
                       const struct judgement_session *session, struct lanes *lanes) {
    char text[JUDGEMENT_WORD];
    for (size_t i = 0; i < session->phase_count; i++) {
        const struct judgement_phase *phase = &session->phases[i];
        double x0 = position(judgement, session, phase->from_ns, phase->from_line);
        double x1 = position(judgement, session, phase->to_ns, phase->to_line);
        double y = TOP + LANE * (double)lane_of(lanes, phase);
        double width = fmax(x1 - x0, MIN_PX);
        x0 = fmin(x0, RIGHT - width);
        buffer_format(page, "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" rx=\"2\">",
                      x0, y + 4, width, LANE - 8);
        buffer_put(page, "<title>");
        buffer_put_markup(page, phase->en);
        buffer_format(page, ": %s, %" PRIu64 "-%" PRIu64 "</title></rect>\n",
                      judgement_instant(text, judgement, phase->from_ns), phase->from_line,
                      phase->to_line);
        judgement_duration(text, phase->to_ns - phase->from_ns);
        if (judgement->clock && width > 60) {
            buffer_format(
                page, "<text class=\"in\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"middle\">%s</text>\n",
                x0 + width / 2, y + LANE / 2 + 4.5, text);
        }
    }
}

static double round_step(double span) {
    double raw = span / 8;
    double power = pow(10, floor(log10(raw)));
    double factor = raw / power;
    return power * (factor <= 1 ? 1 : factor <= 2 ? 2 : factor <= 5 ? 5 : 10);
}

static void put_axis(struct buffer *page, const struct judgement *judgement,
                     const struct judgement_session *session, double bottom) {
    bool timed = judgement->clock && session->to_ns > session->from_ns;
    double from =
        timed ? (double)(session->from_ns - judgement->start_ns) / 1e9 : (double)session->from_line;
    double to =
        timed ? (double)(session->to_ns - judgement->start_ns) / 1e9 : (double)session->to_line;
    if (to <= from) {
        return;
    }
    double step = round_step(to - from);
    for (double at = ceil(from / step) * step; at <= to + step / 1e6; at += step) {
        double x = LEFT + (at - from) / (to - from) * (RIGHT - LEFT);
        buffer_format(page,
                      "<path class=\"grid\" d=\"M%.1f %.1fV%.1f\"/><text class=\"tick\" x=\"%.1f\" "
                      "y=\"%.1f\" text-anchor=\"middle\">%.*f</text>\n",
                      x, TOP, bottom, x, bottom + 16, step < 1 ? (int)ceil(-log10(step)) : 0,
                      fabs(at) < step / 1e3 ? 0 : at);
    }
    put_label(page, LEFT - 12, bottom + 16, "end", timed ? "时间 s" : "行",
              timed ? "time, s" : "line");
}

/* Where the last word falls: a line through all lanes. */
static void put_end_mark(struct buffer *page, const struct judgement *judgement,
                         const struct judgement_session *session, double bottom) {
    double x = position(judgement, session, session->ended_ns, session->ended_line);
    buffer_format(page, "<path class=\"end\" d=\"M%.1f %.1fV%.1f\"/>\n", x, TOP - 4, bottom + 2);
    buffer_format(page, "<path class=\"flag\" d=\"M%.1f %.1fl-6 -8h12z\"/>\n", x, TOP + 4);
}

void judgement_timeline(struct buffer *page, const struct judgement *judgement,
                        const struct judgement_session *session) {
    struct lanes lanes = {.count = 0};
    for (size_t i = 0; i < session->phase_count; i++) {
        lane_of(&lanes, &session->phases[i]);
    }
    if (lanes.count == 0) {
        return;
    }
    double bottom = TOP + LANE * (double)lanes.count;
    buffer_format(page,
                  "<div class=\"scroll\"><svg class=\"plot course\" viewBox=\"0 0 %.0f %.0f\" "
                  "role=\"img\" aria-label=\"各阶段的时间 Phases over time\">\n",
                  WIDTH, bottom + 26);
    put_axis(page, judgement, session, bottom);
    for (size_t i = 0; i < lanes.count; i++) {
        put_label(page, LEFT - 12, TOP + LANE * ((double)i + 0.5) + 4.5, "end", lanes.first[i]->zh,
                  lanes.first[i]->en);
    }
    put_phases(page, judgement, session, &lanes);
    put_end_mark(page, judgement, session, bottom);
    buffer_put(page, "</svg></div>\n");
}

/* ------------------------------------------------------------------ gaps */

#define BAR    9.0
#define HEIGHT 54.0

static bool has_limits(const struct judgement_rule *rule) {
    return !isnan(rule->limit_min) && !isnan(rule->limit_max) && rule->limit_max > rule->limit_min;
}

/* The bins run from 0 to twice the period. Counts differ by thousands: the height is logarithmic,
 * so that one late frame is still seen. */
void judgement_histogram(struct buffer *page, const struct judgement_rule *rule) {
    uint32_t most = 0;
    for (size_t i = 0; i < rule->bin_count; i++) {
        most = rule->bins[i] > most ? rule->bins[i] : most;
    }
    double width = BAR * (double)rule->bin_count;
    buffer_format(page,
                  "<svg class=\"plot gaps\" viewBox=\"0 0 %.0f %.0f\" role=\"img\" "
                  "aria-label=\"间隔分布 Distribution of gaps\">\n",
                  width, HEIGHT + 16);
    if (has_limits(rule)) {
        double period = (rule->limit_min + rule->limit_max) / 2;
        double scale = width / (2 * period);
        buffer_format(
            page, "<rect class=\"allowed\" x=\"%.1f\" y=\"0\" width=\"%.1f\" height=\"%.0f\"/>\n",
            rule->limit_min * scale, (rule->limit_max - rule->limit_min) * scale, HEIGHT);
        buffer_format(
            page,
            "<text class=\"tick\" x=\"%.1f\" y=\"%.0f\" text-anchor=\"middle\">%.4g</text>"
            "<text class=\"tick\" x=\"0\" y=\"%.0f\">0</text>"
            "<text class=\"tick\" x=\"%.0f\" y=\"%.0f\" text-anchor=\"end\">≥ %.4g %s</text>\n",
            width / 2, HEIGHT + 13, period, HEIGHT + 13, width, HEIGHT + 13, 2 * period,
            rule->unit);
    }
    for (size_t i = 0; i < rule->bin_count; i++) {
        if (rule->bins[i] > 0) {
            double height = HEIGHT * (0.12 + 0.88 * log1p(rule->bins[i]) / log1p(most));
            buffer_format(
                page,
                "<rect class=\"bar\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\">"
                "<title>%u</title></rect>\n",
                BAR * (double)i + 0.5, HEIGHT - height, BAR - 1, height, rule->bins[i]);
        }
    }
    buffer_format(page, "<path class=\"base\" d=\"M0 %.0fH%.0f\"/></svg>\n", HEIGHT, width);
}
