/* SPDX-License-Identifier: MIT */
#include "harness/dut/isolate/confine.h"

#include "harness/dut/isolate/calls.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/sched.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __x86_64__
#define ARCHITECTURE AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define ARCHITECTURE AUDIT_ARCH_AARCH64
#else
#define ARCHITECTURE 0
#endif

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED true
#endif
#endif
#ifndef SANITIZED
#define SANITIZED false
#endif

#define INSTRUCTIONS 640
#define WRITES       (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC | O_APPEND)

struct program {
    struct sock_filter code[INSTRUCTIONS];
    unsigned short length;
};

static void put(struct program *program, struct sock_filter instruction) {
    if (program->length < INSTRUCTIONS) {
        program->code[program->length] = instruction;
    }
    program->length++;
}

static void load(struct program *program, size_t offset) {
    put(program, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

/* The low half of an argument (little-endian): most that are looked at here are ints. */
static void load_argument(struct program *program, unsigned which) {
    load(program, offsetof(struct seccomp_data, args) + 8 * which);
}

static void load_high_half(struct program *program, unsigned which) {
    load(program, offsetof(struct seccomp_data, args) + 8 * which + 4);
}

static void give(struct program *program, uint32_t action) {
    put(program, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, action));
}

/* What follows, so many instructions, is for this number alone. */
static void only(struct program *program, uint32_t number, unsigned char length) {
    put(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, length));
}

static void give_to(struct program *program, enum calls_list list, uint32_t action) {
    uint32_t number;
    for (size_t at = 0; calls_next(list, &at, &number);) {
        only(program, number, 1);
        give(program, action);
    }
}

/* allowed if the argument has none of these bits. */
static void without(struct program *program, uint32_t number, unsigned argument, uint32_t bits) {
    only(program, number, 4);
    load_argument(program, argument);
    put(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, 0, 1));
    give(program, SECCOMP_RET_TRAP);
    give(program, SECCOMP_RET_ALLOW);
}

/* allowed if the argument is this one, or (most) at most this one; else that happens. */
static void if_is(struct program *program, uint32_t number, unsigned argument, uint32_t value,
                  bool most, uint32_t otherwise) {
    only(program, number, 4);
    load_argument(program, argument);
    put(program, most ? (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, value, 0, 1)
                      : (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 1, 0));
    give(program, otherwise);
    give(program, SECCOMP_RET_ALLOW);
}

/* allowed if the argument, a pointer, is NULL: both halves of it. */
static void if_null(struct program *program, uint32_t number, unsigned argument) {
    only(program, number, 6);
    load_argument(program, argument);
    put(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 2));
    load_high_half(program, argument);
    put(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 1, 0));
    give(program, SECCOMP_RET_TRAP);
    give(program, SECCOMP_RET_ALLOW);
}

#define NOT_DONE (SECCOMP_RET_ERRNO | EPERM)

/* Signals to itself; limits are only read. */
static void put_reach(struct program *program) {
    uint32_t self = (uint32_t)getpid();
    if_is(program, SYS_kill, 0, self, false, SECCOMP_RET_TRAP);
    if_is(program, SYS_tgkill, 0, self, false, SECCOMP_RET_TRAP);
    if_is(program, SYS_tkill, 0, self, false, SECCOMP_RET_TRAP);
    if_null(program, SYS_prlimit64, 2);
}

static void put_conditional(struct program *program) {
    put_reach(program);
    without(program, SYS_openat, 2, WRITES);
#ifdef __x86_64__
    without(program, SYS_open, 1, WRITES);
#endif
    if_is(program, SYS_write, 0, STDERR_FILENO, true, SECCOMP_RET_TRAP);
    if_is(program, SYS_writev, 0, STDERR_FILENO, true, SECCOMP_RET_TRAP);
    if_is(program, SYS_ioctl, 1, TCGETS, false, NOT_DONE);
    if_is(program, SYS_fcntl, 1, F_SETFL, true, NOT_DONE);
    if_is(program, SYS_prctl, 0, PR_SET_NAME, false, NOT_DONE);
}

static void begin(struct program *program) {
    *program = (struct program){0};
    load(program, offsetof(struct seccomp_data, arch));
    put(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, ARCHITECTURE, 1, 0));
    give(program, SECCOMP_RET_KILL_PROCESS);
    load(program, offsetof(struct seccomp_data, nr));
}

static bool compose(struct program *program) {
    begin(program);
    give_to(program, CALLS_ALLOWED, SECCOMP_RET_ALLOW);
    give_to(program, CALLS_FORBIDDEN, SECCOMP_RET_TRAP);
    put_conditional(program);
    give(program, NOT_DONE);
    return program->length <= INSTRUCTIONS;
}

/* Threads may be started here, processes may not. What clone3 is asked for cannot be seen: the C
 * library then takes clone. */
static bool compose_beside(struct program *program) {
    begin(program);
    give_to(program, CALLS_FORBIDDEN_BESIDE, SECCOMP_RET_TRAP);
    put_reach(program);
    only(program, SYS_clone3, 1);
    give(program, SECCOMP_RET_ERRNO | ENOSYS);
    only(program, SYS_clone, 4);
    load_argument(program, 0);
    put(program, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 1, 0));
    give(program, SECCOMP_RET_TRAP);
    give(program, SECCOMP_RET_ALLOW);
    give(program, SECCOMP_RET_ALLOW);
    return program->length <= INSTRUCTIONS;
}

static volatile uint32_t *refused;

/* The call was not made. */
static void on_refused(int number, siginfo_t *info, void *context) {
    (void)context;
    *refused = (uint32_t)info->si_syscall;
    signal(number, SIG_DFL);
    raise(number);
}

/* The sanitizer maps terabytes. */
static bool limit_memory(int64_t bytes) {
    const struct rlimit limit = {(rlim_t)bytes, (rlim_t)bytes};
    return SANITIZED || setrlimit(RLIMIT_DATA, &limit) == 0;
}

bool confine_can(struct problem *problem) {
    if (ARCHITECTURE == 0) {
        return problem_set(problem, "it knows the system calls of x86-64 and AArch64 only");
    }
    if (prctl(PR_GET_SECCOMP) < 0) {
        return problem_set(problem, "this kernel has no seccomp");
    }
    return true;
}

static bool enforce(const struct program *program, volatile uint32_t *refused_call) {
    struct sigaction action = {.sa_sigaction = on_refused, .sa_flags = SA_SIGINFO | SA_NODEFER};
    const struct sock_fprog filter = {.len = program->length,
                                      .filter = (struct sock_filter *)program->code};
    refused = refused_call;
    return sigaction(SIGSYS, &action, NULL) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

static struct program program;

bool confine(volatile uint32_t *refused_call, struct problem *problem) {
    if (!confine_can(problem)) {
        return false;
    }
    if (!compose(&program)) {
        return problem_set(problem, "its filter of system calls is too long");
    }
    return (limit_memory(CONFINE_MEMORY) && enforce(&program, refused_call)) ||
           problem_set(problem, "this kernel refuses to confine it: %s", strerror(errno));
}

bool confine_beside(volatile uint32_t *refused_call) {
    struct problem ignored;
    return !SANITIZED && /* its symbolizer is a process */
           limit_memory(CONFINE_MEMORY_BESIDE) && confine_can(&ignored) &&
           compose_beside(&program) && enforce(&program, refused_call);
}
