/*
 * What a locked-in process tries when a test says "probe" (base/fault.h): each thing that its sandbox must refuse, for real.
 *
 * The report is one line, "probe NAME=RESULT NAME=RESULT …": RESULT is the error's name as errno(3) has it ("EACCES"), or "ok" where
 * the attempt went through. Nothing that went through is left behind.
 */
#ifndef BASE_FAULT_PROBE_H
#define BASE_FAULT_PROBE_H

#include <stddef.h>

enum { FAULT_PROBE_SZ = 512 };

void fault_probe(char *report, size_t report_sz);

#endif
