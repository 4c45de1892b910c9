/* SPDX-License-Identifier: MIT */
#include "harness/expression/tokens.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

struct scanner {
    const char *text;
    size_t at;
    struct token *token;
    char *why;
    size_t why_size;
};

static bool starts_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool in_name(char c) {
    return starts_name(c) || (c >= '0' && c <= '9') || c == '.' || c == ':';
}

bool word_is_joint(const char *word) {
    return strcmp(word, "and") == 0 || strcmp(word, "or") == 0 || strcmp(word, "not") == 0;
}

static void bad_token(struct scanner *scanner, const char *before, const char *word,
                      const char *after) {
    scanner->token->kind = TOKEN_BAD;
    snprintf(scanner->why, scanner->why_size, "%s%s%s", before, word, after);
}

static void read_word(struct scanner *scanner) {
    const char *start = scanner->text + scanner->at;
    size_t length = 0;
    while (in_name(start[length])) {
        length++;
    }
    scanner->at += length;
    if (length >= TOKEN_WORD_SIZE) {
        bad_token(scanner, "this name is longer than any signal's", "", "");
        return;
    }
    scanner->token->kind = TOKEN_WORD;
    memcpy(scanner->token->word, start, length);
    scanner->token->word[length] = '\0';
}

static void read_unit(struct scanner *scanner) {
    const char *start = scanner->text + scanner->at;
    size_t blanks = strspn(start, " \t");
    size_t length = unit_scan(start + blanks);
    char *unit = scanner->token->word;
    scanner->token->unit_offset = scanner->at + blanks;
    if (length >= TOKEN_WORD_SIZE) {
        length = TOKEN_WORD_SIZE - 1;
    }
    memcpy(unit, start + blanks, length);
    unit[length] = '\0';
    if (word_is_joint(unit)) {
        unit[0] = '\0'; /* "60 and ...": the number has no unit */
    }
    if (unit[0] != '\0') {
        scanner->at += blanks + length;
    }
}

/* A sign may stand apart: "plate.current_max - 2 A". */
static void read_number(struct scanner *scanner) {
    const char *start = scanner->text + scanner->at;
    bool is_signed = *start == '-' || *start == '+';
    size_t blanks = is_signed ? strspn(start + 1, " \t") : 0;
    size_t before = blanks > 0 ? 1 + blanks : 0;
    size_t length = number_scan(start + before, &scanner->token->number);
    bool twice = before > 0 && (start[before] == '-' || start[before] == '+');
    if (length == 0 || twice) {
        bad_token(scanner, "this is no number", "", "");
        return;
    }
    if (before > 0 && *start == '-') {
        scanner->token->number = -scanner->token->number;
    }
    scanner->token->kind = TOKEN_NUMBER;
    scanner->token->is_signed = is_signed;
    scanner->at += before + length;
    read_unit(scanner);
}

/* Signs, the longer ones first; those of other languages are explained. */
static const struct sign {
    const char *text;
    enum token_kind kind;
    enum comparison comparison;
    const char *instead;
} signs[] = {
    {"<=", TOKEN_COMPARISON, COMPARE_LESS_EQUAL, NULL},
    {">=", TOKEN_COMPARISON, COMPARE_GREATER_EQUAL, NULL},
    {"==", TOKEN_COMPARISON, COMPARE_EQUAL, NULL},
    {"!=", TOKEN_COMPARISON, COMPARE_NOT_EQUAL, NULL},
    {"<>", TOKEN_BAD, COMPARE_NOT_EQUAL, "'!='"},
    {"=<", TOKEN_BAD, COMPARE_NOT_EQUAL, "'<='"},
    {"=>", TOKEN_BAD, COMPARE_NOT_EQUAL, "'>='"},
    {"<", TOKEN_COMPARISON, COMPARE_LESS, NULL},
    {">", TOKEN_COMPARISON, COMPARE_GREATER, NULL},
    {"(", TOKEN_OPEN, COMPARE_EQUAL, NULL},
    {")", TOKEN_CLOSE, COMPARE_EQUAL, NULL},
    {"/", TOKEN_PER, COMPARE_EQUAL, NULL},
    {"=", TOKEN_BAD, COMPARE_EQUAL, "'=='"},
    {"&&", TOKEN_BAD, COMPARE_EQUAL, "'and'"},
    {"||", TOKEN_BAD, COMPARE_EQUAL, "'or'"},
    {"!", TOKEN_BAD, COMPARE_EQUAL, "'not'"},
    {"≤", TOKEN_BAD, COMPARE_EQUAL, "'<='"},
    {"≥", TOKEN_BAD, COMPARE_EQUAL, "'>='"},
    {"≠", TOKEN_BAD, COMPARE_EQUAL, "'!='"},
    {"@", TOKEN_BAD, COMPARE_EQUAL, "the mark alone: it cannot be part of a condition"},
};

static void read_sign(struct scanner *scanner) {
    const char *start = scanner->text + scanner->at;
    for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++) {
        const struct sign *sign = &signs[i];
        size_t length = strlen(sign->text);
        if (strncmp(start, sign->text, length) != 0) {
            continue;
        }
        scanner->at += length;
        scanner->token->kind = sign->kind;
        scanner->token->comparison = sign->comparison;
        if (sign->instead != NULL) {
            bad_token(scanner, "write ", sign->instead, "");
        }
        return;
    }
    char odd[8] = {start[0]}; /* with the rest of its UTF-8 sequence */
    for (size_t i = 1; i < 4 && ((unsigned char)start[i] & 0xC0u) == 0x80; i++) {
        odd[i] = start[i];
    }
    bad_token(scanner, "'", odd, "' has no meaning here");
}

void token_next(const char *text, size_t *at, struct token *token, char *why, size_t why_size) {
    struct scanner scanner = {text, *at + strspn(text + *at, " \t\r\n"), token, why, why_size};
    const char c = text[scanner.at];
    token->offset = scanner.at;
    token->kind = TOKEN_END;
    if (starts_name(c)) {
        read_word(&scanner);
    } else if ((c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.') {
        read_number(&scanner);
    } else if (c != '\0') {
        read_sign(&scanner);
    }
    /* It goes on with every token but a bad one, and stays at the end. */
    assert(token->kind == TOKEN_END ? scanner.at == token->offset : scanner.at >= token->offset);
    assert(token->kind == TOKEN_END || token->kind == TOKEN_BAD || scanner.at > token->offset);
    *at = scanner.at;
}
