/* SPDX-License-Identifier: MIT */
/* assert.h: what must hold while the firmware runs.
 *
 *   CORE_ASSERT(contactors_open || output != CORE_OUTPUT_OFF);
 *
 * A violated one traps: the controller stops, and its watchdog restarts it with all outputs off. It
 * is for what only a defect of the firmware can break, never for inputs, frames or parameters. The
 * condition has no side effects. -DCORE_ASSERTIONS=0 leaves all of them out (they are still
 * compiled, never evaluated); without it they are on. */
#ifndef CORE_ASSERT_H
#define CORE_ASSERT_H

#ifndef CORE_ASSERTIONS
#define CORE_ASSERTIONS 1
#endif

#if CORE_ASSERTIONS
#define CORE_ASSERT(condition) ((condition) ? (void)0 : __builtin_trap())
#else
#define CORE_ASSERT(condition) ((void)(0 && (condition)))
#endif

#endif
