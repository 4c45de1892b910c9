/* SPDX-License-Identifier: MIT */
/* The pile as a process with the blank firmware, and the bench's side of it, over real SocketCAN.
 * Makes interfaces of its own, so it wants root: run it under tests/vcan/vcan-run. Exit 77
 * (skipped) where there is no SocketCAN or no right to do so. */
#include "harness/dut/remote.h"
#include "harness/run/trace.h"

#include <check.h>
#include <libgen.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define VEHICLE  "pbpile0"
#define IO       "pbpile1"
#define SKIPPED  77
#define PATIENCE (5 * NS_PER_S)
#define CHM      0x1826F456u
#define MAKE                                                                                       \
    "for i in " VEHICLE " " IO "; do ip link add $i type vcan 2>/dev/null && ip link set $i up"    \
    " || exit 1; done"
#define DELETE "for i in " VEHICLE " " IO "; do ip link delete $i 2>/dev/null; done"

static struct loop loop;
static struct signal_board board;
static struct can_net *vehicle, *io;
static struct can_node car;
static struct dut_remote *dut;
static struct signal *start, *estop;
static unsigned chm_count, lost_count, ready_count;
static pid_t pile;
static char folder[] = "/tmp/pilebench-pile.XXXXXX";
static char firmware[512], store[128];

static void on_vehicle_frame(void *ctx, int64_t at_ns, const struct can_frame_ext *frame) {
    (void)ctx;
    (void)at_ns;
    chm_count += frame->extended && frame->id == CHM;
}

static void on_lost(void *ctx, int64_t at_ns, const char *text) {
    (void)ctx;
    (void)at_ns;
    (void)text;
    lost_count++;
}

static void on_ready(void *ctx, int64_t at_ns) {
    (void)ctx;
    (void)at_ns;
    ready_count++;
}

static pid_t spawn(const char *vehicle_name, const char *set) {
    fflush(NULL);
    pid_t pid = fork();
    if (pid == 0) {
        execl(PILE_PROGRAM, PILE_PROGRAM, "--vehicle", vehicle_name, "--io", IO, "--dut", firmware,
              "--store", store, "--set", set, "--die-with-parent", (char *)NULL);
        _exit(127);
    }
    return pid;
}

static int exit_status(pid_t pid) {
    int status;
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

/* Runs in small steps until the condition holds; false when it does not in good time. */
static bool until(bool (*holds)(void)) {
    int64_t end_ns = loop_clock_ns(&loop) + PATIENCE;
    while (!holds() && loop_clock_ns(&loop) < end_ns) {
        loop_run(&loop, loop_clock_ns(&loop) + 5 * NS_PER_MS);
    }
    return holds();
}

static bool is_ready(void) {
    return ready_count > 0 && dut_remote_status(dut)->identified;
}

static bool is_lost(void) {
    return lost_count > 0;
}

static bool aux_is_on(void) {
    return signal_is(signal_find(&board, "aux.command"));
}

static bool aux_is_off(void) {
    return !aux_is_on();
}

static bool alarm_is_shown(void) {
    return signal_find(&board, "pile.alarm")->value > 0;
}

static bool ten_chm(void) {
    return chm_count >= 10;
}

static struct signal *add(const char *name, double value) {
    struct signal *signal = signal_add(&board, name, SIGNAL_NUMBER, "", "");
    signal_set(signal, 0, value);
    return signal;
}

static void start_remote(void) {
    struct dut_remote_config config = {
        .loop = &loop, .board = &board, .io = io, .guns = 1, .lost = on_lost, .ready = on_ready};
    dut = dut_remote_new(&config);
}

static void setup(void) {
    char program[] = PILE_PROGRAM;
    struct problem problem;
    (void)system(DELETE);
    ck_assert_int_eq(system(MAKE), 0);
    strcpy(folder + strlen(folder) - 6, "XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(store, sizeof store, "%s/nvs", folder);
    snprintf(firmware, sizeof firmware, "%s/blank_dut.so", dirname(program));
    loop_init(&loop, LOOP_REAL);
    vehicle = can_socket_open(&loop, VEHICLE, &problem);
    ck_assert_msg(vehicle != NULL, "%s", problem.text);
    io = can_socket_open(&loop, IO, &problem);
    ck_assert_msg(io != NULL, "%s", problem.text);
    car = (struct can_node){.received = on_vehicle_frame};
    can_join(vehicle, &car);
    start = add("operator.start", 0);
    estop = add("estop.pressed", 0);
    start_remote();
    pile = spawn(VEHICLE, "chm.period=50");
}

static void teardown(void) {
    if (pile > 0) {
        kill(pile, SIGKILL);
        waitpid(pile, NULL, 0);
    }
    dut_remote_free(dut);
    can_free(vehicle);
    can_free(io);
    signal_board_free(&board);
    loop_free(&loop);
    remove(store);
    rmdir(folder);
    (void)system(DELETE);
}

START_TEST(it_comes_up_and_says_who_it_is) {
    ck_assert(until(is_ready));
    const struct dut_remote_status *status = dut_remote_status(dut);
    ck_assert_str_eq(status->name, "blank");
    ck_assert_str_eq(status->version, "1");
    ck_assert_uint_eq(status->abi, DUT_ABI_VERSION);
    ck_assert_uint_eq(status->guns, 1);
    ck_assert_int_eq(status->state, PILE_IO_RUNNING);
    ck_assert(status->described); /* ready only with what it declares */
    ck_assert_int_eq(status->capabilities[0][DUT_CAP_CURRENT_MAX_MA], 120000);
    ck_assert_int_eq(status->capabilities[0][DUT_CAP_VOLTAGE_MAX_MV], DUT_UNKNOWN);
}
END_TEST

START_TEST(inputs_reach_it_and_commands_come_back) {
    ck_assert(until(is_ready));
    signal_set(start, loop.now_ns, 1);
    ck_assert(until(aux_is_on));
    ck_assert(until(ten_chm)); /* every 50 ms, by --set; the default would take 2.5 s */
    int64_t pressed_ns = loop_clock_ns(&loop);
    signal_set(estop, loop.now_ns, 1);
    ck_assert(until(alarm_is_shown));
    ck_assert(until(aux_is_off));
    int64_t reaction_ns = signal_find(&board, "pile.alarm")->changed_ns - pressed_ns;
    ck_assert_int_gt(reaction_ns, -NS_PER_MS);
    ck_assert_int_lt(reaction_ns, 50 * NS_PER_MS); /* not by the 100 ms period */
}
END_TEST

START_TEST(the_round_trip_is_known) {
    ck_assert(until(is_ready));
    loop_run(&loop, loop_clock_ns(&loop) + NS_PER_S);
    const struct dut_remote_status *status = dut_remote_status(dut);
    ck_assert_uint_ge(status->round_trips, 5);
    ck_assert_int_gt(status->round_trip_max_ns, 0);
    ck_assert_int_lt(status->round_trip_min_ns, 20 * NS_PER_MS);
    printf("round trip over the I/O network: %ld to %ld us\n",
           (long)(status->round_trip_min_ns / NS_PER_US),
           (long)(status->round_trip_max_ns / NS_PER_US));
    ck_assert_uint_eq(status->lost_frames, 0);
}
END_TEST

START_TEST(stopped_it_drops_its_outputs_and_is_missed) {
    ck_assert(until(is_ready));
    signal_set(start, loop.now_ns, 1);
    ck_assert(until(aux_is_on));
    kill(pile, SIGTERM);
    ck_assert_int_eq(exit_status(pile), 0);
    pile = 0;
    ck_assert(until(aux_is_off));
    ck_assert_uint_eq(lost_count, 0);
    ck_assert(until(is_lost));
}
END_TEST

START_TEST(killed_it_is_missed) {
    ck_assert(until(is_ready));
    kill(pile, SIGKILL);
    int64_t killed_ns = loop_clock_ns(&loop);
    ck_assert(until(is_lost));
    ck_assert_int_lt(loop_clock_ns(&loop) - killed_ns, 2 * PILE_IO_SILENT_MS * NS_PER_MS);
    ck_assert(!dut_remote_status(dut)->alive);
}
END_TEST

START_TEST(without_the_bench_it_takes_the_emergency_stop) {
    ck_assert(until(is_ready));
    signal_set(start, loop.now_ns, 1);
    ck_assert(until(aux_is_on));
    dut_remote_free(dut);
    loop_run(&loop, loop_clock_ns(&loop) + 2 * PILE_IO_SILENT_MS * NS_PER_MS);
    signal_set(start, loop.now_ns, 0);
    lost_count = ready_count = 0;
    start_remote();
    ck_assert(until(is_ready));
    loop_run(&loop, loop_clock_ns(&loop) + 300 * NS_PER_MS);
    ck_assert(!aux_is_on());
}
END_TEST

START_TEST(storage_survives_a_restart) {
    ck_assert(until(is_ready));
    kill(pile, SIGTERM);
    ck_assert_int_eq(exit_status(pile), 0);
    ready_count = 0;
    pile = spawn(VEHICLE, "chm.period=50");
    ck_assert(until(is_lost)); /* the pause, or the restart */
    ck_assert(until(is_ready));
    char text[64] = {0};
    FILE *file = fopen(store, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(text, sizeof text, file));
    fclose(file);
    ck_assert_str_eq(text, "0 02000000\n"); /* the blank firmware counts its starts */
}
END_TEST

START_TEST(wrong_usage_is_exit_2) {
    ck_assert_int_eq(exit_status(spawn("pbnone9", "chm.period=50")), 2);
    ck_assert_int_eq(exit_status(spawn(VEHICLE, "chm.period=9")), 2);
    ck_assert_int_eq(exit_status(spawn(VEHICLE, "chm.perio=50")), 2);
    ck_assert_int_eq(exit_status(spawn(VEHICLE, "chm.period")), 2);
}
END_TEST

START_TEST(an_interface_that_goes_away_ends_it) {
    ck_assert(until(is_ready));
    ck_assert_int_eq(system("ip link delete " VEHICLE), 0);
    ck_assert_int_eq(exit_status(pile), 1);
    pile = 0;
}
END_TEST

/* A parent that starts the pile and is killed at once; the orphan becomes our child. */
START_TEST(it_ends_with_its_parent) {
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    kill(pile, SIGKILL);
    waitpid(pile, NULL, 0);
    pile = 0;
    int told[2];
    ck_assert_int_eq(pipe(told), 0);
    pid_t parent = fork();
    if (parent == 0) {
        pid_t child = spawn(VEHICLE, "chm.period=50");
        (void)!write(told[1], &child, sizeof child);
        pause();
        _exit(0);
    }
    pid_t child;
    ck_assert_int_eq(read(told[0], &child, sizeof child), sizeof child);
    ck_assert(until(is_ready));
    kill(parent, SIGKILL);
    waitpid(parent, NULL, 0);
    ck_assert_int_eq(exit_status(child), 0);
}
END_TEST

/* What the bench records, canplayer plays back the same. */
START_TEST(canplayer_plays_a_trace) {
    if (system("command -v canplayer >/dev/null") != 0) {
        fputs("canplayer_plays_a_trace: skipped, can-utils is not installed\n", stderr);
        return;
    }
    struct problem problem;
    char log[128], command[256];
    snprintf(log, sizeof log, "%s/trace.log", folder);
    struct trace *trace = trace_open(log, 0, &problem);
    ck_assert_msg(trace != NULL, "%s", problem.text);
    trace_add(trace, vehicle, "bms");
    ck_assert(until(is_ready));
    signal_set(start, loop.now_ns, 1);
    ck_assert(until(ten_chm));
    uint64_t recorded = trace_frames(trace);
    ck_assert(trace_close(trace, &problem));
    kill(pile, SIGTERM);
    ck_assert_int_eq(exit_status(pile), 0);
    pile = 0;
    loop_run(&loop, loop_clock_ns(&loop) + 20 * NS_PER_MS);
    chm_count = 0;
    snprintf(command, sizeof command, "canplayer -I %s %s=bms", log, VEHICLE);
    ck_assert_int_eq(system(command), 0);
    loop_run(&loop, loop_clock_ns(&loop) + 100 * NS_PER_MS);
    ck_assert_uint_eq(chm_count, recorded);
    remove(log);
}
END_TEST

static bool possible(void) {
    int fd = socket(AF_CAN, SOCK_RAW, 1);
    if (fd < 0) {
        return false;
    }
    close(fd);
    (void)system(DELETE);
    bool made = system(MAKE) == 0;
    (void)system(DELETE);
    return made;
}

int main(void) {
    if (!possible()) {
        fputs("skipped: no SocketCAN here, or no right to make a vcan; see tests/vcan\n", stderr);
        return SKIPPED;
    }
    Suite *suite = suite_create("pile_process");
    TCase *tcase = tcase_create("process");
    tcase_set_timeout(tcase, 60);
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, it_comes_up_and_says_who_it_is);
    tcase_add_test(tcase, inputs_reach_it_and_commands_come_back);
    tcase_add_test(tcase, the_round_trip_is_known);
    tcase_add_test(tcase, stopped_it_drops_its_outputs_and_is_missed);
    tcase_add_test(tcase, killed_it_is_missed);
    tcase_add_test(tcase, without_the_bench_it_takes_the_emergency_stop);
    tcase_add_test(tcase, storage_survives_a_restart);
    tcase_add_test(tcase, wrong_usage_is_exit_2);
    tcase_add_test(tcase, an_interface_that_goes_away_ends_it);
    tcase_add_test(tcase, it_ends_with_its_parent);
    tcase_add_test(tcase, canplayer_plays_a_trace);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
