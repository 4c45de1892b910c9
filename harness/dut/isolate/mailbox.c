/* SPDX-License-Identifier: MIT */
#include "harness/dut/isolate/mailbox.h"

#include <linux/futex.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct mailbox *mailbox_new(void) {
    void *box = mmap(NULL, sizeof(struct mailbox), PROT_READ | PROT_WRITE,
                     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return box == MAP_FAILED ? NULL : box;
}

void mailbox_free(struct mailbox *box) {
    if (box != NULL) {
        munmap(box, sizeof *box);
    }
}

void mailbox_pass(struct mailbox *box, enum turn to) {
    __atomic_store_n(&box->turn, (uint32_t)to, __ATOMIC_RELEASE);
    syscall(SYS_futex, &box->turn, FUTEX_WAKE, 1, NULL, NULL, 0);
}

bool mailbox_wait(struct mailbox *box, enum turn wanted, int ms) {
    const struct timespec limit = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};
    uint32_t turn = __atomic_load_n(&box->turn, __ATOMIC_ACQUIRE);
    if (turn != (uint32_t)wanted) { /* also back when a signal came: the caller asks again */
        syscall(SYS_futex, &box->turn, FUTEX_WAIT, turn, ms < 0 ? NULL : &limit, NULL, 0);
        turn = __atomic_load_n(&box->turn, __ATOMIC_ACQUIRE);
    }
    return turn == (uint32_t)wanted;
}
