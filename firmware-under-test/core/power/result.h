/* SPDX-License-Identifier: MIT */
/* result.h: how far a test or a step of the output's start has come. */
#ifndef CORE_RESULT_H
#define CORE_RESULT_H

enum core_result {
    CORE_BUSY,
    CORE_DONE,
    CORE_FAILED, /* the fault is latched */
};

#endif
