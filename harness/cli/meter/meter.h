/* SPDX-License-Identifier: MIT */
/* meter.h: what the subcommands of `pilebench meter` share. */
#ifndef HARNESS_CLI_METER_METER_H
#define HARNESS_CLI_METER_METER_H

#include "harness/cli/cli.h"
#include "harness/mask/number_mask.h"
#include "meter/master.h"
#include "meter/simulated.h"
#include "sim/text/problem.h"

#include <stdbool.h>

struct meter_options {
    const char *port; /* NULL when not given */
    unsigned bits_per_s;
    const char *address_text; /* NULL when not given */
    uint8_t address[6];       /* AA...: whichever is there */
    enum meter_type type;
    struct master_params master;
    double timeout_ms, gap_ms; /* 0: not given */
    unsigned tries;            /* 0: not given */
    bool chinese;
    struct number_mask mask;
};

/* Options of a struct meter_options: of the port, of a request, --address, --type, --language. */
extern const struct option_row meter_line_rows[], meter_request_rows[], meter_address_rows[];
extern const struct option_row meter_type_rows[], meter_text_rows[];

/* Whoever asks one meter for items has all of these. */
#define METER_ASKING_GROUPS(mask_at)                                                               \
    {meter_line_rows, 0}, {meter_address_rows, 0}, {meter_type_rows, 0}, {meter_request_rows, 0},  \
        {meter_text_rows, 0}, {                                                                    \
        cli_mask_rows, mask_at                                                                     \
    }

#define METER_EXIT_CODES                                                                           \
    "0 done, 1 a meter did not answer, refused or has no such value, or the port has gone, 2 "     \
    "wrong "                                                                                       \
    "usage, 4 cannot write, 130 interrupted"
#define METER_EXIT_CODES_ZH                                                                        \
    "0 完成，1 电表无应答、异常应答、无此值或串口已断开，2 用法有误，4 无法写出，130 被中断"

/* As cli_parse, beginning with the defaults; options is the first member of what the command fills. */
bool meter_parse(const struct command *command, int argc, char **argv,
                 struct meter_options *options, struct command_given *given, int *code);

/* A line and a master on it; NULL line: told on standard error already. */
struct meter_session {
    struct loop loop;
    struct serial_line *line;
    struct master master;
};

bool meter_session_open(struct meter_session *session, const struct meter_options *options);
void meter_session_close(struct meter_session *session);
bool meter_interrupted(void);

#define METER_LOOK_NS   (20 * NS_PER_MS) /* how often Ctrl-C is looked for */
#define METER_ITEMS_MAX 32
#define METER_TEXT_SIZE 64

/* One request, waited for. */
struct meter_reading {
    bool came;
    struct master_result result;
    uint8_t data[MASTER_LONG_MAX];
};

/* False: interrupted. */
bool meter_read_item(struct meter_session *session, const uint8_t address[6], uint32_t di,
                     struct meter_reading *reading);
/* An item that was asked for; known is false where its format is not: raw bytes. */
struct meter_wanted {
    struct meter_found found;
    bool known;
};

/* The items of these words, names or identifiers; false: told what is wrong. */
bool meter_items_of(const struct meter_options *options, int argc, char **argv,
                    struct meter_wanted wanted[METER_ITEMS_MAX]);
void meter_want(enum meter_type type, uint32_t di, struct meter_wanted *wanted);
/* One element, masked as the options say. False: FF or the like, no value; text is "-". */
bool meter_element_print(const struct meter_options *options, const struct meter_item *item,
                         const uint8_t *data, char *text, size_t size);
/* Why there is no answer, on standard error. */
void meter_complain(const struct meter_options *options, const char *name,
                    const struct master_result *result);

/* Every line of a text file ("-": standard input), however long, without its end; UTF-16, with or
 * without a byte order mark, as UTF-8. False: it cannot be read, with why. */
bool meter_text_lines(const char *path,
                      void (*line)(void *ctx, const uint8_t *bytes, size_t length), void *ctx,
                      struct problem *problem);

#endif
