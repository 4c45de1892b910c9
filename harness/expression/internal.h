/* SPDX-License-Identifier: MIT */
/* internal.h: what the parser hands to the evaluation. Only for harness/expression*.c. */
#ifndef HARNESS_EXPRESSION_INTERNAL_H
#define HARNESS_EXPRESSION_INTERNAL_H

#include "harness/expression/expression.h"

/* value in another unit = value * multiply / divide; two factors, so that powers of ten are exact
 * both ways. */
struct conversion {
    double multiply, divide;
};

enum comparison {
    COMPARE_LESS,
    COMPARE_LESS_EQUAL,
    COMPARE_GREATER,
    COMPARE_GREATER_EQUAL,
    COMPARE_EQUAL,
    COMPARE_NOT_EQUAL,
};

/* One side of a comparison, or a quantity: (the signal, or its magnitude) * share + number, and as
 * percent of another signal where there is one. */
struct side {
    struct signal *signal; /* NULL: the number */
    struct signal *whole;  /* quantity only: NULL: none */
    bool absolute;
    double share;  /* "90 % of" is 0.9 */
    double number; /* added to it, in its unit; without a signal the value itself */
};

enum node_kind {
    NODE_AND,
    NODE_OR,
    NODE_NOT,
    NODE_BOOL,    /* left: the signal */
    NODE_PULSE,   /* left: the signal */
    NODE_COMPARE, /* left compared with right converted to left's unit */
};

struct expression_node {
    enum node_kind kind;
    struct expression_piece pieces[2]; /* or: the text of first and second */
    unsigned parent, first, second;    /* indices; the root is its own parent; not: first only */
    enum comparison comparison;
    struct side left, right; /* left is a signal, and the continuous one if there is one */
    struct conversion conversion;
};

/* Children come before their parent, so the root is the last one. False: fault is filled. */
bool expression_parse(const char *text, const struct signal_board *board,
                      struct expression_node nodes[EXPRESSION_NODES_MAX], size_t *count,
                      struct expression_fault *fault);
bool expression_parse_quantity(const char *text, const struct signal_board *board,
                               struct side *side, struct expression_fault *fault);

/* False: the two are not of one dimension. */
bool unit_conversion(const char *from, const char *to, struct conversion *conversion);
/* All units that can be written for this one, "V, mV or kV". */
void unit_choices(const char *unit, char *text, size_t size);
/* The longest plain number at the start of text: its length, 0 if there is none. */
size_t number_scan(const char *text, double *value);
/* The unit at the start of text: its length in bytes. */
size_t unit_scan(const char *text);

static inline double converted(double value, struct conversion conversion) {
    return value * conversion.multiply / conversion.divide;
}

#endif
