/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#define MISBEHAVE() abort()
#include "misbehave.h"
