/* SPDX-License-Identifier: MIT */
/* Recursive descent over
 *
 *   any        = all {"or" all}
 *   all        = negation {"and" negation}
 *   negation   = "not" negation | comparison
 *   comparison = operand [("<" | "<=" | ">" | ">=" | "==" | "!=") operand]
 *   operand    = "(" any ")" | [number "%" "of"] value [("+" | "-") number [unit]] | number [unit]
 *   value      = "abs" "(" signal ")" | signal
 *
 * and, where a quantity is wanted, "value / signal".
 *
 * Depth and number of nodes are bounded, so a hostile text costs a fault and nothing else. */
#include "harness/expression/range.h"
#include "harness/expression/tokens.h"
#include "sim/text/nearest.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

struct parser {
    const char *text;
    size_t at;
    const struct signal_board *board;
    struct expression_node *nodes;
    size_t count;
    unsigned depth;
    struct token token; /* the present one */
    struct expression_fault *fault;
    bool failed;
};

/* What a part of the text turned out to be. */
enum operand_kind {
    OPERAND_CONDITION, /* nodes[node] */
    OPERAND_QUANTITY,  /* a signal, perhaps abs() of it */
    OPERAND_NUMBER,
    OPERAND_NONE, /* failed */
};

struct operand {
    enum operand_kind kind;
    size_t offset;
    unsigned node;
    struct side side;
    const char *name; /* of its signal; of a condition that is one signal too, else NULL */
    char unit[TOKEN_WORD_SIZE];
    size_t unit_offset;
};

static const struct operand nothing = {.kind = OPERAND_NONE};

static struct operand parse_any(struct parser *parser);

/* The first fault is the one that is told. */
__attribute__((format(printf, 3, 4))) static struct operand
fail(struct parser *parser, size_t offset, const char *format, ...) {
    if (!parser->failed) {
        va_list arguments;
        va_start(arguments, format);
        vsnprintf(parser->fault->text, sizeof parser->fault->text, format, arguments);
        parser->fault->zh[0] = '\0';
        va_end(arguments);
        parser->fault->offset = offset;
        parser->failed = true;
    }
    return nothing;
}

/* The same in both languages, whose formats take the same arguments. */
__attribute__((format(printf, 3, 5), format(printf, 4, 5))) static struct operand
fail_both(struct parser *parser, size_t offset, const char *en, const char *zh, ...) {
    struct problem problem;
    bool told = parser->failed;
    va_list arguments;
    va_start(arguments, zh);
    problem_set_both_list(&problem, en, zh, arguments);
    va_end(arguments);
    fail(parser, offset, "%s", problem.text);
    if (!told) {
        snprintf(parser->fault->zh, sizeof parser->fault->zh, "%s", problem.zh);
    }
    return nothing;
}

static void advance(struct parser *parser) {
    char why[128];
    token_next(parser->text, &parser->at, &parser->token, why, sizeof why);
    if (parser->token.kind == TOKEN_BAD) {
        fail(parser, parser->token.offset, "%s", why);
    }
}

static bool at_word(const struct parser *parser, const char *word) {
    return parser->token.kind == TOKEN_WORD && strcmp(parser->token.word, word) == 0;
}

/* ---- nodes ---- */

static struct operand add_node(struct parser *parser, struct expression_node node, size_t offset,
                               const char *name) {
    if (parser->count == EXPRESSION_NODES_MAX) {
        return fail_both(parser, offset, "this condition has more than %d parts",
                         "此条件多于%d个部分", EXPRESSION_NODES_MAX);
    }
    unsigned index = (unsigned)parser->count++;
    node.parent = index;
    if (node.kind <= NODE_NOT) {
        assert(node.first < index && node.second < index);      /* parts come first */
        assert(parser->nodes[node.first].parent == node.first); /* and are parts of one whole */
        assert(parser->nodes[node.second].parent == node.second);
        parser->nodes[node.first].parent = index;
        parser->nodes[node.second].parent = index;
    }
    parser->nodes[index] = node;
    return (struct operand){
        .kind = OPERAND_CONDITION, .offset = offset, .node = index, .name = name};
}

/* Something that is to be true or false. */
static bool need_condition(struct parser *parser, const struct operand *operand) {
    switch (operand->kind) {
    case OPERAND_CONDITION:
        return true;
    case OPERAND_NUMBER:
        fail_both(parser, operand->offset, "a number alone is neither true nor false; compare it",
                  "单独的数既非真也非假；请作比较");
        return false;
    case OPERAND_QUANTITY: {
        const char *unit = operand->unit;
        fail(parser, operand->offset, "%s is a number; compare it, e.g. '%s > 0%s%s'",
             operand->name, operand->name, unit[0] != '\0' ? " " : "", unit);
        return false;
    }
    case OPERAND_NONE:
        break;
    }
    return false;
}

static bool need_number(struct parser *parser, const struct operand *operand) {
    if (operand->kind != OPERAND_CONDITION) {
        return operand->kind != OPERAND_NONE;
    }
    if (operand->name == NULL) {
        fail_both(parser, operand->offset,
                  "a condition cannot be compared; join conditions with 'and', 'or', 'not'",
                  "条件不能比较；请用'and'、'or'、'not'连接");
        return false;
    }
    if (parser->nodes[operand->node].kind == NODE_PULSE) {
        fail_both(
            parser, operand->offset,
            "%s is a message and has no value; compare a field of it (%s.…) or write '%s' alone",
            "%s是报文，没有值；请比较其字段（%s.…），或单独写'%s'", operand->name, operand->name,
            operand->name);
    } else {
        fail_both(parser, operand->offset,
                  "%s is true or false; write '%s' or 'not %s' instead of comparing it",
                  "%s只有真假；请写'%s'或'not %s'，不要比较", operand->name, operand->name,
                  operand->name);
    }
    return false;
}

/* ---- signals ---- */

struct name_walk {
    const struct signal *next;
};

static const char *next_name(void *ctx, size_t index) {
    struct name_walk *walk = ctx;
    (void)index; /* asked in order */
    const struct signal *signal = walk->next;
    walk->next = signal != NULL ? signal->next_added : NULL;
    return signal != NULL ? signal->name : NULL;
}

static struct operand unknown_signal(struct parser *parser, const char *name, size_t offset) {
    static const struct phrase all = {"; 'pilebench list signals' shows all",
                                      "；'pilebench list signals'列出全部"};
    struct name_walk walk = {parser->board->first};
    struct problem problem;
    problem_set_both(&problem, "there is no signal '%s'", "没有信号'%s'", name);
    nearest_add(&problem, name, next_name, &walk, all);
    return fail_both(parser, offset, "%s%.0s", "%.0s%s", problem.text, problem.zh);
}

static struct operand parse_signal(struct parser *parser) {
    size_t offset = parser->token.offset;
    struct signal *signal = signal_find(parser->board, parser->token.word);
    if (signal == NULL) {
        return unknown_signal(parser, parser->token.word, offset);
    }
    signal->quiet = false;
    advance(parser);
    if (signal->kind != SIGNAL_NUMBER) {
        struct expression_node node = {
            .kind = signal->kind == SIGNAL_PULSE ? NODE_PULSE : NODE_BOOL, .left.signal = signal};
        return add_node(parser, node, offset, signal->name);
    }
    struct operand operand = {.kind = OPERAND_QUANTITY,
                              .offset = offset,
                              .side = {.signal = signal, .share = 1.0},
                              .name = signal->name,
                              .unit_offset = offset};
    snprintf(operand.unit, sizeof operand.unit, "%s", signal->unit);
    return operand;
}

static bool expect_close(struct parser *parser, size_t opened) {
    if (parser->token.kind != TOKEN_CLOSE) {
        fail_both(parser, parser->token.offset, "')' is missing for the '(' at character %zu",
                  "第%zu个字符处的'('缺少')'", opened + 1);
        return false;
    }
    advance(parser);
    return true;
}

static struct operand parse_abs(struct parser *parser) {
    size_t offset = parser->token.offset;
    advance(parser);
    size_t opened = parser->token.offset;
    if (parser->token.kind != TOKEN_OPEN) {
        return fail_both(parser, opened, "write abs(SIGNAL)", "请写abs(SIGNAL)");
    }
    advance(parser);
    if (parser->token.kind != TOKEN_WORD || word_is_joint(parser->token.word)) {
        return fail_both(parser, parser->token.offset, "abs() takes the name of a signal",
                         "abs的括号中为信号名");
    }
    struct operand operand = parse_signal(parser);
    if (!need_number(parser, &operand) || !expect_close(parser, opened)) {
        return nothing;
    }
    operand.side.absolute = true;
    operand.offset = offset;
    return operand;
}

/* The units of both sides are of one dimension; else says which unit is expected. */
static bool check_units(struct parser *parser, const struct operand *left,
                        const struct operand *right, struct conversion *conversion) {
    if (unit_conversion(right->unit, left->unit, conversion)) {
        return true;
    }
    char choices[64];
    unit_choices(left->unit, choices, sizeof choices);
    if (right->kind == OPERAND_QUANTITY) {
        fail(parser, right->offset, "%s is in %s and %s in %s: they cannot be compared", left->name,
             left->unit[0] != '\0' ? left->unit : "plain numbers", right->name,
             right->unit[0] != '\0' ? right->unit : "plain numbers");
    } else if (left->unit[0] == '\0') {
        fail_both(parser, right->unit_offset, "%s has no unit, so leave out '%s'",
                  "%s没有单位，请去掉'%s'", left->name, right->unit);
    } else if (right->unit[0] == '\0') {
        fail_both(parser, right->unit_offset,
                  "a unit is missing: %s is in %s, write %s after the number",
                  "缺少单位：%s的单位是%s，请在数后写%s", left->name, left->unit, choices);
    } else {
        fail_both(parser, right->unit_offset, "'%s' does not fit: %s is in %s, write %s",
                  "'%s'不适用：%s的单位是%s，请写%s", right->unit, left->name, left->unit, choices);
    }
    return false;
}

static struct operand parse_number(struct parser *parser) {
    struct operand operand = {.kind = OPERAND_NUMBER,
                              .offset = parser->token.offset,
                              .side.number = parser->token.number,
                              .unit_offset = parser->token.unit_offset};
    memcpy(operand.unit, parser->token.word, sizeof operand.unit);
    if (!reach_holds(operand.side.number, operand.unit)) {
        char reach[RANGE_TEXT_SIZE];
        reach_text(operand.unit, reach, sizeof reach);
        return fail_both(parser, operand.offset, "this number is out of range: %s",
                         "此数超出范围：%s", reach);
    }
    advance(parser);
    return operand;
}

/* What is shifted or scaled stands for a level: the crossing of a gliding quantity is solved against
 * it, so it cannot glide itself. */
static bool need_stepped(struct parser *parser, const struct operand *operand) {
    if (operand->side.signal->source == NULL) {
        return true;
    }
    fail_both(parser, operand->offset,
              "%s changes all the time: shift or scale the other side, which holds its value",
              "%s时刻在变：请移动或缩放另一侧，那一侧的值保持不变", operand->name);
    return false;
}

/* "SIGNAL - 2 A", "abs(SIGNAL) + 5 V". */
static struct operand parse_shift(struct parser *parser, struct operand operand) {
    struct conversion conversion;
    if (operand.kind != OPERAND_QUANTITY || parser->token.kind != TOKEN_NUMBER ||
        !parser->token.is_signed) {
        return operand;
    }
    struct operand shift = parse_number(parser);
    if (parser->failed || !need_stepped(parser, &operand) ||
        !check_units(parser, &operand, &shift, &conversion)) {
        return nothing;
    }
    assert(operand.side.number == 0.0); /* shifted once */
    operand.side.number = converted(shift.side.number, conversion);
    return operand;
}

/* A signal or its magnitude. */
static struct operand parse_value(struct parser *parser) {
    bool word = parser->token.kind == TOKEN_WORD && !word_is_joint(parser->token.word);
    if (!word) {
        return fail_both(parser, parser->token.offset, "the name of a signal is missing here",
                         "此处缺少信号名");
    }
    return strcmp(parser->token.word, "abs") == 0 ? parse_abs(parser) : parse_signal(parser);
}

/* A number alone, or "90 % of SIGNAL". */
static struct operand parse_share(struct parser *parser) {
    struct operand number = parse_number(parser);
    if (parser->failed || !at_word(parser, "of")) {
        return number;
    }
    if (strcmp(number.unit, "%") != 0) {
        return fail_both(parser, parser->token.offset,
                         "only a share is 'of' something: '90 %% of ...'",
                         "只有百分数可用'of'：'90 %% of …'");
    }
    advance(parser);
    struct operand operand = parse_value(parser);
    if (parser->failed || !need_number(parser, &operand) || !need_stepped(parser, &operand)) {
        return nothing;
    }
    assert(operand.side.share == 1.0);
    operand.side.share = number.side.number / 100.0;
    operand.offset = number.offset;
    return parse_shift(parser, operand);
}

static struct operand parse_operand(struct parser *parser) {
    size_t offset = parser->token.offset;
    switch (parser->token.kind) {
    case TOKEN_OPEN: {
        if (++parser->depth > EXPRESSION_DEPTH_MAX) {
            return fail_both(parser, offset, "more than %d levels of '(' and 'not'",
                             "'('和'not'多于%d层", EXPRESSION_DEPTH_MAX);
        }
        advance(parser);
        struct operand operand = parse_any(parser);
        assert(parser->depth > 0);
        parser->depth--;
        operand.offset = offset;
        return !parser->failed && expect_close(parser, offset) ? operand : nothing;
    }
    case TOKEN_WORD:
        if (word_is_joint(parser->token.word)) {
            break;
        }
        return parse_shift(parser, parse_value(parser));
    case TOKEN_NUMBER:
        return parse_share(parser);
    case TOKEN_BAD:
        return nothing;
    case TOKEN_END:
    case TOKEN_COMPARISON:
    case TOKEN_CLOSE:
    case TOKEN_PER:
        break;
    }
    return fail_both(parser, offset, "a signal, a message or a number is missing here",
                     "此处缺少信号、报文或数");
}

/* ---- comparisons ---- */

static enum comparison mirrored(enum comparison comparison) {
    assert((unsigned)comparison <= COMPARE_NOT_EQUAL);
    static const enum comparison mirror[] = {
        [COMPARE_LESS] = COMPARE_GREATER, [COMPARE_LESS_EQUAL] = COMPARE_GREATER_EQUAL,
        [COMPARE_GREATER] = COMPARE_LESS, [COMPARE_GREATER_EQUAL] = COMPARE_LESS_EQUAL,
        [COMPARE_EQUAL] = COMPARE_EQUAL,  [COMPARE_NOT_EQUAL] = COMPARE_NOT_EQUAL,
    };
    return mirror[comparison];
}

static bool is_continuous(const struct operand *operand) {
    return operand->side.signal != NULL && operand->side.signal->source != NULL;
}

static bool check_continuous(struct parser *parser, const struct operand *left,
                             const struct operand *right, enum comparison comparison) {
    if (!is_continuous(left)) {
        return true;
    }
    if (is_continuous(right)) {
        fail_both(
            parser, right->offset,
            "%s and %s both change all the time: compare one with a number, or a signal that is "
            "their difference",
            "%s和%s都时刻在变：请将其一与数比较，或用表示两者之差的信号", left->name, right->name);
        return false;
    }
    if (comparison == COMPARE_EQUAL || comparison == COMPARE_NOT_EQUAL) {
        fail_both(parser, left->offset,
                  "%s changes all the time and is never exactly one value: write < or >",
                  "%s时刻在变，不会恰为一个值：请写<或>", left->name);
        return false;
    }
    if (!signal_can_watch(left->side.signal)) {
        fail_both(parser, left->offset, "%s can be measured but not compared",
                  "%s可以测量，不能比较", left->name);
        return false;
    }
    return true;
}

static struct operand compare(struct parser *parser, const struct operand *first,
                              const struct operand *second, enum comparison comparison) {
    const struct operand *left = first, *right = second;
    if (!need_number(parser, first) || !need_number(parser, second)) {
        return nothing;
    }
    if (left->kind == OPERAND_NUMBER && right->kind == OPERAND_NUMBER) {
        return fail_both(parser, left->offset, "two numbers are compared; name a signal",
                         "两侧都是数；请写信号名");
    }
    if (left->kind == OPERAND_NUMBER || (!is_continuous(left) && is_continuous(right))) {
        left = second;
        right = first;
        comparison = mirrored(comparison);
    }
    struct expression_node node = {
        .kind = NODE_COMPARE, .comparison = comparison, .left = left->side, .right = right->side};
    if (!check_units(parser, left, right, &node.conversion) ||
        !check_continuous(parser, left, right, comparison)) {
        return nothing;
    }
    return add_node(parser, node, first->offset, NULL);
}

static struct operand parse_comparison(struct parser *parser) {
    struct operand first = parse_operand(parser);
    if (parser->failed || parser->token.kind != TOKEN_COMPARISON) {
        return first;
    }
    enum comparison comparison = parser->token.comparison;
    advance(parser);
    struct operand second = parse_operand(parser);
    if (parser->failed) {
        return nothing;
    }
    if (parser->token.kind == TOKEN_COMPARISON) {
        return fail_both(parser, parser->token.offset,
                         "a comparison has two sides; join two comparisons with 'and'",
                         "比较有两侧；两个比较请用'and'连接");
    }
    return compare(parser, &first, &second, comparison);
}

/* ---- and, or, not ---- */

static struct operand parse_negation(struct parser *parser) {
    size_t offset = parser->token.offset;
    if (!at_word(parser, "not")) {
        return parse_comparison(parser);
    }
    if (++parser->depth > EXPRESSION_DEPTH_MAX) {
        return fail_both(parser, offset, "more than %d levels of '(' and 'not'",
                         "'('和'not'多于%d层", EXPRESSION_DEPTH_MAX);
    }
    advance(parser);
    struct operand inner = parse_negation(parser);
    assert(parser->depth > 0);
    parser->depth--;
    if (parser->failed || !need_condition(parser, &inner)) {
        return nothing;
    }
    struct expression_node node = {.kind = NODE_NOT, .first = inner.node, .second = inner.node};
    return add_node(parser, node, offset, NULL);
}

static struct operand parse_joined(struct parser *parser, const char *word, enum node_kind kind,
                                   struct operand (*part)(struct parser *)) {
    struct expression_piece pieces[2] = {{.at = parser->token.offset}};
    struct operand left = part(parser);
    while (!parser->failed && at_word(parser, word)) {
        pieces[0].end = parser->token.offset;
        advance(parser);
        pieces[1].at = parser->token.offset;
        struct operand right = part(parser);
        pieces[1].end = parser->token.offset;
        if (parser->failed || !need_condition(parser, &left) || !need_condition(parser, &right)) {
            return nothing;
        }
        struct expression_node node = {.kind = kind,
                                       .pieces = {pieces[0], pieces[1]},
                                       .first = left.node,
                                       .second = right.node};
        left = add_node(parser, node, left.offset, NULL);
        assert(pieces[0].at <= pieces[0].end && pieces[0].end <= pieces[1].at);
        assert(pieces[1].at <= pieces[1].end);
    }
    return left;
}

static struct operand parse_all(struct parser *parser) {
    return parse_joined(parser, "and", NODE_AND, parse_negation);
}

static struct operand parse_any(struct parser *parser) {
    return parse_joined(parser, "or", NODE_OR, parse_all);
}

/* ---- whole texts ---- */

/* "SIGNAL / SIGNAL": the first in percent of the second, which holds its value. */
static struct operand parse_per(struct parser *parser, struct operand operand) {
    struct conversion conversion;
    if (parser->failed || parser->token.kind != TOKEN_PER || operand.kind != OPERAND_QUANTITY) {
        return operand;
    }
    advance(parser);
    struct operand whole = parse_value(parser);
    if (parser->failed || !need_number(parser, &whole) || !need_stepped(parser, &whole) ||
        !check_units(parser, &operand, &whole, &conversion)) {
        return nothing;
    }
    if (strcmp(operand.unit, whole.unit) != 0 || whole.side.absolute) {
        return fail_both(parser, whole.offset, "a share is of a signal in the same unit",
                         "百分数须是同单位信号的百分数");
    }
    assert(conversion.multiply == 1.0 && conversion.divide == 1.0);
    operand.side.whole = whole.side.signal;
    snprintf(operand.unit, sizeof operand.unit, "%%");
    return operand;
}

static struct operand parse_whole(struct parser *parser) {
    assert(parser->at == 0 && parser->depth == 0);
    if (strlen(parser->text) > EXPRESSION_TEXT_MAX) {
        return fail_both(parser, EXPRESSION_TEXT_MAX, "this text is longer than %d characters",
                         "此文本长于%d个字符", EXPRESSION_TEXT_MAX);
    }
    advance(parser);
    if (parser->token.kind == TOKEN_END) {
        return fail_both(parser, parser->token.offset, "this text is empty", "此文本为空");
    }
    struct operand whole = parse_any(parser);
    whole = parse_per(parser, whole);
    if (!parser->failed && parser->token.kind != TOKEN_END) {
        return fail_both(parser, parser->token.offset,
                         "'and', 'or', a comparison or the end is expected here",
                         "此处应为'and'、'or'、比较或结尾");
    }
    return parser->failed ? nothing : whole;
}

bool expression_parse(const char *text, const struct signal_board *board,
                      struct expression_node nodes[EXPRESSION_NODES_MAX], size_t *count,
                      struct expression_fault *fault) {
    struct parser parser = {.text = text, .board = board, .nodes = nodes, .fault = fault};
    struct operand whole = parse_whole(&parser);
    if (parser.failed || !need_condition(&parser, &whole)) {
        return false;
    }
    assert(whole.node == parser.count - 1);
    assert(parser.depth == 0); /* what was opened was closed */
    *count = parser.count;
    return true;
}

bool expression_parse_quantity(const char *text, const struct signal_board *board,
                               struct side *side, struct expression_fault *fault) {
    struct expression_node nodes[EXPRESSION_NODES_MAX];
    struct parser parser = {.text = text, .board = board, .nodes = nodes, .fault = fault};
    struct operand whole = parse_whole(&parser);
    if (!parser.failed && whole.kind != OPERAND_QUANTITY) {
        fail_both(&parser, whole.offset,
                  "a quantity is expected here: SIGNAL, abs(SIGNAL) or SIGNAL / SIGNAL, one that "
                  "has a number as its value",
                  "此处应为量：SIGNAL、SIGNAL / SIGNAL或abs(SIGNAL)，其值为数");
    }
    *side = whole.side;
    return !parser.failed;
}
