/* SPDX-License-Identifier: MIT */
#include "sim/modules/bank.h"

#include "sim/modules/internal.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define ANSWER_NS (2 * NS_PER_MS)
#define MISSED_NS (2 * NS_PER_S) /* a module that left is counted so long: no maker says how long */
#define SHOWN_A   0.1            /* a signal moves when its value has moved so much */
#define SHOWN_C   0.5

/* ---- signals ---- */

static const struct {
    const char *name, *unit, *text;
    enum signal_kind kind;
} shown[MODULE_SIGNALS] = {
    [MODULE_ONLINE] = {"online", "", "it can be heard on its network", SIGNAL_BOOL},
    [MODULE_ADDRESS] = {"address", "", "its address", SIGNAL_NUMBER},
    [MODULE_DELIVERS] = {"delivers", "", "it is switched on and able", SIGNAL_BOOL},
    [MODULE_CURRENT] = {"current", "A", "what it delivers", SIGNAL_NUMBER},
    [MODULE_VOLTAGE_SET] = {"voltage_set", "V", "voltage it is told", SIGNAL_NUMBER},
    [MODULE_CURRENT_SET] = {"current_set", "A", "current limit it is told", SIGNAL_NUMBER},
    [MODULE_TEMPERATURE] = {"temperature", "degC", "inside", SIGNAL_NUMBER},
    [MODULE_TROUBLED] = {"stopped", "", "a fault, its supply or silence keeps it off", SIGNAL_BOOL},
};

static void add_signals(struct module_bank *bank, unsigned slot) {
    struct modules_slot *s = &bank->slots[slot];
    for (unsigned i = 0; i < MODULE_SIGNALS; i++) {
        snprintf(s->names[i], sizeof s->names[i], "module%u.%s", slot + 1, shown[i].name);
        s->signals[i] = signal_add(bank->config.board, s->names[i], shown[i].kind, shown[i].unit,
                                   shown[i].text);
    }
}

static void show(struct signal *signal, double value, double least, int64_t now_ns) {
    bool crosses_zero = (signal->value == 0.0) != (value == 0.0);
    if (!signal->known || crosses_zero || fabs(signal->value - value) > least) {
        signal_set(signal, now_ns, value);
    }
}

static void show_module(struct module_bank *bank, unsigned slot, int64_t now_ns) {
    const struct module *m = &bank->modules[slot];
    struct signal *const *signals = bank->slots[slot].signals;
    show(signals[MODULE_ONLINE], module_online(m), 0.0, now_ns);
    show(signals[MODULE_ADDRESS], m->address, 0.0, now_ns);
    show(signals[MODULE_DELIVERS], module_runs(m), 0.0, now_ns);
    show(signals[MODULE_CURRENT], m->current_a, SHOWN_A, now_ns);
    show(signals[MODULE_VOLTAGE_SET], m->set_v, 0.0, now_ns);
    show(signals[MODULE_CURRENT_SET], m->set_a, 0.0, now_ns);
    show(signals[MODULE_TEMPERATURE], m->inside_c, SHOWN_C, now_ns);
    show(signals[MODULE_TROUBLED], (m->troubles & MODULE_STOPPED_BY) != 0, 0.0, now_ns);
}

/* ---- addresses ---- */

static bool address_is_free(const struct module_bank *bank, unsigned but, uint8_t address) {
    for (unsigned i = 0; i < bank->config.count; i++) {
        const struct module *m = &bank->modules[i];
        if (i != but && m->powered && bank->slots[i].addressed && m->address == address) {
            return false;
        }
    }
    return true;
}

static void give_address(struct module_bank *bank, unsigned slot) {
    struct module *m = &bank->modules[slot];
    uint8_t address = m->address;
    if (m->by_dial) {
        address = m->dial;
    } else if (!bank->slots[slot].had_address || !address_is_free(bank, slot, address)) {
        for (address = 0; !address_is_free(bank, slot, address); address++) {
        }
    }
    m->address = address;
    bank->slots[slot].addressed = bank->slots[slot].had_address = true;
}

/* The one of the lowest serial number among those that have none; count: nobody. */
static unsigned next_without_address(const struct module_bank *bank) {
    unsigned found = bank->config.count;
    for (unsigned i = 0; i < bank->config.count; i++) {
        bool wants = bank->modules[i].powered && !bank->slots[i].addressed;
        if (wants && (found == bank->config.count ||
                      strcmp(bank->modules[i].serial, bank->modules[found].serial) < 0)) {
            found = i;
        }
    }
    return found;
}

static void give_addresses(struct module_bank *bank) {
    for (unsigned i = 0; i < bank->config.count; i++) {
        bank->slots[i].addressed = bank->slots[i].addressed && bank->modules[i].powered;
    }
    for (unsigned i = next_without_address(bank); i < bank->config.count;
         i = next_without_address(bank)) {
        give_address(bank, i);
    }
}

static void find_repeated(struct module_bank *bank) {
    for (unsigned i = 0; i < bank->config.count; i++) {
        bool twice = false;
        for (unsigned k = 0; k < bank->config.count; k++) {
            twice = twice || (k != i && module_online(&bank->modules[k]) &&
                              bank->modules[k].address == bank->modules[i].address);
        }
        bank->modules[i].troubles &= ~(uint32_t)MODULE_ADDRESS_TWICE;
        bank->modules[i].troubles |=
            twice && module_online(&bank->modules[i]) ? (uint32_t)MODULE_ADDRESS_TWICE : 0;
    }
}

void modules_repeat_address(struct module_bank *bank, unsigned slot, unsigned of, int64_t now_ns) {
    assert(slot < bank->config.count && of < bank->config.count && slot != of);
    bank->modules[slot].address = bank->modules[of].address;
    modules_refresh(bank, now_ns);
}

/* ---- time ---- */

void modules_measure(struct module_bank *bank, int64_t now_ns) {
    for (unsigned i = 0; i < bank->bus_count; i++) {
        modules_bus_share(&bank->buses[i], now_ns);
    }
}

static int64_t advance_all(struct module_bank *bank, int64_t now_ns) {
    int64_t next_ns = INT64_MAX;
    for (unsigned i = 0; i < bank->config.count; i++) {
        int64_t due_ns = module_advance(&bank->modules[i], now_ns);
        next_ns = due_ns < next_ns ? due_ns : next_ns;
    }
    return next_ns;
}

static void refresh_once(struct module_bank *bank, int64_t now_ns) {
    modules_measure(bank, now_ns);
    int64_t next_ns = advance_all(bank, now_ns);
    give_addresses(bank);
    find_repeated(bank);
    for (unsigned i = 0; i < bank->bus_count; i++) {
        modules_bus_update(&bank->buses[i], now_ns);
    }
    modules_measure(bank, now_ns);
    for (unsigned i = 0; i < bank->config.count; i++) {
        show_module(bank, i, now_ns);
    }
    if (next_ns == INT64_MAX) {
        loop_cancel(bank->config.loop, &bank->timer);
    } else {
        loop_set(bank->config.loop, &bank->timer, next_ns);
    }
}

/* To drive a bus may make a watch of it call back at once: then once more. */
void modules_refresh(struct module_bank *bank, int64_t now_ns) {
    bank->stale = true;
    if (bank->refreshing) {
        return;
    }
    bank->refreshing = true;
    for (unsigned turn = 0; bank->stale && turn < MODULES_MOST; turn++) {
        bank->stale = false;
        refresh_once(bank, now_ns);
    }
    bank->refreshing = false;
}

static void on_timer(void *ctx, int64_t now_ns) {
    modules_refresh(ctx, now_ns);
}

/* ---- what is done to them ---- */

static void supply_all(struct module_bank *bank, int64_t now_ns) {
    double whole_v = bank->line_v, half_v = bank->phase_lost ? whole_v / 2.0 : whole_v;
    const double line_v[3] = {whole_v, half_v, half_v};
    modules_measure(bank, now_ns);
    for (unsigned i = 0; i < bank->config.count; i++) {
        module_supply(&bank->modules[i], line_v, now_ns);
    }
    modules_refresh(bank, now_ns);
}

void modules_supply(struct module_bank *bank, double line_v, int64_t now_ns) {
    assert(line_v >= 0);
    bank->line_v = line_v;
    supply_all(bank, now_ns);
}

void modules_lose_phase(struct module_bank *bank, bool lost, int64_t now_ns) {
    bank->phase_lost = lost;
    supply_all(bank, now_ns);
}

void modules_plug(struct module_bank *bank, unsigned slot, bool in, int64_t now_ns) {
    assert(slot < bank->config.count);
    module_plug(&bank->modules[slot], in, now_ns);
    modules_refresh(bank, now_ns);
}

void modules_fault(struct module_bank *bank, unsigned slot, const struct module_faults *faults,
                   int64_t now_ns) {
    assert(slot < bank->config.count);
    module_set_faults(&bank->modules[slot], faults, now_ns);
    modules_refresh(bank, now_ns);
}

void modules_ambient(struct module_bank *bank, unsigned slot, double celsius, int64_t now_ns) {
    assert(slot < bank->config.count);
    module_set_ambient(&bank->modules[slot], celsius, now_ns);
    modules_refresh(bank, now_ns);
}

static void on_supply(void *ctx, struct signal *signal, int64_t at_ns) {
    struct module_bank *bank = ctx;
    (void)at_ns;
    modules_supply(bank, signal->value, bank->config.loop->now_ns);
}

/* ---- network ---- */

static void arm_answers(struct module_bank *bank) {
    int64_t due_ns = INT64_MAX;
    for (unsigned i = 0; i < bank->config.count; i++) {
        const struct modules_slot *s = &bank->slots[i];
        if (s->waiting > 0 && s->answers[s->first].due_ns < due_ns) {
            due_ns = s->answers[s->first].due_ns;
        }
    }
    if (due_ns != INT64_MAX &&
        (!loop_is_set(&bank->answer_timer) || bank->answer_timer.at_ns != due_ns)) {
        loop_set(bank->config.loop, &bank->answer_timer, due_ns);
    }
}

static void send_due(void *ctx, int64_t now_ns) {
    struct module_bank *bank = ctx;
    for (unsigned i = 0; i < bank->config.count; i++) {
        struct modules_slot *s = &bank->slots[i];
        while (s->waiting > 0 && s->answers[s->first].due_ns <= now_ns) {
            if (module_online(&bank->modules[i])) {
                (void)can_send(bank->config.net, &s->node, &s->answers[s->first].frame);
            }
            s->first = (s->first + 1) % MODULES_QUEUE;
            s->waiting--;
        }
    }
    arm_answers(bank);
}

void modules_answer(struct module_bank *bank, const struct module *module, int64_t now_ns,
                    const struct can_frame_ext *frame) {
    struct modules_slot *s = &bank->slots[module->index];
    if (s->waiting == MODULES_QUEUE) {
        bank->overrun++;
        return;
    }
    s->answers[(s->first + s->waiting) % MODULES_QUEUE] = (struct modules_answer){
        .due_ns = now_ns + bank->config.answer_ns + module->faults.late_ns, .frame = *frame};
    s->waiting++;
    arm_answers(bank);
}

bool modules_heard(struct module_bank *bank, uint32_t which, int64_t now_ns) {
    bool any = false, again = false;
    for (unsigned i = 0; i < bank->config.count; i++) {
        struct module *m = &bank->modules[i];
        if ((which >> i & 1u) != 0 && module_online(m)) {
            again = again || (m->troubles & MODULE_INTERRUPTED) != 0;
            module_hear(m, now_ns);
            any = true;
        }
    }
    if (again) {
        modules_refresh(bank, now_ns);
    }
    return any;
}

void modules_refuse(struct module_bank *bank, int64_t now_ns) {
    signal_set(bank->refused, now_ns, bank->refused->known ? bank->refused->value + 1 : 1);
}

bool modules_counts(const struct module_bank *bank, const struct module *module, int64_t now_ns) {
    bool there = module_online(module);
    bool missed = module->lost_ns != INT64_MAX && now_ns - module->lost_ns >= MISSED_NS;
    bool was = module->lost_ns != INT64_MAX && bank->slots[module->index].had_address;
    return there ? !module_allocating(module, now_ns) : was && !missed;
}

static void received(void *ctx, int64_t at_ns, const struct can_frame_ext *frame) {
    struct module_bank *bank = ctx;
    (void)at_ns;
    bank->config.face->received(bank, bank->config.loop->now_ns, frame);
}

void modules_commanded(struct module_bank *bank, int64_t now_ns) {
    if (bank->commanded_ns >= 0) {
        signal_set(bank->spacing, now_ns, (double)(now_ns - bank->commanded_ns) * 1e-9);
    }
    bank->commanded_ns = now_ns;
}

static void chat(void *ctx, int64_t now_ns) {
    struct module_bank *bank = ctx;
    for (unsigned i = 0; i < bank->config.count; i++) {
        if (module_online(&bank->modules[i])) {
            struct can_frame_ext frame = bank->config.face->chatter(&bank->modules[i]);
            (void)can_send(bank->config.net, &bank->slots[i].node, &frame);
        }
    }
    loop_set(bank->config.loop, &bank->chatter_timer, now_ns + bank->config.chatter_ns);
}

/* ---- life ---- */

static void join_network(struct module_bank *bank) {
    bank->ear = (struct can_node){.received = received, .ctx = bank};
    can_join(bank->config.net, &bank->ear);
    for (unsigned i = 0; i < bank->config.count; i++) {
        can_join(bank->config.net, &bank->slots[i].node);
    }
    if (bank->config.chatter_ns > 0 && bank->config.face->chatter != NULL) {
        bank->chatter_timer = (struct timer){.fire = chat, .ctx = bank};
        loop_set(bank->config.loop, &bank->chatter_timer,
                 bank->config.loop->now_ns + bank->config.chatter_ns);
    }
}

/* Serial numbers in the order of the slots; weights spread evenly, in another one. */
static void put_modules(struct module_bank *bank) {
    unsigned count = bank->config.count, half = (count + 1) / 2;
    for (unsigned i = 0; i < count; i++) {
        char serial[MODULE_SERIAL_SIZE];
        double place = count > 1 ? 2.0 * (double)(i * 5 % count) / (double)(count - 1) - 1.0 : 0.0;
        snprintf(serial, sizeof serial, "0818071%05uV%04u", 23450u + i, 1704u);
        module_init(&bank->modules[i], bank->config.params, i, serial);
        bank->slots[i].weight = 1.0 + bank->config.spread * place;
        bank->modules[i].dial = bank->bus_count > 1 && i >= half ? 1 : 0;
        bank->modules[i].group = bank->modules[i].next_group = bank->modules[i].dial;
    }
}

static void put_signals(struct module_bank *bank) {
    static const char *const told[MODULES_BUSES] = {"module_net.told_a", "module_net.told_b"};
    for (unsigned i = 0; i < bank->config.count; i++) {
        add_signals(bank, i);
    }
    bank->spacing = signal_add(bank->config.board, "module_net.spacing", SIGNAL_NUMBER, "s",
                               "between the controller's last two frames to the modules");
    bank->refused = signal_add(bank->config.board, "module_net.refused", SIGNAL_PULSE, "",
                               "a command came while modules were getting their addresses");
    for (unsigned i = 0; i < bank->bus_count; i++) {
        bank->buses[i].told = signal_add(bank->config.board, told[i], SIGNAL_NUMBER, "A",
                                         "sum of the set points of the modules that are on");
        signal_set(bank->buses[i].told, bank->config.loop->now_ns, 0);
    }
}

void modules_init(struct module_bank *bank, const struct modules_config *config) {
    assert(config->count >= 1 && config->count <= MODULES_MOST && config->face != NULL);
    memset(bank, 0, sizeof *bank);
    bank->config = *config;
    bank->config.answer_ns = config->answer_ns > 0 ? config->answer_ns : ANSWER_NS;
    bank->commanded_ns = -1;
    bank->bus_count = config->buses[1].drive != NULL ? 2 : 1;
    bank->timer = (struct timer){.fire = on_timer, .ctx = bank};
    bank->answer_timer = (struct timer){.fire = send_due, .ctx = bank};
    for (unsigned i = 0; i < bank->bus_count; i++) {
        modules_bus_init(&bank->buses[i], bank, i);
    }
    put_modules(bank);
    put_signals(bank);
    join_network(bank);
    if (config->supply != NULL) {
        bank->on_supply = (struct subscription){.changed = on_supply, .ctx = bank};
        signal_subscribe(config->supply, &bank->on_supply);
        modules_supply(bank, config->supply->value, config->loop->now_ns);
    } else {
        modules_refresh(bank, config->loop->now_ns);
    }
}

void modules_end(struct module_bank *bank) {
    if (bank->config.loop == NULL) {
        return;
    }
    loop_cancel(bank->config.loop, &bank->timer);
    loop_cancel(bank->config.loop, &bank->answer_timer);
    loop_cancel(bank->config.loop, &bank->chatter_timer);
    for (unsigned i = 0; i < bank->bus_count; i++) {
        modules_bus_end(&bank->buses[i]);
    }
    for (unsigned i = 0; i < bank->config.count; i++) {
        can_leave(bank->config.net, &bank->slots[i].node);
    }
    can_leave(bank->config.net, &bank->ear);
    if (bank->config.supply != NULL) {
        signal_unsubscribe(bank->config.supply, &bank->on_supply);
    }
}
