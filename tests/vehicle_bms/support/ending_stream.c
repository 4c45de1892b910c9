/* SPDX-License-Identifier: MIT */
#include "tests/vehicle_bms/support/ending_stream.h"

struct ending_stream stream;

static void stream_message(void *ctx, const struct assembled *assembled) {
    (void)ctx;
    ending_message(stream.ending, assembled);
}

static void stream_fault(void *ctx, const struct transfer_event *event) {
    (void)ctx;
    ending_fault(stream.ending, event);
}

void set(const char *path, double value) {
    const struct message *message;
    const struct field *field = field_by_path(path, &message);
    ck_assert_msg(field != NULL, "no field %s", path);
    enum message_index index = message_index(message);
    ck_assert_int_eq(field_put(field, stream.payload[index], stream.length[index], value), 0);
}

/* What a healthy vehicle and charger say. */
static void set_healthy(void) {
    static const struct {
        const char *path;
        double value;
    } healthy[] = {
        {"CHM.version_minor", 1},
        {"CHM.version_major", 1},
        {"BHM.voltage_max", 600},
        {"CRM.result", 0},
        {"BCP.cell_voltage_max", 3.65},
        {"BCP.current_max", -200},
        {"BCP.voltage_max", 600},
        {"BCP.temperature_max", 55},
        {"BCP.soc", 40},
        {"BCP.battery_voltage", 540},
        {"CML.voltage_max", 750},
        {"CML.voltage_min", 200},
        {"CML.current_max", -250},
        {"CML.current_min", 0},
        {"BRO.ready", 0},
        {"CRO.ready", 0},
        {"BCL.voltage_demand", 590},
        {"BCL.current_demand", -120},
        {"BCL.mode", 2},
        {"BCS.voltage", 548.7},
        {"BCS.current", -119.5},
        {"BCS.cell_voltage_max", 3.4},
        {"BCS.soc", 41},
        {"BCS.time_left", 60},
        {"CCS.output_voltage", 549.1},
        {"CCS.output_current", -119.8},
        {"CCS.charging_time", 7},
        {"CCS.charging_permitted", 1},
        {"BSM.temperature_max", 31},
        {"BSM.cell_voltage_state", 0},
        {"BSM.soc_state", 0},
        {"BSM.over_current", 0},
        {"BSM.over_temperature", 0},
        {"BSM.insulation", 0},
        {"BSM.connector", 0},
        {"BSM.charging_permitted", 1},
        {"BSD.soc", 80},
        {"CSD.charging_time", 42},
        {"CSD.energy", 38.5},
    };
    for (size_t i = 0; i < sizeof healthy / sizeof healthy[0]; i++) {
        set(healthy[i].path, healthy[i].value);
    }
    static const char *const states[] = {"BST", "CST", "BEM", "CEM"};
    for (size_t i = 0; i < 4; i++) {
        enum message_index index = message_index(message_by_code(states[i]));
        memset(stream.payload[index], 0, stream.length[index]);
    }
}

void stream_begin(bool clock) {
    const struct assembler_listener listener = {.message = stream_message, .fault = stream_fault};
    memset(&stream, 0, sizeof stream);
    stream.clock = clock;
    stream.ending = ending_new(EDITION_2015, &rules_limits_default, clock);
    ck_assert_ptr_nonnull(stream.ending);
    ending_begin(stream.ending, 0);
    assembler_init(&stream.assembler, EDITION_2015, clock ? &transport_timing_default : NULL,
                   &listener);
    for (size_t i = 0; i < MESSAGE_COUNT; i++) {
        stream.length[i] = message_blank(&messages[i], EDITION_2015, stream.payload[i]);
    }
    const struct field *vin = field_find(&messages[MESSAGE_BRM], "vin");
    memcpy(stream.payload[MESSAGE_BRM] + vin->byte - 1, "PBTESTVEH1CLE0001", 17);
    set_healthy();
}

void send_frame(uint32_t id, const uint8_t *data, size_t length) {
    struct can_frame_ext one = {.id = id, .extended = true, .len = (uint8_t)length};
    memcpy(one.data, data, length);
    stream.now_ns += MS / 2;
    assembler_frame(&stream.assembler, stream.clock ? stream.now_ns : 0, ++stream.line, &one);
}

void send_transfer(const struct message *message, const uint8_t *data, size_t length,
                   size_t packets) {
    const uint32_t down = 0x1CEC56F4, up = 0x1CECF456, data_id = 0x1CEB56F4;
    const uint8_t count = (uint8_t)((length + 6) / 7);
    const uint8_t pgn[] = {(uint8_t)message->pgn, (uint8_t)(message->pgn >> 8), 0};
    uint8_t rts[] = {0x10, (uint8_t)length, 0, count, 0xFF, pgn[0], pgn[1], pgn[2]};
    uint8_t cts[] = {0x11, count, 1, 0xFF, 0xFF, pgn[0], pgn[1], pgn[2]};
    uint8_t ack[] = {0x13, (uint8_t)length, 0, count, 0xFF, pgn[0], pgn[1], pgn[2]};
    send_frame(down, rts, 8);
    send_frame(up, cts, 8);
    for (size_t i = 0; i < count; i++) {
        uint8_t packet[8] = {(uint8_t)(i + 1), 255, 255, 255, 255, 255, 255, 255};
        size_t part = length - i * 7 < 7 ? length - i * 7 : 7;
        if (packets > 0 && i >= packets) {
            return;
        }
        memcpy(packet + 1, data + i * 7, part);
        send_frame(data_id, packet, 8);
    }
    send_frame(up, ack, 8);
}

void send_one(enum message_index index) {
    const struct message *message = &messages[index];
    if (message->transport) {
        send_transfer(message, stream.payload[index], stream.length[index], 0);
    } else {
        send_frame(message_id(message), stream.payload[index], stream.length[index]);
    }
}

void steady(int64_t ms, const char *codes) {
    const int64_t from_ns = stream.now_ns;
    for (int64_t at = 0; at < ms; at += 10) {
        if (stream.now_ns < from_ns + at * MS) {
            stream.now_ns = from_ns + at * MS;
        }
        for (const char *code = codes; *code != '\0'; code += code[3] == ' ' ? 4 : 3) {
            char name[4] = {code[0], code[1], code[2], '\0'};
            const struct message *message = message_by_code(name);
            ck_assert_msg(message != NULL, "no message %s", name);
            if (at % message_form(message, EDITION_2015)->period_ms == 0) {
                send_one(message_index(message));
            }
        }
    }
    if (stream.now_ns < from_ns + ms * MS) {
        stream.now_ns = from_ns + ms * MS;
    }
}

void quiet(int64_t ms) {
    stream.now_ns += ms * MS;
}

void go_handshake(void) {
    steady(2000, "CHM BHM");
}

void go_recognition(void) {
    set("CRM.result", 0);
    steady(500, "CRM BRM");
    set("CRM.result", 0xAA);
}

void go_configuration(void) {
    steady(1000, "CRM BCP");
    set("BRO.ready", 0);
    steady(500, "CML CTS BRO");
    set("BRO.ready", 0xAA);
    steady(250, "CML BRO");
    set("CRO.ready", 0);
    steady(1000, "CRO BRO");
    set("CRO.ready", 0xAA);
    steady(250, "CRO");
}

void go_charging(int64_t ms) {
    go_handshake();
    go_recognition();
    go_configuration();
    steady(ms, "BCL BCS BSM CCS");
}

struct rules_session stream_end(void) {
    struct rules_session session = {0};
    assembler_finish(&stream.assembler, stream.now_ns);
    ending_finish(stream.ending, stream.now_ns, &session);
    ending_free(stream.ending);
    return session;
}
