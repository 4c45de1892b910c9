/* SPDX-License-Identifier: MIT */
#include "harness/cli/list/clauses.h"

#include "harness/cli/session.h"
#include "sim/text/buffer.h"
#include "sim/text/plain.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct listing {
    const struct profile *profile;
    struct scenario *const *cases; /* rows of a case behind each other */
    size_t case_count;
    size_t rows, covered, elsewhere, open; /* elsewhere: inspect, station, platform */
};

/* ---- what covers a row ---- */

static size_t rows_of_case(const struct listing *listing, size_t first) {
    size_t count = 1;
    while (first + count < listing->case_count &&
           strcmp(listing->cases[first + count]->name, listing->cases[first]->name) == 0) {
        count++;
    }
    return count;
}

static void put_name(struct buffer *text, const char *name) {
    buffer_put(text, text->length > 0 ? ", " : "");
    buffer_put(text, name);
}

/* A case by its name where all its rows cover the clause, else by those rows. */
static void put_case(const struct listing *listing, const struct clause_def *clause, size_t first,
                     size_t count, struct buffer *text) {
    size_t covering = 0;
    for (size_t i = first; i < first + count; i++) {
        covering += clause_covered_by(clause, listing->cases[i]);
    }
    if (covering == count) {
        put_name(text, listing->cases[first]->name);
        return;
    }
    for (size_t i = first; covering > 0 && i < first + count; i++) {
        if (clause_covered_by(clause, listing->cases[i])) {
            put_name(text, listing->cases[i]->id);
        }
    }
}

static void put_cases(const struct listing *listing, const struct clause_def *clause,
                      struct buffer *text) {
    for (size_t i = 0, count; i < listing->case_count; i += count) {
        count = rows_of_case(listing, i);
        assert(count > 0);
        put_case(listing, clause, i, count, text);
    }
}

static bool is_covered(const struct listing *listing, const struct clause_def *clause) {
    for (size_t i = 0; i < listing->case_count; i++) {
        if (clause_covered_by(clause, listing->cases[i])) {
            return true;
        }
    }
    return false;
}

/* ---- what is open ---- */

static bool is_open_itself(const struct listing *listing, const struct clause_def *clause) {
    return clause->open.en != NULL || (clause_needs_a_case(clause) && !is_covered(listing, clause));
}

/* Parts of the clause that are open. */
static void put_open_parts(const struct listing *listing, const struct clause_list *list,
                           const struct clause_def *clause, struct buffer *text) {
    for (size_t i = 0; i < list->count; i++) {
        const struct clause_def *part = &list->clauses[i];
        if (clause_is_part(part, clause) && is_open_itself(listing, part)) {
            put_name(text, part->id + strlen(clause->id));
        }
    }
}

/* ---- a row ---- */

static void put_phrase(const char *before, struct phrase text) {
    bool both = strcmp(text.en, text.zh) != 0;
    plain_print(stdout, "    %s%s%s%s\n", before, text.en, both ? "  " : "", both ? text.zh : "");
}

static void put_words(const struct clause_def *clause, bool covered, bool open) {
    static const char *const ways[] = {"inspect", "station", "platform"};
    plain_print(stdout, "%-34s %s", clause->id, covered ? "cases" : "");
    const char *between = covered ? ", " : "";
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        if (clause_verified_by(clause, ways[i])) {
            plain_print(stdout, "%s%s", between, ways[i]);
            between = ", ";
        }
    }
    plain_print(stdout, "%s%s\n", open ? between : "", open ? "OPEN" : "");
}

static void put_verification(const struct clause_def *clause) {
    plain_print(stdout, "    verified by");
    for (size_t i = 0; i < clause->verify_count; i++) {
        plain_print(stdout, "%s %s", i > 0 ? "," : "", clause->verify[i]);
    }
    plain_print(stdout, "%s%s\n", clause->verify_count > 0 ? "" : " cases",
                clause_needs_hardware(clause) ? "; needs hardware" : "");
}

static void put_open(const struct clause_def *clause, bool covered, const char *parts) {
    static const struct phrase nothing = {"no case covers it", "没有用例涉及"};
    if (clause->open.en != NULL) {
        put_phrase("OPEN: ", clause->open);
    } else if (!covered && clause_needs_a_case(clause)) {
        put_phrase("OPEN: ", nothing);
    }
    if (parts != NULL) {
        plain_print(stdout, "    OPEN in its parts: %s\n", parts);
    }
}

static void list_row(struct listing *listing, const struct clause_list *list,
                     const struct clause_def *clause, bool only_open) {
    struct buffer cases = {0}, parts = {0};
    put_cases(listing, clause, &cases);
    put_open_parts(listing, list, clause, &parts);
    bool covered = cases.length > 0;
    bool open = parts.length > 0 || is_open_itself(listing, clause);
    listing->rows++;
    listing->covered += covered;
    listing->open += open;
    listing->elsewhere += !covered && !open;
    if (open || !only_open) {
        put_words(clause, covered, open);
        put_phrase("", clause->text);
        if (clause->limit.en != NULL) {
            put_phrase("limit: ", clause->limit);
        }
        put_verification(clause);
        if (covered) {
            plain_print(stdout, "    cases: %s\n", cases.chars);
        }
        put_open(clause, covered, parts.length > 0 ? parts.chars : NULL);
    }
    buffer_free(&cases);
    buffer_free(&parts);
}

static void list_document(const struct clause_document *document) {
    if (document != NULL) {
        plain_print(stdout, "\n== %s  %s\n== edition: %s\n\n", document->title.en,
                    document->title.zh, document->edition);
    }
}

static void list_profile(struct listing *listing, const struct clause_list *list, bool only_open) {
    const struct clause_document *document = NULL;
    for (size_t i = 0; i < list->count; i++) {
        const struct clause_def *clause = &list->clauses[i];
        if (clause->document != document) {
            document = clause->document;
            list_document(document);
        }
        list_row(listing, list, clause, only_open);
    }
}

int list_clauses(struct session *session, bool only_open) {
    size_t count;
    struct scenario **cases = session_load(session, NULL, 0, &count);
    if (cases == NULL) {
        return EXIT_USAGE;
    }
    struct listing listing = {session->profile, cases, count, 0, 0, 0, 0};
    const struct profile *profile = session->profile;
    for (; profile != NULL; profile = profile->base) {
        list_profile(&listing, &profile->clauses, only_open);
    }
    plain_print(
        stdout,
        "\n%zu rows: %zu covered by cases, %zu decided by inspect, station or platform alone; "
        "of %zu something is OPEN\n",
        listing.rows, listing.covered, listing.elsewhere, listing.open);
    free(cases);
    return EXIT_PASS;
}
