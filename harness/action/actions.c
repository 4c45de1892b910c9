/* SPDX-License-Identifier: MIT */
/* The actions of the scenario language: one table of what can be done to the bench, and those that
 * concern the pile, its surroundings and a person. */
#include "harness/action/internal.h"

#include <math.h>
#include <string.h>

#define CLOCK_STEP_MAX_S (366.0 * 86400.0)
#define MODULES_TOP_V    1000.0            /* "set modules.rise" counts from 0 V to it */
#define BUTTON_NS        (200 * NS_PER_MS) /* how long a person holds a button */

static bool press_estop(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    signal_set(gun->plant.estop, gun->loop->now_ns, 1);
    return true;
}

static bool release_estop(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    signal_set(gun->plant.estop, gun->loop->now_ns, 0);
    return true;
}

static bool press_start(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    signal_set(gun->plant.start, gun->loop->now_ns, 1);
    loop_set(gun->loop, &gun->start_button, gun->loop->now_ns + BUTTON_NS);
    return true;
}

static bool press_stop(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    signal_set(gun->plant.stop, gun->loop->now_ns, 1);
    loop_set(gun->loop, &gun->stop_button, gun->loop->now_ns + BUTTON_NS);
    return true;
}

static bool plug_in(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    pilot_insert(&gun->plant.pilot, true, gun->loop->now_ns);
    return true;
}

static bool unplug_by_force(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    pilot_insert(&gun->plant.pilot, false, gun->loop->now_ns);
    return true;
}

/* As a person does it: the bolt of the electronic lock holds the plug. */
static bool unplug(struct bench_gun *gun, const struct argument *args) {
    return signal_at(gun->plant.lock.closed, gun->loop->now_ns) == 0 && unplug_by_force(gun, args);
}

static bool open_s(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    pilot_press(&gun->plant.pilot, true, gun->loop->now_ns);
    return true;
}

static bool close_s(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    pilot_press(&gun->plant.pilot, false, gun->loop->now_ns);
    return true;
}

static bool break_cc1(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    pilot_break_cc1(&gun->plant.pilot, true, gun->loop->now_ns);
    return true;
}

static bool restore_cc1(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    pilot_break_cc1(&gun->plant.pilot, false, gun->loop->now_ns);
    return true;
}

static bool break_pe(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    pilot_break_pe(&gun->plant.pilot, true, gun->loop->now_ns);
    return true;
}

static bool restore_pe(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    pilot_break_pe(&gun->plant.pilot, false, gun->loop->now_ns);
    return true;
}

static bool break_earth(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    pilot_break_earth(&gun->plant.pilot, true, gun->loop->now_ns);
    return true;
}

static bool restore_earth(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    pilot_break_earth(&gun->plant.pilot, false, gun->loop->now_ns);
    return true;
}

static bool set_r4(struct bench_gun *gun, const struct argument *args) {
    gun->plant.pilot.r4_ohm = number_of(&args[0]);
    pilot_update(&gun->plant.pilot, gun->loop->now_ns);
    return true;
}

static bool open_door(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    signal_set(gun->plant.door, gun->loop->now_ns, 1);
    return true;
}

static bool close_door(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    signal_set(gun->plant.door, gun->loop->now_ns, 0);
    return true;
}

static bool block_lock(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    lock_block(&gun->plant.lock, true, gun->loop->now_ns);
    return true;
}

static bool free_lock(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    lock_block(&gun->plant.lock, false, gun->loop->now_ns);
    return true;
}

static bool lose_lock_feedback(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    lock_lose_feedback(&gun->plant.lock, true, gun->loop->now_ns);
    return true;
}

static bool short_gun(struct bench_gun *gun, const struct argument *args) {
    gun_set_short(&gun->plant, number_of(&args[0]), gun->loop->now_ns);
    return true;
}

static bool clear_short(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    gun_set_short(&gun->plant, (double)INFINITY, gun->loop->now_ns);
    return true;
}

static bool fail_diode(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    gun_set_diode_short(&gun->plant, true, gun->loop->now_ns);
    return true;
}

static bool dip_grid(struct bench_gun *gun, const struct argument *args) {
    grid_dip(&gun->bench->grid, number_of(&args[0]), (int64_t)number_of(&args[1]),
             gun->loop->now_ns);
    return true;
}

static bool reverse_battery(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    gun_reverse_battery(&gun->plant, true, gun->loop->now_ns);
    return true;
}

static bool slow_modules(struct bench_gun *gun, const struct argument *args) {
    double seconds = number_of(&args[0]) / (double)NS_PER_S;
    if (seconds <= 0) {
        return false;
    }
    gun_set_modules_slew(&gun->plant, MODULES_TOP_V / seconds, gun->loop->now_ns);
    return true;
}

static bool break_discharge(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    gun_break_discharge(&gun->plant, true, gun->loop->now_ns);
    return true;
}

static bool restore_discharge(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    gun_break_discharge(&gun->plant, false, gun->loop->now_ns);
    return true;
}

static bool stick_discharge(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    gun_stick_discharge(&gun->plant, true, gun->loop->now_ns);
    return true;
}

static bool free_discharge(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    gun_stick_discharge(&gun->plant, false, gun->loop->now_ns);
    return true;
}

static bool stick_modules(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    gun_stick_modules(&gun->plant, true, gun->loop->now_ns);
    return true;
}

static bool free_modules(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    gun_stick_modules(&gun->plant, false, gun->loop->now_ns);
    return true;
}

static bool set_modules_excess(struct bench_gun *gun, const struct argument *args) {
    if (number_of(&args[0]) < 0) {
        return false;
    }
    gun_set_modules_excess(&gun->plant, number_of(&args[0]), gun->loop->now_ns);
    return true;
}

static bool break_imd(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    gun_break_imd(&gun->plant, true, gun->loop->now_ns);
    return true;
}

static bool restore_imd(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    gun_break_imd(&gun->plant, false, gun->loop->now_ns);
    return true;
}

static bool find_lock_feedback(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    lock_lose_feedback(&gun->plant.lock, false, gun->loop->now_ns);
    return true;
}

static bool fill_storage(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    return bench_fill_storage(gun->bench, true);
}

static bool empty_storage(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    return bench_fill_storage(gun->bench, false);
}

static bool spoil_journal(struct bench_gun *gun, const struct argument *args) {
    return bench_spoil_journal(gun->bench, gun->index, number_of(&args[0]) != 0);
}

static int64_t whole_seconds(const struct argument *time) {
    return llround(number_of(time) / (double)NS_PER_S);
}

static bool advance_clock(struct bench_gun *gun, const struct argument *args) {
    return bench_clock(gun->bench, whole_seconds(&args[0]), false);
}

static bool put_back_clock(struct bench_gun *gun, const struct argument *args) {
    return bench_clock(gun->bench, -whole_seconds(&args[0]), false);
}

static bool lose_clock(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    return bench_clock(gun->bench, 0, true);
}

static bool power_off_in_write(struct bench_gun *gun, const struct argument *args) {
    return bench_cut_after(gun->bench, (size_t)number_of(&args[0]));
}

static bool power_off(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    return bench_power(gun->bench, false);
}

static bool power_on(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    return bench_power(gun->bench, true);
}

static bool share_vehicle(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    return bench_share_vehicle(gun->bench);
}

static bool read_records(struct bench_gun *gun, const struct argument *args) {
    (void)args;
    return bench_read_records(gun->bench);
}

const struct action_row action_table[] = {
    {"plug in", "the plug goes into the vehicle's inlet", plug_in},
    {"unplug", "the plug is pulled; not possible while it is locked", unplug},
    {"unplug by force", "the plug is pulled, locked or not", unplug_by_force},
    {"share vehicle",
     "both plugs belong to one vehicle, that of the first gun: one battery, two BMS channels",
     share_vehicle},
    {"press start", "a person confirms the start (button held for 200 ms)", press_start},
    {"press stop", "a person stops the charge (button held for 200 ms)", press_stop},
    {"press estop", "emergency stop, stays in", press_estop},
    {"release estop", "emergency stop released", release_estop},
    {"open door", "a door with live parts behind it opens", open_door},
    {"close door", "that door closes", close_door},
    {"open s", "switch S in the plug opens (latch button pressed)", open_s},
    {"close s", "switch S closes", close_s},
    {"break cc1", "the CC1 wire breaks at the vehicle interface", break_cc1},
    {"restore cc1", "the CC1 wire is whole again", restore_cc1},
    {"break pe", "protective earth breaks at the vehicle interface", break_pe},
    {"restore pe", "protective earth is whole again", restore_pe},
    {"break earth", "the pile's own protective earth breaks: CC1 does not show it", break_earth},
    {"restore earth", "it is whole again", restore_earth},
    {"set pilot.r4 RESISTANCE", "R4 of the vehicle's inlet (GB/T 18487.1 annex B)", set_r4},
    {"weld CONTACTOR", "main contacts fused shut; the auxiliary contact does not show it",
     contact_weld},
    {"weld CONTACTOR with feedback", "the same, and a mirror contact shows it", contact_weld_shown},
    {"unweld CONTACTOR", "main contacts part again", contact_unweld},
    {"stick CONTACTOR open", "the armature does not move any more", contact_stick},
    {"stick CONTACTOR open unseen",
     "the main contacts do not touch any more; armature and auxiliary contact move as they should",
     contact_wear},
    {"slow CONTACTOR closing TIME",
     "from its next closing on it makes so much later; the auxiliary contact follows",
     contact_close_late},
    {"slow CONTACTOR closing TIME unseen", "the same, and the auxiliary contact is in time",
     contact_close_late_unseen},
    {"slow CONTACTOR opening TIME",
     "from its next opening on it parts so much later; the auxiliary contact follows",
     contact_open_late},
    {"slow CONTACTOR opening TIME unseen", "the same, and the auxiliary contact is in time",
     contact_open_late_unseen},
    {"bounce CONTACTOR COUNT times TIME",
     "at each closing it parts so often, for so long; the auxiliary contact comes after the last",
     contact_bounce},
    {"bounce CONTACTOR COUNT times TIME unseen", "the same, and the auxiliary contact is in time",
     contact_bounce_unseen},
    {"free CONTACTOR", "it moves again, and as it should; a weld stays", contact_mend},
    {"block lock", "the electronic lock's bolt does not move any more", block_lock},
    {"free lock", "the bolt moves again", free_lock},
    {"lose lock feedback", "the lock's feedback contact stays open", lose_lock_feedback},
    {"set insulation.positive RESISTANCE", "vehicle and cable, DC+ to PE", insulation_set_positive},
    {"set insulation.negative RESISTANCE", "vehicle and cable, DC- to PE", insulation_set_negative},
    {"set insulation.positive RESISTANCE per volt",
     "DC+ to PE, for each volt of the insulation test or of the rating, whichever is less",
     insulation_set_positive_per_volt},
    {"set insulation.negative RESISTANCE per volt", "the same, DC- to PE",
     insulation_set_negative_per_volt},
    {"set insulation.output_positive RESISTANCE", "the charger's own side of K1, DC+ to PE",
     insulation_set_own_positive},
    {"set insulation.output_negative RESISTANCE", "the charger's own side of K2, DC- to PE",
     insulation_set_own_negative},
    {"set insulation.output_positive RESISTANCE per volt",
     "the same side, for each volt as for insulation.positive",
     insulation_set_own_positive_per_volt},
    {"set insulation.output_negative RESISTANCE per volt", "the same, DC- to PE",
     insulation_set_own_negative_per_volt},
    {"set output.y CAPACITANCE", "Y capacitor of each pole, the charger's own side of K1 and K2",
     insulation_set_y},
    {"short gun RESISTANCE", "a short circuit at the plug", short_gun},
    {"clear short", "the short circuit is gone", clear_short},
    {"fail diode", "the blocking diode fails short: back-feed possible", fail_diode},
    {"restore lock feedback", "the lock's feedback contact works again", find_lock_feedback},
    {"set modules.offset VOLTAGE", "the power modules deliver so much more than they are told",
     set_modules_offset},
    {"ramp modules.offset VOLTAGE in TIME", "the same, on a straight line", ramp_modules_offset},
    {"set modules.rise TIME", "how long the modules would take from 0 V to 1000 V", slow_modules},
    {"set modules.excess CURRENT", "the power modules deliver so much more than they are told",
     set_modules_excess},
    {"stick modules", "the power modules go on as they are, whatever they are told", stick_modules},
    {"free modules", "the power modules follow their commands again", free_modules},
    {"stick discharge", "the discharge resistor is always in", stick_discharge},
    {"free discharge", "the discharge resistor follows its command again", free_discharge},
    {"break discharge", "the discharge resistor is open", break_discharge},
    {"restore discharge", "the discharge resistor is whole again", restore_discharge},
    {"break imd", "the insulation monitor never reads", break_imd},
    {"restore imd", "the insulation monitor reads again", restore_imd},
    {"set grid.voltage VOLTAGE", "AC supply, line to line", set_grid},
    {"ramp grid.voltage VOLTAGE in TIME", "AC supply, on a straight line", ramp_grid},
    {"set aux.voltage VOLTAGE", "auxiliary supply behind K3/K4", set_aux},
    {"ramp aux.voltage VOLTAGE in TIME", "auxiliary supply, on a straight line", ramp_aux},
    {"dip grid PERCENT for TIME", "AC supply falls to so many percent, then returns", dip_grid},
    {"set vehicle.soc PERCENT", "state of charge of the pack", vehicle_set_soc},
    {"set vehicle.target_soc PERCENT", "state of charge at which the BMS ends the charge",
     vehicle_set_target_soc},
    {"set vehicle.current_demand CURRENT", "what the BMS asks for in constant current",
     vehicle_set_demand},
    {"set vehicle.demand_share PERCENT",
     "the BMS asks for so much of what CML, plate and its own limit allow", vehicle_set_share},
    {"set vehicle.voltage_demand VOLTAGE below gun",
     "from now on the BMS asks for so much less voltage than the plug has now; 'restore BCL' "
     "undoes it",
     vehicle_lower_voltage},
    {"set vehicle.own_timeouts SWITCH",
     "0: the BMS waits for ever and raises no BEM, so that the charger's CEM comes first",
     vehicle_set_own_timeouts},
    {"set vehicle.optional_messages SWITCH",
     "1: in the next charge the BMS sends BMV, BMT and BSP too", vehicle_set_optional_messages},
    {"set battery.offset VOLTAGE",
     "the battery's real voltage is so much higher than the BMS believes", set_battery_offset},
    {"set battery.shortfall PERCENT",
     "it is so much lower, in percent of what the battery has now; 0 % undoes it",
     set_battery_shortfall},
    {"ramp battery.offset VOLTAGE in TIME", "the same, on a straight line", ramp_battery_offset},
    {"ramp battery.voltage PERCENT of vehicle.voltage_max in TIME",
     "the battery's real voltage goes there, in percent of what the vehicle allows",
     ramp_battery_to_allowed},
    {"ramp battery.voltage PERCENT of limit in TIME",
     "the same, of that or of the charger's highest voltage, whichever is less",
     ramp_battery_to_limit},
    {"reverse battery", "the battery is connected with the wrong polarity", reverse_battery},
    {"set gun.temperature TEMPERATURE", "the gun's DC+ contact", set_gun_temperature},
    {"ramp gun.temperature TEMPERATURE in TIME", "the gun's DC+ contact, on a straight line",
     ramp_gun_temperature},
    {"set gun.temperature_negative TEMPERATURE", "the gun's DC- contact",
     set_gun_temperature_negative},
    {"ramp gun.temperature_negative TEMPERATURE in TIME",
     "the gun's DC- contact, on a straight line", ramp_gun_temperature_negative},
    {"mute MESSAGE", "the BMS does not send this message any more", vehicle_mute},
    {"mute MESSAGE after COUNT", "the same after so many more of them", vehicle_mute_after},
    {"unmute MESSAGE", "the BMS sends it again", vehicle_unmute},
    {"send MESSAGE too",
     "the BMS sends it besides those of its state, at its period, until it is restored",
     vehicle_send_too},
    {"send frame IDENTIFIER BYTES",
     "one frame with this extended identifier goes out beside all that the BMS sends, whoever it "
     "would come from",
     vehicle_send_frame},
    {"override FIELD VALUE", "the BMS sends this value in the field, as coded on the wire",
     vehicle_override},
    {"override FIELD PERCENT of vehicle.voltage_max",
     "the same, in percent of the highest voltage that the vehicle allows",
     vehicle_override_voltage},
    {"restore FIELD-OR-MESSAGE", "the BMS sends what is true again", vehicle_restore},
    {"raw MESSAGE BYTES", "the BMS sends these bytes (hexadecimal) as the message", vehicle_raw},
    {"length MESSAGE COUNT", "the BMS sends the message cut or padded to so many bytes",
     vehicle_send_length},
    {"period MESSAGE TIME", "the BMS sends the message at this period", vehicle_set_period},
    {"delay MESSAGE TIME", "the first of each phase comes so much later", vehicle_delay},
    {"hold MESSAGE", "the BMS keeps sending it instead of going on to the next phase",
     vehicle_hold},
    {"break transport LONG-MESSAGE at COUNT", "its transfers fall silent after that packet",
     vehicle_break_transport},
    {"break transport LONG-MESSAGE by FAULT", "its transfers go wrong; the faults are listed below",
     vehicle_break_transport_by},
    {"break transport LONG-MESSAGE by FAULT at COUNT", "the same, at that packet",
     vehicle_break_transport_by_at},
    {"break transport LONG-MESSAGE by aborting at COUNT with reason REASON-BYTE",
     "Conn_Abort with that reason, 1 to 255", vehicle_abort_transport},
    {"break reception by RECEPTION-FAULT", "the BMS goes wrong as a receiver of transfers",
     vehicle_break_reception_by},
    {"break reception by RECEPTION-FAULT at COUNT", "the same, at that packet",
     vehicle_break_reception_by_at},
    {"break reception by aborting at COUNT with reason REASON-BYTE",
     "Conn_Abort with that reason, 1 to 255", vehicle_abort_reception},
    {"restore reception", "the BMS receives as it should again", vehicle_restore_reception},
    {"stop vehicle REASON", "the BMS ends the charge, from BRO(AA) on: BST with this field set",
     vehicle_stop},
    {"meter METER sound", "the meter answers properly again, its register moves again",
     meter_sound},
    {"meter METER silent", "it does not answer", meter_silent},
    {"meter METER late TIME", "its answers come so long after the request", meter_late},
    {"meter METER early", "its answers come at once, without the pause of 20 ms", meter_early},
    {"meter METER pieces COUNT paused TIME",
     "its answers come in pieces of so many bytes, with such a pause between", meter_pieces},
    {"meter METER checksum PERCENT", "so many of its answers have a wrong checksum",
     meter_checksum},
    {"meter METER truncate", "its answers end in the middle", meter_truncate},
    {"meter METER address", "its answers carry another meter's address", meter_wrong_address},
    {"meter METER foreign",
     "a frame of another meter, with another value, comes before each answer", meter_foreign},
    {"meter METER refuse COUNT", "it refuses with this error byte (2: no such data)", meter_refuse},
    {"meter METER wrong item", "it answers with another item than asked for", meter_wrong_item},
    {"meter METER no value", "its answers have FF in place of the value", meter_no_value},
    {"meter METER echo", "the charger's adapter hears its own requests", meter_echo},
    {"meter METER stick", "its register stands still", meter_stick},
    {"meter METER jump ENERGY", "its register leaps by so much, backwards when negative",
     meter_jump},
    {"meter METER gain PERCENT", "it counts so much too much from now on", meter_gain},
    {"meter METER roll over", "its register is set to 1 kWh before 999999.99 kWh and 0",
     meter_roll_over},
    {"meter METER wrong tariffs", "its own tariff table is wrong: all is sharp",
     meter_wrong_tariffs},
    {"meter METER drift PERCENT", "its clock runs so much too fast", meter_drift},
    {"break can", "S+ and S- are cut", vehicle_break_can},
    {"restore can", "S+ and S- are whole again", vehicle_restore_can},
    {"power off", "the pile's controller loses its supply: all its outputs drop", power_off},
    {"power off after COUNT bytes",
     "the same in the middle of a write: when so many more bytes are in the storage",
     power_off_in_write},
    {"power on", "it comes back and starts again with the storage it had", power_on},
    {"fill storage", "nothing can be written to the pile's storage any more", fill_storage},
    {"empty storage", "it can be written to again", empty_storage},
    {"spoil journal SWITCH",
     "the first (0) or second (1) copy of the charge in progress is damaged", spoil_journal},
    {"advance clock TIME", "the pile's clock is set forward by so many whole seconds",
     advance_clock},
    {"put back clock TIME", "it is set back by so many whole seconds", put_back_clock},
    {"lose clock", "the pile's clock is not set any more", lose_clock},
    {"read records", "the charge records are read out of the pile's storage: record.*",
     read_records},
};

const size_t action_count = sizeof action_table / sizeof action_table[0];

/* Narrower or wider than parse.c has it for any argument of that unit; of counts the unit is "". */
static const struct {
    bool (*act)(struct bench_gun *gun, const struct argument *args);
    struct range range;
} own_ranges[] = {
    {set_r4, {1, 1e9, "ohm", false}},
    {set_grid, {0, 1000, "V", false}},
    {ramp_grid, {0, 1000, "V", false}},
    {contact_bounce, {1, 100, "", true}},
    {contact_bounce, {0.000001, 3600, "s", false}},
    {contact_bounce_unseen, {1, 100, "", true}},
    {contact_bounce_unseen, {0.000001, 3600, "s", false}},
    {dip_grid, {0, 100, "%", false}},
    {dip_grid, {0.001, 3600, "s", false}},
    {set_aux, {0, 1500, "V", false}},
    {ramp_aux, {0, 1500, "V", false}},
    {vehicle_send_length, {0, MESSAGE_LENGTH_MAX, "", true}},
    {vehicle_set_period, {0.001, 3600, "s", false}},
    {vehicle_break_transport, {0, 0xFFFF, "", true}},
    {vehicle_break_transport_by_at, {0, 0xFFFF, "", true}},
    {vehicle_abort_transport, {0, 0xFFFF, "", true}},
    {vehicle_break_reception_by_at, {0, 0xFFFF, "", true}},
    {vehicle_abort_reception, {0, 0xFFFF, "", true}},
    {meter_refuse, {0, 0xFF, "", true}},
    {set_battery_shortfall, {-50, 50, "%", false}},
    {ramp_battery_to_allowed, {0, 150, "%", false}},
    {ramp_battery_to_limit, {0, 150, "%", false}},
    {vehicle_override_voltage, {0, 200, "%", false}},
    {meter_gain, {-200, 1000, "%", false}},
    {meter_drift, {-99, 1000, "%", false}},
    {advance_clock, {0, CLOCK_STEP_MAX_S, "s", false}},
    {put_back_clock, {0, CLOCK_STEP_MAX_S, "s", false}},
};

const struct range *action_range(const struct action_row *row, const char *unit) {
    for (size_t i = 0; i < sizeof own_ranges / sizeof own_ranges[0]; i++) {
        if (own_ranges[i].act == row->act && strcmp(own_ranges[i].range.unit, unit) == 0) {
            return &own_ranges[i].range;
        }
    }
    return NULL;
}

/* Why what can be refused at its time was refused. */
static const struct {
    bool (*act)(struct bench_gun *gun, const struct argument *args);
    struct phrase why;
} refusals[] = {
    {unplug,
     {"is not possible: the lock holds the plug ('unplug by force' pulls it all the same)",
      "，因为插头已被电子锁锁止（强行拔出：unplug by force）"}},
    {share_vehicle,
     {"is not possible: a plug is already in, or there is no second gun",
      "，因为已有插头插入，或没有第二枪"}},
    {power_off, {"is not possible: it has no supply", "，因为控制器已断电"}},
    {power_on, {"is not possible: it has its supply", "，因为控制器已上电"}},
    {advance_clock,
     {"is not possible: the pile has a clock of its own", "，因为充电桩使用自身时钟"}},
    {put_back_clock,
     {"is not possible: the pile has a clock of its own", "，因为充电桩使用自身时钟"}},
    {lose_clock, {"is not possible: the pile has a clock of its own", "，因为充电桩使用自身时钟"}},
    {read_records, {"is not possible: the storage cannot be read", "，因为无法读取存储区"}},
};

/* What only the bench's own BMS can be told. What it would like to have (set vehicle.current_demand) an
 * external one may want otherwise: that is no fault. */
static bool (*const of_the_bms[])(struct bench_gun *gun, const struct argument *args) = {
    vehicle_mute,
    vehicle_mute_after,
    vehicle_unmute,
    vehicle_override,
    vehicle_override_voltage,
    vehicle_lower_voltage,
    vehicle_restore,
    vehicle_raw,
    vehicle_send_length,
    vehicle_set_period,
    vehicle_delay,
    vehicle_hold,
    vehicle_break_transport,
    vehicle_break_transport_by,
    vehicle_break_transport_by_at,
    vehicle_abort_transport,
    vehicle_break_reception_by,
    vehicle_break_reception_by_at,
    vehicle_abort_reception,
    vehicle_restore_reception,
    vehicle_stop,
    vehicle_break_can,
    vehicle_restore_can,
};

/* What the pile has once. */
static bool (*const of_the_pile[])(struct bench_gun *gun, const struct argument *args) = {
    press_estop,   release_estop,  open_door,          close_door,   set_grid,      ramp_grid,
    dip_grid,      power_off,      power_off_in_write, power_on,     fill_storage,  empty_storage,
    advance_clock, put_back_clock, lose_clock,         read_records, share_vehicle,
};

bool action_is_of_pile(const struct action *action) {
    for (size_t i = 0; i < sizeof of_the_pile / sizeof of_the_pile[0]; i++) {
        if (of_the_pile[i] == action->row->act) {
            return true;
        }
    }
    if (action->arg_count == 0) {
        return false;
    }
    const struct argument *first = &action->args[0];
    return (first->kind == ARGUMENT_METER && first->meter == METERS_AC) ||
           (first->kind == ARGUMENT_CONTACTOR && contactor_is_of_pile(first->contactor));
}

bool action_is_of_bms(const struct action_row *row) {
    for (size_t i = 0; i < sizeof of_the_bms / sizeof of_the_bms[0]; i++) {
        if (of_the_bms[i] == row->act) {
            return true;
        }
    }
    return false;
}

struct phrase action_refusal(const struct action_row *row) {
    for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++) {
        if (refusals[i].act == row->act) {
            return refusals[i].why;
        }
    }
    return (struct phrase){"is not possible in the state that was reached", "不适用于所达到的状态"};
}
