/* SPDX-License-Identifier: MIT */
#define OLD_VERSION 1u
#include "old_version.h"
