#include "kiosk/cli/visit_act.h"

#include "kiosk/cli/api.h"

enum cli_exit visit_act(struct cli *c, const struct visit_act *act)
{
	struct api_target t = api_target_of("/v1/visits");
	json_t *body = json_object(), *visit = NULL;
	enum cli_exit rc = act->body(c, body);
	api_target_segment(&t, cli_word(c, 0));
	api_target_segment(&t, act->verb);
	if (rc == CLI_OK)
		rc = cli_site(c);
	if (rc == CLI_OK)
		rc = api_send(c, "POST", &t, json_incref(body), &visit);
	if (rc == CLI_OK && c->json)
		print_json(&c->out, visit);
	else if (rc == CLI_OK)
		act->tell(c, visit);
	json_decref(body);
	json_decref(visit);
	return rc;
}
