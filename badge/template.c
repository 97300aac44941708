#include "badge/template.h"

#include <glib.h>
#include <libxml/parser.h>
#include <libxml/tree.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/path.h"

enum { DEPTH_MAX = 32, PAGE_MIN_MM = 10, PAGE_MAX_MM = 420, LINES_MAX = 9 };
#define SVG_NS "http://www.w3.org/2000/svg"
#define SLOT_PREFIX "slot-"
#define SHOW_IF "data-show-if"

struct badge_template {
	char name[TEXT_WORD_SZ];
	double w, h; /* mm */
	struct badge_place places[BADGE_SLOTS];
	unsigned needs[BADGE_SLOTS]; /* slots (1 << n) that the groups around this one ask for */
	xmlDoc *doc; /* without slots */
};

static const struct {
	const char *name;
	size_t offset;
} slots[BADGE_SLOTS] = {
    [BADGE_NAME] = {"name", offsetof(struct badge, name)},
    [BADGE_COMPANY] = {"company", offsetof(struct badge, company)},
    [BADGE_HOST] = {"host", offsetof(struct badge, host)},
    [BADGE_TYPE] = {"type", offsetof(struct badge, type)},
    [BADGE_ESCORT] = {"escort", offsetof(struct badge, escort)},
    [BADGE_EXPIRY] = {"expiry", offsetof(struct badge, expiry)},
    [BADGE_DAYMARK] = {"daymark", offsetof(struct badge, daymark)},
    [BADGE_PASS] = {"pass", offsetof(struct badge, pass)},
    [BADGE_CODE] = {"code", offsetof(struct badge, code)},
    [BADGE_DOOR_CODE] = {"door_code", offsetof(struct badge, door_code)},
};

const char *badge_slot_name(enum badge_slot s)
{
	return slots[s].name;
}

const char *badge_slot_text(const struct badge *b, enum badge_slot s)
{
	return (const char *)b + slots[s].offset;
}

static int slot_find(const char *name)
{
	for (int i = 0; i < BADGE_SLOTS; i++) {
		if (str_eq(slots[i].name, name))
			return i;
	}
	return -1;
}

/* --- attributes -------------------------------------------------------------------------- */

struct reading {
	struct badge_template *t;
	struct err *err;
};

static enum err_code bad(const struct reading *r, const xmlNode *at, const char *fmt, ...)
    PRINTF_LIKE(3, 4);
static enum err_code bad(const struct reading *r, const xmlNode *at, const char *fmt, ...)
{
	char why[sizeof r->err->msg];
	va_list ap;
	va_start(ap, fmt);
	(void)vsnprintf(why, sizeof why, fmt, ap);
	va_end(ap);
	return err_set(r->err, ERR_CONFIG, "%s:%ld: %.150s", r->t->name, xmlGetLineNo(at), why);
}

/* An attribute's text into dst, "" where it is absent; false where it does not fit. */
static bool attr_text(xmlNode *n, const char *key, char *dst, size_t dst_sz)
{
	xmlChar *v = xmlGetNoNsProp(n, (const xmlChar *)key);
	bool whole = str_copy(dst, dst_sz, v != NULL ? (const char *)v : "");
	xmlFree(v);
	return whole;
}

static bool attr_there(xmlNode *n, const char *key)
{
	return xmlHasProp(n, (const xmlChar *)key) != NULL;
}

/* A plain number, then exactly unit. The locale has no say in it. */
static bool number_read(double *dst, const char *s, const char *unit)
{
	size_t n = strspn(s, "0123456789.+-eE");
	char *end;
	*dst = g_ascii_strtod(s, &end);
	return n > 0 && end == s + n && str_eq(end, unit) && isfinite(*dst);
}

struct number_rule {
	const char *key;
	double fallback, min, max;
};

static enum err_code attr_number(
    const struct reading *r, xmlNode *n, const struct number_rule *rule, double *dst)
{
	char text[TEXT_WORD_SZ];
	*dst = rule->fallback;
	if (!attr_there(n, rule->key))
		return ERR_OK;
	if (!attr_text(n, rule->key, text, sizeof text) || !number_read(dst, text, "") ||
	    *dst < rule->min || *dst > rule->max)
		return bad(
		    r, n, "%s: must be a number from %g to %g", rule->key, rule->min, rule->max);
	return ERR_OK;
}

static enum err_code attr_align(const struct reading *r, xmlNode *n, const char *key,
    const char *const words[3], enum badge_align *dst)
{
	char text[TEXT_WORD_SZ];
	if (!attr_there(n, key))
		return ERR_OK;
	(void)attr_text(n, key, text, sizeof text);
	for (int i = 0; i < 3; i++) {
		if (str_eq(text, words[i])) {
			*dst = (enum badge_align)i;
			return ERR_OK;
		}
	}
	return bad(r, n, "%s: must be %s, %s or %s", key, words[0], words[1], words[2]);
}

static enum err_code attr_colour(const struct reading *r, xmlNode *n, struct badge_place *p)
{
	char text[TEXT_WORD_SZ];
	if (!attr_there(n, "data-colour"))
		return ERR_OK;
	(void)attr_text(n, "data-colour", text, sizeof text);
	if (text[0] != '#' || strlen(text) != 7 || strspn(text + 1, "0123456789abcdefABCDEF") != 6)
		return bad(r, n, "data-colour: must be #rrggbb");
	unsigned long rgb = strtoul(text + 1, NULL, 16);
	p->red = (double)(rgb >> 16 & 0xff) / 255;
	p->green = (double)(rgb >> 8 & 0xff) / 255;
	p->blue = (double)(rgb & 0xff) / 255;
	return ERR_OK;
}

/* A misspelt option would silently do nothing. */
static enum err_code attrs_known(const struct reading *r, xmlNode *n)
{
	static const char *const known[] = {"data-font", "data-weight", "data-size",
	    "data-min-size", "data-lines", "data-align", "data-valign", "data-colour"};
	for (const xmlAttr *a = n->properties; a != NULL; a = a->next) {
		size_t i = 0;
		while (
		    i < sizeof known / sizeof known[0] && !str_eq((const char *)a->name, known[i]))
			i++;
		if (str_starts((const char *)a->name, "data-") &&
		    i == sizeof known / sizeof known[0])
			return bad(r, n, "%.40s: no option of a slot", (const char *)a->name);
	}
	return ERR_OK;
}

/* --- slots ------------------------------------------------------------------------------- */

static bool node_turns(xmlNode *n)
{
	char style[1024];
	return attr_there(n, "transform") || !attr_text(n, "style", style, sizeof style) ||
	       strstr(style, "transform") != NULL;
}

static enum err_code slot_box(const struct reading *r, xmlNode *n, struct badge_place *p)
{
	const struct number_rule rules[] = {{"x", 0, 0, PAGE_MAX_MM}, {"y", 0, 0, PAGE_MAX_MM},
	    {"width", 0, 0, PAGE_MAX_MM}, {"height", 0, 0, PAGE_MAX_MM}};
	double *dst[] = {&p->x, &p->y, &p->w, &p->h};
	enum err_code code = ERR_OK;
	for (size_t i = 0; i < 4 && code == ERR_OK; i++)
		code = attr_number(r, n, &rules[i], dst[i]);
	if (code != ERR_OK)
		return code;
	if (p->w <= 0 || p->h <= 0)
		return bad(r, n, "a slot needs a width and a height above 0");
	if (p->x + p->w > r->t->w + 0.001 || p->y + p->h > r->t->h + 0.001)
		return bad(
		    r, n, "the slot reaches beyond the page of %g x %g mm", r->t->w, r->t->h);
	return ERR_OK;
}

static enum err_code slot_style(const struct reading *r, xmlNode *n, struct badge_place *p)
{
	static const char *const across[3] = {"start", "middle", "end"}, *const down[3] = {"top",
									     "middle", "bottom"};
	double weight, lines;
	enum err_code code =
	    attr_number(r, n, &(struct number_rule){"data-weight", 400, 100, 1000}, &weight);
	if (code == ERR_OK)
		code =
		    attr_number(r, n, &(struct number_rule){"data-lines", 1, 1, LINES_MAX}, &lines);
	if (code != ERR_OK)
		return code;
	p->weight = (int)weight;
	p->lines = (int)lines;
	/* A line is a good fifth higher than its em in most fonts. */
	code = attr_number(
	    r, n, &(struct number_rule){"data-size", p->h / p->lines / 1.22, 0.5, 100}, &p->size);
	if (code == ERR_OK)
		code = attr_number(r, n,
		    &(struct number_rule){"data-min-size", fmin(2, p->size), 0.5, 100},
		    &p->min_size);
	if (code == ERR_OK)
		code = attr_align(r, n, "data-align", across, &p->align);
	if (code == ERR_OK)
		code = attr_align(r, n, "data-valign", down, &p->valign);
	if (code == ERR_OK)
		code = attr_colour(r, n, p);
	if (code != ERR_OK)
		return code;
	if (!attr_text(n, "data-font", p->font, sizeof p->font))
		return bad(r, n, "data-font: too long");
	if (p->font[0] == '\0')
		(void)str_copy(p->font, sizeof p->font, "sans-serif");
	if (p->min_size > p->size)
		return bad(r, n, "data-min-size: above the size of %.2f mm", p->size);
	return ERR_OK;
}

/* Read the slot and take it out of the artwork. parent_ok: only groups above it, none of them
 * moved or turned. */
static enum err_code slot_read(
    const struct reading *r, xmlNode *own_n, const char *name, bool parent_ok, unsigned needs)
{
	int slot = slot_find(name);
	if (slot < 0)
		return bad(r, own_n, "slot-%.40s: there is no such slot", name);
	struct badge_place *p = &r->t->places[slot];
	if (p->there)
		return bad(r, own_n, "slot-%s: a second one", name);
	if (!str_eq((const char *)own_n->name, "rect"))
		return bad(r, own_n, "slot-%s: a slot is a <rect>", name);
	if (!parent_ok)
		return bad(r, own_n,
		    "slot-%s: must stand in the page or in groups, and no group may be transformed",
		    name);
	if (node_turns(own_n))
		return bad(r, own_n, "slot-%s: must not be transformed", name);
	enum err_code code = attrs_known(r, own_n);
	if (code == ERR_OK)
		code = slot_box(r, own_n, p);
	if (code == ERR_OK)
		code = slot_style(r, own_n, p);
	if (code != ERR_OK)
		return code;
	p->there = true;
	r->t->needs[slot] = needs;
	xmlUnlinkNode(own_n);
	xmlFreeNode(own_n);
	return ERR_OK;
}

struct above { /* what stands around a node */
	int depth;
	bool plain; /* nothing but untransformed groups */
	unsigned needs;
};

static enum err_code show_if_read(const struct reading *r, xmlNode *n, unsigned *needs)
{
	char word[TEXT_WORD_SZ];
	if (!attr_there(n, SHOW_IF))
		return ERR_OK;
	int slot = attr_text(n, SHOW_IF, word, sizeof word) ? slot_find(word) : -1;
	if (slot < 0)
		return bad(r, n, SHOW_IF ": \"%.40s\" is no slot", word);
	*needs |= 1U << slot;
	return ERR_OK;
}

static enum err_code walk(const struct reading *r, xmlNode *parent, struct above up)
{
	enum err_code code = ERR_OK;
	xmlNode *next;
	if (up.depth > DEPTH_MAX)
		return bad(r, parent, "over %d elements inside each other", DEPTH_MAX);
	for (xmlNode *n = parent->children; n != NULL && code == ERR_OK; n = next) {
		char id[TEXT_WORD_SZ];
		next = n->next;
		if (n->type != XML_ELEMENT_NODE)
			continue;
		(void)attr_text(n, "id", id, sizeof id);
		if (str_starts(id, SLOT_PREFIX)) {
			code = slot_read(r, n, id + strlen(SLOT_PREFIX), up.plain, up.needs);
			continue;
		}
		struct above here = {.depth = up.depth + 1, .needs = up.needs};
		here.plain = up.plain && str_eq((const char *)n->name, "g") && !node_turns(n);
		code = show_if_read(r, n, &here.needs);
		if (code == ERR_OK)
			code = walk(r, n, here);
	}
	return code;
}

/* --- the page ---------------------------------------------------------------------------- */

static enum err_code page_read(const struct reading *r, xmlNode *root)
{
	char width[TEXT_WORD_SZ], height[TEXT_WORD_SZ], box[TEXT_WORD_SZ], want[TEXT_WORD_SZ];
	struct badge_template *t = r->t;
	if (!str_eq((const char *)root->name, "svg") || root->ns == NULL ||
	    !str_eq((const char *)root->ns->href, SVG_NS))
		return bad(r, root, "not an SVG drawing");
	if (!attr_text(root, "width", width, sizeof width) || !number_read(&t->w, width, "mm") ||
	    !attr_text(root, "height", height, sizeof height) ||
	    !number_read(&t->h, height, "mm") || t->w < PAGE_MIN_MM || t->h < PAGE_MIN_MM ||
	    t->w > PAGE_MAX_MM || t->h > PAGE_MAX_MM)
		return bad(r, root, "width and height: must be millimetres from %dmm to %dmm",
		    PAGE_MIN_MM, PAGE_MAX_MM);
	(void)str_print(want, sizeof want, "0 0 %.*s %.*s", (int)strlen(width) - 2, width,
	    (int)strlen(height) - 2, height);
	if (!attr_text(root, "viewBox", box, sizeof box) || !str_eq(box, want))
		return bad(
		    r, root, "viewBox: must be \"%s\", so that one unit is one millimetre", want);
	if (node_turns(root))
		return bad(r, root, "the page must not be transformed");
	return ERR_OK;
}

static enum err_code parse(const struct reading *r, const char *data, size_t len)
{
	xmlParserCtxt *ctx = xmlNewParserCtxt();
	if (ctx == NULL)
		return err_set(r->err, ERR_BUG, "libxml2");
	enum err_code code = ERR_OK;
	/* Nothing from the network, no entity replaced, no external subset, no message of
	 * libxml2's own; its bounds stay (no HUGE). */
	r->t->doc = xmlCtxtReadMemory(ctx, data, (int)len, NULL, NULL,
	    XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
	const xmlError *why = xmlCtxtGetLastError(ctx);
	if (r->t->doc == NULL || !ctx->wellFormed) {
		char text[128];
		const char *message = why != NULL && why->message != NULL ? why->message : "";
		if (text_clean(text, sizeof text, message, strlen(message), TEXT_LINE | TEXT_CUT,
			NULL) != ERR_OK ||
		    text[0] == '\0')
			(void)str_copy(text, sizeof text, "not XML");
		code = err_set(
		    r->err, ERR_CONFIG, "%s:%d: %s", r->t->name, why != NULL ? why->line : 1, text);
	} else if (r->t->doc->intSubset != NULL || r->t->doc->extSubset != NULL)
		code = err_set(r->err, ERR_CONFIG, "%s:1: a template has no DOCTYPE", r->t->name);
	else if (xmlDocGetRootElement(r->t->doc) == NULL)
		code = err_set(r->err, ERR_CONFIG, "%s:1: nothing in it", r->t->name);
	xmlFreeParserCtxt(ctx);
	return code;
}

enum err_code badge_template_read(
    struct badge_template **own_t, const char *name, const char *data, size_t len, struct err *e)
{
	struct badge_template *t = mem_new(1, sizeof *t);
	const struct reading r = {.t = t, .err = e};
	(void)str_copy(t->name, sizeof t->name, name);
	enum err_code code = len <= BADGE_FILE_MAX ? parse(&r, data, len)
						   : err_set(e, ERR_TOO_LONG, "%s: over %d bytes",
							 t->name, BADGE_FILE_MAX);
	if (code == ERR_OK) {
		xmlNode *root = xmlDocGetRootElement(t->doc);
		code = page_read(&r, root);
		if (code == ERR_OK)
			code = walk(&r, root, (struct above){.depth = 1, .plain = true});
	}
	if (code != ERR_OK) {
		badge_template_free(t);
		t = NULL;
	}
	*own_t = t;
	return code;
}

enum err_code badge_template_load(struct badge_template **own_t, const char *path, struct err *e)
{
	char *data = NULL;
	size_t len = 0;
	const char *slash = strrchr(path, '/');
	*own_t = NULL;
	enum err_code code = path_read(&data, &len, path, BADGE_FILE_MAX, e);
	if (code == ERR_OK)
		code = badge_template_read(own_t, slash != NULL ? slash + 1 : path, data, len, e);
	free(data);
	return code;
}

void badge_template_free(struct badge_template *own_t)
{
	if (own_t == NULL)
		return;
	xmlFreeDoc(own_t->doc);
	free(own_t);
}

/* --- what the drawing asks --------------------------------------------------------------- */

static unsigned slots_filled(const struct badge *b)
{
	unsigned filled = 0;
	for (int i = 0; i < BADGE_SLOTS; i++) {
		if (badge_slot_text(b, (enum badge_slot)i)[0] != '\0')
			filled |= 1U << i;
	}
	return filled;
}

const struct badge_place *badge_template_place(
    const struct badge_template *t, const struct badge *b, enum badge_slot s)
{
	unsigned needs = t->needs[s] | 1U << s;
	return t->places[s].there && (slots_filled(b) & needs) == needs ? &t->places[s] : NULL;
}

void badge_template_page(const struct badge_template *t, double *w_mm, double *h_mm)
{
	*w_mm = t->w;
	*h_mm = t->h;
}

const char *badge_template_name(const struct badge_template *t)
{
	return t->name;
}

static void hidden_drop(xmlNode *parent, unsigned filled)
{
	xmlNode *next;
	for (xmlNode *n = parent->children; n != NULL; n = next) {
		char word[TEXT_WORD_SZ];
		next = n->next;
		if (n->type != XML_ELEMENT_NODE)
			continue;
		(void)attr_text(n, SHOW_IF, word, sizeof word);
		if (word[0] != '\0' && !(filled & 1U << slot_find(word))) {
			xmlUnlinkNode(n);
			xmlFreeNode(n);
		} else
			hidden_drop(n, filled);
	}
}

enum err_code badge_template_artwork(const struct badge_template *t, const struct badge *b,
    unsigned char **own_svg, size_t *len, struct err *e)
{
	xmlChar *text = NULL;
	int n = 0;
	xmlDoc *doc = xmlCopyDoc(t->doc, 1);
	if (doc != NULL) {
		hidden_drop(xmlDocGetRootElement(doc), slots_filled(b));
		xmlDocDumpMemory(doc, &text, &n);
		xmlFreeDoc(doc);
	}
	*own_svg = text;
	*len = (size_t)n;
	return text != NULL ? ERR_OK
			    : err_set(e, ERR_CONFIG, "%s: the artwork cannot be written", t->name);
}
