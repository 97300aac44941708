/*
 * Every handler that the route table names. A handler is one function: see request.h for what it
 * may do.
 */
#ifndef DAEMON_HANDLERS_H
#define DAEMON_HANDLERS_H

#include "daemon/request.h"

#define HANDLER(name) enum err_code name(struct request *rq, struct err *e) MUST_USE

/* desk_*.c: what makes visits happen. */
HANDLER(desk_scan); /* POST /v1/scan */
HANDLER(desk_checkin); /* POST /v1/checkins */
HANDLER(desk_signout); /* POST /v1/signouts */
HANDLER(desk_invitation_new); /* POST /v1/invitations */
HANDLER(desk_invitation_list); /* GET  /v1/invitations */
HANDLER(desk_invitation_show); /* GET  /v1/invitations/{id} */
HANDLER(desk_invitation_cancel); /* POST /v1/invitations/{id}/cancel */
HANDLER(desk_visit_list); /* GET  /v1/visits */
HANDLER(desk_visit_show); /* GET  /v1/visits/{id}: id or number */
HANDLER(desk_visit_approve); /* POST /v1/visits/{id}/approve … */
HANDLER(desk_visit_refuse);
HANDLER(desk_visit_checkin);
HANDLER(desk_visit_checkout);
HANDLER(desk_visit_extend);
HANDLER(desk_visit_cancel);
HANDLER(desk_visit_reprint);
HANDLER(desk_visit_document);

/* h_*.c: the rest. */
HANDLER(h_me);
HANDLER(h_types);
HANDLER(h_kiosk);
HANDLER(h_kiosk_state);
HANDLER(h_agreement);
HANDLER(h_progress);
HANDLER(h_host_search); /* a kiosk's: three letters, five names */
HANDLER(h_host_list); /* staff's */
HANDLER(h_hosts); /* GET /v1/hosts: one of the two, by who asks */
HANDLER(h_host_put);
HANDLER(h_host_import);
HANDLER(h_waiting_open);
HANDLER(h_waiting_list);
HANDLER(h_waiting_take);
HANDLER(h_waiting_resolve);
HANDLER(h_job_list);
HANDLER(h_job_retry);
HANDLER(h_job_hold);
HANDLER(h_job_drop);
HANDLER(h_job_acknowledge);
HANDLER(h_journal);
HANDLER(h_journal_verify);
HANDLER(h_export);
HANDLER(h_backup_new);
HANDLER(h_backup_list);
HANDLER(h_doctor);
HANDLER(h_clock_accept);

#endif
