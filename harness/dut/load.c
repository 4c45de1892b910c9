/* SPDX-License-Identifier: MIT */
#include "harness/dut/local.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define TICK_LEAST_NS 10000
#define INSTANCE_MAX  ((size_t)64 * 1024 * 1024) /* more is a mistake, not a controller */

const struct dut_param *dut_api_param(const struct dut_api *api, const char *name) {
    for (size_t i = 0; i < api->param_count; i++) {
        if (strcmp(api->params[i].name, name) == 0) {
            return &api->params[i];
        }
    }
    return NULL;
}

size_t dut_api_bytes(const struct dut_api *api) {
    return api->abi_version < 3 ? offsetof(struct dut_api, capability) : sizeof *api;
}

unsigned dut_api_inputs(const struct dut_api *api) {
    return api->abi_version < 3 ? DUT_IN_AC_L1_MV : DUT_INPUTS;
}

const char *dut_api_problem(const struct dut_api *api) {
    if (api == NULL) {
        return "dut_entry returned NULL";
    }
    if (api->abi_version < 1 || api->abi_version > DUT_ABI_VERSION) {
        return "it was built for another version of dut.h: build it again with the one that came "
               "with this bench";
    }
    if (api->guns < 1 || api->guns > DUT_GUNS_MAX) {
        return "its number of guns is not 1 or 2";
    }
    if (api->instance_size == 0 || api->instance_size > INSTANCE_MAX) {
        return "its instance_size is 0 or above 64 MiB";
    }
    if (api->tick_ns < 0 || (api->tick_ns > 0 && api->tick_ns < TICK_LEAST_NS)) {
        return "its tick_ns is negative, or below 10 us (nanoseconds; 0: tickless)";
    }
    if (api->name == NULL || api->version == NULL) {
        return "it has no name or version";
    }
    if (api->params == NULL && api->param_count > 0) {
        return "it counts parameters but has none";
    }
    for (size_t i = 0; i < api->param_count; i++) {
        const struct dut_param *param = &api->params[i];
        if (param->name == NULL || param->unit == NULL || param->clause == NULL) {
            return "one of its parameters has no name, unit or clause (\"\" will do)";
        }
    }
    if (api->init == NULL || api->set_param == NULL || api->on_can == NULL ||
        api->on_serial == NULL || api->on_input == NULL || api->run == NULL ||
        api->state_name == NULL || api->fault_name == NULL ||
        (api->abi_version >= 3 && api->capability == NULL)) {
        return "one of its functions is NULL: all have to be there, an empty one will do";
    }
    return NULL;
}

static void *open_library(const char *path, struct problem *problem) {
    char local[4096];
    /* Without a slash dlopen would search the system's folders instead. */
    int length = snprintf(local, sizeof local, "%s%s", strchr(path, '/') == NULL ? "./" : "", path);
    if (length < 0 || (size_t)length >= sizeof local) {
        problem_set(problem, "the path of the firmware is too long");
        return NULL;
    }
    if (access(local, R_OK) != 0) {
        problem_set_both(problem, "cannot read the firmware '%s': %s", "无法读取固件'%s'：%s", path,
                         strerror(errno));
        return NULL;
    }
    void *library = dlopen(local, RTLD_NOW | RTLD_LOCAL);
    if (library == NULL) {
        problem_set_both(problem, "cannot load the firmware: %s; build it with 'cc -shared -fPIC'",
                         "无法加载固件：%s；请用'cc -shared -fPIC'编译", dlerror());
    }
    return library;
}

const struct dut_api *dut_load(const char *path, void **library, struct problem *problem) {
    *library = open_library(path, problem);
    if (*library == NULL) {
        return NULL;
    }
    /* ISO C has no cast from an object's to a function's address; POSIX promises it works. */
    const struct dut_api *(*entry)(void) = NULL;
    void *symbol = dlsym(*library, "dut_entry");
    memcpy(&entry, &symbol, sizeof entry);
    const char *fault = NULL;
    const struct dut_api *api = NULL;
    if (entry == NULL) {
        fault = "it does not export dut_entry (see firmware-under-test/include/dut.h)";
    } else {
        api = entry();
        fault = dut_api_problem(api);
    }
    if (fault != NULL) {
        problem_set(problem, "cannot use the firmware '%s': %s", path, fault);
        dut_unload(*library);
        *library = NULL;
        return NULL;
    }
    return api;
}

void dut_unload(void *library) {
    if (library != NULL) {
        dlclose(library);
    }
}
