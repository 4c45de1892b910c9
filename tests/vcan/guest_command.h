/* SPDX-License-Identifier: MIT */
/* guest_command.h: what process 1 of every guest does: reads the order, mounts, runs the command,
 * passes on what it says and how it ended, switches off.
 *
 *   struct guest_order order = guest_order_read(getenv("ORDER"));
 *   guest_mount_all(&order, "hostfs");
 *   guest_log_open();
 *   ...                                             what the guest is for
 *   guest_run(&order, "/dev/tty1", "/dev/tty2");    does not return
 *
 * The folder ORDER holds what to do, written by the script that boots the guest; lists end each
 * entry with NUL:
 *   argv      the command and its arguments        environ   its environment, NAME=VALUE
 *   cwd       its working directory                umask     octal digits
 *   nets      names of the vcan networks to make
 * and gets what came of it:
 *   status    "7\n": exit code of the command, 128 + signal when a signal ended it
 *
 * Standard output leaves by one terminal, standard error by another. The command sees pipes, not
 * terminals, so that it behaves as it does in a log. When it has ended, whatever it left running is
 * killed, both streams are drained, and the guest is switched off. A guest that cannot be set up
 * says why in the kernel's log and ends without `status`. */
#ifndef TESTS_VCAN_GUEST_COMMAND_H
#define TESTS_VCAN_GUEST_COMMAND_H

#include <sys/types.h>

struct guest_order {
    int folder;
    char **argv;
    char **environment;
    char **nets;
    char *cwd;
    mode_t umask;
};

/* Before anything is mounted: the folder may lie where a mount would hide it. */
struct guest_order guest_order_read(const char *path);
/* /proc, /sys, /dev, /dev/pts, and a /dev/shm and a /run of the guest's own, unless the command
 * works in the machine's: those are then mounted as machine_type, or left as they are (NULL). */
void guest_mount_all(const struct guest_order *order, const char *machine_type);
void guest_mount(const char *source, const char *target, const char *type, const char *data);
/* From here on what is said goes to the kernel's log. */
void guest_log_open(void);
void guest_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Says errno's reason as well, and switches off. */
_Noreturn void guest_give_up(const char *what, const char *name);
/* Loads one file of a kernel module; it may be there already. -1: errno. */
int guest_module_load(const char *path);
_Noreturn void guest_run(const struct guest_order *order, const char *out, const char *err);

#endif
