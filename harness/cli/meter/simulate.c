/* SPDX-License-Identifier: MIT */
/* pilebench meter simulate: meters on a serial port or a pseudo-terminal, on the real clock. They
 * sit on an in-process line that is bridged to the outside: so bytes take their time and answers
 * collide as on RS-485, on a pseudo-terminal too. */
#include "harness/cli/cli.h"
#include "harness/cli/meter/meter.h"
#include "harness/cli/shared.h"
#include "sim/memory.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define RATE_ANSWER_BYTES 24 /* 4 FE, a frame of 13 bytes, and some room */
#define METERS_MAX        64
#define VOLTS_MAX         99999.0
#define AMPERES_MAX       9999.0

struct simulating {
    struct meter_options meter; /* the first one: meter_parse */
    double voltage_v, current_a, start_kwh, class_percent;
    unsigned phases; /* 1, 3 */
    const char *csv;
    enum simulated_fault fault;
    double fault_value, fault_share;
};

/* What is measured from at_s on, and the energy carried up to then. */
struct reading {
    double at_s, voltage_v, current_a, forward_j, reverse_j;
};

struct course {
    struct reading *readings;
    size_t count;
};

static const struct reading *present(const struct course *course, int64_t now_ns) {
    double now_s = (double)now_ns / 1e9;
    size_t low = 0, high = course->count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (course->readings[middle].at_s <= now_s) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return &course->readings[low];
}

static double voltage_v(void *ctx, int64_t now_ns, unsigned phase) {
    (void)phase;
    return present(ctx, now_ns)->voltage_v;
}

static double current_a(void *ctx, int64_t now_ns, unsigned phase) {
    (void)phase;
    return present(ctx, now_ns)->current_a;
}

static double power_w(void *ctx, int64_t now_ns, unsigned phase) {
    (void)phase;
    const struct reading *one = present(ctx, now_ns);
    return one->voltage_v * one->current_a;
}

/* Carried from the reading's instant to at_s: one way when sign is 1, the other when it is -1. */
static double carried_since(const struct reading *one, double at_s, int sign) {
    double power_w_then = sign * one->voltage_v * one->current_a, passed_s = at_s - one->at_s;
    return power_w_then > 0 && passed_s > 0 ? power_w_then * passed_s : 0;
}

static double energy_j(void *ctx, int64_t now_ns) {
    const struct reading *one = present(ctx, now_ns);
    return one->forward_j + carried_since(one, (double)now_ns / 1e9, 1);
}

static double reverse_j(void *ctx, int64_t now_ns) {
    const struct reading *one = present(ctx, now_ns);
    return one->reverse_j + carried_since(one, (double)now_ns / 1e9, -1);
}

static void add_reading(struct course *course, double at_s, double volts, double amperes) {
    struct reading *grown =
        memory_resized(course->readings, course->count + 1, sizeof *course->readings);
    course->readings = grown;
    struct reading one = {.at_s = at_s, .voltage_v = volts, .current_a = amperes};
    if (course->count > 0) {
        const struct reading *last = &grown[course->count - 1];
        one.forward_j = last->forward_j + carried_since(last, at_s, 1);
        one.reverse_j = last->reverse_j + carried_since(last, at_s, -1);
    }
    grown[course->count++] = one;
}

/* seconds,volts,amperes; a first line of words is a header. */
static bool read_csv(struct course *course, const char *path) {
    FILE *file = fopen(path, "r");
    char line[256];
    bool fine = file != NULL;
    if (file == NULL) {
        cli_complain("%s: %s", path, strerror(errno));
        return false;
    }
    for (unsigned number = 1; fine && fgets(line, sizeof line, file) != NULL; number++) {
        double at_s, volts, amperes;
        char rest;
        int got = sscanf(line, " %lf , %lf , %lf %c", &at_s, &volts, &amperes, &rest);
        if (line[strspn(line, " \t\r\n")] == '\0') {
            continue;
        }
        if (got == 3 && at_s >= 0 && fabs(volts) <= VOLTS_MAX && fabs(amperes) <= AMPERES_MAX &&
            (course->count == 0 || at_s > course->readings[course->count - 1].at_s)) {
            add_reading(course, at_s, volts, amperes);
        } else if (number != 1 || course->count > 0) {
            cli_complain("%s:%u: expected seconds,volts,amperes, with rising seconds and at most "
                         "%g V and %g A",
                         path, number, VOLTS_MAX, AMPERES_MAX);
            fine = false;
        }
    }
    if (fine && ferror(file) != 0) {
        cli_complain("%s: %s", path, strerror(errno));
        fine = false;
    }
    fclose(file);
    if (fine && course->count == 0) {
        cli_complain("%s: the file has no line of seconds,volts,amperes", path);
        fine = false;
    }
    return fine;
}

/* ---- what the meter cannot show ---- */

static double quantity(const struct reading *one, uint32_t di, unsigned phases) {
    switch (di) {
    case METER_VOLTAGE_A:
        return one->voltage_v;
    case METER_CURRENT_A:
        return one->current_a;
    default:
        return one->voltage_v * one->current_a * (di == METER_POWER ? phases : 1) / 1000;
    }
}

static bool fits(const struct meter_item *item, double value) {
    uint8_t data[METER_READ_DATA_MAX];
    return meter_item_put(item, llround(value * pow(10, item->decimals)), data);
}

/* "; --type dc-vendor or ac-wide has room", or nothing. */
static void types_with_room(uint32_t di, double value, bool chinese, char *text, size_t size) {
    size_t count = 0;
    text[0] = '\0';
    for (unsigned i = 0; i < METER_TYPES; i++) {
        const char *first = chinese ? "；可用--type " : "; --type ";
        size_t at = strlen(text);
        if (fits(meter_item((enum meter_type)i, di), value)) {
            snprintf(text + at, size - at, "%s%s",
                     count++ == 0 ? first
                     : chinese    ? "或"
                                  : " or ",
                     meter_type_name((enum meter_type)i));
        }
    }
    if (count > 0 && !chinese) {
        strncat(text, " has room", size - strlen(text) - 1);
    }
}

/* A meter whose format has no room for a value answers that it has no such data: that is said at the
 * start, for the first such value of each item. */
static void tell_what_does_not_fit(const struct course *course,
                                   const struct simulating *simulating) {
    const struct meter_options *options = &simulating->meter;
    static const uint32_t items[] = {METER_VOLTAGE_A, METER_CURRENT_A, METER_POWER, METER_POWER_A};
    char types[128];
    size_t count = sizeof items / sizeof items[0] - (simulating->phases == 1 ? 1 : 0);
    for (size_t i = 0; i < count; i++) { /* with one phase its power is the total's */
        const struct meter_item *item = meter_item(options->type, items[i]);
        for (size_t k = 0; k < course->count; k++) {
            double value = quantity(&course->readings[k], items[i], simulating->phases);
            if (fits(item, value)) {
                continue;
            }
            types_with_room(items[i], value, options->chinese, types, sizeof types);
            cli_complain(
                options->chinese ? "%s：%g %s超出%s电表的格式（最大%.*f %s），将应答“无请求数据”%s"
                                 : "%s: %g %s does not fit a %s meter (at most %.*f %s): it will "
                                   "answer 'no such data'%s",
                item->name, value, item->unit, meter_type_name(options->type), item->decimals,
                (double)meter_item_max(item) / pow(10, item->decimals), item->unit, types);
            break;
        }
    }
}

struct bridge {
    struct serial_line *outside, *inside;
    struct serial_station outer, inner;
    uint32_t new_rate;   /* that a meter has changed to; 0 when none has */
    int64_t rate_due_ns; /* when the line takes it */
};

static void came_in(void *ctx, int64_t now_ns, const struct serial_run *run) {
    struct bridge *bridge = ctx;
    (void)now_ns;
    (void)serial_send(bridge->inside, &bridge->inner, run->bytes, run->count);
}

static void goes_out(void *ctx, int64_t now_ns, const struct serial_run *run) {
    struct bridge *bridge = ctx;
    (void)now_ns;
    (void)serial_send(bridge->outside, &bridge->outer, run->bytes, run->count);
}

static bool open_lines(struct bridge *bridge, struct loop *loop,
                       const struct meter_options *options) {
    struct problem problem;
    char path[128];
    if (options->port != NULL) {
        bridge->outside = serial_open(loop, options->port, options->bits_per_s, &problem);
    } else {
        bridge->outside = serial_pty_new(loop, path, sizeof path, &problem);
    }
    if (bridge->outside == NULL) {
        cli_complain("%s", problem.text);
        return false;
    }
    if (options->port == NULL) {
        puts(path);
        fflush(stdout);
    }
    bridge->inside = serial_bus_new(loop, "meters", options->bits_per_s);
    bridge->outer = (struct serial_station){.received = came_in, .ctx = bridge};
    bridge->inner = (struct serial_station){.received = goes_out, .ctx = bridge};
    serial_join(bridge->outside, &bridge->outer);
    serial_join(bridge->inside, &bridge->inner);
    return true;
}

static const uint8_t any_address[6] = {METER_WILDCARD, METER_WILDCARD, METER_WILDCARD,
                                       METER_WILDCARD, METER_WILDCARD, METER_WILDCARD};

/* A meter has changed its rate, so does the master: the line follows once the answer is out. */
static void follow_rate(struct bridge *bridge, int64_t now_ns) {
    if (bridge->new_rate == 0 || now_ns < bridge->rate_due_ns) {
        return;
    }
    (void)serial_set_rate(bridge->inside, bridge->new_rate);
    if (serial_set_rate(bridge->outside, bridge->new_rate) != 0) {
        cli_complain("%s cannot run at %u bit/s", serial_name(bridge->outside), bridge->new_rate);
    }
    bridge->new_rate = 0;
}

static void look_at_rate(struct bridge *bridge, const struct simulated *meter, uint32_t *rate,
                         int64_t now_ns) {
    if (simulated_rate(meter) != *rate) {
        *rate = bridge->new_rate = simulated_rate(meter);
        bridge->rate_due_ns =
            now_ns + RATE_ANSWER_BYTES * SERIAL_BYTE_BITS * NS_PER_S / serial_rate(bridge->inside);
    }
}

static void fill(struct simulated_params *params, const struct simulating *simulating,
                 const uint8_t address[6]) {
    struct tm local;
    time_t now = time(NULL);
    *params = simulated_params_default;
    if (memcmp(address, any_address, sizeof any_address) != 0) {
        memcpy(params->registers.address, address, 6);
        memcpy(params->registers.number, address, 6);
    }
    params->registers.type = simulating->meter.type;
    params->registers.phases = simulating->phases;
    params->registers.frequency_hz = simulating->phases == 3 ? 50 : 0;
    params->registers.start_kwh = simulating->start_kwh;
    params->registers.class_percent = simulating->class_percent;
    params->registers.seed = 1;
    params->bits_per_s = simulating->meter.bits_per_s;
    if (localtime_r(&now, &local) != NULL) {
        params->registers.epoch_s = (int64_t)now + local.tm_gmtoff;
    }
}

/* The addresses on the command line; none: the one of --address. 0: told what is wrong. */
static size_t addresses_of(const struct meter_options *options, int argc, char **argv,
                           uint8_t addresses[METERS_MAX][6]) {
    if (argc == 0) {
        bool all = memcmp(options->address, any_address, sizeof any_address) == 0;
        memcpy(addresses[0], options->address, 6);
        if (!all && memchr(options->address, METER_WILDCARD, 6) != NULL) {
            cli_complain("simulate: a meter's own address has digits only");
            return 0;
        }
        return 1;
    }
    if (argc > METERS_MAX) {
        cli_complain("simulate: at most %d meters", METERS_MAX);
        return 0;
    }
    for (int i = 0; i < argc; i++) {
        if (argv[i][strspn(argv[i], "0123456789")] != '\0' ||
            !meter_address_from_text(argv[i], addresses[i])) {
            cli_complain("simulate %s: an address has 1 to 12 decimal digits",
                         options->mask.on ? "(masked)" : argv[i]);
            return 0;
        }
    }
    return (size_t)argc;
}

/* Until interrupted. False: the port has gone. */
static bool serve(struct loop *loop, struct bridge *bridge, struct course *course,
                  const struct simulating *simulating, uint8_t addresses[][6], size_t count) {
    const struct meter_options *options = &simulating->meter;
    const struct meter_source source = {energy_j, voltage_v, current_a, power_w, course, reverse_j};
    struct simulated *meters[METERS_MAX];
    struct simulated_stats all = {0};
    uint32_t rates[METERS_MAX];
    for (size_t i = 0; i < count; i++) {
        struct simulated_params params;
        fill(&params, simulating, addresses[i]);
        params.registers.seed = i + 1;
        rates[i] = options->bits_per_s;
        meters[i] = simulated_new(loop, bridge->inside, &params, &source);
        simulated_misbehave(meters[i], simulating->fault, simulating->fault_value,
                            simulating->fault_share);
    }
    while (!meter_interrupted() && !serial_gone(bridge->outside)) {
        loop_run(loop, loop->now_ns + METER_LOOK_NS);
        for (size_t i = 0; i < count; i++) {
            look_at_rate(bridge, meters[i], &rates[i], loop->now_ns);
        }
        follow_rate(bridge, loop->now_ns);
    }
    for (size_t i = 0; i < count; i++) {
        const struct simulated_stats *one = simulated_stats(meters[i]);
        all.requests += one->requests;
        all.answers += one->answers;
        all.refused += one->refused;
        simulated_free(meters[i]);
    }
    fprintf(stderr, "%llu requests, %llu answers, %llu refused\n", (unsigned long long)all.requests,
            (unsigned long long)all.answers, (unsigned long long)all.refused);
    if (serial_gone(bridge->outside)) {
        cli_complain(options->chinese ? "%s：串口已断开，适配器还插着吗？"
                                      : "%s was disconnected; is the adapter still plugged in?",
                     serial_name(bridge->outside));
    }
    return !serial_gone(bridge->outside);
}

static int simulate(const struct simulating *simulating, int argc, char **argv) {
    const struct meter_options *options = &simulating->meter;
    uint8_t addresses[METERS_MAX][6];
    struct course course = {0};
    struct bridge bridge = {0};
    struct loop loop;
    size_t count = addresses_of(options, argc, argv, addresses);
    if (simulating->csv == NULL) {
        add_reading(&course, 0, simulating->voltage_v, simulating->current_a);
    }
    if (count == 0 || (simulating->csv != NULL && !read_csv(&course, simulating->csv))) {
        free(course.readings);
        return EXIT_USAGE;
    }
    tell_what_does_not_fit(&course, simulating);
    loop_init(&loop, LOOP_REAL);
    bool open = open_lines(&bridge, &loop, options), stayed = false;
    if (open) {
        stayed = serve(&loop, &bridge, &course, simulating, addresses, count);
        serial_free(bridge.inside);
        serial_free(bridge.outside);
    }
    loop_free(&loop);
    free(course.readings);
    return !open ? EXIT_USAGE : stayed ? EXIT_PASS : EXIT_FAIL;
}

/* ---- options ---- */

static bool take_phases(void *at, const char *text, struct problem *problem) {
    bool three = strcmp(text, "3") == 0;
    *(unsigned *)at = three ? 3 : 1;
    return three || strcmp(text, "1") == 0 || problem_set(problem, "expected 1 or 3");
}

/* What a fault's value may be; both 0: it has none. */
static const struct {
    double min, max;
} fault_values[SIMULATED_FAULTS] = {
    [SIMULATED_LATE] = {0, 3600},
    [SIMULATED_TRUNCATED] = {0, METER_FRAME_BYTES_MAX},
    [SIMULATED_REFUSES] = {0, 0xFF},
};

static bool fault_value_fits(const struct simulating *simulating, struct problem *problem) {
    double min = fault_values[simulating->fault].min, max = fault_values[simulating->fault].max;
    const char *name = simulated_fault_name(simulating->fault);
    if (simulating->fault_value >= min && simulating->fault_value <= max) {
        return true;
    }
    if (max > 0) {
        return problem_set(problem, "%s: expected a value from %g to %g", name, min, max);
    }
    return problem_set(problem, "%s takes no value; a share of the answers is written %s::0.1",
                       name, name);
}

/* NAME[:VALUE[:SHARE]] */
static bool take_fault(void *at, const char *text, struct problem *problem) {
    struct simulating *simulating = at;
    size_t length = strcspn(text, ":");
    char *end;
    for (unsigned i = 0; i < SIMULATED_FAULTS; i++) {
        const char *name = simulated_fault_name((enum simulated_fault)i);
        if (strlen(name) != length || strncmp(name, text, length) != 0) {
            continue;
        }
        simulating->fault = (enum simulated_fault)i;
        simulating->fault_share = 1;
        text += length;
        if (*text == ':') {
            simulating->fault_value = strtod(text + 1, &end);
            text = end;
        }
        if (*text == ':') {
            simulating->fault_share = strtod(text + 1, &end);
            text = end;
        }
        if (*text == '\0' && simulating->fault_share > 0 && simulating->fault_share <= 1) {
            return fault_value_fits(simulating, problem);
        }
        break;
    }
    return problem_set(problem, "write it as NAME, NAME:VALUE or NAME:VALUE:SHARE (share 0 to 1); "
                                "`pilebench meter simulate --help` lists the names");
}

static int cli_meter_simulate(int argc, char **argv);

static const struct option_row rows[] = {
    OPTION_NUMBER("voltage", 0, "V", 0, 99999, struct simulating, voltage_v,
                  "what it measures (default 750)", "测得的电压（默认750）"),
    OPTION_NUMBER("current", 0, "A", -9999, 9999, struct simulating, current_a,
                  "what it measures (default 0)", "测得的电流（默认0）"),
    OPTION_TAKEN("phases", 0, "1|3", FILL_CHOICE, struct simulating, phases, take_phases,
                 "(default 1)", "相数（默认1）"),
    OPTION_TEXT("csv", 0, "FILE", FILL_FILE, struct simulating, csv,
                "lines of seconds,volts,amperes instead, from the start",
                "改由文件给出：每行依次为秒、伏、安，以逗号分隔，从开始时起"),
    OPTION_NUMBER("start", 0, "KWH", 0, 999999.99, struct simulating, start_kwh,
                  "register at the start", "开始时的表底"),
    OPTION_NUMBER("class", 0, "PERCENT", 0, 10, struct simulating, class_percent,
                  "accuracy class: 0.1, 0.2, 0.5, 1.0 (default 0: exact)",
                  "准确度等级：0.1、0.2、0.5、1.0（默认0：无误差）"),
    OPTION_OF_ALL(
        "fault", 0, "NAME[:VALUE[:SHARE]]", FILL_NOTHING, take_fault,
        "silent, late:S, early, checksum, truncated:BYTES, address, foreign, "
        "refuses:CODE, wrong-item, no-value; SHARE of the answers (default 1)",
        "silent、late:S、early、checksum、truncated:BYTES、address、foreign、refuses:CODE、"
        "wrong-item、no-value；SHARE为应答的比例（默认1）"),
    {0}};

const struct command meter_simulate_command = {
    .name = "meter simulate",
    .what = {"meters that answer on a port or a pseudo-terminal", "在串口或伪终端上应答的电表"},
    .arguments = "[ADDRESS...]",
    .most = METERS_MAX,
    .about =
        {"Meters of these addresses (none: the one of --address) answer on --port. Without "
         "--port it makes a pseudo-terminal and prints its name.",
         "这些地址的电表（不指定则用--address）在--port上应答。无--port时建立伪终端并打印其名称。"},
    .groups = {{rows, 0},
               {meter_line_rows, 0},
               {meter_address_rows, 0},
               {meter_type_rows, 0},
               {meter_text_rows, 0},
               {cli_mask_rows, offsetof(struct simulating, meter.mask)}},
    .examples = "pilebench meter simulate --current 100 &\n"
                "pilebench meter simulate 25 26 --csv day.csv --fault late:0.8:0.1",
    .exit_codes = {METER_EXIT_CODES, METER_EXIT_CODES_ZH},
    .run = cli_meter_simulate,
};

static int cli_meter_simulate(int argc, char **argv) {
    struct simulating simulating = {.voltage_v = 750, .phases = 1};
    struct command_given given;
    int code;
    return meter_parse(&meter_simulate_command, argc, argv, &simulating.meter, &given, &code)
               ? simulate(&simulating, given.count, given.words)
               : code;
}
