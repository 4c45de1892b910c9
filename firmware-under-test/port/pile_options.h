/* SPDX-License-Identifier: MIT */
/* pile_options.h: the command line of `pile`. */
#ifndef PILE_OPTIONS_H
#define PILE_OPTIONS_H

#include "dut.h"

#include <stdbool.h>

#define PILE_SETS_MAX  256
#define PILE_LINES_MAX 4

struct pile_set {
    char name[64];
    int32_t value;
};

struct pile_line {
    unsigned line;
    char device[256];
    unsigned long baud;
};

struct pile_options {
    const char *nets[DUT_NETS]; /* interface names; NULL: not connected */
    const char *io;
    const char *dut;   /* shared object; NULL: the firmware linked in */
    const char *store; /* file; NULL: in memory */
    int64_t clock_s;   /* the pile's clock at its start, civil time; 0: the machine's */
    struct pile_set sets[PILE_SETS_MAX];
    unsigned set_count;
    struct pile_line lines[PILE_LINES_MAX];
    unsigned line_count;
    bool die_with_parent, quiet, list_params;
};

/* True: go on. False: exit with *status (0 after --help; 2 after a wrong option, told on
 * stderr). */
bool pile_options_read(struct pile_options *options, int argc, char **argv, int *status);

#endif
