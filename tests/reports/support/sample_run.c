/* SPDX-License-Identifier: MIT */
#include "tests/reports/support/sample_run.h"

#include "reports/record/result.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define SAMPLE_MS  INT64_C(1000000)
#define SAMPLE_S   INT64_C(1000000000)
#define SAMPLE_END (26 * SAMPLE_S)

/* One session that ends with an emergency stop. */
struct sample_session {
    int64_t stop_ns; /* the button */
    int64_t open_ns; /* from the button to K1 and K2 open */
    double tau_s;    /* of the discharge that follows */
    bool lock_wired;
};

/* Usable outside of a test as well, where check's own assertions are not. */
static void sample_must(bool good, const char *what) {
    if (!good) {
        fprintf(stderr, "sample run: %s\n", what);
        abort();
    }
}

/* ------------------------------------------------------------------ signals */

static double sample_ramp(double t, double from, double to, double low, double high) {
    return t <= from ? low : t >= to ? high : low + (high - low) * (t - from) / (to - from);
}

static double sample_output(const struct sample_session *session, double t) {
    double open = (double)(session->stop_ns + session->open_ns) / 1e9;
    if (t < 4.0) { /* insulation test and its discharge */
        return t < 3.2 ? sample_ramp(t, 2.2, 2.6, 0, 500) : 500 * exp(-(t - 3.2) / 0.12);
    }
    if (t < 8.3) {
        return sample_ramp(t, 7.4, 8.0, 0, 538);
    }
    return t < open ? 541 + sample_ramp(t, 8.3, 20, 0, 6) : 547 * exp(-(t - open) / session->tau_s);
}

static double sample_gun(const struct sample_session *session, double t) {
    double k5_open = (double)session->stop_ns / 1e9 + 0.42;
    if (t < 7.2) {
        return 0;
    }
    return t < 8.3       ? 540.6
           : t < k5_open ? 541 + sample_ramp(t, 8.3, 20, 0, 6)
                         : 543 * exp(-(t - k5_open) / 0.05);
}

static double sample_current(const struct sample_session *session, double t) {
    double stop = (double)session->stop_ns / 1e9;
    double rising = sample_ramp(t, 8.6, 10.8, 0, 180) + (t > 8.6 && t < stop ? sin(t * 9) : 0);
    return t < stop + 0.004 ? rising : 180 * exp(-(t - stop - 0.004) / 0.003) - 1e-3;
}

static int sample_by_time(const void *left, const void *right) {
    int64_t a = *(const int64_t *)left;
    int64_t b = *(const int64_t *)right;
    return a < b ? -1 : a > b;
}

struct sample_step {
    int64_t at_ns;
    const char *name;
    double value;
};

static size_t sample_steps(const struct sample_session *session, struct sample_step *steps) {
    int64_t stop = session->stop_ns;
    int64_t open = stop + session->open_ns;
    const struct sample_step all[] = {
        {0, "gun.inserted", 1},
        {0, "s.open", 0},
        {0, "estop.pressed", 0},
        {0, "pe.ok", 1},
        {0, "k1.closed", 0},
        {0, "k2.closed", 0},
        {0, "k5.closed", 0},
        {0, "k6.closed", 0},
        {0, "k3k4.closed", 0},
        {0, "imd.command", 0},
        {0, "discharge.command", 0},
        {0, "modules.on", 0},
        {0, "lock.feedback", 0},
        {0, "operator.start", 0},
        {500 * SAMPLE_MS, "operator.start", 1},
        {620 * SAMPLE_MS, "operator.start", 0},
        {740 * SAMPLE_MS, "lock.feedback", 1},
        {900 * SAMPLE_MS, "k3k4.closed", 1},
        {2100 * SAMPLE_MS, "imd.command", 1},
        {2200 * SAMPLE_MS, "modules.on", 1},
        {3200 * SAMPLE_MS, "modules.on", 0},
        {3210 * SAMPLE_MS, "discharge.command", 1},
        {3250 * SAMPLE_MS, "imd.command", 0},
        {3900 * SAMPLE_MS, "discharge.command", 0},
        {7200 * SAMPLE_MS, "k5.closed", 1},
        {7204 * SAMPLE_MS, "k6.closed", 1},
        {7400 * SAMPLE_MS, "modules.on", 1},
        {8300 * SAMPLE_MS, "k1.closed", 1},
        {8302 * SAMPLE_MS, "k2.closed", 1},
        {stop, "estop.pressed", 1},
        {stop + 2 * SAMPLE_MS, "modules.on", 0},
        {open - SAMPLE_MS, "k2.closed", 0},
        {open, "k1.closed", 0},
        {open + 3 * SAMPLE_MS, "discharge.command", 1},
        {stop + 420 * SAMPLE_MS, "k5.closed", 0},
        {stop + 424 * SAMPLE_MS, "k6.closed", 0},
        {stop + 2100 * SAMPLE_MS, "discharge.command", 0},
        {stop + 2600 * SAMPLE_MS, "lock.feedback", 0},
        {stop + 3100 * SAMPLE_MS, "k3k4.closed", 0},
        {stop + 3300 * SAMPLE_MS, "s.open", 1},
    };
    size_t count = 0;
    for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
        if (session->lock_wired || strcmp(all[i].name, "lock.feedback") != 0) {
            steps[count++] = all[i];
        }
    }
    qsort(steps, count, sizeof *steps, sample_by_time);
    return count;
}

static void sample_put_curves(FILE *stream, const struct sample_session *session, int64_t at_ns,
                              double last[3]) {
    static const char *const names[] = {"output.voltage", "gun.voltage", "gun.current"};
    double t = (double)at_ns / 1e9;
    const double now[] = {sample_output(session, t), sample_gun(session, t),
                          sample_current(session, t)};
    for (int i = 0; i < 3; i++) {
        if (now[i] != last[i]) {
            fprintf(stream, "%" PRId64 ",%s,%.9g\n", at_ns, names[i], now[i]);
            last[i] = now[i];
        }
    }
}

/* Finely after each switching, at growing intervals while nothing happens. */
static void sample_put_signals(FILE *stream, const struct sample_session *session) {
    struct sample_step steps[64];
    size_t count = sample_steps(session, steps);
    double last[3] = {(double)NAN, (double)NAN, (double)NAN};
    int64_t switched = 0;
    int64_t at_ns = 0;
    size_t next = 0;
    fputs("time_ns,signal,value\n0,battery.voltage,540.6\n", stream);
    while (at_ns <= SAMPLE_END) {
        for (; next < count && steps[next].at_ns <= at_ns; next++) {
            switched = steps[next].at_ns;
            fprintf(stream, "%" PRId64 ",%s,%g\n", switched, steps[next].name, steps[next].value);
        }
        sample_put_curves(stream, session, at_ns, last);
        int64_t interval = (at_ns - switched) * 8 / 100;
        at_ns += interval < SAMPLE_MS / 10 ? SAMPLE_MS / 10 : interval;
        if (next < count && at_ns > steps[next].at_ns) {
            at_ns = steps[next].at_ns;
        }
    }
}

/* ------------------------------------------------------------------ messages */

struct sample_frame {
    int64_t at_ns;
    uint32_t id;
    char data[24];
};

static void sample_repeat(struct sample_frame *frames, size_t *count, uint32_t id, const char *data,
                          int64_t from_ms, int64_t to_ms, int64_t period_ms) {
    for (int64_t at_ms = from_ms; at_ms < to_ms; at_ms += period_ms) {
        struct sample_frame *frame = &frames[(*count)++];
        frame->at_ns = at_ms * SAMPLE_MS + (int64_t)(id >> 16 & 0xFF) * 10000;
        frame->id = id;
        snprintf(frame->data, sizeof frame->data, "%s", data);
    }
}

/* Request to send, leave to send, packets 10 ms apart, acknowledgement. */
static void sample_transport(struct sample_frame *frames, size_t *count, unsigned pf,
                             unsigned packets, int64_t at_ms) {
    char data[24];
    snprintf(data, sizeof data, "10%02X00%02XFF00%02X00", packets * 7, packets, pf);
    sample_repeat(frames, count, 0x1CEC56F4, data, at_ms, at_ms + 1, 1);
    snprintf(data, sizeof data, "11%02X01FFFF00%02X00", packets, pf);
    sample_repeat(frames, count, 0x1CECF456, data, at_ms + 2, at_ms + 3, 1);
    for (unsigned i = 1; i <= packets; i++) {
        snprintf(data, sizeof data, "%02X00000000000000", i);
        sample_repeat(frames, count, 0x1CEB56F4, data, at_ms + 2 + 10 * (int64_t)i,
                      at_ms + 3 + 10 * (int64_t)i, 1);
    }
    snprintf(data, sizeof data, "13%02X00%02XFF00%02X00", packets * 7, packets, pf);
    sample_repeat(frames, count, 0x1CECF456, data, at_ms + 5 + 10 * (int64_t)packets,
                  at_ms + 6 + 10 * (int64_t)packets, 1);
}

static size_t sample_session_frames(const struct sample_session *session,
                                    struct sample_frame *frames) {
    size_t count = 0;
    int64_t stop = session->stop_ns / SAMPLE_MS;
    sample_repeat(frames, &count, 0x1826F456, "010100", 1000, 4200, 250);
    sample_repeat(frames, &count, 0x182756F4, "7017", 1100, 4200, 250);
    sample_repeat(frames, &count, 0x1801F456, "0001000000FFFFFF", 4200, 5400, 250);
    sample_transport(frames, &count, 0x02, 7, 4400);
    sample_transport(frames, &count, 0x02, 7, 4650);
    sample_transport(frames, &count, 0x06, 2, 5400);
    sample_transport(frames, &count, 0x06, 2, 5900);
    sample_repeat(frames, &count, 0x1807F456, "FFFFFFFFFFFFFF", 5500, 6200, 500);
    sample_repeat(frames, &count, 0x1808F456, "4C1DD0070C0EB80B", 5500, 6400, 250);
    sample_repeat(frames, &count, 0x100956F4, "AA", 6400, 8400, 250);
    sample_repeat(frames, &count, 0x100AF456, "00", 7000, 8300, 250);
    sample_repeat(frames, &count, 0x100AF456, "AA", 8310, 8700, 250);
    sample_repeat(frames, &count, 0x181056F4, "4C1D080702", 8500, stop + 40, 50);
    for (int64_t at = 8550; at < stop; at += 250) {
        sample_transport(frames, &count, 0x11, 2, at);
    }
    sample_repeat(frames, &count, 0x1812F456, "4C1D080700FFFCFF", 8520, stop + 12, 50);
    sample_repeat(frames, &count, 0x181356F4, "014A013C02D00000", 8600, stop + 40, 250);
    sample_repeat(frames, &count, 0x101AF456, "04000000", stop + 12, stop + 900, 10);
    sample_repeat(frames, &count, 0x101956F4, "00000000", stop + 61, stop + 700, 10);
    sample_repeat(frames, &count, 0x181C56F4, "4D4D014E013536", stop + 710, stop + 1700, 250);
    sample_repeat(frames, &count, 0x181DF456, "0000000000000001", stop + 900, stop + 1900, 250);
    qsort(frames, count, sizeof *frames, sample_by_time);
    return count;
}

static void sample_put_trace(FILE *stream, const struct sample_session *session) {
    struct sample_frame *frames = calloc(8192, sizeof *frames);
    size_t count = sample_session_frames(session, frames);
    sample_must(count < 8192, "too many frames");
    for (size_t i = 0; i < count; i++) {
        fprintf(stream, "(%010" PRId64 ".%06" PRId64 ") bms %08" PRIX32 "#%s\n",
                frames[i].at_ns / SAMPLE_S, frames[i].at_ns % SAMPLE_S / 1000, frames[i].id,
                frames[i].data);
    }
    fputs("(0000000020.000000) io 00000101#01\n", stream);
    free(frames);
}

static void sample_record(const char *folder, const char *id,
                          const struct sample_session *session) {
    char path[512];
    snprintf(path, sizeof path, "%s/signals/%s.csv", folder, id);
    FILE *stream = fopen(path, "w");
    sample_must(stream != NULL, path);
    sample_put_signals(stream, session);
    fclose(stream);
    snprintf(path, sizeof path, "%s/traces/%s.log", folder, id);
    stream = fopen(path, "w");
    sample_must(stream != NULL, path);
    sample_put_trace(stream, session);
    fclose(stream);
}

/* ------------------------------------------------------------------ the record */

#define SAMPLE_STRING(text) ((char *)(text))
#define SAMPLE_TEXT(english, chinese)                                                              \
    { SAMPLE_STRING(english), SAMPLE_STRING(chinese) }
#define SAMPLE_NONE (double)NAN

/* A time between two instants against its upper limit. */
static struct result_check sample_time(const char *en, const char *zh, double ms, double limit_ms,
                                       int64_t from_ns, const char *name, const char *source) {
    return (struct result_check){
        .kind = RESULT_MEASURE,
        .title = SAMPLE_TEXT(en, zh),
        .verdict = ms <= limit_ms ? VERDICT_PASS : VERDICT_FAIL,
        .value = ms,
        .limit_min = SAMPLE_NONE,
        .limit_max = limit_ms,
        .unit = SAMPLE_STRING("ms"),
        .margin = limit_ms - ms,
        .uncertainty = 0,
        .instrument = SAMPLE_STRING("virtual clock"),
        .limit_name = SAMPLE_STRING(name),
        .limit_source = SAMPLE_STRING(source),
        .from_ns = from_ns,
        .to_ns = from_ns + llround(ms * 1e6),
    };
}

static struct result_check sample_condition(enum result_check_kind kind, bool monitor,
                                            const char *en, const char *zh, const char *condition,
                                            const char *source) {
    return (struct result_check){.kind = kind,
                                 .monitor = monitor,
                                 .title = SAMPLE_TEXT(en, zh),
                                 .verdict = VERDICT_PASS,
                                 .value = SAMPLE_NONE,
                                 .limit_min = SAMPLE_NONE,
                                 .limit_max = SAMPLE_NONE,
                                 .margin = SAMPLE_NONE,
                                 .uncertainty = SAMPLE_NONE,
                                 .limit_source = SAMPLE_STRING(source),
                                 .from_ns = -1,
                                 .to_ns = -1,
                                 .condition = SAMPLE_STRING(condition)};
}

static size_t sample_monitors(struct result_check *checks, int64_t stop_ns) {
    size_t n = 0;
    checks[n] = sample_condition(RESULT_MEASURE, true, "K1/K2 close onto less than 10 V",
                                 "K1/K2 闭合时两侧压差小于 10 V", "making.difference < 10 V",
                                 "GB/T 18487.1-2015 B.3.4, T240-8.13");
    checks[n].value = 2.6;
    checks[n].limit_max = 10;
    checks[n].margin = 7.4;
    checks[n].uncertainty = 0;
    checks[n++].unit = SAMPLE_STRING("V");
    checks[n++] =
        sample_condition(RESULT_NEVER, true, "Lock opens above 60 V", "输出高于 60 V 时解锁",
                         "not lock.feedback and gun.voltage > 60 V", "GB/T 18487.1-2015 9.6");
    checks[n++] = sample_condition(RESULT_NEVER, true, "Current into the pile", "电流倒灌",
                                   "gun.current < -1 A", "T240-8.12");
    checks[n] = sample_condition(RESULT_ALWAYS, true, "CCS is sent with its period",
                                 "CCS按规定周期发送", "period.CCS", "GB/T 27930-2015 9.3");
    checks[n].value = 50.25;
    checks[n].limit_min = 45;
    checks[n].limit_max = 55;
    checks[n].margin = 4.75;
    checks[n].observed = 230;
    checks[n++].unit = SAMPLE_STRING("ms");
    /* Never judged, by a clause that the profile does not list. */
    checks[n] = sample_condition(RESULT_NEVER, true, "The record adds up", "记录自洽",
                                 "record.unsound", "ZS-9.9");
    checks[n++].verdict = VERDICT_NONE;
    const char *steps[][2] = {
        {"until charging", "到充电阶段"}, {"wait 5 s", "等待 5 s"}, {"press estop", "按下急停"}};
    for (int i = 0; i < 3; i++) {
        checks[n] = sample_condition(RESULT_STEP, false, steps[i][0], steps[i][1], NULL, NULL);
        checks[n++].to_ns = i == 0 ? 8520 * SAMPLE_MS : stop_ns;
    }
    return n;
}

static struct result_case sample_case(const char *id, const char *en, const char *zh, char **covers,
                                      size_t cover_count, struct result_check *checks) {
    return (struct result_case){.id = SAMPLE_STRING(id),
                                .title = SAMPLE_TEXT(en, zh),
                                .covers = covers,
                                .cover_count = cover_count,
                                .vehicle = SAMPLE_STRING("bus-lfp-540v"),
                                .wiring = SAMPLE_STRING("sim"),
                                .seed = 1,
                                .verdict = VERDICT_PASS,
                                .checks = checks,
                                .duration_ns = SAMPLE_END,
                                .frames = 1460,
                                .focus_from_ns = -1,
                                .focus_to_ns = -1};
}

static void sample_append(struct result_file *file, struct result_case *one) {
    struct problem problem;
    for (size_t i = 0; i < one->check_count; i++) {
        one->verdict = verdict_worst(one->verdict, one->checks[i].verdict);
    }
    sample_must(result_append(file, one, &problem), problem.text);
}

static void sample_stop_case(const char *folder, struct result_file *file, const char *id,
                             int64_t open_us, double tau_s) {
    static char *covers[] = {SAMPLE_STRING("NB/T 33008.1-2018 5.4.7"), SAMPLE_STRING("T240-8.6a"),
                             SAMPLE_STRING("T240-8.6b"), SAMPLE_STRING("ZS-6.5.8.5j")};
    const struct sample_session session = {20 * SAMPLE_S, open_us * 1000, tau_s, true};
    struct result_check checks[16];
    size_t n = 0;
    double open_ms = (double)open_us / 1e3;
    double low_ms = open_ms + tau_s * log(547.0 / 60) * 1e3;
    checks[n++] = sample_time("Contactors open", "接触器断开", open_ms, 100, session.stop_ns,
                              "estop.open", "T240-8.6a");
    checks[n++] =
        sample_time("Output below 60 V", "输出电压降至 60 V 以下", low_ms, 1000, session.stop_ns,
                    "estop.discharge", "T240-8.6b, GB/T 18487.1-2015 B.4.7.3");
    checks[n] = sample_condition(RESULT_EXPECT, false, "CST says emergency stop", "CST 报文报急停",
                                 "CST.emergency_stop == 1", "GB/T 27930-2015 10.3.6");
    checks[n].from_ns = session.stop_ns;
    checks[n++].to_ns = session.stop_ns + 12260000;
    n += sample_monitors(checks + n, session.stop_ns);
    struct result_case one =
        sample_case(id, "Emergency stop while charging", "充电中启动急停", covers, 4, checks);
    one.check_count = n;
    one.focus_from_ns = session.stop_ns;
    one.focus_to_ns = session.stop_ns + llround(low_ms * 1e6);
    if (checks[0].verdict == VERDICT_FAIL) {
        checks[0].reason = (struct phrase)SAMPLE_TEXT(
            "131.2 ms is 31.2 ms over the limit of 100 ms", "131.2 ms 超过限值 100 ms 达 31.2 ms");
        one.reason = (struct phrase)SAMPLE_TEXT(
            "Contactors open: 131.2 ms is 31.2 ms over the limit of 100 ms",
            "接触器断开：131.2 ms 超过限值 100 ms 达 31.2 ms");
        one.focus_to_ns = session.stop_ns + session.open_ns;
    }
    char trace[96], signals[96];
    snprintf(trace, sizeof trace, "traces/%s.log", id);
    snprintf(signals, sizeof signals, "signals/%s.csv", id);
    one.trace = trace;
    one.signals = signals;
    sample_record(folder, id, &session);
    sample_append(file, &one);
}

static void sample_lock_case(const char *folder, struct result_file *file) {
    static char *covers[] = {SAMPLE_STRING("GB/T 18487.1-2015 9.6"), SAMPLE_STRING("T240-4.15")};
    const struct sample_session session = {20 * SAMPLE_S, 38200000, 0.2, false};
    struct result_check checks[16];
    size_t n = 0;
    checks[n] =
        sample_condition(RESULT_ALWAYS, false, "Locked above 60 V", "高于 60 V 期间保持锁止",
                         "lock.feedback or gun.voltage < 60 V", "T240-4.15");
    checks[n].verdict = VERDICT_INCONCLUSIVE;
    checks[n++].reason =
        (struct phrase)SAMPLE_TEXT("could not be observed: the rig does not wire lock.feedback",
                                   "无法观测：台架未接 lock.feedback");
    n += sample_monitors(checks + n, session.stop_ns);
    struct result_case one = sample_case("lock-held-while-live", "The plug stays locked while live",
                                         "带电期间保持锁止", covers, 2, checks);
    one.check_count = n;
    one.reason = checks[0].reason;
    one.trace = SAMPLE_STRING("traces/lock-held-while-live.log");
    one.signals = SAMPLE_STRING("signals/lock-held-while-live.csv");
    sample_record(folder, one.id, &session);
    sample_append(file, &one);
}

static void sample_error_case(struct result_file *file) {
    static char *covers[] = {SAMPLE_STRING("T240-8.12")};
    struct result_case one = sample_case("no-backfeed", "No current from the battery into the pile",
                                         "电池电流不得倒灌 <A & B>", covers, 1, NULL);
    one.verdict = VERDICT_ERROR;
    one.reason = (struct phrase)SAMPLE_TEXT(
        "the bench failed: cases/no-backfeed.json:12: there is no signal \"gun.curent\"",
        "测试台错误：cases/no-backfeed.json:12：没有信号 \"gun.curent\"");
    one.duration_ns = 0;
    one.frames = 0;
    sample_append(file, &one);
}

void sample_write(const char *folder, enum sample_kind kind) {
    static char *params[] = {SAMPLE_STRING("contactor.open_ms=120")};
    static char *closers[] = {SAMPLE_STRING("bench")};
    static struct result_clause clauses[] = {
        {SAMPLE_STRING("T240-8.13"), SAMPLE_TEXT("pre-charge", "预充电"), closers, 1},
        {SAMPLE_STRING("T240-8.9"), SAMPLE_TEXT("reversed battery", "反接保护"), closers, 1}};
    struct problem problem;
    char path[512];
    const char *const below[] = {"", "/traces", "/signals"};
    for (int i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s%s", folder, below[i]);
        mkdir(path, 0755);
    }
    struct result_run run = {.profile = SAMPLE_STRING("t240"),
                             .decision = SAMPLE_STRING("guard band"),
                             .edition = SAMPLE_STRING("2015/2017"),
                             .evidence = SAMPLE_STRING("model"),
                             .wiring = SAMPLE_STRING("sim"),
                             .dut_name = SAMPLE_STRING("reference core"),
                             .dut_version = SAMPLE_STRING("0.1.0"),
                             .dut_params = params,
                             .dut_param_count = kind == SAMPLE_CUT_SHORT,
                             .bench_version = SAMPLE_STRING("0.1.0"),
                             .seed = 1,
                             .case_count = 4,
                             .clauses = clauses,
                             .clause_count = 2};
    snprintf(path, sizeof path, "%s/results.jsonl", folder);
    struct result_file *file = result_create(path, &run, &problem);
    sample_must(file != NULL, problem.text);
    sample_stop_case(folder, file, "estop-while-charging", 41600, 0.31);
    sample_stop_case(folder, file, "estop-slow-contactor", 131200, 0.31);
    if (kind == SAMPLE_CUT_SHORT) {
        result_abandon(file);
        return;
    }
    sample_lock_case(folder, file);
    sample_error_case(file);
    sample_must(result_finish(file, &problem), problem.text);
}
