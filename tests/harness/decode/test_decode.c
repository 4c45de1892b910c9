/* SPDX-License-Identifier: MIT */
#include "harness/decode/decode.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

struct run {
    struct decode *decode;
    struct decode_options options;
    char *text;
    size_t size;
    uint64_t line;
};

static struct run begin(enum decode_form form, const char *fields) {
    struct run run = {
        .options = {.edition = EDITION_2015, .form = form, .numbered = true, .fields = fields}};
    return run;
}

static void open_run(struct run *run, enum capture_clock clock) {
    struct problem problem;
    run->options.out = open_memstream(&run->text, &run->size);
    run->decode = decode_new(&run->options, &problem);
    ck_assert_msg(run->decode != NULL, "%s", problem.text);
    decode_clock(run->decode, clock);
}

static void frame_at(struct run *run, double at_s, const char *network, uint32_t id,
                     const char *hex) {
    struct capture_frame frame = {.at_ns = (int64_t)(at_s * 1e3 + 0.5) * NS_PER_MS,
                                  .line = ++run->line,
                                  .network = network,
                                  .frame = {.id = id, .extended = true}};
    for (; *hex != '\0'; hex += 2) {
        unsigned byte;
        ck_assert_int_eq(sscanf(hex, "%2x", &byte), 1);
        frame.frame.data[frame.frame.len++] = (uint8_t)byte;
    }
    decode_frame(run->decode, &frame);
}

/* Ends the run; the text is the caller's. */
static char *finish(struct run *run) {
    decode_finish(run->decode);
    fclose(run->options.out);
    return run->text;
}

static void expect_and_free(struct run *run, const char *wanted) {
    char *text = finish(run);
    ck_assert_str_eq(text, wanted);
    decode_free(run->decode);
    free(text);
}

#define BCP_RTS 0x1CEC56F4, "100D0002FF000600"
#define BCP_CTS 0x1CECF456, "110201FFFF000600"
#define BCP_1   0x1CEB56F4, "017201DA052A02A5"
#define BCP_2                                                                                      \
    0x1CEB56F4, "02107308"                                                                         \
                "03C60EFF"
#define BCP_DONE 0x1CECF456, "130D0002FF000600"
#define BCL      0x181056F4, "A510D80E02"
#define BCL_MORE 0x181056F4, "A510100E02"

START_TEST(text_lines) {
    struct run run = begin(DECODE_TEXT, NULL);
    open_run(&run, CLOCK_RELATIVE);
    frame_at(&run, 1.0, "can0", BCL);
    frame_at(&run, 1.05, "can1", BCL);
    frame_at(&run, 22.844, "can0", BCP_RTS);
    frame_at(&run, 22.846, "can0", BCP_CTS);
    frame_at(&run, 22.856, "can0", BCP_1);
    frame_at(&run, 22.864, "can0", BCP_2);
    frame_at(&run, 22.866, "can0", BCP_DONE);
    frame_at(&run, 30, "can0", 0x1812F456, "240BA00F0000");
    frame_at(&run, 30.1, "can0", 0x1C1812F4, "00");
    frame_at(&run, 51.628, "can0", 0x101956F4, "40000000");
    expect_and_free(
        &run,
        "       1.000       1  BCL B->C  battery charging demand      voltage demand 426.1 V, "
        "current demand -20.0 A, charging mode constant current (02)\n"
        "       1.050       2  BCL B->C  battery charging demand      voltage demand 426.1 V, "
        "current demand -20.0 A, charging mode constant current (02)  @can1\n"
        "      22.864       6  BCP B->C  battery charging parameters  highest allowed cell "
        "voltage 3.70 V, highest allowed charging current -250.2 A, nominal total energy 55.4 kWh, "
        "highest allowed total voltage 426.1 V, highest allowed temperature 65 °C, state of charge "
        "77.6%, present total battery voltage 378.2 V\n"
        "      30.000       8  CCS C->B  charger charging state       output voltage 285.2 V, "
        "output current 0.0 A, time charged 0 min  [6 bytes, not 7 or 8]\n"
        "      51.628      10  BST B->C  BMS stops charging           charger stopped (CST "
        "received)  [reserved not 1]\n");
}
END_TEST

START_TEST(faults_have_lines_of_their_own) {
    struct run run = begin(DECODE_TEXT, NULL);
    open_run(&run, CLOCK_RELATIVE);
    frame_at(&run, 1, "", BCP_RTS);
    frame_at(&run, 1.01, "", 0x1CECF456, "FF01FFFFFF000600");
    frame_at(&run, 2, "", BCP_RTS);
    char *text = finish(&run);
    ck_assert_ptr_nonnull(strstr(text, "       1.010       2  BCP B->C  transport: "));
    ck_assert_ptr_nonnull(strstr(text, "(by the charger, reason 1 "));
    ck_assert_ptr_nonnull(strstr(text, "transfer of line 1): the transfer is over\n"));
    ck_assert_ptr_nonnull(strstr(text, "       2.000       3  BCP B->C  transport: "));
    decode_free(run.decode);
    free(text);
}
END_TEST

START_TEST(dates_and_times_of_day) {
    struct run run = begin(DECODE_TEXT, NULL);
    run.options.numbered = false;
    open_run(&run, CLOCK_ABSOLUTE);
    frame_at(&run, 1715039999.25, "", 0x100956F4, "AA"); /* 2024-05-06 23:59:59.25 UTC */
    frame_at(&run, 1715040000.75, "", 0x100956F4, "00");
    expect_and_free(&run, "-- 2024-05-06 --\n"
                          "23:59:59.250  BRO B->C  battery ready                ready (AA)\n"
                          "-- 2024-05-07 --\n"
                          "00:00:00.750  BRO B->C  battery ready                not ready (00)\n");
    run = begin(DECODE_TEXT, NULL);
    run.options.chinese = true;
    open_run(&run, CLOCK_OF_DAY);
    frame_at(&run, 86400 + 61.5, "", 0x100956F4, "AA");
    expect_and_free(&run,
                    "00:01:01.500       1  BRO 车->桩  电池充电准备就绪状态    准备好（AA）\n");
    run = begin(DECODE_TEXT, NULL);
    open_run(&run, CLOCK_NONE);
    frame_at(&run, 0, "", 0x100956F4, "AA");
    expect_and_free(&run,
                    "           -       1  BRO B->C  battery ready                ready (AA)\n");
}
END_TEST

START_TEST(only_changes) {
    struct run run = begin(DECODE_TEXT, NULL);
    run.options.changes = true;
    open_run(&run, CLOCK_RELATIVE);
    frame_at(&run, 1, "a", BCL);
    frame_at(&run, 2, "a", BCL);
    frame_at(&run, 3, "b", BCL); /* another network, another vehicle */
    frame_at(&run, 4, "a", BCL_MORE);
    frame_at(&run, 5, "a", BCL);
    char *text = finish(&run);
    unsigned lines = 0;
    for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++) {
        lines++;
    }
    ck_assert_uint_eq(lines, 4);
    ck_assert_ptr_null(strstr(text, "   2.000"));
    decode_free(run.decode);
    free(text);
}
END_TEST

START_TEST(json_objects) {
    struct run run = begin(DECODE_JSON, NULL);
    open_run(&run, CLOCK_RELATIVE);
    frame_at(&run, 1.5, "can\"0", BCL);
    frame_at(&run, 2, "can\"0", 0x1C1556F4, "4C61FFFF");
    frame_at(&run, 3, "can\"0", 0x181356F4, "1E3606350F2013");
    frame_at(&run, 4, "can\"0", 0x0070F4B5, "");
    expect_and_free(
        &run,
        "{\"time_s\":1.500000000,\"line\":1,\"network\":\"can\\\"0\",\"code\":\"BCL\",\"from\":"
        "\"bms\",\"name\":\"battery charging demand\",\"pgn\":4096,\"priority\":6,\"length\":5,"
        "\"length_ok\":true,\"reserved_ok\":true,\"data\":\"A510D80E02\",\"fields\":{"
        "\"voltage_demand\":{\"state\":\"value\",\"raw\":4261,\"value\":426.1,\"unit\":\"V\"},"
        "\"current_demand\":{\"state\":\"value\",\"raw\":3800,\"value\":-20,\"unit\":\"A\"},"
        "\"mode\":{\"state\":\"value\",\"raw\":2,\"value\":2,\"label\":\"constant current\"}}}\n"
        "{\"time_s\":2.000000000,\"line\":2,\"network\":\"can\\\"0\",\"code\":\"BMV\",\"from\":"
        "\"bms\",\"name\":\"cell voltages\",\"pgn\":5376,\"priority\":7,\"length\":4,"
        "\"length_ok\":true,\"reserved_ok\":true,\"data\":\"4C61FFFF\",\"fields\":{"
        "\"cell_voltage\":[{\"state\":\"value\",\"raw\":332,\"value\":3.32,\"unit\":\"V\"},"
        "{\"state\":\"not_supplied\",\"raw\":4095,\"unit\":\"V\"}],\"cell_group\":[{\"state\":"
        "\"value\",\"raw\":6,\"value\":6},{\"state\":\"value\",\"raw\":15,\"value\":15}]}}\n"
        "{\"time_s\":3.000000000,\"line\":3,\"network\":\"can\\\"0\",\"code\":\"BSM\",\"from\":"
        "\"bms\",\"name\":\"battery state\",\"pgn\":4864,\"priority\":6,\"length\":7,"
        "\"length_ok\":true,\"reserved_ok\":false,\"data\":\"1E3606350F2013\",\"fields\":{"
        "\"cell_number\":{\"state\":\"value\",\"raw\":30,\"value\":31},"
        "\"temperature_max\":{\"state\":\"value\",\"raw\":54,\"value\":4,\"unit\":\"degC\"},"
        "\"temperature_max_sensor\":{\"state\":\"value\",\"raw\":6,\"value\":7},"
        "\"temperature_min\":{\"state\":\"value\",\"raw\":53,\"value\":3,\"unit\":\"degC\"},"
        "\"temperature_min_sensor\":{\"state\":\"value\",\"raw\":15,\"value\":16},"
        "\"cell_voltage_state\":{\"state\":\"value\",\"raw\":0,\"value\":0,\"label\":\"normal\"},"
        "\"soc_state\":{\"state\":\"value\",\"raw\":0,\"value\":0,\"label\":\"normal\"},"
        "\"over_current\":{\"state\":\"untrusted\",\"raw\":2,\"value\":2,\"label\":\"untrusted\"},"
        "\"over_temperature\":{\"state\":\"value\",\"raw\":0,\"value\":0,\"label\":\"normal\"},"
        "\"insulation\":{\"state\":\"not_supplied\",\"raw\":3},"
        "\"connector\":{\"state\":\"value\",\"raw\":0,\"value\":0,\"label\":\"normal\"},"
        "\"charging_permitted\":{\"state\":\"value\",\"raw\":1,\"value\":1,\"label\":"
        "\"permitted\"}}}\n"
        "{\"summary\":{\"frames\":4,\"messages\":3,\"transfers\":0,\"transfers_broken\":0,"
        "\"wrong_length\":0,\"foreign_frames\":1,\"foreign\":{\"0070F4B5\":1},\"faults\":{}}}\n");
}
END_TEST

START_TEST(json_faults) {
    struct run run = begin(DECODE_JSON, NULL);
    open_run(&run, CLOCK_RELATIVE);
    frame_at(&run, 1, "", BCP_RTS);
    frame_at(&run, 1.01, "", 0x1CECF456, "FF03FFFFFF000600");
    char *text = finish(&run);
    ck_assert_ptr_nonnull(strstr(text, "{\"time_s\":1.010000000,\"line\":2,\"fault\":\"aborted\","
                                       "\"by\":\"charger\",\"ends\":true,\"pgn\":1536,"
                                       "\"code\":\"BCP\",\"reason\":3,"));
    ck_assert_ptr_nonnull(strstr(text, "\"transfers_broken\":1"));
    ck_assert_ptr_nonnull(strstr(text, "\"faults\":{\"aborted\":1}"));
    decode_free(run.decode);
    free(text);
}
END_TEST

START_TEST(columns) {
    struct run run =
        begin(DECODE_CSV, "BCL.current_demand,BHM.voltage_max,BMV.cell_voltage[2],CRM.region");
    open_run(&run, CLOCK_RELATIVE);
    frame_at(&run, 1, "", BCL);
    frame_at(&run, 1.5, "", 0x100956F4, "AA"); /* not asked for */
    frame_at(&run, 2, "", 0x182756F4, "A510");
    frame_at(&run, 3, "", 0x1C1556F4, "4C614D61");
    frame_at(&run, 4, "", 0x1C1556F4, "4C61");
    frame_at(&run, 5, "", 0x1801F456, "AA01010101412C22");
    frame_at(&run, 6, "", 0x182756F4, "FFFF");
    expect_and_free(&run, "time_s,line,BCL.current_demand,BHM.voltage_max,BMV.cell_voltage[2],"
                          "CRM.region\n"
                          "1.000000000,1,-20,,,\n"
                          "2.000000000,3,-20,426.1,,\n"
                          "3.000000000,4,-20,426.1,3.33,\n"
                          "4.000000000,5,-20,426.1,,\n"
                          "5.000000000,6,-20,426.1,,\"A,\"\"\"\n"
                          "6.000000000,7,-20,,,\"A,\"\"\"\n");
}
END_TEST

START_TEST(bad_columns) {
    static const struct {
        const char *fields, *why;
    } rows[] = {
        {"XYZ.a", "no such message"},
        {"BCL.a", "no such field"},
        {"BCL", "--fields BCL: a field is missing behind it; there are BCL.voltage_demand, "
                "BCL.current_demand, BCL.mode"},
        {"BCL.", "a field is missing behind it; there are BCL.voltage_demand"},
        {"BMV", "there are BMV.cell_voltage[1]"},
        {"BRM", "BRM.rated_capacity and 14 more"},
        {"BCLx", "no such message"},
        {"BC", "no such message"},
        {"", "name at least one"},
        {"BCL.modus", "no such field; there are BCL.voltage_demand, BCL.current_demand, BCL.mode"},
        {"BMV.cell_voltage", "say which of the 256"},
        {"BMV.cell_voltage[257]", "say which of the 256"},
        {"BMV.cell_voltage[0]", "no such field"},
        {"BMV.cell_voltage[x]", "no such field"},
        {"BCL.mode[1]", "leave the brackets off"},
        {"", "name at least one"},
        {",", "name at least one"},
        {"BCL.mode,CST.further_reasons", "no such field"}, /* of 2023 only */
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct decode_options options = {
            .edition = EDITION_2015, .form = DECODE_CSV, .fields = rows[i].fields, .out = stdout};
        struct problem problem = {0};
        ck_assert_ptr_null(decode_new(&options, &problem));
        ck_assert_msg(strstr(problem.text, rows[i].why) != NULL, "'%s' says: %s", rows[i].fields,
                      problem.text);
    }
    char many[1500] = "BCL.mode";
    for (int i = 0; i < 70; i++) {
        strcat(many, ",BCL.mode");
    }
    struct decode_options options = {.form = DECODE_CSV, .fields = many, .out = stdout};
    struct problem problem = {0};
    ck_assert_ptr_null(decode_new(&options, &problem));
    ck_assert_ptr_nonnull(strstr(problem.text, "at most"));
}
END_TEST

START_TEST(summary_names_what_is_odd) {
    struct run run = begin(DECODE_TEXT, NULL);
    open_run(&run, CLOCK_RELATIVE);
    for (uint32_t id = 0; id < 40; id++) {
        frame_at(&run, id, "", 0x12340000 + id, "00");
    }
    char *text = finish(&run), *said = NULL;
    size_t size;
    FILE *stream = open_memstream(&said, &size);
    decode_summarise(run.decode, stream);
    fclose(stream);
    ck_assert_str_eq(text, "");
    ck_assert_ptr_nonnull(strstr(said, "40 frames, 0 messages"));
    ck_assert_ptr_nonnull(strstr(said, "12340000 (1×)"));
    ck_assert_ptr_nonnull(strstr(said, " and 8 more"));
    ck_assert_ptr_nonnull(strstr(said, "is it the charging bus"));
    decode_free(run.decode);
    free(text);
    free(said);
}
END_TEST

int main(void) {
    Suite *suite = suite_create("decode");
    TCase *all = tcase_create("all");
    tcase_add_test(all, text_lines);
    tcase_add_test(all, faults_have_lines_of_their_own);
    tcase_add_test(all, dates_and_times_of_day);
    tcase_add_test(all, only_changes);
    tcase_add_test(all, json_objects);
    tcase_add_test(all, json_faults);
    tcase_add_test(all, columns);
    tcase_add_test(all, bad_columns);
    tcase_add_test(all, summary_names_what_is_odd);
    suite_add_tcase(suite, all);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
