/* SPDX-License-Identifier: MIT */
/* pilebench doctor: what this machine can do for the bench, and the command that fixes what is missing. */
#include "harness/cli/cli.h"
#include "harness/plan/place.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <linux/can.h>
#include <net/if.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SLEEPS   200
#define SLEEP_NS 1000000

enum finding {
    FINDING_GOOD,
    FINDING_LIMITED, /* something is missing, the virtual wiring works all the same */
};

static int limited;

static void say(enum finding finding, const char *what, const char *found, const char *fix) {
    printf("  %s  %-22s %s\n", finding == FINDING_GOOD ? "ok     " : "MISSING", what, found);
    if (finding != FINDING_GOOD) {
        limited++;
        printf("           %-22s -> %s\n", "", fix);
    }
}

static void look_at_can(void) {
    int fd = socket(PF_CAN, SOCK_RAW, CAN_RAW);
    if (fd < 0) {
        say(FINDING_LIMITED, "SocketCAN", strerror(errno),
            "modprobe can-raw vcan; a kernel without CAN: tests/vcan/vcan-run boots one that has "
            "it");
        return;
    }
    close(fd);
    say(FINDING_GOOD, "SocketCAN", "the kernel has CAN_RAW", "");
}

static bool is_can_interface(const char *name) {
    char path[300];
    char text[16] = "";
    snprintf(path, sizeof path, "/sys/class/net/%s/type", name);
    FILE *file = fopen(path, "r");
    if (file == NULL) {
        return false;
    }
    bool can = fgets(text, sizeof text, file) != NULL && atoi(text) == 280; /* ARPHRD_CAN */
    fclose(file);
    return can;
}

static void look_at_interfaces(void) {
    char found[256] = "";
    DIR *folder = opendir("/sys/class/net");
    if (folder != NULL) {
        for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
            if (is_can_interface(entry->d_name)) {
                size_t used = strlen(found);
                snprintf(found + used, sizeof found - used, "%s%s", used ? ", " : "",
                         entry->d_name);
            }
        }
        closedir(folder);
    }
    if (found[0] != '\0') {
        say(FINDING_GOOD, "CAN interfaces", found, "");
    } else {
        say(FINDING_LIMITED, "CAN interfaces", "none",
            "ip link add vcan0 type vcan && ip link set vcan0 up   (and vcan1); "
            "or tests/vcan/vcan-run COMMAND");
    }
}

static void look_at_priority(void) {
    struct sched_param wanted = {.sched_priority = 10};
    pid_t self = 0;
    if (sched_setscheduler(self, SCHED_FIFO, &wanted) == 0) {
        wanted.sched_priority = 0;
        sched_setscheduler(self, SCHED_OTHER, &wanted);
        say(FINDING_GOOD, "real-time priority", "SCHED_FIFO is available", "");
    } else {
        const char *why = strerror(errno);
        char program[PATH_MAX] = "", remedy[PATH_MAX + 64];
        if (readlink("/proc/self/exe", program, sizeof program - 1) < 0) {
            snprintf(program, sizeof program, "pilebench");
        }
        snprintf(remedy, sizeof remedy, "run as root, or: setcap cap_sys_nice+ep %s", program);
        say(FINDING_LIMITED, "real-time priority", why, remedy);
    }
}

static int64_t monotonic_ns(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static void look_at_clock(void) {
    int64_t worst = 0;
    int64_t next = monotonic_ns();
    for (int i = 0; i < SLEEPS; i++) {
        next += SLEEP_NS;
        struct timespec until = {.tv_sec = next / 1000000000, .tv_nsec = next % 1000000000};
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        int64_t late = monotonic_ns() - next;
        worst = late > worst ? late : worst;
    }
    char found[96];
    snprintf(found, sizeof found, "wakes at most %.2f ms late (%d sleeps of 1 ms)",
             (double)worst / 1e6, SLEEPS);
    say(worst < 10000000 ? FINDING_GOOD : FINDING_LIMITED, "clock", found,
        "stop other programs; the bench measures its own lateness and gives inconclusive when it "
        "was too late to decide");
}

static void look_at_receive_buffer(void) {
    FILE *file = fopen("/proc/sys/net/core/rmem_max", "r");
    char text[32] = "";
    if (file == NULL || fgets(text, sizeof text, file) == NULL) {
        snprintf(text, sizeof text, "0");
    }
    if (file != NULL) {
        fclose(file);
    }
    long bytes = atol(text);
    char found[64];
    snprintf(found, sizeof found, "net.core.rmem_max is %ld", bytes);
    say(bytes >= 1048576 || geteuid() == 0 ? FINDING_GOOD : FINDING_LIMITED, "CAN receive buffer",
        found, "sysctl -w net.core.rmem_max=4194304");
}

static void look_at_fonts(void) {
    static const char *const fonts[] = {"/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
                                        "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"};
    for (size_t i = 0; i < sizeof fonts / sizeof fonts[0]; i++) {
        if (access(fonts[i], R_OK) == 0) {
            say(FINDING_GOOD, "Chinese font", fonts[i], "");
            return;
        }
    }
    say(FINDING_LIMITED, "Chinese font", "none found (reports still open on other machines)",
        "apt-get install fonts-wqy-microhei");
}

static void look_at_program(const char *what, const char *program, const char *package) {
    const char *path = getenv("PATH");
    char copy[4096];
    snprintf(copy, sizeof copy, "%s", path ? path : "/usr/bin:/bin");
    char fix[128];
    snprintf(fix, sizeof fix, "apt-get install %s", package);
    for (char *part = strtok(copy, ":"); part != NULL; part = strtok(NULL, ":")) {
        char full[4200];
        snprintf(full, sizeof full, "%s/%s", part, program);
        if (access(full, X_OK) == 0) {
            say(FINDING_GOOD, what, full, "");
            return;
        }
    }
    say(FINDING_LIMITED, what, "not installed", fix);
}

static void look_at_scenarios(void) {
    const char *folder = place_scenarios();
    struct stat status;
    bool there = stat(folder, &status) == 0 && S_ISDIR(status.st_mode);
    say(there ? FINDING_GOOD : FINDING_LIMITED, "scenarios", folder,
        "set PILEBENCH_SCENARIOS or give --scenarios FOLDER");
}

static int cli_doctor(int argc, char **argv);

const struct command doctor_command = {
    .name = "doctor",
    .what = {"check this machine, and name the command that fixes what is missing",
             "检查本机，并给出补齐所缺项的命令"},
    .arguments = "",
    .about =
        {"Looks at CAN, real-time priority, clock, fonts and tools, and prints the command that "
         "fixes each missing one.",
         "检查CAN、实时优先级、时钟、字体和工具，并给出补齐各项的命令。"},
    .exit_codes = {"0 when wiring sim can run, which needs none of them",
                   "接线sim可运行时为0，它不需要这些"},
    .run = cli_doctor,
};

static int cli_doctor(int argc, char **argv) {
    struct command_given given;
    int code;
    if (!cli_parse(&doctor_command, argc, argv, NULL, &given, &code)) {
        return code;
    }
    puts("This machine:");
    look_at_scenarios();
    look_at_can();
    look_at_interfaces();
    look_at_receive_buffer();
    look_at_priority();
    look_at_clock();
    look_at_fonts();
    look_at_program("can-utils", "candump", "can-utils");
    look_at_program("user-mode-linux", "linux.uml", "user-mode-linux");
    look_at_program("ngspice", "ngspice", "ngspice");
    printf("\n%s\n",
           limited == 0
               ? "Everything is there: wirings sim and vcan can run."
               : "Wiring sim can run. What is marked MISSING is needed only where it says.");
    return EXIT_PASS;
}
