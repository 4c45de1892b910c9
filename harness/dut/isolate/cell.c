/* SPDX-License-Identifier: MIT */
#include "harness/dut/isolate/cell.h"

#include "harness/dut/instance.h"
#include "harness/dut/isolate/cell_internal.h"
#include "harness/dut/isolate/confine.h"
#include "harness/dut/local.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

static struct cell cell;
static struct dut_host host;
static struct dut_instance instance;

/* Standard input is nobody's; what it prints goes to standard error. */
static void give_up_descriptors(void) {
    int nothing = open("/dev/null", O_RDONLY);
    if (nothing >= 0) {
        dup2(nothing, STDIN_FILENO);
    }
    dup2(STDERR_FILENO, STDOUT_FILENO);
    setvbuf(stdout, NULL, _IOLBF, 0); /* nobody flushes when it is ended */
    close_range(3, ~0U, 0);
}

_Noreturn static void refuse(const char *why) {
    size_t length = strnlen(why, MAILBOX_BYTES - 1);
    memcpy(cell.box->bytes, why, length);
    cell.box->letter.count = length;
    cell.box->letter.kind = LETTER_REFUSED;
    mailbox_pass(cell.box, TURN_BENCH);
    _exit(EXIT_FAILURE);
}

static void put_text(char *to, size_t size, const char *text) {
    size_t length = strnlen(text, size - 1);
    memcpy(to, text, length);
    to[length] = '\0';
}

static void tell_facts(const struct dut_api *api) {
    struct mail_facts *facts = &cell.box->facts;
    facts->abi_version = api->abi_version;
    facts->guns = api->guns;
    facts->tick_ns = api->tick_ns;
    facts->param_count = api->param_count;
    put_text(facts->name, sizeof facts->name, api->name);
    put_text(facts->version, sizeof facts->version, api->version);
}

static const struct dut_api *load(const char *path) {
    struct problem problem = {0};
    void *library;
    const struct dut_api *api = dut_load(path, &library, &problem);
    if (api == NULL) {
        refuse(problem.text);
    } else if (!dut_instance_make(&instance, api->instance_size)) {
        refuse("no memory for the firmware's instance");
    }
    dut_instance_watch(&instance, (volatile int *)&cell.box->blame);
    return api;
}

/* ---- calls ---- */

static size_t put_string(size_t at, const char *text) {
    size_t length = strnlen(text != NULL ? text : "", MAILBOX_BYTES / 4);
    memcpy(cell.box->bytes + at, text != NULL ? text : "", length);
    cell.box->bytes[at + length] = '\0';
    return at + length + 1;
}

/* Name, unit and clause, each with its end. */
static void tell_param(const struct dut_api *api, uint32_t number) {
    const struct dut_param *param = &api->params[number];
    struct mail_facts *facts = &cell.box->facts;
    size_t at = put_string(put_string(put_string(0, param->name), param->unit), param->clause);
    cell.box->letter.count = at;
    facts->param_value = param->value;
    facts->param_min = param->min;
    facts->param_max = param->max;
}

static void tell_name(const char *name) {
    cell.box->letter.count = put_string(0, name);
}

static int64_t call(const struct dut_api *api, const struct letter *letter) {
    static uint8_t
        bytes[MAILBOX_BYTES + 1]; /* the mailbox's own serve for what it asks meanwhile */
    void *dut = instance.memory;
    memcpy(bytes, cell.box->bytes, letter->count);
    bytes[letter->count] = '\0';
    switch ((enum letter_kind)letter->kind) {
    case LETTER_PARAM:
        tell_param(api, letter->a);
        break;
    case LETTER_INIT:
        dut_instance_clear(&instance);
        return api->init(dut, &host, letter->now_ns);
    case LETTER_SET_PARAM:
        return api->set_param(dut, (const char *)bytes, (int32_t)letter->value);
    case LETTER_CAPABILITY:
        return api->capability(dut, letter->a, (enum dut_capability)letter->b);
    case LETTER_ON_CAN:
        api->on_can(dut, letter->now_ns, letter->a, &letter->frame);
        break;
    case LETTER_ON_SERIAL:
        api->on_serial(dut, letter->now_ns, letter->a, bytes, letter->count);
        break;
    case LETTER_ON_INPUT:
        api->on_input(dut, letter->now_ns, letter->a, (enum dut_input)letter->b,
                      (int32_t)letter->value);
        break;
    case LETTER_RUN:
        return api->run(dut, letter->now_ns);
    case LETTER_STATE_NAME:
        tell_name(api->state_name((int32_t)letter->value));
        break;
    case LETTER_FAULT_NAME:
        tell_name(api->fault_name((int32_t)letter->value));
        break;
    default:
        break;
    }
    return 0;
}

static void look_at_instance(bool thorough) {
    enum dut_blame blame = dut_instance_check(&instance, thorough);
    if (blame != DUT_BLAME_NONE) {
        cell.box->blame = (uint32_t)blame;
    }
}

_Noreturn static void serve(const struct dut_api *api) {
    host = cell_host(&cell);
    for (unsigned count = 0;; count++) {
        const struct letter letter = cell.box->letter; /* the firmware's calls write new ones */
        cell.inputs_known = letter.with_inputs;        /* it is another instant */
        cell.block.known = false;                      /* somebody may have damaged the storage */
        cell.called = true;
        int64_t result = call(api, &letter);
        cell.called = false;
        look_at_instance(letter.kind != LETTER_RUN || count % 64 == 0);
        cell.box->letter.value = result;
        cell_send(&cell, LETTER_RETURN);
    }
}

_Noreturn void cell_run(struct mailbox *box, const char *path, bool confined) {
    struct problem problem = {0};
    cell.box = box;
    give_up_descriptors();
    signal(SIGINT, SIG_IGN); /* the terminal's ^C is for the run */
    if (!confined) {
        (void)confine_beside(&box->refused_call); /* where it can be */
    } else if (!confine(&box->refused_call, &problem)) {
        refuse(problem.text);
    }
    const struct dut_api *api = load(path);
    cell.guns = api->guns;
    tell_facts(api);
    cell_send(&cell, LETTER_RETURN);
    serve(api);
}
