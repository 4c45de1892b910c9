/* SPDX-License-Identifier: MIT */
#include "harness/verify/replay.h"

#include "harness/bench/bench.h"
#include "harness/capture/capture.h"
#include "harness/expression/expression.h"
#include "sim/memory.h"
#include "vehicle_bms/listen/observer.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define GRAIN_NS 1000 /* the trace cuts times to it */
/* On the real clock what came over a network bears the kernel's time, and stands behind what the bench noted
 * meanwhile. */
#define REAL_GRAIN_NS (5 * NS_PER_MS)
#define COURSES_MAX   512

/* As it was from that instant on, when the instant was over. */
struct step {
    int64_t at_ns;
    int64_t since_ns; /* the sampling before: a crossing lies between the two */
    enum truth truth;
    bool flash; /* true within the instant, for a moment */
    bool pulse; /* and that was the reception of a message */
};

struct course {
    struct replay *replay;
    struct expression *expression;
    char *text;
    bool sampled; /* one of its signals is recorded by samples */
    bool rings;   /* and is a current, which may come and go between two of them */
    bool rounded; /* a number that changes in steps is compared with something */
    struct step *steps;
    size_t count, room;
};

struct replay {
    const struct bench *names;
    struct signal_board board, view;
    struct observer *observers[2];
    struct course courses[COURSES_MAX];
    size_t course_count;
    int64_t sampled_ns,
        sampling_ns;     /* of the samplings before the present instant, and of the last */
    int64_t now_ns;      /* of the last sample */
    int64_t heard_ns[2]; /* of the last frame of each gun's network */
    int64_t before_ns;   /* since when the signal that changes now had its value before */
    bool second;
    bool exact; /* recorded on the virtual clock */
    int64_t grain_ns;
};

/* ---- the board ---- */

/* Messages and their fields are the observer's. */
static bool is_of_message(const char *name) {
    name += signal_is_of_gun2(name) ? strlen(SIGNAL_GUN2) : 0;
    return isupper((unsigned char)name[0]) != 0;
}

struct replay *replay_new(const struct bench *names, enum edition edition, bool second) {
    struct replay *replay = memory_zeroed(1, sizeof *replay);
    replay->names = names;
    replay->second = second && names->gun_count > 1;
    replay->sampled_ns = replay->sampling_ns = -1;
    for (const struct signal *one = names->board.first; one != NULL; one = one->next_added) {
        if (!is_of_message(one->name)) {
            signal_add(&replay->board, one->name, one->kind, one->unit, one->text);
        }
    }
    replay->observers[0] = observer_new(&replay->board, edition);
    if (names->gun_count > 1) {
        replay->view = names->guns[1].view;
        replay->view.whole = &replay->board;
        replay->observers[1] = observer_new(&replay->view, edition);
    }
    return replay;
}

void replay_free(struct replay *replay) {
    for (size_t i = 0; i < replay->course_count; i++) {
        expression_free(replay->courses[i].expression);
        free(replay->courses[i].steps);
        free(replay->courses[i].text);
    }
    for (size_t i = 0; i < 2; i++) {
        if (replay->observers[i] != NULL) {
            observer_free(replay->observers[i]);
        }
    }
    signal_board_free(&replay->board);
    free(replay);
}

/* ---- following ---- */

/* What its signals are like, as far as they are recorded. */
static void look_at_signals(struct course *course) {
    const struct replay *replay = course->replay;
    const struct signal_board *board = replay->names->guns[replay->second].board;
    const bool compared = strpbrk(course->text, "<>") != NULL;
    char name[80];
    for (const char *at = course->text; *at != '\0';) {
        size_t length = strcspn(at, " ()<>=!/+*");
        snprintf(name, sizeof name, "%.*s", (int)length, at);
        const struct signal *signal = length > 0 ? signal_find(board, name) : NULL;
        if (signal != NULL && signal->source != NULL) {
            course->sampled = true;
            course->rings = course->rings || strcmp(signal->unit, "A") == 0;
        } else if (signal != NULL && signal->kind == SIGNAL_NUMBER && !is_of_message(name)) {
            course->rounded = course->rounded || compared;
        }
        at += length > 0 ? length : 1;
    }
}

/* The instant since which it may have been so: of what is recorded by samples the sampling before, of a
 * number, which is recorded with nine digits, the value before. */
static int64_t since(const struct course *course, int64_t at_ns) {
    const struct replay *replay = course->replay;
    int64_t since_ns = course->sampled ? replay->sampled_ns : at_ns;
    return course->rounded && replay->before_ns < since_ns ? replay->before_ns : since_ns;
}

static void note(struct course *course, int64_t at_ns, enum truth truth) {
    struct step *last = course->count > 0 ? &course->steps[course->count - 1] : NULL;
    if (last != NULL && last->at_ns == at_ns) {
        last->flash = last->flash || last->truth == TRUTH_TRUE || truth == TRUTH_TRUE;
        last->truth = truth;
        return;
    }
    if (course->count == course->room) {
        course->room = course->room > 0 ? 2 * course->room : 16;
        course->steps = memory_resized(course->steps, course->room, sizeof *course->steps);
    }
    course->steps[course->count++] = (struct step){.at_ns = at_ns,
                                                   .since_ns = since(course, at_ns),
                                                   .truth = truth,
                                                   .flash = truth == TRUTH_TRUE};
}

static void changed(void *ctx, int64_t at_ns, enum truth truth) {
    struct course *course = ctx;
    bool pulse = truth == TRUTH_TRUE && expression_in_pulse(course->expression);
    note(course, at_ns, truth);
    course->steps[course->count - 1].pulse |= pulse;
}

struct course *replay_follow(struct replay *replay, const char *text) {
    struct expression_fault ignored;
    for (size_t i = 0; i < replay->course_count; i++) {
        if (strcmp(replay->courses[i].text, text) == 0) {
            return &replay->courses[i];
        }
    }
    if (replay->course_count == COURSES_MAX) {
        return NULL;
    }
    struct expression *expression =
        expression_compile(text, replay->second ? &replay->view : &replay->board, &ignored);
    if (expression == NULL) {
        return NULL;
    }
    struct course *course = &replay->courses[replay->course_count++];
    *course =
        (struct course){.replay = replay, .expression = expression, .text = memory_copy(text)};
    look_at_signals(course);
    return course;
}

/* ---- playing ---- */

static bool take_sample(struct replay *replay, char *line) {
    char *name, *number, *end;
    errno = 0;
    long long at_ns = strtoll(line, &name, 10);
    number = *name == ',' ? strchr(++name, ',') : NULL;
    if (number == NULL || errno != 0 || at_ns < 0 || (replay->exact && at_ns < replay->now_ns)) {
        return false;
    }
    at_ns = at_ns > replay->now_ns ? at_ns : replay->now_ns;
    *number++ = '\0';
    double value = strtod(number, &end);
    if (end == number || *end != '\0') {
        return false;
    }
    struct signal *signal = signal_find(&replay->board, name);
    if (signal == NULL) {
        return true; /* of another version: nobody asks for it */
    }
    const struct signal *known = signal_find(&replay->names->board, name);
    if (known != NULL && known->source != NULL && at_ns > replay->sampling_ns) {
        replay->sampled_ns = replay->sampling_ns;
        replay->sampling_ns = at_ns;
    }
    replay->now_ns = at_ns;
    replay->before_ns = signal->known ? signal->changed_ns : at_ns;
    signal_set(signal, at_ns, value);
    return true;
}

/* The I/O network's frames may stand a little out of order beside the others', and say nothing here. */
static void take_frame(struct replay *replay, const struct capture_frame *frame) {
    size_t gun = strcmp(frame->network, "bms2") == 0;
    bool wanted = replay->observers[gun] != NULL && strncmp(frame->network, "bms", 3) == 0;
    if (wanted && frame->at_ns >= replay->heard_ns[gun]) {
        replay->heard_ns[gun] = frame->at_ns;
        observer_frame(replay->observers[gun], frame->at_ns, &frame->frame);
    }
}

struct players {
    FILE *signals;
    struct capture *trace;
    char *line;
    size_t room, line_number;
    bool more_signals, more_frames;
    int64_t signals_ns;
    struct capture_frame frame;
};

static void next_line(struct players *players) {
    ssize_t length = getline(&players->line, &players->room, players->signals);
    players->more_signals = length > 0;
    if (players->more_signals) {
        players->line_number++;
        players->line[strcspn(players->line, "\r\n")] = '\0';
        players->signals_ns = strtoll(players->line, NULL, 10);
    }
}

static bool open_players(struct players *players, const char *folder, const struct result_case *one,
                         struct problem *problem) {
    const struct capture_options all = {.network = NULL};
    char *signals = memory_format("%s/%s", folder, one->signals);
    char *trace = memory_format("%s/%s", folder, one->trace);
    players->signals = fopen(signals, "re");
    if (players->signals == NULL) {
        problem_set_both(problem, "cannot be read: %s", "无法读取：%s", strerror(errno));
    } else if (one->frames > 0) {
        players->trace = capture_open(trace, &all, problem);
        players->more_frames =
            players->trace != NULL && capture_next(players->trace, &players->frame);
    }
    free(signals);
    free(trace);
    return players->signals != NULL && (one->frames == 0 || players->trace != NULL);
}

static void start_all(struct replay *replay, int64_t at_ns) {
    for (size_t i = 0; i < replay->course_count; i++) {
        struct course *course = &replay->courses[i];
        expression_start(course->expression, at_ns, changed, course);
        note(course, at_ns, expression_truth(course->expression));
    }
}

/* What stands at the beginning is set before anybody looks. */
static bool play(struct replay *replay, struct players *players, struct problem *problem) {
    bool started = false;
    next_line(players); /* the heading */
    next_line(players);
    while (players->more_signals || players->more_frames) {
        bool signals = players->more_signals &&
                       (!players->more_frames || players->signals_ns <= players->frame.at_ns);
        int64_t now_ns = signals ? players->signals_ns : players->frame.at_ns;
        if (!started && now_ns > 0) {
            start_all(replay, 0);
            started = true;
        }
        if (signals) {
            if (!take_sample(replay, players->line)) {
                return problem_set_both(problem, "line %zu is no sample", "第%zu行不是采样",
                                        players->line_number);
            }
            next_line(players);
        } else {
            take_frame(replay, &players->frame); /* out of order: verify_trace has said it */
            players->more_frames = capture_next(players->trace, &players->frame);
        }
    }
    if (!started) {
        start_all(replay, 0);
    }
    return true;
}

bool replay_play(struct replay *replay, const char *folder, const struct result_case *one,
                 struct problem *problem) {
    struct players players = {.signals = NULL};
    replay->exact = one->wiring != NULL && strcmp(one->wiring, "sim") == 0;
    replay->grain_ns = replay->exact ? GRAIN_NS : REAL_GRAIN_NS;
    bool good = open_players(&players, folder, one, problem) && play(replay, &players, problem);
    for (size_t i = 0; i < replay->course_count; i++) {
        expression_stop(replay->courses[i].expression);
    }
    if (players.signals != NULL) {
        fclose(players.signals);
    }
    if (players.trace != NULL) {
        capture_close(players.trace);
    }
    free(players.line);
    return good;
}

/* ---- asking ---- */

/* Can the step have been at that instant? */
static bool is_at(const struct step *step, int64_t at_ns, int64_t grain_ns) {
    if (llabs(step->at_ns - at_ns) <= grain_ns) {
        return true;
    }
    return step->since_ns - grain_ns <= at_ns && at_ns <= step->at_ns;
}

bool course_came(const struct course *course, int64_t at_ns) {
    if (course->rings) {
        return true;
    }
    for (size_t i = 0; i < course->count; i++) {
        const struct step *step = &course->steps[i];
        if ((step->truth == TRUTH_TRUE || step->flash) &&
            is_at(step, at_ns, course->replay->grain_ns)) {
            return true;
        }
    }
    return false;
}

bool course_held(const struct course *course, int64_t at_ns) {
    bool held = course_came(course, at_ns);
    for (size_t i = 0; i < course->count && course->steps[i].at_ns <= at_ns; i++) {
        bool last = i + 1 == course->count || course->steps[i + 1].at_ns > at_ns;
        held = held || (last && course->steps[i].truth == TRUTH_TRUE);
    }
    return held;
}

/* Of what is recorded by samples only what lasted from one sampling to the next is certain. */
int64_t course_found(const struct course *course, bool truth, int64_t from_ns, int64_t to_ns) {
    const int64_t grain_ns = course->replay->grain_ns;
    const enum truth wanted = truth ? TRUTH_TRUE : TRUTH_FALSE;
    for (size_t i = 0; i < course->count; i++) {
        const struct step *step = &course->steps[i];
        int64_t end_ns = i + 1 < course->count ? course->steps[i + 1].at_ns : INT64_MAX;
        int64_t begin_ns = step->at_ns > from_ns ? step->at_ns : from_ns;
        if (i + 1 < course->count && course->steps[i + 1].since_ns < end_ns) {
            end_ns = course->steps[i + 1].since_ns;
        }
        end_ns = end_ns < to_ns ? end_ns : to_ns;
        bool pulse = truth && step->pulse && !course->sampled && step->at_ns > from_ns + grain_ns &&
                     step->at_ns < to_ns - grain_ns;
        if (pulse || (step->truth == wanted && end_ns - begin_ns > 2 * grain_ns)) {
            return begin_ns;
        }
    }
    return -1;
}
