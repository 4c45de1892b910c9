/* SPDX-License-Identifier: MIT */
#include "meter/master.h"

#include <assert.h>
#include <string.h>

#define WAKE_UP      0xFE
#define FRAME_START  0x68
#define WAKE_UPS_MAX 16
#define GLITCH_BYTES 4   /* a driver that lets go of the line may leave this many behind */
#define PARTS_MAX    255 /* following parts: their number is one byte */

const struct master_params master_params_default = {
    .timeout_ns = NS_PER_S,
    .gap_ns = METER_GAP_NS,
    .pause_ns = 30 * NS_PER_MS,
    .tries = 3,
    .wake_ups = 4,
};

static bool is_reading(uint8_t control) {
    return control == METER_READ || control == METER_READ_MORE;
}

/* ---- asking ---- */

static void finish(struct master *master, enum master_outcome outcome,
                   const struct meter_frame *answer) {
    assert(master->busy && master->length <= MASTER_LONG_MAX);
    assert(outcome == MASTER_LINE || master->tries <= master->params.tries);
    struct master_result result = {.outcome = outcome,
                                   .di = master->di,
                                   .tries = master->tries,
                                   .took_ns = master->loop->now_ns - master->began_ns,
                                   .data = master->data,
                                   .length = master->length};
    memcpy(result.address, master->request.address, 6);
    if (answer != NULL) {
        memcpy(result.address, answer->address, 6);
        result.control = answer->control;
        result.error = outcome == MASTER_REFUSED && answer->length > 0 ? answer->data[0] : 0;
    }
    loop_cancel(master->loop, &master->timer);
    master->overheard = 0;
    master->busy = master->waiting = false;
    /* After silence there is nobody to wait for. */
    master->quiet_ns =
        master->loop->now_ns + (outcome == MASTER_SILENT ? 0 : master->params.pause_ns);
    if (master->done != NULL) {
        master->done(master->ctx, &result);
    }
}

static int put_on_line(struct master *master) {
    uint8_t bytes[WAKE_UPS_MAX + METER_FRAME_BYTES_MAX];
    unsigned wake_ups =
        master->params.wake_ups < WAKE_UPS_MAX ? master->params.wake_ups : WAKE_UPS_MAX;
    memset(bytes, WAKE_UP, wake_ups);
    size_t count = wake_ups + meter_frame_encode(&master->request, bytes + wake_ups);
    assert(count >= wake_ups + METER_FRAME_BYTES_MIN);
    master->stats.requests++;
    if (serial_send(master->line, &master->station, bytes, count) != 0) {
        return -1;
    }
    int64_t on_wire = (int64_t)count * SERIAL_BYTE_BITS * NS_PER_S / serial_rate(master->line);
    int64_t end_ns = master->loop->now_ns + on_wire + master->params.timeout_ns;
    loop_set(master->loop, &master->timer, end_ns);
    master->slowest_ns = end_ns + (WAKE_UPS_MAX + METER_FRAME_BYTES_MAX) * master->params.gap_ns;
    master->latest_ns = end_ns + (WAKE_UPS_MAX + METER_FRAME_BYTES_MAX) * SERIAL_BYTE_BITS *
                                     NS_PER_S / serial_rate(master->line);
    master->waiting = true;
    return 0;
}

static void begin_try(struct master *master) {
    master->tries++;
    assert(master->busy && !master->waiting);
    master->stats.retries += master->tries > 1;
    meter_parser_init(&master->parser, master->parser.frame, master->parser.damage, master);
    master->parser.gap_ns = master->params.gap_ns;
    master->damaged_now = false;
    if (put_on_line(master) != 0) {
        finish(master, MASTER_LINE, NULL);
    }
}

/* Bytes that may become the answer have come within the last gap: until when to go on listening. A
 * frame that has begun is heard out, as slow as the gap allows; what comes behind damage is not. */
static bool still_coming(const struct master *master, int64_t now_ns, int64_t *until_ns) {
    const struct meter_parser *parser = &master->parser;
    bool begun = parser->count > 0 && parser->bytes[0] == FRAME_START && !master->damaged_now;
    int64_t latest_ns = begun ? master->slowest_ns : master->latest_ns;
    *until_ns = parser->last_ns + master->params.gap_ns;
    *until_ns = *until_ns < latest_ns ? *until_ns : latest_ns;
    return parser->count > 0 && *until_ns > now_ns;
}

/* The pause before a request is over, or the answer has not come in time. */
static void time_over(void *ctx, int64_t now_ns) {
    assert(((const struct master *)ctx)->busy); /* its timer runs then only */
    struct master *master = ctx;
    int64_t until_ns;
    if (!master->waiting) {
        begin_try(master);
        return;
    }
    if (still_coming(master, now_ns, &until_ns)) {
        loop_set(master->loop, &master->timer, until_ns);
        return;
    }
    meter_parser_end(&master->parser);
    if (!master->waiting) {
        return; /* what came in the end was the answer; the next request may be under way already */
    }
    master->waiting = false;
    if (master->tries < master->params.tries) {
        begin_try(master);
    } else {
        finish(master, master->saw_damage ? MASTER_DAMAGED : MASTER_SILENT, NULL);
    }
}

static void start(struct master *master) {
    assert(master->busy);
    int64_t now_ns = master->loop->now_ns;
    master->tries = 0;
    master->waiting = false;
    loop_set(master->loop, &master->timer, master->quiet_ns > now_ns ? master->quiet_ns : now_ns);
}

int master_request(struct master *master, const struct meter_frame *request,
                   void (*done)(void *ctx, const struct master_result *result), void *ctx) {
    assert(request->length <= METER_READ_DATA_MAX);
    if (master->busy) {
        return -1;
    }
    master->busy = true;
    master->saw_damage = false;
    master->request = *request;
    master->done = done;
    master->ctx = ctx;
    master->part =
        request->control == METER_READ_MORE && request->length > 4 ? request->data[4] : 0;
    master->length = 0;
    master->began_ns = master->loop->now_ns;
    master->di = is_reading(request->control) ? meter_di_get(request->data) : 0;
    start(master);
    return 0;
}

int master_read(struct master *master, const uint8_t address[6], uint32_t di,
                void (*done)(void *ctx, const struct master_result *result), void *ctx) {
    struct meter_frame request = {.control = METER_READ, .length = 4};
    memcpy(request.address, address, 6);
    meter_di_put(di, request.data);
    return master_request(master, &request, done, ctx);
}

int master_broadcast(struct master *master, const struct meter_frame *request) {
    if (master->busy) {
        return -1;
    }
    master->request = *request;
    int result = put_on_line(master);
    loop_cancel(master->loop, &master->timer);
    master->waiting = false;
    master->quiet_ns = master->loop->now_ns + master->params.pause_ns;
    return result;
}

/* ---- listening ---- */

/* A following part ends with its number. The former one once more: it was late, and has been
 * kept. */
static bool is_awaited_part(const struct master *master, const struct meter_frame *frame) {
    return frame->length >= 5 && frame->data[frame->length - 1] == master->part;
}

static bool is_answer(const struct master *master, const struct meter_frame *frame) {
    if ((frame->control & METER_ANSWER) == 0 ||
        (frame->control & METER_FUNCTION) != (master->request.control & METER_FUNCTION)) {
        return false;
    }
    bool addressed = meter_address_matches(master->request.address, frame->address) ||
                     master->request.control == METER_WRITE_ADDRESS;
    bool refusal = (frame->control & METER_ABNORMAL) != 0;
    bool item = refusal || !is_reading(master->request.control) ||
                (frame->length >= 4 && meter_di_get(frame->data) == master->di);
    bool part =
        refusal || master->request.control != METER_READ_MORE || is_awaited_part(master, frame);
    return addressed && item && part;
}

/* Data of a reading answer: behind the identifier; from the second part on without the part number.
 * False: more than can be kept. */
static bool keep_data(struct master *master, const struct meter_frame *frame) {
    size_t head = is_reading(master->request.control) ? 4 : 0;
    size_t tail = master->request.control == METER_READ_MORE ? 1 : 0;
    assert(frame->length >= head + tail);
    size_t count = frame->length - head - tail;
    if (master->length + count > MASTER_LONG_MAX) {
        return false;
    }
    memcpy(master->data + master->length, frame->data + head, count);
    master->length += count;
    assert(master->length <= MASTER_LONG_MAX);
    return true;
}

static void ask_for_next_part(struct master *master, const struct meter_frame *frame) {
    assert(master->part < PARTS_MAX && is_reading(master->request.control));
    memcpy(master->request.address, frame->address, 6); /* a wildcard has found its meter */
    master->request.control = METER_READ_MORE;
    master->request.length = 5;
    master->request.data[4] = ++master->part;
    master->quiet_ns = master->loop->now_ns + master->params.pause_ns;
    start(master);
}

static void got_frame(void *ctx, int64_t first_ns, int64_t last_ns,
                      const struct meter_frame *frame) {
    struct master *master = ctx;
    (void)first_ns, (void)last_ns;
    if (!master->busy || !master->waiting || !is_answer(master, frame)) {
        bool echo = (frame->control & METER_ANSWER) == 0;
        master->stats.strays++;
        master->overheard += echo ? 0 : METER_FRAME_BYTES_MIN;
        master->saw_damage = master->saw_damage || (master->waiting && !echo);
        return;
    }
    assert(master->stats.answers < master->stats.requests); /* one answer a request */
    master->stats.answers++;
    if ((frame->control & METER_ABNORMAL) != 0) {
        finish(master, MASTER_REFUSED, frame);
    } else if (!keep_data(master, frame)) {
        finish(master, MASTER_DAMAGED, frame);
    } else if ((frame->control & METER_MORE) != 0 && is_reading(master->request.control)) {
        if (master->part == PARTS_MAX) {
            finish(master, MASTER_DAMAGED, frame);
        } else {
            ask_for_next_part(master, frame);
        }
    } else {
        finish(master, MASTER_DONE, frame);
    }
}

static void got_damage(void *ctx, int64_t at_ns, enum meter_damage damage, const uint8_t *bytes,
                       size_t count) {
    struct master *master = ctx;
    (void)at_ns, (void)damage, (void)bytes;
    master->stats.damaged++;
    master->damaged_now = true;
    master->overheard += count;
    master->saw_damage = true;
}

static void received(void *ctx, int64_t now_ns, const struct serial_run *run) {
    struct master *master = ctx;
    (void)now_ns;
    for (size_t i = 0; i < run->count; i++) {
        meter_parser_byte(&master->parser, run->first_ns + (int64_t)i * run->byte_ns,
                          run->bytes[i]);
    }
}

bool master_overheard(struct master *master) {
    meter_parser_end(&master->parser);
    return !master->busy && master->overheard > GLITCH_BYTES;
}

void master_init(struct master *master, struct loop *loop, struct serial_line *line,
                 const struct master_params *params) {
    assert(params->tries >= 1 && params->timeout_ns > 0 && params->gap_ns > 0);
    memset(master, 0, sizeof *master);
    master->loop = loop;
    master->line = line;
    master->params = *params;
    master->timer = (struct timer){.fire = time_over, .ctx = master};
    meter_parser_init(&master->parser, got_frame, got_damage, master);
    master->station = (struct serial_station){.received = received, .ctx = master};
    serial_join(line, &master->station);
}

void master_free(struct master *master) {
    loop_cancel(master->loop, &master->timer);
    serial_leave(master->line, &master->station);
}

const char *master_outcome_text(enum master_outcome outcome, bool chinese) {
    static const struct {
        const char *en, *zh;
    } texts[] = {
        [MASTER_DONE] = {"answered", "已应答"},
        [MASTER_REFUSED] = {"refused", "异常应答"},
        [MASTER_SILENT] = {"no answer", "无应答"},
        [MASTER_DAMAGED] = {"only damaged or mismatched answers", "应答错误或不匹配"},
        [MASTER_LINE] = {"the line refused the request", "串口无法发送"},
    };
    assert((unsigned)outcome < sizeof texts / sizeof texts[0]);
    return chinese ? texts[outcome].zh : texts[outcome].en;
}
