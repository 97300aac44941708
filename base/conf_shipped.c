#include "base/conf_shipped.h"

/* The path is taken from the project's root, where the compiler runs; base/room.mk names the file as what this depends on. */
__asm__(".section .rodata\n"
	".type foyer_conf_shipped, @object\n"
	"foyer_conf_shipped:\n"
	".incbin \"etc/foyer.conf\"\n"
	"foyer_conf_shipped_end:\n"
	".size foyer_conf_shipped, foyer_conf_shipped_end - foyer_conf_shipped\n"
	".text\n");

extern const char foyer_conf_shipped[], foyer_conf_shipped_end[];

const char *conf_shipped(size_t *len)
{
	*len = (size_t)(foyer_conf_shipped_end - foyer_conf_shipped);
	return foyer_conf_shipped;
}
