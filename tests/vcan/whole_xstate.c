/* SPDX-License-Identifier: MIT */
/* For User-Mode Linux up to 6.12 on processors with AMX: vcan-run preloads it into the guest's kernel.
 *
 * That kernel keeps 2696 bytes of a process's floating-point state. PTRACE_SETREGSET accepts only the
 * whole state, which is larger with AMX: the first process would end with "ptrace set fp regs failed".
 * Here the whole is set, with the kernel's part in it. Every other request goes
 * through as it is. */
#include <elf.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define STATE_BYTES_MAX 65536

static long request_xstate(long request, pid_t process, struct iovec *state) {
    return syscall(SYS_ptrace, request, process, NT_X86_XSTATE, state);
}

/* Behind the kernel's part stays what the first process had there: nothing, as no process uses AMX.
 * The kernel is one thread and is not preempted, so one buffer does. */
static long set_xstate(pid_t process, const struct iovec *part) {
    static unsigned char bytes[STATE_BYTES_MAX];
    static struct iovec whole = {.iov_base = bytes};
    if (whole.iov_len == 0) {
        whole.iov_len = sizeof bytes;
        if (request_xstate(PTRACE_GETREGSET, process, &whole) < 0) {
            whole.iov_len = 0;
            return -1;
        }
    }
    memcpy(bytes, part->iov_base, part->iov_len < whole.iov_len ? part->iov_len : whole.iov_len);
    struct iovec state = whole;
    return request_xstate(PTRACE_SETREGSET, process, &state);
}

/* glibc's own has these reads return their value instead of storing it. */
static int is_peek(long request) {
    return request == PTRACE_PEEKTEXT || request == PTRACE_PEEKDATA || request == PTRACE_PEEKUSER;
}

long ptrace(enum __ptrace_request asked, ...) {
    const long request = (long)asked;
    va_list rest;
    va_start(rest, asked);
    pid_t process = va_arg(rest, pid_t);
    void *address = va_arg(rest, void *);
    void *data = va_arg(rest, void *);
    va_end(rest);
    if (request == PTRACE_SETREGSET && (long)address == NT_X86_XSTATE) {
        return set_xstate(process, data);
    }
    long value = 0;
    long result = syscall(SYS_ptrace, request, process, address, is_peek(request) ? &value : data);
    return is_peek(request) && result >= 0 ? value : result;
}
