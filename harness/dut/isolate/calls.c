/* SPDX-License-Identifier: MIT */
#include "harness/dut/isolate/calls.h"

#include "sim/memory.h"

#include <stdio.h>
#include <sys/syscall.h>

/* Bits of the lists that a call is in. */
enum {
    ALLOWED = 1u << CALLS_ALLOWED,
    FORBIDDEN = 1u << CALLS_FORBIDDEN,
    BESIDE = 1u << CALLS_FORBIDDEN_BESIDE,
    BY_ARGUMENT = 0, /* decided where the filter is composed */
};

#define CALL(call, lists)                                                                          \
    { SYS_##call, #call, lists }

/* The most frequent first: the filter is gone through in this order. */
static const struct {
    uint32_t number;
    const char *name;
    unsigned lists;
} calls[] = {
    CALL(futex, ALLOWED),
    CALL(read, ALLOWED),
    CALL(pread64, ALLOWED),
    CALL(readv, ALLOWED),
    CALL(lseek, ALLOWED),
    CALL(close, ALLOWED),
    CALL(fstat, ALLOWED),
    CALL(newfstatat, ALLOWED),
    CALL(statx, ALLOWED),
    CALL(readlinkat, ALLOWED),
    CALL(faccessat, ALLOWED),
    CALL(faccessat2, ALLOWED),
    CALL(getdents64, ALLOWED),
    CALL(getcwd, ALLOWED),
    CALL(mmap, ALLOWED),
    CALL(munmap, ALLOWED),
    CALL(mprotect, ALLOWED),
    CALL(mremap, ALLOWED),
    CALL(madvise, ALLOWED),
    CALL(brk, ALLOWED),
    CALL(clock_gettime, ALLOWED),
    CALL(clock_getres, ALLOWED),
    CALL(gettimeofday, ALLOWED),
    CALL(nanosleep, ALLOWED),
    CALL(clock_nanosleep, ALLOWED),
    CALL(sched_yield, ALLOWED),
    CALL(sched_getaffinity, ALLOWED),
    CALL(getpid, ALLOWED),
    CALL(getppid, ALLOWED),
    CALL(gettid, ALLOWED),
    CALL(getuid, ALLOWED),
    CALL(geteuid, ALLOWED),
    CALL(getgid, ALLOWED),
    CALL(getegid, ALLOWED),
    CALL(getrandom, ALLOWED),
    CALL(uname, ALLOWED),
    CALL(sysinfo, ALLOWED),
    CALL(rt_sigaction, ALLOWED),
    CALL(rt_sigprocmask, ALLOWED),
    CALL(rt_sigreturn, ALLOWED),
    CALL(rt_sigpending, ALLOWED),
    CALL(rt_sigtimedwait, ALLOWED),
    CALL(rt_sigsuspend, ALLOWED),
    CALL(sigaltstack, ALLOWED),
    CALL(setitimer, ALLOWED),
    CALL(getitimer, ALLOWED),
    CALL(exit, ALLOWED),
    CALL(exit_group, ALLOWED),
    CALL(set_robust_list, ALLOWED),
    CALL(set_tid_address, ALLOWED),
    CALL(rseq, ALLOWED),
    CALL(membarrier, ALLOWED),
    CALL(restart_syscall, ALLOWED),
    CALL(ppoll, ALLOWED),
    CALL(pselect6, ALLOWED),
    CALL(getrusage, ALLOWED),
    CALL(times, ALLOWED),
    CALL(umask, ALLOWED | BESIDE),
    CALL(capget, ALLOWED),
    CALL(sched_getparam, ALLOWED),
    CALL(sched_getscheduler, ALLOWED),
    CALL(sched_get_priority_max, ALLOWED),
    CALL(sched_get_priority_min, ALLOWED),
    CALL(timer_create, ALLOWED),
    CALL(timer_settime, ALLOWED),
    CALL(timer_delete, ALLOWED),
    CALL(clone, FORBIDDEN),
    CALL(clone3, FORBIDDEN),
    CALL(execve, FORBIDDEN | BESIDE),
    CALL(execveat, FORBIDDEN | BESIDE),
    CALL(ptrace, FORBIDDEN | BESIDE),
    CALL(process_vm_writev, FORBIDDEN | BESIDE),
    CALL(process_vm_readv, FORBIDDEN),
    CALL(pidfd_send_signal, FORBIDDEN | BESIDE),
    CALL(pidfd_open, FORBIDDEN),
    CALL(pidfd_getfd, FORBIDDEN | BESIDE),
    CALL(unlinkat, FORBIDDEN | BESIDE),
    CALL(renameat, FORBIDDEN),
    CALL(renameat2, FORBIDDEN),
    CALL(linkat, FORBIDDEN),
    CALL(symlinkat, FORBIDDEN),
    CALL(mkdirat, FORBIDDEN),
    CALL(mknodat, FORBIDDEN),
    CALL(truncate, FORBIDDEN | BESIDE),
    CALL(ftruncate, FORBIDDEN),
    CALL(fallocate, FORBIDDEN),
    CALL(fchmod, FORBIDDEN),
    CALL(fchmodat, FORBIDDEN | BESIDE),
    CALL(fchown, FORBIDDEN),
    CALL(fchownat, FORBIDDEN | BESIDE),
    CALL(pwrite64, FORBIDDEN),
    CALL(pwritev, FORBIDDEN),
    CALL(sendfile, FORBIDDEN),
    CALL(splice, FORBIDDEN),
    CALL(copy_file_range, FORBIDDEN),
    CALL(memfd_create, FORBIDDEN),
    CALL(chdir, FORBIDDEN | BESIDE),
    CALL(fchdir, FORBIDDEN | BESIDE),
    CALL(chroot, FORBIDDEN | BESIDE),
    CALL(mount, FORBIDDEN | BESIDE),
    CALL(umount2, FORBIDDEN | BESIDE),
    CALL(setpgid, FORBIDDEN | BESIDE),
    CALL(setsid, FORBIDDEN | BESIDE),
    CALL(setrlimit, FORBIDDEN | BESIDE),
    CALL(unshare, FORBIDDEN | BESIDE),
    CALL(setns, FORBIDDEN | BESIDE),
    CALL(socket, FORBIDDEN),
    CALL(socketpair, FORBIDDEN),
    CALL(bind, FORBIDDEN),
    CALL(connect, FORBIDDEN),
    CALL(listen, FORBIDDEN),
    CALL(sendto, FORBIDDEN),
    CALL(sendmsg, FORBIDDEN),
    CALL(shmget, FORBIDDEN),
    CALL(shmat, FORBIDDEN),
    CALL(msgget, FORBIDDEN),
    CALL(semget, FORBIDDEN),
    CALL(mq_open, FORBIDDEN),
    CALL(bpf, FORBIDDEN | BESIDE),
    CALL(perf_event_open, FORBIDDEN | BESIDE),
    CALL(io_uring_setup, FORBIDDEN),
    CALL(userfaultfd, FORBIDDEN),
    CALL(rt_sigqueueinfo, FORBIDDEN | BESIDE),
    CALL(rt_tgsigqueueinfo, FORBIDDEN | BESIDE),
    CALL(reboot, FORBIDDEN),
    CALL(init_module, FORBIDDEN),
    CALL(kexec_load, FORBIDDEN),
    CALL(settimeofday, FORBIDDEN),
    CALL(clock_settime, FORBIDDEN),
    CALL(utimensat, FORBIDDEN),
    CALL(setxattr, FORBIDDEN),
    CALL(open_by_handle_at, FORBIDDEN),
    CALL(openat2, FORBIDDEN),
    CALL(inotify_init1, FORBIDDEN),
    CALL(signalfd4, FORBIDDEN),
    CALL(openat, BY_ARGUMENT),
    CALL(write, BY_ARGUMENT),
    CALL(writev, BY_ARGUMENT),
    CALL(kill, BY_ARGUMENT),
    CALL(tkill, BY_ARGUMENT),
    CALL(tgkill, BY_ARGUMENT),
    CALL(prlimit64, BY_ARGUMENT),
#ifdef __x86_64__
    CALL(stat, ALLOWED),
    CALL(lstat, ALLOWED),
    CALL(access, ALLOWED),
    CALL(readlink, ALLOWED),
    CALL(arch_prctl, ALLOWED),
    CALL(time, ALLOWED),
    CALL(poll, ALLOWED),
    CALL(select, ALLOWED),
    CALL(alarm, ALLOWED),
    CALL(pause, ALLOWED),
    CALL(getrlimit, ALLOWED),
    CALL(fork, FORBIDDEN | BESIDE),
    CALL(vfork, FORBIDDEN | BESIDE),
    CALL(unlink, FORBIDDEN | BESIDE),
    CALL(rename, FORBIDDEN),
    CALL(rmdir, FORBIDDEN | BESIDE),
    CALL(mkdir, FORBIDDEN),
    CALL(link, FORBIDDEN),
    CALL(symlink, FORBIDDEN),
    CALL(chmod, FORBIDDEN | BESIDE),
    CALL(chown, FORBIDDEN | BESIDE),
    CALL(creat, FORBIDDEN),
    CALL(mknod, FORBIDDEN),
    CALL(utime, FORBIDDEN),
    CALL(open, BY_ARGUMENT),
#endif
};

#define COUNT (sizeof calls / sizeof calls[0])

bool calls_next(enum calls_list list, size_t *at, uint32_t *number) {
    while (*at < COUNT && (calls[*at].lists & 1u << list) == 0) {
        (*at)++;
    }
    if (*at == COUNT) {
        return false;
    }
    *number = calls[(*at)++].number;
    return true;
}

const char *call_name(uint32_t number, char text[CALL_NAME_SIZE]) {
    for (size_t i = 0; i < COUNT; i++) {
        if (calls[i].number == number) {
            return calls[i].name;
        }
    }
    snprintf(text, CALL_NAME_SIZE, "number %u", number);
    return text;
}

struct phrase call_blame(uint32_t number) {
    static const struct phrase some = {
        "made a system call that a controller has no use for (of a thread, a process or a file?)",
        "进行了控制器不需要的系统调用（线程、进程或文件？）"};
    char text[CALL_NAME_SIZE];
    const char *call = call_name(number, text);
    if (number == 0) {
        return phrase_copy(some);
    }
    return (struct phrase){
        memory_format(
            "made the system call %s: a controller has no use for it, and a firmware must "
            "not reach for files, processes or limits of the machine under the bench",
            call),
        memory_format(
            "进行了系统调用%s：控制器不需要它，固件不得触及测试台所在机器的文件、进程或限额",
            call)};
}
