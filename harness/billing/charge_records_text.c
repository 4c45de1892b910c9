/* SPDX-License-Identifier: MIT */
#include "harness/billing/charge_records.h"
#include "sim/text/buffer.h"

#include <inttypes.h>
#include <time.h>

#define TIME_SIZE         24
#define HAS(record, flag) (((record)->flags & (flag)) != 0)

struct word {
    const char *name, *en, *zh;
};

static const struct word states[] = {
    {"unknown", "unknown", "未知"},
    {"open", "open", "未结束"},
    {"closed", "closed", "已结束"},
    {"recovered", "closed after a power cut", "断电后结束"},
};
static const struct word modes[] = {
    {"automatic", "automatic, until full", "自动充满"},
    {"time", "by time", "按时间"},
    {"energy", "by energy", "按电量"},
    {"amount", "by amount", "按金额"},
};
static const struct word stops[] = {
    {"none", "not stopped yet", "尚未中止"},
    {"vehicle", "by the vehicle", "BMS中止"},
    {"person", "by a person", "人工中止"},
    {"limit", "condition reached", "达到设定条件"},
    {"fault", "fault", "故障"},
    {"link", "communication lost", "通信中断"},
    {"power", "power lost", "断电"},
    {"tariff", "new tariff table", "费率更换"},
};
static const struct word tariffs[] = {
    {"unknown", "unknown", "未知"}, {"sharp", "sharp", "尖"},   {"peak", "peak", "峰"},
    {"flat", "flat", "平"},         {"valley", "valley", "谷"},
};

#define WORD(words, index) (&(words)[(index) < sizeof(words) / sizeof((words)[0]) ? (index) : 0])

static const char *say(const struct word *word, bool chinese) {
    return chinese ? word->zh : word->en;
}

/* "2026-03-01 22:58:00", or "" when the clock was not set. */
static const char *wall(char buffer[TIME_SIZE], uint32_t at_s) {
    time_t at = (time_t)at_s;
    struct tm parts;
    buffer[0] = '\0';
    if (at_s != CHARGE_UNKNOWN && gmtime_r(&at, &parts) != NULL) { /* civil time already */
        strftime(buffer, TIME_SIZE, "%Y-%m-%d %H:%M:%S", &parts);
    }
    return buffer;
}

static void put_wall(struct buffer *text, const char *key, uint32_t at_s) {
    char buffer[TIME_SIZE];
    buffer_format(text, ",\"%s\":", key);
    buffer_put_json(text, at_s == CHARGE_UNKNOWN ? NULL : wall(buffer, at_s));
}

static void put_energy(struct buffer *text, const char *key, uint64_t energy) {
    buffer_format(text, ",\"%s\":%" PRIu64 ".%02" PRIu64, key, energy / 100, energy % 100);
}

static void put_yuan(struct buffer *text, const char *key, uint64_t amount) {
    buffer_format(text, ",\"%s\":%" PRIu64 ".%04" PRIu64, key, amount / 10000, amount % 10000);
}

static void put_word(struct buffer *text, const char *key, const struct word *word) {
    buffer_format(text, ",\"%s\":\"%s\"", key, word->name);
}

static void json_tariffs(struct buffer *text, const struct charge_record *record) {
    buffer_put(text, ",\"tariffs\":[");
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        const struct charge_tariff *tariff = &record->tariffs[i];
        buffer_format(text, "%s{\"tariff\":\"%s\"", i > 0 ? "," : "", tariffs[i + 1].name);
        put_energy(text, "energy_kwh", tariff->energy);
        put_yuan(text, "price_yuan_per_kwh", tariff->price);
        put_yuan(text, "service_fee_yuan_per_kwh", tariff->fee);
        put_yuan(text, "energy_amount_yuan", tariff->amount);
        put_yuan(text, "service_amount_yuan", tariff->service);
        buffer_put(text, "}");
    }
    buffer_put(text, "],\"registers\":[");
    for (unsigned i = 0; i < record->segment_count; i++) {
        const struct charge_segment *segment = &record->segments[i];
        buffer_format(text, "%s{\"tariff\":\"%s\"", i > 0 ? "," : "",
                      WORD(tariffs, segment->tariff)->name);
        put_wall(text, "from", segment->at_s);
        put_energy(text, "register_kwh", segment->reg);
        buffer_put(text, "}");
    }
    buffer_put(text, "]");
}

/* A limit in the unit of its mode, as the record has it. */
static void json_limit(struct buffer *text, const struct charge_record *record) {
    if (record->mode == CHARGE_BY_TIME) {
        buffer_format(text, ",\"limit_min\":%" PRIu64, record->limit);
    } else if (record->mode == CHARGE_BY_ENERGY) {
        put_energy(text, "limit_kwh", record->limit);
    } else if (record->mode == CHARGE_BY_AMOUNT) {
        put_yuan(text, "limit_yuan", record->limit);
    }
}

static void json_card(struct buffer *text, const struct charge_record *record) {
    buffer_put(text, ",\"card\":");
    buffer_put_json(text, record->card[0] == '\0' ? NULL : record->card);
    if (record->balance >= 0) {
        bool owes = record->balance_after < 0;
        uint64_t after =
            owes ? 0 - (uint64_t)record->balance_after : (uint64_t)record->balance_after;
        put_yuan(text, "balance_yuan", (uint64_t)record->balance);
        buffer_format(text, ",\"balance_after_yuan\":%s%" PRIu64 ".%04" PRIu64, owes ? "-" : "",
                      after / 10000, after % 10000);
    }
    buffer_format(text, ",\"%s\":", record->vehicle_kind == CHARGE_VEHICLE_PLATE ? "plate" : "vin");
    buffer_put_json(text, record->vehicle[0] == '\0' ? NULL : record->vehicle);
}

struct flag {
    unsigned bit;
    const char *name, *en, *zh;
};

static const struct flag flags[] = {
    {CHARGE_FLAG_CLOCK, "clock_unset", "the clock was not set at some reading",
     "有读数时时钟未设置"},
    {CHARGE_FLAG_SET, "clock_changed", "the clock was set in between", "充电中校过时"},
    {CHARGE_FLAG_REGISTER, "register_doubted",
     "a register was beyond belief; the last good one was billed",
     "电表读数不可信，按最后可信读数计费"},
    {CHARGE_FLAG_SILENT, "meter_silent", "the meter did not answer at the end", "结束时电表无应答"},
    {CHARGE_FLAG_DOUBTED, "meter_doubted", "the meter was not believed at the end",
     "结束时电表读数不可信"},
};
#define FLAGS (sizeof flags / sizeof flags[0])

static void json_flags(struct buffer *text, const struct charge_record *record) {
    for (unsigned i = 0; i < FLAGS; i++) {
        buffer_format(text, ",\"%s\":%s", flags[i].name,
                      HAS(record, flags[i].bit) ? "true" : "false");
    }
}

void charge_record_write_json(const struct charge_record *record, FILE *stream) {
    struct buffer text = {0};
    buffer_format(&text, "{\"sequence\":%" PRIu32 ",\"gun\":%u", record->sequence, record->gun + 1);
    put_word(&text, "state", WORD(states, record->state));
    put_word(&text, "mode", WORD(modes, record->mode));
    json_limit(&text, record);
    put_word(&text, "stop", WORD(stops, record->stop));
    buffer_format(&text, ",\"fault\":%u", record->fault);
    json_card(&text, record);
    put_wall(&text, "start", record->start_s);
    put_wall(&text, "end", record->end_s);
    put_energy(&text, "start_kwh", record->start);
    put_energy(&text, "end_kwh", record->end);
    put_energy(&text, "energy_kwh", record->energy);
    buffer_format(&text, ",\"beyond_kwh\":%" PRIu32 ".%03" PRIu32, record->beyond_wh / 1000,
                  record->beyond_wh % 1000);
    put_yuan(&text, "beyond_amount_yuan", charge_record_beyond_amount(record));
    put_yuan(&text, "amount_yuan", record->amount);
    buffer_format(&text, ",\"table\":%" PRIu32, record->table);
    json_tariffs(&text, record);
    buffer_format(&text, ",\"switches_left_out\":%u", record->left_out);
    json_flags(&text, record);
    buffer_put(&text, ",\"problem\":");
    buffer_put_json(&text, charge_record_problem(record));
    buffer_put(&text, "}\n");
    fwrite(text.chars, 1, text.length, stream);
    buffer_free(&text);
}

static void text_tariffs(const struct charge_record *record, bool chinese, FILE *stream) {
    for (unsigned i = 0; i < CHARGE_TARIFFS; i++) {
        const struct charge_tariff *tariff = &record->tariffs[i];
        uint64_t sum = tariff->amount + tariff->service;
        if (tariff->energy > 0) {
            fprintf(stream,
                    "      %-6s %9" PRIu32 ".%02" PRIu32 " kWh  x (%" PRIu32 ".%04" PRIu32
                    " + %" PRIu32 ".%04" PRIu32 ")  = %" PRIu64 ".%04" PRIu64 " %s\n",
                    say(&tariffs[i + 1], chinese), tariff->energy / 100, tariff->energy % 100,
                    tariff->price / 10000, tariff->price % 10000, tariff->fee / 10000,
                    tariff->fee % 10000, sum / 10000, sum % 10000, chinese ? "元" : "yuan");
        }
    }
}

static void text_beyond(const struct charge_record *record, bool chinese, FILE *stream) {
    uint64_t amount = charge_record_beyond_amount(record);
    if (record->beyond_wh > 0) {
        fprintf(stream, "      %s %" PRIu32 ".%03" PRIu32 " kWh  = %" PRIu64 ".%04" PRIu64 " %s\n",
                chinese ? "电表未计入，按充电机测量："
                        : "not on the meter, by the charger's measurement:",
                record->beyond_wh / 1000, record->beyond_wh % 1000, amount / 10000, amount % 10000,
                chinese ? "元" : "yuan");
    }
}

static void text_remarks(const struct charge_record *record, bool chinese, FILE *stream) {
    const char *problem = charge_record_problem(record);
    if (record->fault != 0) {
        fprintf(stream, "      %s %u\n", chinese ? "故障号" : "fault", record->fault);
    }
    for (unsigned i = 0; i < FLAGS; i++) {
        if (HAS(record, flags[i].bit)) {
            fprintf(stream, "      %s\n", chinese ? flags[i].zh : flags[i].en);
        }
    }
    if (problem != NULL) {
        fprintf(stream, "      %s: %s\n", chinese ? "不一致" : "does not add up", problem);
    }
}

void charge_record_write_text(const struct charge_record *record, bool chinese, FILE *stream) {
    char from[TIME_SIZE], to[TIME_SIZE];
    const char *unset = chinese ? "时钟未设置" : "clock not set";
    struct buffer texts = {0};
    buffer_put_plain(&texts, record->vehicle[0] == '\0' ? "-" : record->vehicle, false);
    buffer_put(&texts, chinese ? "  卡号 " : "  card ");
    buffer_put_plain(&texts, record->card[0] == '\0' ? "-" : record->card, false);
    wall(from, record->start_s);
    wall(to, record->end_s);
    fprintf(stream, "%7" PRIu32 "  %s%u  %s .. %s  %s  (%s; %s)\n", record->sequence,
            chinese ? "枪" : "gun ", record->gun + 1, from[0] == '\0' ? unset : from,
            to[0] == '\0' ? unset : to, say(WORD(states, record->state), chinese),
            say(WORD(modes, record->mode), chinese), say(WORD(stops, record->stop), chinese));
    fprintf(stream,
            "      %s  %" PRIu32 ".%02" PRIu32 " .. %" PRIu32 ".%02" PRIu32 " kWh: %" PRIu32
            ".%02" PRIu32 " kWh, %" PRIu64 ".%04" PRIu64 " %s\n",
            texts.chars, record->start / 100, record->start % 100, record->end / 100,
            record->end % 100, record->energy / 100, record->energy % 100, record->amount / 10000,
            record->amount % 10000, chinese ? "元" : "yuan");
    text_tariffs(record, chinese, stream);
    text_beyond(record, chinese, stream);
    text_remarks(record, chinese, stream);
    buffer_free(&texts);
}
