/*
 * Named points at which a test may stop, kill, delay or corrupt a process. Only `make FAULT=1` has them (make fault builds so): an
 * ordinary build holds neither the code nor the names.
 *
 * A process that finds FOYER_FAULT in its environment connects to the Unix socket of that path (SOCK_SEQPACKET), and at each point
 * sends one datagram, "PROGRAM PID POINT", and waits for one word: its verdict.
 *
 *   go          on
 *   kill        SIGKILL to itself, here
 *   stop        SIGSTOP to itself; whoever continues it says so
 *   orphan      the same, and neither its parent's death ends it nor its session's makes it go on: as if it hung in the kernel meanwhile
 *   delay MS    wait, then on
 *   wrong       on, but where the point is a FAULT_LIES: answer wrongly
 *   probe PORT  try what a locked-in process must not be able to do, send what came of it (fault_probe.h), wait for another verdict;
 *               somebody listens on that TCP port of the loopback
 *
 * No socket, or a test that is gone: "go". A point is named for what has just been done there, room first: "print.submitted". A
 * process connects before it locks itself in (FAULT_OPEN), the others at their first point. tests/fault holds the other end.
 */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H

#ifdef FOYER_FAULT
#include <stdbool.h>

/* Connects now, while it still may. program is borrowed for good. */
void fault_open(const char *program);
/* True if the verdict is "wrong". */
bool fault_at(const char *point);

#define FAULT_OPEN(program) fault_open(program)
#define FAULT(point) ((void)fault_at(point))
#define FAULT_LIES(point) fault_at(point)
#else
#define FAULT_OPEN(program) ((void)0)
#define FAULT(point) ((void)0)
#define FAULT_LIES(point) false
#endif

#endif
