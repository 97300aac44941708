/*
 * What the service manager is told: datagrams to $NOTIFY_SOCKET (sd_notify(3)). Without one,
 * nothing.
 */
#ifndef DAEMON_SERVICE_H
#define DAEMON_SERVICE_H

/* Connected now: an abstract socket is out of reach once foyerd has locked itself in. -1: there is none. */
int service_open(void);
/* "READY=1", "STOPPING=1", … */
void service_notify(int fd, const char *state);

#endif
