#include "daemon/routes.h"

#include <string.h>

#include "base/str.h"
#include "daemon/handlers.h"

#define M ROLE(MANAGER)
#define S ROLE(SUPERVISOR)
#define D ROLE(DESK)
#define G ROLE(GUARD)
#define W ROLE(WARDEN)
#define A ROLE(AUDITOR)
#define H ROLE(HOST)
#define K ROLE(KIOSK)
#define STAFF (M | S | D | G | W | A)
#define ANYBODY (STAFF | H)

static const struct route routes[] = {
    /* a kiosk */
    {ROUTE_GET, "/v1/kiosk", K, ROUTE_BOOKLESS, h_kiosk, "kioskShow"},
    {ROUTE_POST, "/v1/kiosk/state", K, ROUTE_BOOKLESS, h_kiosk_state, "kioskState"},
    {ROUTE_GET, "/v1/agreements/{name}", K | STAFF, ROUTE_BOOKLESS, h_agreement, "agreementShow"},
    {ROUTE_GET, "/v1/hosts", K | M | S | D | A | H, 0, h_hosts, "hostList"},
    {ROUTE_POST, "/v1/scan", K, 0, desk_scan, "scan"},
    {ROUTE_POST, "/v1/checkins", K, ROUTE_WRITES, desk_checkin, "checkinNew"},
    {ROUTE_POST, "/v1/signouts", K, ROUTE_WRITES, desk_signout, "signoutNew"},
    {ROUTE_POST, "/v1/waiting", K, ROUTE_WRITES, h_waiting_open, "waitingNew"},
    {ROUTE_GET, "/v1/progress/{token}", K, ROUTE_STREAM | ROUTE_BOOKLESS, h_progress,
	"progressShow"},
    /* everybody with a role */
    {ROUTE_GET, "/v1/me", ANYBODY, ROUTE_BOOKLESS, h_me, "me"},
    {ROUTE_GET, "/v1/types", ANYBODY, ROUTE_BOOKLESS, h_types, "typeList"},
    /* invitations and visits */
    {ROUTE_POST, "/v1/invitations", M | S | D | H, ROUTE_WRITES, desk_invitation_new,
	"invitationNew"},
    {ROUTE_GET, "/v1/invitations", M | S | D | H, 0, desk_invitation_list, "invitationList"},
    {ROUTE_GET, "/v1/invitations/{id}", M | S | D | H, 0, desk_invitation_show, "invitationShow"},
    {ROUTE_POST, "/v1/invitations/{id}/cancel", M | S | D | H, ROUTE_WRITES, desk_invitation_cancel,
	"invitationCancel"},
    {ROUTE_GET, "/v1/visits", ANYBODY, 0, desk_visit_list, "visitList"},
    {ROUTE_GET, "/v1/visits/{id}", ANYBODY, 0, desk_visit_show, "visitShow"},
    {ROUTE_POST, "/v1/visits/{id}/approve", M | S | D | H, ROUTE_WRITES, desk_visit_approve,
	"visitApprove"},
    {ROUTE_POST, "/v1/visits/{id}/refuse", M | S | D | H, ROUTE_WRITES, desk_visit_refuse,
	"visitRefuse"},
    {ROUTE_POST, "/v1/visits/{id}/checkin", M | S | D, ROUTE_WRITES, desk_visit_checkin,
	"visitCheckin"},
    {ROUTE_POST, "/v1/visits/{id}/checkout", M | S | D, ROUTE_WRITES, desk_visit_checkout,
	"visitCheckout"},
    {ROUTE_POST, "/v1/visits/{id}/extend", M | S | D | H, ROUTE_WRITES, desk_visit_extend,
	"visitExtend"},
    {ROUTE_POST, "/v1/visits/{id}/cancel", M | S | D | H, ROUTE_WRITES, desk_visit_cancel,
	"visitCancel"},
    {ROUTE_POST, "/v1/visits/{id}/reprint", M | S | D, ROUTE_WRITES, desk_visit_reprint,
	"visitReprint"},
    {ROUTE_POST, "/v1/visits/{id}/documents", M | S | D | G, ROUTE_WRITES, desk_visit_document,
	"visitDocument"},
    /* hosts */
    {ROUTE_PUT, "/v1/hosts/{uid}", M | S | D, ROUTE_WRITES, h_host_put, "hostPut"},
    {ROUTE_POST, "/v1/hosts/import", M, ROUTE_STREAM | ROUTE_BIG, h_host_import, "hostImport"},
    /* who waits, and what does not work */
    {ROUTE_GET, "/v1/waiting", M | S | D | G, 0, h_waiting_list, "waitingList"},
    {ROUTE_POST, "/v1/waiting/{id}/take", M | S | D | G, ROUTE_WRITES, h_waiting_take,
	"waitingTake"},
    {ROUTE_POST, "/v1/waiting/{id}/resolve", M | S | D | G, ROUTE_WRITES, h_waiting_resolve,
	"waitingResolve"},
    {ROUTE_GET, "/v1/jobs", M | S | D | A, 0, h_job_list, "jobList"},
    {ROUTE_POST, "/v1/jobs/{id}/retry", M | S | D, ROUTE_WRITES, h_job_retry, "jobRetry"},
    {ROUTE_POST, "/v1/jobs/{id}/hold", M | S, ROUTE_WRITES, h_job_hold, "jobHold"},
    {ROUTE_POST, "/v1/jobs/{id}/drop", M | S, ROUTE_WRITES, h_job_drop, "jobDrop"},
    {ROUTE_POST, "/v1/jobs/{id}/acknowledge", M | S, ROUTE_WRITES, h_job_acknowledge,
	"jobAcknowledge"},
    /* the record, and the machine */
    {ROUTE_GET, "/v1/journal", M | A, 0, h_journal, "journalList"},
    {ROUTE_GET, "/v1/journal/verify", M | A, ROUTE_STREAM, h_journal_verify, "journalVerify"},
    {ROUTE_GET, "/v1/export", M | A, ROUTE_STREAM, h_export, "export"},
    {ROUTE_POST, "/v1/backups", M, ROUTE_STREAM, h_backup_new, "backupNew"},
    {ROUTE_GET, "/v1/backups", M, 0, h_backup_list, "backupList"},
    {ROUTE_POST, "/v1/clock/accept", M, ROUTE_WRITES, h_clock_accept, "clockAccept"},
    {ROUTE_GET, "/v1/doctor", M | S | A, ROUTE_STREAM | ROUTE_BOOKLESS, h_doctor, "doctor"},
};

const struct route *routes_all(size_t *n)
{
	*n = sizeof routes / sizeof routes[0];
	return routes;
}

const char *route_method_name(enum route_method m)
{
	switch (m) {
	case ROUTE_GET: return "GET";
	case ROUTE_POST: return "POST";
	case ROUTE_PUT: return "PUT";
	}
	return "";
}

/* Match path against pattern, segment by segment; {…} takes one segment, which must not be
 * empty. */
static bool path_match(const char *pattern, const char *path, char param[REQUEST_PARAM_SZ])
{
	param[0] = 0;
	while (*pattern && *path) {
		if (*pattern == '{') {
			const char *close = strchr(pattern, '}');
			size_t n = strcspn(path, "/");
			if (!close || n == 0 || n >= REQUEST_PARAM_SZ)
				return false;
			memcpy(param, path, n);
			param[n] = 0;
			pattern = close + 1;
			path += n;
		} else if (*pattern++ != *path++) {
			return false;
		}
	}
	return !*pattern && !*path;
}

static void allow_add(char allow[32], const char *method)
{
	size_t n = strlen(allow);
	str_print(allow + n, 32 - n, "%s%s", n ? ", " : "", method);
}

/* A literal path comes before one with a parameter ("hosts/import" is no {uid}), whatever their
 * order in the table. */
enum route_found route_find(const struct route **r, char param[REQUEST_PARAM_SZ],
    const char *method, const char *path, unsigned roles, char allow[32])
{
	const struct route *found = NULL;
	char got[REQUEST_PARAM_SZ];
	bool path_known = false;
	allow[0] = param[0] = 0;
	for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
		if (!path_match(routes[i].path, path, got))
			continue;
		path_known = true;
		if (!str_eq(route_method_name(routes[i].method), method)) {
			allow_add(allow, route_method_name(routes[i].method));
			continue;
		}
		if (found && got[0])
			continue;
		found = &routes[i];
		memcpy(param, got, sizeof got);
	}
	if (!found)
		return path_known ? ROUTE_NO_METHOD : ROUTE_NO_PATH;
	if (!(found->roles & roles))
		return ROUTE_NO_ROLE;
	*r = found;
	return ROUTE_FOUND;
}
