/*
 * Preloaded into ippeveprinter by print-rig: it insists on an Avahi client even where it is told to announce nothing (-r off). Here
 * is one that always "works" and never says a word on any bus or network.
 */
#include <stddef.h>

typedef struct client client;
client *avahi_client_new(const void *poll, int flags, void *callback, void *userdata, int *error);
const char *avahi_client_get_host_name_fqdn(client *c);

client *avahi_client_new(const void *poll, int flags, void *callback, void *userdata, int *error)
{
	static char nobody;
	(void)poll;
	(void)flags;
	(void)callback;
	(void)userdata;
	if (error != NULL)
		*error = 0;
	return (client *)&nobody;
}

const char *avahi_client_get_host_name_fqdn(client *c)
{
	(void)c;
	return "localhost";
}
