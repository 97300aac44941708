#include "daemon/peer.h"

#include <errno.h>
#include <sys/socket.h>

#include "base/str.h"

enum err_code peer_of(struct peer *p, int fd, struct err *e)
{
	struct ucred cred;
	socklen_t n = sizeof cred;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &n) || n != sizeof cred)
		return err_errno(e, ERR_IO, "SO_PEERCRED");
	p->uid = cred.uid;
	p->groups[0] = cred.gid;
	p->n_groups = 1;
	/* socket(7): supplementary groups alone; ERANGE tells the size that was needed. Somebody
	 * in more groups than that is refused. */
	n = sizeof p->groups - sizeof p->groups[0];
	if (getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, p->groups + 1, &n))
		return err_errno(e, ERR_IO, "SO_PEERGROUPS");
	p->n_groups += (int)(n / sizeof(gid_t));
	return ERR_OK;
}

static bool in_group(const struct peer *p, const struct peer_groups *groups, const char *name)
{
	gid_t gid;
	if (!groups->find(groups->arg, name, &gid))
		return false;
	for (int i = 0; i < p->n_groups; i++)
		if (p->groups[i] == gid)
			return true;
	return false;
}

static bool who_is(const struct conf_who *w, const struct peer *p, const char *user,
    const struct peer_groups *groups)
{
	switch (w->kind) {
	case CONF_WHO_USER: return str_eq(w->name, user);
	case CONF_WHO_GROUP: return in_group(p, groups, w->name);
	}
	return false;
}

unsigned peer_roles(const struct peer *p, const char *user, const struct conf *conf,
    const struct peer_groups *groups)
{
	const unsigned staff = (1u << CONF_ROLE_KIOSK) - 1;
	if (p->uid == groups->self)
		return conf->demo ? staff : 0;
	unsigned roles = 0;
	for (int r = 0; r < CONF_ROLE_KIOSK; r++) {
		const struct conf_role_map *map = conf_role_map(conf, (enum conf_role)r);
		for (int i = 0; i < map->n && !(roles & 1u << r); i++)
			if (who_is(&map->who[i], p, user, groups))
				roles |= 1u << r;
	}
	return roles;
}
