#include "kiosk/cli/doctor_own.h"

#include <dirent.h>
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/conf.h"
#include "base/path.h"
#include "base/str.h"

void doctor_say(
    json_t *checks, const char *name, enum doctor_state s, const char *remedy, const char *fmt, ...)
{
	static const char *const states[] = {"ok", "warn", "fail"};
	char raw[PRINT_LINE_SZ], text[PRINT_LINE_SZ];
	va_list ap;
	va_start(ap, fmt);
	if (vsnprintf(raw, sizeof raw, fmt, ap) < 0)
		raw[0] = '\0';
	va_end(ap);
	print_clean(text, sizeof text, raw);
	(void)json_array_append_new(checks, json_pack("{s:s, s:s, s:s, s:s}", "name", name, "state",
						states[s], "text", text, "remedy", remedy));
}

/* Folder or file: is it there, and may others look? mask: the bits that must not be set. */
static bool path_check(json_t *checks, const char *name, const char *path, mode_t mask)
{
	struct stat st;
	if (stat(path, &st) != 0) {
		bool closed = errno == EACCES;
		doctor_say(checks, name, closed ? DOCTOR_WARN : DOCTOR_FAIL,
		    closed ? "ask as root, or as foyerd's user" : "foyer init makes it", "%s: %s",
		    path, strerror(errno));
		return false;
	}
	if ((st.st_mode & mask) == 0)
		return true;
	doctor_say(checks, name, DOCTOR_FAIL,
	    S_ISDIR(st.st_mode) ? "chmod 0700 it" : "chmod 0400 it",
	    "%s: mode %04o lets others in who must not be", path, (unsigned)(st.st_mode & 07777));
	return false;
}

/* NAME.key is secret, NAME.pub is not. */
static void keys(json_t *checks, const char *folder)
{
	char path[PATH_MAX];
	const struct dirent *at;
	int n = 0, bad = 0;
	if (!path_check(checks, "keys", folder, 0077))
		return;
	DIR *d = opendir(folder);
	if (d == NULL) {
		doctor_say(checks, "keys", DOCTOR_WARN, "ask as root, or as foyerd's user",
		    "%s: %s", folder, strerror(errno));
		return;
	}
	while ((at = readdir(d)) != NULL) {
		size_t len = strlen(at->d_name);
		if (len < 5 || !str_eq(at->d_name + len - 4, ".key") ||
		    path_join(path, folder, at->d_name, NULL) != ERR_OK)
			continue;
		n++;
		bad += path_check(checks, "keys", path, 0077) ? 0 : 1;
	}
	(void)closedir(d);
	if (n == 0)
		doctor_say(checks, "keys", DOCTOR_FAIL,
		    "foyer init makes them; or put them back from the safe place", "%s holds none",
		    folder);
	else if (bad == 0)
		doctor_say(checks, "keys", DOCTOR_OK, "", "%d in %s", n, folder);
}

/* A socket that is there although nobody answers was left by a foyerd that did not end well:
 * harmless, and good to know. */
static void sockets(struct cli *c, json_t *checks)
{
	struct stat st;
	if (stat(c->socket, &st) == 0)
		doctor_say(checks, "socket", DOCTOR_WARN,
		    "systemctl start foyerd; it makes the socket anew",
		    "%s is there, but nobody answers", c->socket);
	else if (errno == EACCES)
		doctor_say(checks, "socket", DOCTOR_WARN, "ask as root, or as foyerd's user",
		    "%s: %s", c->socket, strerror(errno));
}

void doctor_machine(struct cli *c, json_t *checks)
{
	const char *path = c->conf != NULL ? c->conf : conf_path_default();
	struct conf *conf = NULL;
	struct err e;
	sockets(c, checks);
	enum err_code code = conf_load(&conf, path, &e);
	if (code == ERR_DENIED) {
		doctor_say(checks, "configuration", DOCTOR_WARN, "ask as root, or as foyerd's user",
		    "%s", e.msg);
		return;
	}
	if (code != ERR_OK) {
		doctor_say(checks, "configuration", DOCTOR_FAIL,
		    "foyer.conf(5) says what is allowed", "%s", e.msg);
		return;
	}
	doctor_say(checks, "configuration", DOCTOR_OK, "", "%s", path);
	if (path_check(checks, "state folder", conf->paths.state, 0077))
		doctor_say(checks, "state folder", DOCTOR_OK, "", "%s", conf->paths.state);
	keys(checks, conf->paths.keys);
	if (path_check(checks, "backups folder", conf->paths.backups, 0077))
		doctor_say(checks, "backups folder", DOCTOR_OK, "", "%s", conf->paths.backups);
	conf_free(conf);
}
