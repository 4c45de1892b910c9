/* SPDX-License-Identifier: MIT */
/* uart_init.c: process 1 of the machine that uart-run boots, in a RAM disk with the drivers.
 *
 *   /init   /modules/NN-NAME.ko   ORDER=FOLDER on the kernel's command line
 *
 * Loads the drivers, makes the file system of the machine outside the root (9p, mount tag `root`),
 * and runs the command; guest_command.h says what the folder ORDER holds. Standard output leaves by
 * /dev/hvc0, standard error by /dev/hvc1. */
#include "tests/vcan/guest_command.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#define MODULES "/modules"
#define OUTSIDE "/outside"

static int is_module(const struct dirent *entry) {
    size_t length = strlen(entry->d_name);
    return length > 3 && strcmp(entry->d_name + length - 3, ".ko") == 0;
}

/* By their numbers: each after those it needs. */
static void load_drivers(void) {
    struct dirent **entries;
    int count = scandir(MODULES, &entries, is_module, alphasort);
    if (count <= 0) {
        guest_give_up("no drivers in", MODULES);
    }
    for (int i = 0; i < count; i++) {
        char path[300];
        snprintf(path, sizeof path, MODULES "/%s", entries[i]->d_name);
        if (guest_module_load(path) != 0) {
            guest_give_up("cannot load", path);
        }
        free(entries[i]);
    }
    free(entries);
}

/* A RAM disk cannot be pivoted away: the new root is moved over it. */
static void enter_outside(void) {
    guest_mount("root", OUTSIDE, "9p", "trans=virtio,version=9p2000.L,msize=262144,cache=loose");
    if (chdir(OUTSIDE) != 0 || mount(".", "/", NULL, MS_MOVE, NULL) != 0 || chroot(".") != 0 ||
        chdir("/") != 0) {
        guest_give_up("cannot enter", OUTSIDE);
    }
}

int main(void) {
    guest_mount("none", "/dev", "devtmpfs", NULL);
    guest_log_open();
    load_drivers();
    enter_outside();
    struct guest_order order = guest_order_read(getenv("ORDER"));
    guest_mount_all(&order, NULL);
    sethostname("uart-guest", strlen("uart-guest"));
    guest_run(&order, "/dev/hvc0", "/dev/hvc1");
}
