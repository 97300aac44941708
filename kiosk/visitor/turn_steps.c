/* The order of what a visitor is asked: as the type has it, with what must not be left out. */
#include "kiosk/visitor/flow_in.h"

static bool listed(const struct api_type *ty, enum api_step step)
{
	for (int i = 0; i < ty->n_steps; i++)
		if (ty->steps[i] == step)
			return true;
	return false;
}

static void add(struct flow_visitor *v, enum api_step step)
{
	v->steps[v->n_steps++] = step;
}

/* A kiosk that has nothing to read one with does not ask: reception will. */
static bool asks_document(struct flow *f, bool missing)
{
	bool eyes = f->camera || f->wedge;
	if (missing && !eyes)
		f->v.document_none = true;
	return missing && eyes;
}

void turn_steps_walk_in(struct turn *t, int type)
{
	struct flow_visitor *v = &t->f->v;
	const struct api_type *ty = &t->f->info->types[type];
	const bool agreement = ty->agreement[0] != '\0', document = asks_document(t->f, ty->id),
		   details = listed(ty, API_STEP_DETAILS);
	v->type = type;
	v->n_steps = v->step = 0;
	if (!details) /* nobody comes in without a name */
		add(v, API_STEP_DETAILS);
	if (!details && document && !listed(ty, API_STEP_DOCUMENT))
		add(v, API_STEP_DOCUMENT);
	for (int i = 0; i < ty->n_steps; i++) {
		const enum api_step step = ty->steps[i];
		if ((step == API_STEP_AGREEMENT && !agreement) ||
		    (step == API_STEP_DOCUMENT && !document))
			continue;
		add(v, step);
		if (step == API_STEP_DETAILS && document && !listed(ty, API_STEP_DOCUMENT))
			add(v, API_STEP_DOCUMENT);
	}
	if (agreement && !listed(ty, API_STEP_AGREEMENT))
		add(v, API_STEP_AGREEMENT);
}

/* Whether something must be shown or signed still, foyerd knows: the visit may have begun, or reception have seen to it. */
void turn_steps_pass(struct turn *t)
{
	struct flow_visitor *v = &t->f->v;
	const struct api_type *ty = flow_type(t->f);
	const bool agreement = v->scan.agreement[0] != '\0',
		   document = asks_document(t->f, v->scan.document);
	v->n_steps = v->step = 0;
	if (document && (ty == NULL || !listed(ty, API_STEP_DOCUMENT)))
		add(v, API_STEP_DOCUMENT);
	for (int i = 0; ty != NULL && i < ty->n_steps; i++)
		if ((ty->steps[i] == API_STEP_DOCUMENT && document) ||
		    (ty->steps[i] == API_STEP_AGREEMENT && agreement))
			add(v, ty->steps[i]);
	if (agreement && (ty == NULL || !listed(ty, API_STEP_AGREEMENT)))
		add(v, API_STEP_AGREEMENT);
}

void turn_step_show(struct turn *t)
{
	struct flow_visitor *v = &t->f->v;
	if (v->step >= v->n_steps) {
		flow_new_key(t);
		flow_call(t, FLOW_LANE_MAIN, FLOW_CALL_CHECKIN);
		return;
	}
	switch (v->steps[v->step]) {
	case API_STEP_DETAILS: flow_go(t, FLOW_DETAILS); break;
	case API_STEP_DOCUMENT: flow_go(t, FLOW_DOCUMENT); break;
	case API_STEP_HOST: flow_go(t, FLOW_HOST); break;
	case API_STEP_AGREEMENT: flow_call(t, FLOW_LANE_MAIN, FLOW_CALL_AGREEMENT); break;
	}
}

void turn_step_next(struct turn *t)
{
	struct flow_visitor *v = &t->f->v;
	v->step += v->step < v->n_steps;
	turn_step_show(t);
}

void turn_step_agreement(struct turn *t)
{
	struct flow_visitor *v = &t->f->v;
	v->step = 0;
	while (v->step < v->n_steps && v->steps[v->step] != API_STEP_AGREEMENT)
		v->step++;
	flow_call(t, FLOW_LANE_MAIN, FLOW_CALL_AGREEMENT);
}

void turn_step_back(struct turn *t)
{
	struct flow *f = t->f;
	if (f->screen == FLOW_DOCUMENT)
		turn_document_forget(f);
	if (f->v.step > 0) {
		f->v.step--;
		turn_step_show(t);
	} else if (f->v.by_pass) {
		flow_go(t, FLOW_YOU);
	} else if (flow_walk_in_types(f) > 1) {
		flow_go(t, FLOW_TYPE);
	} else {
		flow_clear(t);
	}
}
