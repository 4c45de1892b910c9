/* SPDX-License-Identifier: MIT */
#include "reports/record/clauses.h"

#include "sim/memory.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ the clauses of a source */

/* What stands without its standard: "10.3.3", "SPN 3921", "annex A". */
static bool is_continued(const char *piece) {
    static const char *const words[] = {"SPN ", "annex ", "table ", "tables ", "chapter "};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strncmp(piece, words[i], strlen(words[i])) == 0) {
            return true;
        }
    }
    return isdigit((unsigned char)piece[0]) != 0;
}

/* "GB/T 27930-2015" of "GB/T 27930-2015 SPN 3921"; an id of one word is a standard of its own. */
static void note_standard(struct clause_cursor *cursor, const char *piece, size_t length) {
    const char *space = memchr(piece, ' ', length);
    const char *second =
        space != NULL ? memchr(space + 1, ' ', length - (size_t)(space + 1 - piece)) : NULL;
    size_t used = second != NULL ? (size_t)(second - piece) : length;
    snprintf(cursor->standard, sizeof cursor->standard, "%.*s", (int)used, piece);
}

/* Up to the next comma that is in no brackets. */
static size_t piece_length(const char *piece) {
    size_t length = 0;
    for (int depth = 0; piece[length] != '\0' && (piece[length] != ',' || depth > 0); length++) {
        depth += (piece[length] == '(') - (piece[length] == ')');
    }
    return length;
}

/* Without the note behind it: "GB/T 27930-2015 SPN 3073 (margin: ours)". */
static size_t without_note(const char *piece, size_t length) {
    for (size_t i = 0; i + 1 < length; i++) {
        if (piece[i] == ' ' && piece[i + 1] == '(') {
            return i;
        }
    }
    return length;
}

static char *take_piece(struct clause_cursor *cursor, const char *piece, size_t length) {
    bool continued = is_continued(piece) && cursor->standard[0] != '\0';
    if (!continued) {
        note_standard(cursor, piece, length);
    }
    /* "SPN 3081, 2824": numbers of the same kind; a clause's number has a point. */
    bool numbers =
        continued && isdigit((unsigned char)piece[0]) && memchr(piece, '.', length) == NULL;
    const char *kind = numbers ? cursor->kind : "";
    char *clause = continued
                       ? memory_format("%s %s%.*s", cursor->standard, kind, (int)length, piece)
                       : memory_format("%.*s", (int)length, piece);
    if (!numbers) {
        snprintf(cursor->kind, sizeof cursor->kind, "%s", strstr(clause, " SPN ") ? "SPN " : "");
    }
    return clause;
}

char *clause_next(struct clause_cursor *cursor) {
    while (cursor->source != NULL && cursor->source[0] != '\0') {
        const char *piece = cursor->source;
        size_t length = piece_length(piece);
        cursor->source = piece + length + strspn(piece + length, ", ");
        assert(cursor->source > piece); /* each turn gets on */
        /* "maker's figure" and the like is no clause. */
        if (!islower((unsigned char)piece[0]) || is_continued(piece)) {
            return take_piece(cursor, piece, without_note(piece, length));
        }
    }
    return NULL;
}

/* ------------------------------------------------------------------ levels */

static int level_of(const char *evidence) {
    static const char *const levels[] = {"model", "hosted", "bench"};
    for (int i = 0; evidence != NULL && i < 3; i++) {
        if (strcmp(levels[i], evidence) == 0) {
            return i;
        }
    }
    return -1;
}

bool clause_level_reached(const char *evidence, const char *closer) {
    return level_of(closer) >= 0 && level_of(evidence) >= level_of(closer);
}

/* By limits of one's own nothing is accepted. */
static enum clause_acceptance acceptance_of(const struct clause_entry *entry,
                                            const struct result_run *run) {
    if (entry->clause == NULL) {
        return CLAUSE_NOT_STATED;
    }
    bool closed = entry->verdict == VERDICT_PASS && entry->clause->closed_by_count > 0 &&
                  run->limit_count == 0;
    for (size_t i = 0; i < entry->clause->closed_by_count; i++) {
        closed = closed && clause_level_reached(run->evidence, entry->clause->closed_by[i]);
    }
    assert(!closed || entry->verdict == VERDICT_PASS);
    return closed ? CLAUSE_CLOSED : CLAUSE_OPEN;
}

/* ------------------------------------------------------------------ who cites what */

struct citation {
    char *id;
    const struct result_case *one;
    const struct result_check *check; /* NULL: the case covers the clause */
};

struct citations {
    struct citation *list;
    size_t count, room;
};

static void cite(struct citations *all, char *id, const struct result_case *one,
                 const struct result_check *check) {
    if (all->count == all->room) {
        all->room = all->room > 0 ? 2 * all->room : 256;
        all->list = memory_resized(all->list, all->room, sizeof *all->list);
    }
    assert(all->count < all->room);
    all->list[all->count++] = (struct citation){id, one, check};
}

static void cite_case(struct citations *all, const struct result_case *one) {
    for (size_t i = 0; i < one->cover_count; i++) {
        cite(all, memory_copy(one->covers[i]), one, NULL);
    }
    for (size_t i = 0; i < one->check_count; i++) {
        struct clause_cursor cursor = {.source = one->checks[i].limit_source};
        for (char *id; (id = clause_next(&cursor)) != NULL;) {
            cite(all, id, one, &one->checks[i]);
        }
    }
}

/* By id; then in the order of the record. */
static int by_id(const void *left, const void *right) {
    const struct citation *a = left, *b = right;
    int order = strverscmp(a->id, b->id);
    if (order == 0 && a->one != b->one) {
        order = a->one < b->one ? -1 : 1;
    }
    if (order == 0 && a->check != b->check) {
        order = a->check < b->check ? -1 : 1;
    }
    return order;
}

/* ------------------------------------------------------------------ the worst of them */

double clause_tightness(const struct result_check *check) {
    double limit = isnan(check->limit_max) ? check->limit_min : check->limit_max;
    double size = fabs(limit) > 0 ? fabs(limit) : 1;
    return isnan(check->margin) ? (double)INFINITY : check->margin / size;
}

static bool is_worse(const struct result_check *one, const struct result_check *other) {
    if (other == NULL || one->verdict != other->verdict) {
        return other == NULL || one->verdict > other->verdict;
    }
    return clause_tightness(one) < clause_tightness(other);
}

static void take_citation(struct clause_entry *entry, const struct citation *citation) {
    const struct result_check *check = citation->check;
    enum verdict verdict = check != NULL ? check->verdict : citation->one->verdict;
    if (verdict == VERDICT_NONE && check != NULL) {
        return; /* not judged there: says nothing of the clause */
    }
    bool worse = entry->worst_case == NULL || verdict > entry->verdict;
    bool shows = check != NULL && verdict >= entry->verdict && is_worse(check, entry->worst);
    if (worse || shows) {
        entry->worst_case = citation->one;
    }
    if (shows || (worse && verdict > entry->verdict)) {
        entry->worst = check;
    }
    entry->verdict = verdict_worst(entry->verdict, verdict);
    assert(entry->verdict >= verdict); /* the worst of all */
}

/* Returns the first citation of the next clause. */
static size_t take_clause(struct clause_entry *entry, const struct citations *all, size_t from) {
    const struct result_case *covering = NULL, *citing = NULL;
    size_t i = from;
    entry->id = memory_copy(all->list[from].id);
    for (; i < all->count && strcmp(all->list[i].id, entry->id) == 0; i++) {
        const struct citation *citation = &all->list[i];
        const struct result_case **last = citation->check == NULL ? &covering : &citing;
        bool judged = citation->check == NULL || citation->check->verdict != VERDICT_NONE;
        if (judged && *last != citation->one) {
            *last = citation->one;
            entry->covering += citation->check == NULL;
            entry->citing += citation->check != NULL;
        }
        take_citation(entry, citation);
    }
    assert(i > from && (i == all->count || strverscmp(entry->id, all->list[i].id) < 0));
    return i;
}

/* ------------------------------------------------------------------ the index */

static bool is_family(const char *id) {
    size_t length = strlen(id);
    return length > 2 && strcmp(id + length - 2, " *") == 0;
}

/* The standard as a whole too. */
static bool is_of_family(const char *family, const char *id) {
    size_t length = strlen(family) - 2;
    return strncmp(family, id, length) == 0 && (id[length] == '\0' || id[length] == ' ');
}

static const struct result_clause *find_clause(const struct result_run *run, const char *id) {
    for (size_t i = 0; i < run->clause_count; i++) {
        const char *own = run->clauses[i].id;
        if (strcmp(own, id) == 0 || (is_family(own) && is_of_family(own, id))) {
            return &run->clauses[i];
        }
    }
    return NULL;
}

/* What the profile lists and nothing cites. */
static void add_uncited(struct citations *all, const struct result_run *run) {
    size_t cited = all->count;
    for (size_t i = 0; i < run->clause_count; i++) {
        bool found = is_family(run->clauses[i].id);
        for (size_t k = 0; !found && k < cited; k++) {
            found = strcmp(all->list[k].id, run->clauses[i].id) == 0;
        }
        if (!found) {
            cite(all, memory_copy(run->clauses[i].id), NULL, NULL);
        }
    }
}

static void make_entry(struct clause_entry *entry, const struct citations *all, size_t *next,
                       const struct result_run *run) {
    const struct citation *first = &all->list[*next];
    assert(*next < all->count);
    if (first->one == NULL) {
        entry->id = memory_copy(first->id);
        ++*next;
    } else {
        *next = take_clause(entry, all, *next);
    }
    entry->clause = find_clause(run, entry->id);
    entry->acceptance = acceptance_of(entry, run);
    assert(entry->worst == NULL || entry->worst->verdict == entry->verdict);
}

struct clause_index *clause_index_new(const struct result_set *set) {
    struct clause_index *index = memory_zeroed(1, sizeof *index);
    struct citations all = {0};
    for (size_t i = 0; i < set->case_count; i++) {
        cite_case(&all, &set->cases[i]);
    }
    add_uncited(&all, &set->run);
    if (all.count > 0) {
        qsort(all.list, all.count, sizeof *all.list, by_id);
    }
    index->entries = memory_zeroed(all.count, sizeof *index->entries);
    for (size_t next = 0; next < all.count;) {
        make_entry(&index->entries[index->count++], &all, &next, &set->run);
    }
    assert(index->count <= all.count); /* each clause once */
    for (size_t i = 0; i < all.count; i++) {
        free(all.list[i].id);
    }
    free(all.list);
    return index;
}

void clause_index_free(struct clause_index *index) {
    for (size_t i = 0; i < index->count; i++) {
        free(index->entries[i].id);
    }
    free(index->entries);
    free(index);
}
