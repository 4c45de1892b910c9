/* SPDX-License-Identifier: MIT */
/* clauses.h: what a run says of each clause: the worst of all that cites it, whether by the covers of
 * a case or by the source of a check's limit.
 *
 *   struct clause_index *index = clause_index_new(set);
 *   for (size_t i = 0; i < index->count; i++) use(&index->entries[i]);
 *   clause_index_free(index);
 *
 * Sorted by id. Clauses of the profile that nothing cites are in it too, without a verdict. Points into
 * the set, which has to outlive it. */
#ifndef REPORTS_RECORD_CLAUSES_H
#define REPORTS_RECORD_CLAUSES_H

#include "reports/record/result.h"

enum clause_acceptance {
    CLAUSE_NOT_STATED, /* the record does not say what closes it */
    CLAUSE_OPEN,
    CLAUSE_CLOSED, /* it passed, and nothing else is asked for than evidence of this run's level */
};

struct clause_entry {
    char *id;
    const struct result_clause *clause; /* of the profile; NULL: it does not know this one */
    enum verdict verdict;               /* by the evidence of this run; none: nothing cites it */
    enum clause_acceptance acceptance;
    size_t covering, citing; /* cases that cover it; cases with a check that cites it */
    const struct result_case *worst_case; /* that gave the verdict; NULL: none */
    const struct result_check
        *worst; /* its check that decided, or came nearest; NULL: none cites */
};

struct clause_index {
    struct clause_entry *entries;
    size_t count;
};

struct clause_index *clause_index_new(const struct result_set *set);
void clause_index_free(struct clause_index *index);

/* Is this level of evidence (model, hosted, bench) what closes the clause, or higher? Other things that
 * close clauses (inspect ...) are no levels: false. */
bool clause_level_reached(const char *evidence, const char *closer);

/* The next clause of a limit's source, the caller's to free; NULL: no more. "GB/T 27930-2015 chapter 9,
 * 10.3.3" are two of the same standard. The cursor begins zeroed, with the source. */
struct clause_cursor {
    const char *source;
    char standard[64], kind[16];
};
char *clause_next(struct clause_cursor *cursor);

/* How near the limit a check came, relative to it: the smallest was the hardest. */
double clause_tightness(const struct result_check *check);

#endif
