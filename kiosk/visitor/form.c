/* The walk-in's fields: which there are, and whether what stands in them will do. */
#include "kiosk/visitor/flow_in.h"

#include <string.h>

#include <utf8proc.h>

#include "base/lang.h"
#include "base/str.h"

enum { NAME, COMPANY, OWN }; /* the first two belong to everybody */

enum { PLATE_SZ = 21, DATE_SZ = 11, PHONE_DIGITS = 20 };

void form_new(struct flow *f, int type)
{
	static const size_t sizes[] = {
	    [API_FIELD_TEXT] = TEXT_FIELD_SZ,
	    [API_FIELD_MAIL] = TEXT_MAIL_SZ,
	    [API_FIELD_PHONE] = TEXT_PHONE_SZ,
	    [API_FIELD_DATE] = DATE_SZ,
	    [API_FIELD_PLATE] = PLATE_SZ,
	    [API_FIELD_CHOICE] = TEXT_WORD_SZ,
	};
	const struct api_type *t = &f->info->types[type];
	for (int i = 0; i < t->n_fields; i++) {
		ui_field_init(&f->v.fields[i], sizes[t->fields[i].kind]);
		f->v.choice[i] = -1;
	}
}

int form_fields(const struct flow *f)
{
	const struct api_type *type = flow_type(f);
	return OWN + (type != NULL ? type->n_fields : 0);
}

const struct api_field *form_api_field(const struct flow *f, int i)
{
	const struct api_type *type = flow_type(f);
	return type != NULL && i >= OWN && i - OWN < type->n_fields ? &type->fields[i - OWN] : NULL;
}

struct ui_field *form_field(struct flow *f, int i)
{
	const struct api_field *a = form_api_field(f, i);
	if (i == NAME)
		return &f->v.name;
	if (i == COMPANY)
		return &f->v.company;
	return a != NULL && a->kind != API_FIELD_CHOICE ? &f->v.fields[i - OWN] : NULL;
}

bool form_required(const struct flow *f, int i)
{
	const struct api_field *a = form_api_field(f, i);
	return i == NAME || (a != NULL && a->required);
}

int form_letters(const char *s)
{
	int n = 0;
	while (*s != '\0') {
		int32_t cp;
		utf8proc_ssize_t k = utf8proc_iterate((const uint8_t *)s, -1, &cp);
		if (k <= 0)
			break;
		utf8proc_category_t c = utf8proc_category(cp);
		n += c >= UTF8PROC_CATEGORY_LU && c <= UTF8PROC_CATEGORY_LO;
		s += k;
	}
	return n;
}

static bool is_phone(const char *s)
{
	int digits = 0;
	for (; *s != '\0'; s++) {
		if (*s >= '0' && *s <= '9')
			digits++;
		else if (strchr("+-()/. ", *s) == NULL)
			return false;
	}
	return digits >= 3 && digits <= PHONE_DIGITS;
}

static int number(const char *s, int n)
{
	int v = 0;
	for (int i = 0; i < n; i++) {
		if (s[i] < '0' || s[i] > '9')
			return -1;
		v = v * 10 + s[i] - '0';
	}
	return v;
}

/* "1990-12-31", or as Germans and the French write it: "31.12.1990", "31/12/1990". Becomes the first. */
static bool date_clean(char *s, size_t sz)
{
	static const int days[] = {31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	int y, m, d;
	if (strlen(s) != 10)
		return false;
	if (s[4] == '-' && s[7] == '-') {
		y = number(s, 4), m = number(s + 5, 2), d = number(s + 8, 2);
	} else if ((s[2] == '.' && s[5] == '.') || (s[2] == '/' && s[5] == '/')) {
		d = number(s, 2), m = number(s + 3, 2), y = number(s + 6, 4);
	} else {
		return false;
	}
	if (y < 1 || m < 1 || m > 12 || d < 1 || d > days[m - 1])
		return false;
	if (m == 2 && d == 29 && (y % 4 != 0 || (y % 100 == 0 && y % 400 != 0)))
		return false;
	return str_print(s, sz, "%04d-%02d-%02d", y, m, d);
}

static const char *kind_wrong(enum api_field_kind kind, struct ui_field *field)
{
	switch (kind) {
	case API_FIELD_MAIL:
		return text_is_mail(field->text) ? NULL : N_("This is no e-mail address.");
	case API_FIELD_PHONE:
		return is_phone(field->text) ? NULL : N_("This is no telephone number.");
	case API_FIELD_DATE:
		return date_clean(field->text, sizeof field->text)
			   ? NULL
			   : N_("Please write the date like this: 1990-12-31.");
	case API_FIELD_TEXT:
	case API_FIELD_PLATE:
	case API_FIELD_CHOICE: break;
	}
	return NULL;
}

static const char *wrong(struct flow *f, int i)
{
	char clean[TEXT_FIELD_SZ];
	struct ui_field *field = form_field(f, i);
	const struct api_field *a = form_api_field(f, i);
	if (field == NULL) /* a choice */
		return form_required(f, i) && f->v.choice[i - OWN] < 0
			   ? N_("Please choose one with the arrow keys.")
			   : NULL;
	if (text_clean(clean, field->max, field->text, strlen(field->text), TEXT_LINE, NULL) !=
	    ERR_OK)
		return N_("This is too long.");
	ui_field_set(field, clean);
	explicit_bzero(clean, sizeof clean);
	if (field->text[0] == '\0')
		return form_required(f, i) ? N_("Please fill this in.") : NULL;
	return a != NULL ? kind_wrong(a->kind, field) : NULL;
}

int form_check(struct flow *f)
{
	for (int i = 0; i < form_fields(f); i++) {
		const char *why = wrong(f, i);
		if (why != NULL) {
			f->message = why;
			return i;
		}
	}
	f->message = NULL;
	return -1;
}
