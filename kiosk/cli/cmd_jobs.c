/* jobs, jobs retry, hold, drop, acknowledge: what must be done elsewhere. */
#include "kiosk/cli/cli.h"

#include <string.h>

#include "base/str.h"
#include "kiosk/cli/api.h"
#include "kiosk/cli/visit_print.h"

/* What is not settled, the worst first. */
static const char *const unsettled[] = {"failed", "held", "waiting", "leased", "ready"};

static enum cli_exit collect(struct cli *c, int64_t most, json_t **own_list)
{
	json_t *items = json_array();
	bool more = false;
	enum cli_exit rc = CLI_OK;
	for (size_t i = 0; i < sizeof unsettled / sizeof unsettled[0] && rc == CLI_OK; i++) {
		struct api_target t = api_target_of("/v1/jobs");
		json_t *list = NULL;
		int64_t left = most - (int64_t)json_array_size(items);
		api_target_add(&t, "state", unsettled[i]);
		if (left <= 0)
			break;
		rc = api_list(c, &t, left, &list);
		(void)json_array_extend(items, json_object_get(list, "items"));
		more |= json_is_string(json_object_get(list, "next"));
		json_decref(list);
	}
	/* More than one list has no common cursor: null, and what is missing shows by its
	 * number. */
	*own_list = rc == CLI_OK ? json_pack("{s:O, s:n}", "items", items, "next") : NULL;
	json_decref(items);
	if (more && rc == CLI_OK && !c->json)
		print_line(
		    &c->err, 0, "There are more than %lld: --limit shows them.", (long long)most);
	return rc;
}

enum cli_exit cmd_jobs(struct cli *c)
{
	struct api_target all = api_target_of("/v1/jobs");
	json_t *list = NULL;
	const json_t *j;
	size_t i;
	int64_t most = 200;
	enum cli_exit rc = cli_opt_int(c, "limit", &most, 1, 100000);
	if (rc == CLI_OK)
		rc = cli_site(c);
	if (rc == CLI_OK)
		rc = cli_flag(c, "all") ? api_list(c, &all, most, &list) : collect(c, most, &list);
	if (rc == CLI_OK && c->json) {
		print_json(&c->out, list);
	} else if (rc == CLI_OK) {
		json_array_foreach(json_object_get(list, "items"), i, j) visit_print_job(c, j);
		if (json_array_size(json_object_get(list, "items")) == 0)
			print_line(&c->err, 0, "Nothing is to be done.");
	}
	json_decref(list);
	return rc;
}

enum cli_exit cmd_jobs_act(struct cli *c)
{
	struct api_target t = api_target_of("/v1/jobs");
	json_t *body, *job = NULL;
	const char *verb = strrchr(c->command->name, ' ') + 1;
	if (!str_eq(verb, "retry") && !cli_flag(c, "reason"))
		return cli_usage(c, "%s needs --reason REASON", verb);
	body = json_object();
	api_target_segment(&t, cli_word(c, 0));
	api_target_segment(&t, verb);
	enum cli_exit rc = api_put_text(c, body, "reason", "--reason", cli_opt(c, "reason"));
	if (rc == CLI_OK)
		rc = cli_site(c);
	if (rc == CLI_OK)
		rc = api_send(c, "POST", &t, json_incref(body), &job);
	if (rc == CLI_OK && c->json)
		print_json(&c->out, job);
	else if (rc == CLI_OK)
		visit_print_job(c, job);
	json_decref(body);
	json_decref(job);
	return rc;
}
