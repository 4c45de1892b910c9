/* SPDX-License-Identifier: MIT */
/* Runs one case on one bench: its steps in order, its checks beside them, its record. */
#include "harness/run/case.h"

#include "harness/run/absent.h"
#include "harness/run/other_gun.h"

#include "firmware-under-test/include/dut.h"
#include "harness/action/action.h"
#include "harness/bench/bench.h"
#include "harness/dut/local.h"
#include "harness/expression/expression.h"
#include "harness/judge/judge.h"
#include "harness/judge/verdict.h"
#include "harness/protocol/watch.h"
#include "harness/run/recorder.h"
#include "harness/run/trace.h"
#include "harness/run/unfit.h"
#include "harness/scenario/preset.h"
#include "harness/scenario/scenario.h"
#include "sim/memory.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SETTLE_LOOK_NS  (20 * NS_PER_MS) /* how often "nothing can change any more" is asked */
#define NETWORK_VEHICLE "bms"
#define NETWORK_GUN2    "bms2"
#define NETWORK_IO      "io"

struct case_run {
    const struct scenario *scenario;
    const struct preset *vehicle;
    struct bench *bench;
    struct judge *judge;
    struct protocol_watch *watch;
    struct other_gun *other; /* NULL: there is one gun */
    struct progress *progress;
    struct recorder *recorder;
    struct trace *trace;
    size_t step; /* the present one */
    bool start_marked;
    bool came;               /* what the step awaits has happened */
    int64_t step_ns;         /* since when it is awaited */
    struct timer step_timer; /* wait and until's limit */
    struct timer look_timer;
    struct expression *awaited;
};

static void next_step(struct case_run *run, int64_t now_ns);

static void end_case(struct case_run *run) {
    loop_stop(&run->bench->loop);
}

static const struct step_def *step_of(const struct case_run *run) {
    assert(run->step < run->scenario->step_count);
    return &run->scenario->steps[run->step];
}

static void mark(struct case_run *run, int64_t at_ns) {
    const struct step_def *step = step_of(run);
    if (step->mark != NULL) {
        judge_mark(run->judge, step->mark, at_ns);
    }
}

static void step_done(struct case_run *run, int64_t now_ns) {
    assert(run->awaited == NULL); /* what it awaited is let go */
    const struct step_def *step = step_of(run);
    judge_step(run->judge, step, true, now_ns);
    if (step->type != STEP_UNTIL) { /* that one is marked when it comes */
        mark(run, now_ns);
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
    assert(step_of(run)->type != STEP_DO);
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
 * once that change has settled. A message is true for its instant only, hence the flag. Its mark bears
 * the message's own time: on the real clock the answer to it may have been read by then, and lies
 * after the mark all the same. */
static void awaited_changed(void *ctx, int64_t at_ns, enum truth truth) {
    struct case_run *run = ctx;
    assert(step_of(run)->type == STEP_UNTIL);
    if (truth == TRUTH_TRUE && !run->came) {
        run->came = true;
        mark(run, at_ns > run->step_ns ? at_ns : run->step_ns);
        loop_set(&run->bench->loop, &run->step_timer, run->bench->loop.now_ns);
    }
}

static void start_until(struct case_run *run, const struct step_def *step, int64_t now_ns) {
    struct expression_fault fault;
    run->awaited = expression_compile(step->what.text, bench_gun(run->bench)->board, &fault);
    assert(run->awaited != NULL); /* the loader has compiled it before */
    run->came = false;
    run->step_ns = now_ns;
    loop_set(&run->bench->loop, &run->step_timer, now_ns + step->time_ns);
    expression_start(run->awaited, now_ns, awaited_changed, run);
    if (expression_truth(run->awaited) == TRUTH_TRUE) {
        run->came = true;
        mark(run, now_ns);
        loop_set(&run->bench->loop, &run->step_timer, now_ns);
    }
    assert(loop_is_set(&run->step_timer)); /* it ends, one way or the other */
}

static void tell_watches(struct case_run *run, enum rules_told what, const struct action *action,
                         int64_t now_ns) {
    if (action_concerns(action, false)) {
        protocol_watch_tell(run->watch, what, now_ns);
    }
    if (action_concerns(action, true)) {
        other_gun_tell(run->other, what, now_ns);
    }
}

static void do_action(struct case_run *run, const struct step_def *step, int64_t now_ns) {
    struct phrase why;
    if (action_disturbs(step->action)) {
        tell_watches(run, RULES_DISTURBED, step->action, now_ns);
    } else if (action_starts(step->action)) {
        tell_watches(run, RULES_STARTED, step->action, now_ns);
    }
    if (action_do(run->bench, step->action, &why)) {
        step_done(run, now_ns);
        return;
    }
    /* Not the bench's failure: the pile has brought about a state for which the step is not
     * meant. */
    judge_step_refused(run->judge, step, why, now_ns);
    assert(!loop_is_set(&run->step_timer));
    run->step = run->scenario->step_count;
    end_case(run);
}

static void next_step(struct case_run *run, int64_t now_ns) {
    const struct scenario *scenario = run->scenario;
    assert(run->step <= scenario->step_count && run->awaited == NULL);
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
        assert(step->time_ns >= 0);
        loop_set(&run->bench->loop, &run->step_timer, now_ns + step->time_ns);
        break;
    case STEP_UNTIL:
        start_until(run, step, now_ns);
        break;
    }
}

/* The steps are done: the case ends when nothing more can change a verdict. */
static void look_for_end(void *ctx, int64_t now_ns) {
    struct case_run *run = ctx;
    assert(run->step == run->scenario->step_count && run->start_marked);
    if (judge_settled(run->judge, now_ns) && other_gun_settled(run->other, now_ns)) {
        end_case(run);
    } else {
        loop_set(&run->bench->loop, &run->look_timer, now_ns + SETTLE_LOOK_NS);
    }
}

static char *path_in(const char *folder, const char *stem, const char *ending) {
    return memory_format("%s/%s.%s", folder, stem, ending);
}

static bool open_trace(struct case_run *run, const struct run_plan *plan, struct problem *problem) {
    char *path = memory_format("%s/traces/%s.log", plan->out, run->scenario->stem);
    run->trace = trace_open(path, 0, problem);
    free(path);
    if (run->trace == NULL) {
        return false;
    }
    if (plan->masked) {
        trace_mask(run->trace, plan->mask_key);
    }
    for (unsigned i = 0; i < run->bench->gun_count; i++) {
        trace_add(run->trace, run->bench->guns[i].net, i == 0 ? NETWORK_VEHICLE : NETWORK_GUN2);
    }
    if (run->bench->io_net != NULL) {
        trace_add(run->trace, run->bench->io_net, NETWORK_IO);
    }
    return true;
}

static bool open_recorder(struct case_run *run, const struct run_plan *plan,
                          struct problem *problem) {
    char *path = memory_format("%s/signals/%s.csv", plan->out, run->scenario->stem);
    run->recorder = recorder_open(path, &run->bench->loop, &run->bench->board, problem);
    free(path);
    return run->recorder != NULL;
}

static bool open_said(struct case_run *run, const struct run_plan *plan, struct problem *problem) {
    char *path = memory_format("%s/firmware/%s.log", plan->out, run->scenario->stem);
    bool opened = said_copy(&run->bench->said, path, problem);
    free(path);
    return opened;
}

static bool open_files(struct case_run *run, const struct run_plan *plan, struct problem *problem) {
    return plan->out == NULL ||
           (open_trace(run, plan, problem) && open_recorder(run, plan, problem) &&
            open_said(run, plan, problem));
}

/* All, whatever became of the first one. */
static bool close_files(struct case_run *run, struct problem *problem) {
    bool trace = trace_close(run->trace, problem);
    bool recorder = recorder_close(run->recorder, problem);
    bool said = said_copied(&run->bench->said, problem);
    run->trace = NULL;
    run->recorder = NULL;
    return trace && recorder && said;
}

static void count_frames(const struct bench *bench, struct result_case *result) {
    const struct can_net *nets[] = {bench->guns[0].net, bench->guns[1].net, bench->io_net};
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

static void identify(const struct case_run *run, const struct run_plan *plan,
                     struct result_case *result) {
    case_identify(plan, run->scenario, result);
    free(result->vehicle);
    result->vehicle = memory_copy(run->vehicle->name);
}

static void put_said(struct said *said, struct result_case *result) {
    result->said = memory_zeroed(said_count(said) + 1, sizeof *result->said);
    for (size_t i = 0; i < said_count(said); i++) {
        result->said[result->said_count++] = memory_copy(said_at(said, i));
    }
}

static void describe(const struct case_run *run, const struct run_plan *plan,
                     struct result_case *result) {
    identify(run, plan, result);
    result->duration_ns = run->bench->loop.now_ns;
    result->late_max_ns = run->bench->loop.late_max_ns;
    count_frames(run->bench, result);
    put_said(&run->bench->said, result);
    if (plan->out != NULL) {
        result->trace = path_in("traces", run->scenario->stem, "log");
        result->signals = path_in("signals", run->scenario->stem, "csv");
    }
}

static void give_verdict(const struct bench *bench, size_t rule_count, struct result_case *result) {
    assert(rule_count <= result->check_count);
    assert(!bench->dut_killed || bench->dut_gone); /* what was killed is gone */
    const struct verdict_facts facts = {
        .end = bench->dut_killed ? CASE_FIRMWARE_KILLED
               : bench->dut_gone ? CASE_FIRMWARE_GONE
                                 : CASE_RAN,
        .checks = result->checks,
        .check_count = result->check_count,
        .rule_count = rule_count,
        .standstill = standstill_of(&bench->late),
        .frames_dropped = result->frames_dropped,
        .detail = bench->dut_gone_why,
    };
    verdict_give(&facts, result);
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
    run->judge = judge_new(run->scenario, plan->profile, bench_gun(run->bench)->board,
                           &run->bench->loop, &instrument, problem);
    if (run->judge == NULL || !open_files(run, plan, problem)) {
        return false;
    }
    if (run->bench->gun_count > 1) {
        run->other = other_gun_new(plan, run->scenario, run->bench, &instrument, problem);
        if (run->other == NULL) {
            return false;
        }
    }
    run->watch = protocol_watch_new(plan->edition, &plan->limits, bench_gun(run->bench)->net);
    if (plan->wiring == WIRING_VCAN) {
        protocol_watch_late(run->watch, &run->bench->late);
    }
    begin_on_time(run->bench);
    judge_start(run->judge, run->bench->loop.now_ns);
    other_gun_start(run->other, run->bench->loop.now_ns);
    next_step(run, run->bench->loop.now_ns);
    run_loop(run);
    stop_awaiting(run);
    bench_check_dut(run->bench);
    const char *gone = meters_gone(&run->bench->guns[0].meters);
    if (gone != NULL) {
        return problem_set(problem,
                           "%s, on which a meter of the bench answers, has gone; is the adapter "
                           "still plugged in?",
                           gone);
    }
    if (run->step < run->scenario->step_count) {
        judge_step(run->judge, step_of(run), false, run->bench->loop.now_ns);
    }
    judge_mark(run->judge, "end", run->bench->loop.now_ns);
    describe(run, plan, result);
    judge_finish(run->judge, run->bench->loop.now_ns, result);
    other_gun_monitors(run->other, run->bench->loop.now_ns, result);
    size_t judged = result->check_count;
    protocol_watch_record(run->watch, run->bench->loop.now_ns, result);
    other_gun_rules(run->other, run->bench->loop.now_ns, result);
    assert(result->check_count >= judged); /* the rules come behind */
    give_verdict(run->bench, result->check_count - judged, result);
    return close_files(run, problem);
}

/* Why the firmware's parameter cannot be set so; NULL in both: it can. The value stays out: it may
 * be one that is masked. */
static struct phrase cannot_set(const struct dut_api *api, const struct param_def *set) {
    const struct dut_param *param = dut_api_param(api, set->name);
    if (param == NULL) {
        return (struct phrase){
            memory_format("the firmware has no parameter %s, which this case sets", set->name),
            memory_format("固件无本用例需设置的参数%s", set->name)};
    }
    if (set->value < param->min || set->value > param->max) {
        return (struct phrase){
            memory_format("the firmware's parameter %s goes from %ld to %ld, this case sets it "
                          "beyond",
                          set->name, (long)param->min, (long)param->max),
            memory_format("固件参数%s的范围为%ld至%ld，本用例的设定值超出该范围", set->name,
                          (long)param->min, (long)param->max)};
    }
    return (struct phrase){0};
}

/* With a firmware that cannot be set as the case wants there is nothing to observe: why; NULL in
 * both: it can. A program of the user's own says so itself when it starts. */
static struct phrase cannot_begin(const struct run_plan *plan, const struct scenario *scenario,
                                  struct progress *progress, struct problem *problem) {
    const struct setup *setup = &scenario->setup;
    const struct dut_api *api = setup->param_count > 0 && plan->pile == NULL
                                    ? bench_firmware(plan, progress, problem)
                                    : NULL;
    struct phrase why = {0};
    for (size_t i = 0; api != NULL && i < setup->param_count && why.en == NULL; i++) {
        why = cannot_set(api, &setup->params[i]);
    }
    return why;
}

/* Nothing is run: true, and the result says why. What is declared absent goes before what cannot be
 * set: a firmware that bills nothing has no prices to be set. */
static bool not_run(const struct case_run *run, const struct run_plan *plan,
                    const struct phrase *unset, struct result_case *result) {
    const struct scenario *scenario = run->scenario;
    struct verdict_facts facts = {.end = CASE_NOT_BEGUN, .detail = *unset};
    struct absent absent;
    if (absent_look(scenario, plan->profile, bench_gun(run->bench)->board, run->bench->loop.now_ns,
                    &absent)) {
        facts.end = absent.demanded ? CASE_DEMANDED : CASE_ABSENT;
        facts.detail = absent.unset ? *unset : absent.why;
    }
    if (facts.detail.en != NULL) {
        identify(run, plan, result);
        verdict_give(&facts, result);
    }
    phrase_clear(&absent.why);
    return facts.detail.en != NULL;
}

/* The one that takes its place, where the charger's rating does not fit it. */
static const char *instead_of(const struct bench_gun *gun, const struct preset *vehicle) {
    return gun == NULL || bench_vehicle_fits(gun) ? NULL : vehicle->instead;
}

/* The bench, with the vehicles or with the first of those in their place that the charger's rating fits. */
static bool put_together(struct case_run *run, const struct run_plan *plan,
                         const struct setup *setup, struct problem *problem) {
    const char *next = case_vehicle(plan, run->scenario);
    const char *other = case_other_vehicle(plan, run->scenario);
    struct bench_order order = {.guns = run->scenario->guns, .setup = setup};
    for (int i = 0; i < 2 * CASE_VEHICLES_MAX && (next != NULL || other != NULL); i++) {
        if (run->bench != NULL) {
            bench_free(run->bench);
            run->bench = NULL;
        }
        run->vehicle = next != NULL ? preset_load(plan->library, next, problem) : run->vehicle;
        order.vehicles[0] = run->vehicle;
        order.vehicles[1] =
            other != NULL ? preset_load(plan->library, other, problem) : order.vehicles[1];
        if (run->vehicle == NULL || order.vehicles[1] == NULL) {
            return false;
        }
        run->bench = bench_new(plan, &order, run->progress, problem);
        if (run->bench == NULL) {
            return false;
        }
        next = instead_of(bench_gun(run->bench), run->vehicle);
        other = instead_of(bench_other_gun(run->bench), order.vehicles[1]);
    }
    return true;
}

bool case_run(const struct run_plan *plan, const struct scenario *scenario,
              struct progress *progress, struct result_case *result, struct problem *problem) {
    struct case_run run = {.scenario = scenario, .progress = progress};
    run.step_timer = (struct timer){.fire = step_time_over, .ctx = &run};
    run.look_timer = (struct timer){.fire = look_for_end, .ctx = &run};
    struct phrase unset = cannot_begin(plan, scenario, progress, problem);
    const struct setup bare = {.clock_s = scenario->setup.clock_s};
    if (!put_together(&run, plan, unset.en == NULL ? &scenario->setup : &bare, problem)) {
        phrase_clear(&unset);
        return false;
    }
    signal_set(run.bench->settable, run.bench->loop.now_ns, unset.en == NULL);
    if (unset.en == NULL) {
        unset = unfit_look(run.bench, run.vehicle, plan->edition);
    }
    bool ran = not_run(&run, plan, &unset, result) || run_on_bench(&run, plan, result, problem);
    phrase_clear(&unset);
    assert(run.step <= scenario->step_count && run.awaited == NULL);
    assert(!ran || result->verdict != VERDICT_NONE || result->absent);
    struct problem ignored;
    close_files(&run, &ignored);
    if (run.judge != NULL) {
        judge_free(run.judge);
    }
    protocol_watch_free(run.watch);
    other_gun_free(run.other);
    bench_free(run.bench);
    return ran;
}
