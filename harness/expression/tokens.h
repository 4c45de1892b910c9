/* SPDX-License-Identifier: MIT */
/* tokens.h: the words and signs an expression is made of. Only for harness/expression*.c.
 *
 *   size_t at = 0;
 *   struct token token;
 *   do token_next(text, &at, &token, why, sizeof why); while (token.kind != TOKEN_END && token.kind != TOKEN_BAD);
 */
#ifndef HARNESS_EXPRESSION_TOKENS_H
#define HARNESS_EXPRESSION_TOKENS_H

#include "harness/expression/internal.h"

#define TOKEN_WORD_SIZE 64

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,   /* a signal's name or a keyword */
    TOKEN_NUMBER, /* with its unit */
    TOKEN_COMPARISON,
    TOKEN_OPEN,
    TOKEN_CLOSE,
    TOKEN_PER, /* "/" between two signals */
    TOKEN_BAD, /* why says what is wrong with it */
};

struct token {
    enum token_kind kind;
    size_t offset;
    char word[TOKEN_WORD_SIZE]; /* word; number: its unit */
    size_t unit_offset;
    double number;
    bool is_signed; /* number: written with + or - */
    enum comparison comparison;
};

/* Reads the token at *at and moves *at behind it. why is filled for TOKEN_BAD only. */
void token_next(const char *text, size_t *at, struct token *token, char *why, size_t why_size);
/* One of and, or, not: no signal can have that name. */
bool word_is_joint(const char *word);

#endif
