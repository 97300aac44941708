/*
 * What a locked-in process tries when a test says "probe" (base/fault.h): each thing that its sandbox must refuse, for real.
 *
 * The report is one line, "probe NAME=RESULT NAME=RESULT …": RESULT is the error's name as errno(3) has it ("EACCES"), or "ok" where
 * the attempt went through. Nothing that went through is left behind.
 *
 *   passwd, proc   read /etc/passwd, /proc/version      connect   a TCP connection to the port
 *   create         make a file in /var/tmp              mptcp     the same over Multipath TCP
 *   execve         run /usr/bin/true                    fastopen  the same in a send (TCP Fast Open)
 *   tiocsti        push a key into a terminal           udp       a UDP socket
 *   ptrace         let a process be traced              unix      a Unix socket
 *   listen         wait for TCP connections             netlink   a netlink socket
 */
#ifndef BASE_FAULT_PROBE_H
#define BASE_FAULT_PROBE_H

#include <stddef.h>
#include <stdint.h>

enum { FAULT_PROBE_SZ = 512 };

/* Whoever is locked in cannot open a terminal any more: before that. */
void fault_probe_open(void);

void fault_probe(char *report, size_t report_sz, uint16_t port);

#endif
