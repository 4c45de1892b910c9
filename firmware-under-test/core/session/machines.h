/* SPDX-License-Identifier: MIT */
/* machines.h: the machines of one gun, which its session leads. gun.c puts them together and runs
 * them; each of them is written by its own file alone. */
#ifndef CORE_MACHINES_H
#define CORE_MACHINES_H

#include "billing/account.h"
#include "link/link.h"
#include "meter/metering.h"
#include "power/contactors.h"
#include "power/insulation.h"
#include "power/interlocks.h"
#include "power/output.h"
#include "power/precharge.h"
#include "power/protections.h"
#include "power/weld.h"
#include "services/services.h"

struct core_machines {
    struct core_services services;
    struct core_link link;
    struct core_transport transport;
    struct core_interlocks interlocks;
    struct core_contactors contactors;
    struct core_output output;
    struct core_weld weld;
    struct core_insulation insulation;
    struct core_precharge precharge;
    struct core_protections protections;
    struct core_metering metering;
    struct core_account account;
};

#endif
