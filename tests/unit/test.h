/* SPDX-License-Identifier: GPL-2.0 */
/* What every unit test includes, after the source file under test. */
#ifndef _TEST_H
#define _TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "shim.h"

#endif
