/* SPDX-License-Identifier: MIT */
/* Runs one case on one bench: its steps in order, its checks beside them, its record. */
#include "harness/run/case.h"

#include "firmware-under-test/include/dut.h"
#include "harness/bench/bench.h"
#include "harness/dut/local.h"
#include "harness/expression/expression.h"
#include "harness/judge/judge.h"
#include "harness/judge/standstill.h"
#include "harness/mask/number_mask.h"
#include "harness/protocol/watch.h"
#include "harness/run/recorder.h"
#include "harness/run/trace.h"
#include "sim/memory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTLE_LOOK_NS  (20 * NS_PER_MS) /* how often "nothing can change any more" is asked */
#define NETWORK_VEHICLE "bms"
#define NETWORK_IO      "io"
#define PATH_SIZE       512
#define TEXT_SIZE       192

struct case_run {
    const struct scenario *scenario;
    struct bench *bench;
    struct judge *judge;
    struct protocol_watch *watch;
    struct progress *progress;
    struct recorder *recorder;
    struct trace *trace;
    size_t step; /* the present one */
    bool start_marked;
    bool came;               /* what the step awaits has happened */
    struct timer step_timer; /* wait and until's limit */
    struct timer look_timer;
    struct expression *awaited;
};

static void next_step(struct case_run *run, int64_t now_ns);

static void end_case(struct case_run *run) {
    loop_stop(&run->bench->loop);
}

static const struct step_def *step_of(const struct case_run *run) {
    return &run->scenario->steps[run->step];
}

static void step_done(struct case_run *run, int64_t now_ns) {
    const struct step_def *step = step_of(run);
    judge_step(run->judge, step, true, now_ns);
    if (step->mark != NULL) {
        judge_mark(run->judge, step->mark, now_ns);
    }
    run->step++;
    next_step(run, now_ns);
}

static void stop_awaiting(struct case_run *run) {
    if (run->awaited != NULL) {
        expression_stop(run->awaited);
        expression_free(run->awaited);
        run->awaited = NULL;
    }
    loop_cancel(&run->bench->loop, &run->step_timer);
}

/* The step's time is over: a wait is done, an awaited event came or did not. */
static void step_time_over(void *ctx, int64_t now_ns) {
    struct case_run *run = ctx;
    bool reached = step_of(run)->type == STEP_WAIT || run->came;
    stop_awaiting(run);
    if (reached) {
        step_done(run, now_ns);
        return;
    }
    judge_step(run->judge, step_of(run), false, now_ns);
    run->step = run->scenario->step_count;
    end_case(run);
}

/* Called from deep inside the change that made it true: go on from the loop, at the same instant,
 * once that change has settled. A message is true for its instant only, hence the flag. */
static void awaited_changed(void *ctx, int64_t at_ns, enum truth truth) {
    struct case_run *run = ctx;
    (void)at_ns;
    if (truth == TRUTH_TRUE && !run->came) {
        run->came = true;
        loop_set(&run->bench->loop, &run->step_timer, run->bench->loop.now_ns);
    }
}

static void start_until(struct case_run *run, const struct step_def *step, int64_t now_ns) {
    struct expression_fault fault;
    run->awaited = expression_compile(step->what.text, &run->bench->board, &fault);
    assert(run->awaited != NULL); /* the loader has compiled it before */
    run->came = false;
    loop_set(&run->bench->loop, &run->step_timer, now_ns + step->time_ns);
    expression_start(run->awaited, now_ns, awaited_changed, run);
    if (expression_truth(run->awaited) == TRUTH_TRUE) {
        run->came = true;
        loop_set(&run->bench->loop, &run->step_timer, now_ns);
    }
}

static void do_action(struct case_run *run, const struct step_def *step, int64_t now_ns) {
    char why[256];
    if (bench_action(run->bench, step->what.text, why, sizeof why, NULL)) {
        step_done(run, now_ns);
        return;
    }
    /* Not the bench's failure: the pile has brought about a state for which the step is not
     * meant. */
    judge_step(run->judge, step, false, now_ns);
    run->step = run->scenario->step_count;
    end_case(run);
}

static void next_step(struct case_run *run, int64_t now_ns) {
    const struct scenario *scenario = run->scenario;
    bool in_start = run->step < scenario->step_count && scenario->steps[run->step].from_start;
    if (!in_start && !run->start_marked) {
        run->start_marked = true;
        judge_mark(run->judge, "start", now_ns);
    }
    if (run->step == scenario->step_count) {
        loop_set(&run->bench->loop, &run->look_timer, now_ns);
        return;
    }
    const struct step_def *step = step_of(run);
    switch (step->type) {
    case STEP_DO:
        do_action(run, step, now_ns);
        break;
    case STEP_WAIT:
        loop_set(&run->bench->loop, &run->step_timer, now_ns + step->time_ns);
        break;
    case STEP_UNTIL:
        start_until(run, step, now_ns);
        break;
    }
}

/* The steps are done: the case ends when nothing more can change a verdict. */
static void look(void *ctx, int64_t now_ns) {
    struct case_run *run = ctx;
    if (judge_settled(run->judge, now_ns)) {
        end_case(run);
    } else {
        loop_set(&run->bench->loop, &run->look_timer, now_ns + SETTLE_LOOK_NS);
    }
}

static bool open_files(struct case_run *run, const struct run_plan *plan, struct problem *problem) {
    const char *out = plan->out;
    char path[PATH_SIZE];
    if (out == NULL) {
        return true;
    }
    snprintf(path, sizeof path, "%s/traces/%s.log", out, run->scenario->stem);
    run->trace = trace_open(path, 0, problem->text, sizeof problem->text);
    if (run->trace == NULL) {
        return false;
    }
    if (plan->masked) {
        trace_mask(run->trace, plan->mask_key);
    }
    trace_add(run->trace, run->bench->vehicle_net, NETWORK_VEHICLE);
    if (run->bench->io_net != NULL) {
        trace_add(run->trace, run->bench->io_net, NETWORK_IO);
    }
    snprintf(path, sizeof path, "%s/signals/%s.csv", out, run->scenario->stem);
    run->recorder = recorder_open(path, &run->bench->loop, &run->bench->board, problem->text,
                                  sizeof problem->text);
    return run->recorder != NULL;
}

static bool close_files(struct case_run *run, struct problem *problem) {
    char why[256];
    bool whole = true;
    if (run->trace != NULL && trace_close(run->trace, why, sizeof why) != 0) {
        snprintf(problem->text, sizeof problem->text, "%s", why);
        whole = false;
    }
    if (run->recorder != NULL && !recorder_close(run->recorder, why, sizeof why)) {
        snprintf(problem->text, sizeof problem->text, "%s", why);
        whole = false;
    }
    run->trace = NULL;
    run->recorder = NULL;
    return whole;
}

static char *path_in_folder(const char *folder, const char *stem, const char *ending) {
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s.%s", folder, stem, ending);
    return strdup(path);
}

static void count_frames(const struct bench *bench, struct result_case *result) {
    const struct can_net *nets[] = {bench->vehicle_net, bench->io_net};
    for (size_t i = 0; i < sizeof nets / sizeof nets[0]; i++) {
        if (nets[i] != NULL) {
            const struct can_stats *stats = can_stats(nets[i]);
            result->frames += stats->frames;
            result->frames_dropped += stats->dropped;
            result->frames_refused += stats->refused;
            result->error_frames += stats->error_frames;
        }
    }
}

static void put_settings(const struct run_plan *plan, const struct scenario *scenario,
                         struct result_case *result) {
    const struct setup *setup = &scenario->setup;
    const struct number_mask mask = {plan->masked, plan->mask_key};
    char text[SETUP_CLOCK_SIZE], param[96], shown[96];
    result->settings =
        memory_zeroed(scenario->row_value_count + setup->param_count + 2, sizeof *result->settings);
    for (size_t i = 0; i < scenario->row_value_count; i++) {
        result->settings[result->setting_count++] = memory_copy(scenario->row_values[i]);
    }
    if (setup->clock_s > 0) {
        result->settings[result->setting_count++] =
            memory_format("clock=%s", setup_clock_text(setup->clock_s, text));
    }
    for (size_t i = 0; i < setup->param_count; i++) {
        snprintf(param, sizeof param, "%s=%d", setup->params[i].name, (int)setup->params[i].value);
        number_mask_param(&mask, param, shown, sizeof shown);
        result->settings[result->setting_count++] = memory_copy(shown);
    }
}

void case_identify(const struct run_plan *plan, const struct scenario *scenario,
                   struct result_case *result) {
    result->id = memory_copy(scenario->id);
    result->title =
        (struct phrase){memory_copy(scenario->title.en), memory_copy(scenario->title.zh)};
    result->covers = memory_zeroed(scenario->cover_count + 1, sizeof *result->covers);
    for (size_t i = 0; i < scenario->cover_count; i++) {
        result->covers[i] = memory_copy(scenario->covers[i]);
    }
    result->cover_count = scenario->cover_count;
    put_settings(plan, scenario, result);
    result->vehicle = memory_copy(scenario->vehicle);
    result->wiring = memory_copy(wiring_name(plan->wiring));
    result->seed = plan->seed;
}

static void fill(const struct case_run *run, const struct run_plan *plan,
                 struct result_case *result) {
    case_identify(plan, run->scenario, result);
    result->duration_ns = run->bench->loop.now_ns;
    result->late_max_ns = run->bench->loop.late_max_ns;
    count_frames(run->bench, result);
    if (plan->out != NULL) {
        result->trace = path_in_folder("traces", run->scenario->stem, "log");
        result->signals = path_in_folder("signals", run->scenario->stem, "csv");
    }
}

/* The firmware's process died or fell silent: the device under test failed the case. */
static void judge_gone(const struct bench *bench, struct result_case *result) {
    phrase_clear(&result->reason);
    char text[256];
    snprintf(text, sizeof text, "the firmware under test is gone: %s", bench->dut_gone_why);
    result->reason.en = strdup(text);
    snprintf(text, sizeof text, "被测固件失去响应：%s", bench->dut_gone_why);
    result->reason.zh = strdup(text);
    result->verdict = verdict_worst(result->verdict, VERDICT_FAIL);
}

/* Frames were lost on the bench's own side: nothing that was judged can be trusted to pass. */
static void judge_losses(struct result_case *result) {
    if (result->frames_dropped == 0 || result->verdict > VERDICT_PASS) {
        return;
    }
    char text[160];
    snprintf(text, sizeof text, "%llu frames were lost in the bench's receive queue",
             (unsigned long long)result->frames_dropped);
    result->verdict = VERDICT_INCONCLUSIVE;
    result->reason.en = strdup(text);
    snprintf(text, sizeof text, "测试台接收队列丢失 %llu 帧",
             (unsigned long long)result->frames_dropped);
    result->reason.zh = strdup(text);
}

/* Runs slice by slice so that the parent sees the case's clock move. */
static void run_loop(struct case_run *run) {
    struct loop *loop = &run->bench->loop;
    int64_t end = run->scenario->timeout_ns;
    loop->stopped = false;
    while (!loop->stopped && loop->now_ns < end && !run->bench->dut_gone) {
        int64_t until = loop->now_ns + NS_PER_S;
        loop_run(loop, until < end ? until : end);
        run->progress->now_ns = loop->now_ns;
    }
}

/* While the pile started and files were opened nothing was at stake yet: what was due meanwhile is
 * made up for, and excuses nothing. */
static void begin_on_time(struct bench *bench) {
    if (bench->io_net != NULL) {
        loop_run(&bench->loop, loop_clock_ns(&bench->loop));
    }
    lateness_begin(&bench->late);
}

static bool run_on_bench(struct case_run *run, const struct run_plan *plan,
                         struct result_case *result, struct problem *problem) {
    const struct instrument instrument = {
        .ctx = run->bench,
        .name = plan->wiring == WIRING_SIM ? "virtual clock" : "kernel time stamp",
        .time_uncertainty_ns = bench_time_uncertainty_ns,
    };
    run->judge = judge_new(run->scenario, plan->profile, &run->bench->board, &run->bench->loop,
                           &instrument, problem);
    if (run->judge == NULL || !open_files(run, plan, problem)) {
        return false;
    }
    run->watch = protocol_watch_new(EDITION_2015, &plan->limits, run->bench->vehicle_net);
    if (plan->wiring == WIRING_VCAN) {
        protocol_watch_late(run->watch, &run->bench->late);
    }
    begin_on_time(run->bench);
    judge_start(run->judge, run->bench->loop.now_ns);
    next_step(run, run->bench->loop.now_ns);
    run_loop(run);
    stop_awaiting(run);
    const char *gone = meters_gone(&run->bench->meters);
    if (gone != NULL) {
        snprintf(
            problem->text, sizeof problem->text,
            "%s, on which a meter of the bench answers, has gone; is the adapter still plugged in?",
            gone);
        return false;
    }
    if (run->step < run->scenario->step_count) {
        judge_step(run->judge, step_of(run), false, run->bench->loop.now_ns);
    }
    judge_mark(run->judge, "end", run->bench->loop.now_ns);
    fill(run, plan, result);
    judge_finish(run->judge, run->bench->loop.now_ns, result);
    protocol_watch_record(run->watch, run->bench->loop.now_ns, result);
    standstill_apply(&run->bench->late, result);
    if (run->bench->dut_gone) {
        judge_gone(run->bench, result);
    }
    judge_losses(result);
    return close_files(run, problem);
}

/* What the firmware lacks of this parameter, into two texts of TEXT_SIZE. The value stays out: it
 * may be one that is masked. */
static bool cannot_take(const struct dut_api *api, const struct param_def *set, char *en,
                        char *zh) {
    const struct dut_param *param = dut_api_param(api, set->name);
    if (param == NULL) {
        snprintf(en, TEXT_SIZE, "the firmware has no parameter %s, which this case sets",
                 set->name);
        snprintf(zh, TEXT_SIZE, "固件无本用例需设置的参数%s", set->name);
    } else if (set->value < param->min || set->value > param->max) {
        snprintf(en, TEXT_SIZE,
                 "the firmware's parameter %s goes from %ld to %ld, this case sets it beyond",
                 set->name, (long)param->min, (long)param->max);
        snprintf(zh, TEXT_SIZE, "固件参数%s的范围为%ld至%ld,本用例的设定值超出该范围", set->name,
                 (long)param->min, (long)param->max);
    }
    return param == NULL || set->value < param->min || set->value > param->max;
}

/* A firmware without a parameter that the case has to set: there is nothing to observe. False: none
 * is missing. A program of the user's own says so itself when it starts. */
static bool lacks(const struct run_plan *plan, const struct scenario *scenario,
                  struct result_case *result, struct problem *problem) {
    const struct setup *setup = &scenario->setup;
    const struct dut_api *api =
        setup->param_count > 0 && plan->pile == NULL ? bench_firmware(plan, problem) : NULL;
    char en[TEXT_SIZE], zh[TEXT_SIZE];
    for (size_t i = 0; api != NULL && i < setup->param_count; i++) {
        if (cannot_take(api, &setup->params[i], en, zh)) {
            case_identify(plan, scenario, result);
            result->verdict = VERDICT_INCONCLUSIVE;
            result->reason.en = strdup(en);
            result->reason.zh = strdup(zh);
            return true;
        }
    }
    return false;
}

bool case_run(const struct run_plan *plan, const struct scenario *scenario,
              struct progress *progress, struct result_case *result, struct problem *problem) {
    struct case_run run = {.scenario = scenario, .progress = progress};
    run.step_timer = (struct timer){.fire = step_time_over, .ctx = &run};
    run.look_timer = (struct timer){.fire = look, .ctx = &run};
    struct preset *preset = preset_load(plan->library, scenario->vehicle, problem);
    if (preset == NULL) {
        return false;
    }
    if (lacks(plan, scenario, result, problem)) {
        return true;
    }
    run.bench = bench_new(plan, preset, &scenario->setup, progress, problem);
    if (run.bench == NULL) {
        return false;
    }
    bool ran = run_on_bench(&run, plan, result, problem);
    struct problem ignored;
    close_files(&run, &ignored);
    if (run.judge != NULL) {
        judge_free(run.judge);
    }
    protocol_watch_free(run.watch);
    bench_free(run.bench);
    return ran;
}
