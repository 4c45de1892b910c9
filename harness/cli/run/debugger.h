/* SPDX-License-Identifier: MIT */
/* debugger.h: `run --gdb`: the same command line in gdb, with --debug in the place of --gdb.
 *
 *   if (options.gdb) return debugger_run(argc, argv);
 *
 * One case in one process, on the virtual clock, which stands still while somebody looks; no watch takes a
 * breakpoint for a hang. */
#ifndef HARNESS_CLI_RUN_DEBUGGER_H
#define HARNESS_CLI_RUN_DEBUGGER_H

/* argv[0] is "run". Returns only where there is no gdb, with an exit code; that was said. */
int debugger_run(int argc, char **argv);

#endif
