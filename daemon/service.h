/*
 * What the service manager is told: one datagram to $NOTIFY_SOCKET (sd_notify(3)). Without one,
 * nothing.
 */
#ifndef DAEMON_SERVICE_H
#define DAEMON_SERVICE_H

/* "READY=1", "STOPPING=1", … */
void service_notify(const char *state);

#endif
