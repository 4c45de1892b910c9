/* SPDX-License-Identifier: MIT */
#include "harness/cli/run/told.h"

#include "harness/cli/table.h"
#include "sim/text/plain.h"

#include <assert.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BAR         24
#define SOON_NS     INT64_C(1000000000) /* before that, nobody can tell how long it takes */
#define MINUTE_S    60
#define IN_MINUTES  90 /* seconds from which on minutes are told */
#define NS_A_SECOND INT64_C(1000000000)

static int64_t now_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * NS_A_SECOND + now.tv_nsec;
}

struct told told_new(const struct run_options *options) {
    return (struct told){
        .options = options, .began_ns = now_ns(), .bar = isatty(STDERR_FILENO) != 0};
}

static void clear_bar(const struct told *told) {
    if (told->bar) {
        fputs("\r\033[K", stderr);
    }
}

/* Who has read enough (`run | head`) does not end the run: its evidence is worth more than its words. No
 * process of a case begins in between, so none inherits this. */
static void keep_on(bool on) {
    static struct sigaction before;
    static const struct sigaction ignored = {.sa_handler = SIG_IGN};
    if (on) {
        sigaction(SIGPIPE, &ignored, &before);
    } else {
        fflush(stdout);
        sigaction(SIGPIPE, &before, NULL);
    }
}

static void put_rows(struct told *told) {
    const struct table_look look = {told->options->session.chinese, told->options->values};
    if (told->row_count > 0 && !told->options->json) {
        clear_bar(told);
        keep_on(true);
        table_put_case(stdout, told->rows, told->row_count, &look);
        keep_on(false);
    }
    told->row_count = 0;
}

static bool same_case(const struct result_case *a, const struct result_case *b) {
    const size_t length = result_name_length(a->id);
    return length == result_name_length(b->id) && strncmp(a->id, b->id, length) == 0;
}

static void take(struct told *told, const struct result_case *result) {
    if (told->options->json) {
        char *line = result_case_to_json(result);
        clear_bar(told);
        keep_on(true);
        puts(line);
        keep_on(false);
        free(line);
        return;
    }
    if (told->row_count > 0 && !same_case(told->rows, result)) {
        put_rows(told);
    }
    if (told->row_count == 0) {
        told->rows = result;
    }
    assert(result == told->rows + told->row_count);
    told->row_count++;
    if (!result_is_row(result)) {
        put_rows(told);
    }
}

static void put_left(const struct told *told, size_t done, size_t count) {
    const int64_t spent_ns = now_ns() - told->began_ns;
    if (done == 0 || done == count || spent_ns < SOON_NS) {
        return;
    }
    const int64_t left_s = spent_ns / (int64_t)done * (int64_t)(count - done) / NS_A_SECOND + 1;
    const bool minutes = left_s >= IN_MINUTES, chinese = told->options->session.chinese;
    const long number = (long)(minutes ? (left_s + MINUTE_S / 2) / MINUTE_S : left_s);
    if (chinese) {
        fprintf(stderr, "，约剩%ld%s", number, minutes ? "分钟" : "秒");
    } else {
        fprintf(stderr, ", about %ld %s left", number, minutes ? "min" : "s");
    }
}

static void put_bar(const struct told *told, size_t done, size_t count, const char *name) {
    if (!told->bar) {
        return;
    }
    fputs("\r\033[K[", stderr);
    for (size_t i = 0; i < BAR; i++) {
        fputc(i < done * BAR / count ? '#' : '.', stderr);
    }
    fprintf(stderr, "] %zu/%zu", done, count);
    put_left(told, done, count);
    plain_print(stderr, " %s", name);
}

void told_of(void *ctx, size_t done, size_t count, const struct scenario *scenario,
             const struct result_case *result) {
    struct told *told = ctx;
    assert(done <= count);
    if (result != NULL) {
        take(told, result);
    }
    put_bar(told, done, count, result == NULL ? scenario->id : "");
}

void told_end(struct told *told) {
    clear_bar(told);
    put_rows(told);
}
