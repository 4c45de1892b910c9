/* SPDX-License-Identifier: MIT */
#define OLD_VERSION 2u
#include "old_version.h"
