#include "badge/template.h"

#include <libxml/xmlmemory.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
/* cmocka wants those four before it */
#include <cmocka.h>

#define HEAD                                                                                       \
	"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"62mm\" height=\"100mm\" viewBox=\"0 0 " \
	"62 100\">\n"
#define TAIL "\n</svg>"
#define SLOT(what) HEAD "<rect id=\"slot-name\" " what "/>" TAIL
#define BOX "x=\"4\" y=\"5\" width=\"30\" height=\"10\" "

static enum err_code read_text(struct badge_template **t, const char *text, struct err *e)
{
	*e = (struct err){0};
	return badge_template_read(t, "t.svg", text, strlen(text), e);
}

static void expect_bad(const char *text, const char *message)
{
	struct badge_template *t;
	struct err e;
	enum err_code code = read_text(&t, text, &e);
	if (code != ERR_CONFIG || t != NULL || strstr(e.msg, message) == NULL)
		fail_msg("wanted \"%s\", got %s \"%s\" for %.200s", message, err_name(code), e.msg,
		    text);
}

static void read__slot__place_and_style(void **state)
{
	(void)state;
	struct badge_template *t;
	struct err e;
	const struct badge b = {.name = "x"};
	assert_int_equal(read_text(&t,
			     SLOT(BOX "data-font=\"Lato, sans\" data-weight=\"800\" "
				      "data-size=\"6\" data-min-size=\"2.5\" "
				      "data-lines=\"2\" data-align=\"middle\" "
				      "data-valign=\"bottom\" data-colour=\"#ff8000\""),
			     &e),
	    ERR_OK);
	const struct badge_place *p = badge_template_place(t, &b, BADGE_NAME);
	assert_non_null(p);
	assert_true(p->x == 4 && p->y == 5 && p->w == 30 && p->h == 10 && p->size == 6 &&
		    p->min_size == 2.5);
	assert_string_equal(p->font, "Lato, sans");
	assert_int_equal(p->weight, 800);
	assert_int_equal(p->lines, 2);
	assert_int_equal(p->align, BADGE_MIDDLE);
	assert_int_equal(p->valign, BADGE_END);
	assert_true(p->red == 1 && p->green > 0.5 && p->green < 0.51 && p->blue == 0);
	double w, h;
	badge_template_page(t, &w, &h);
	assert_true(w == 62 && h == 100);
	badge_template_free(t);
}

static void read__slot_without_style__defaults_fill_the_height(void **state)
{
	(void)state;
	struct badge_template *t;
	struct err e;
	const struct badge b = {.name = "x"};
	assert_int_equal(read_text(&t, SLOT(BOX), &e), ERR_OK);
	const struct badge_place *p = badge_template_place(t, &b, BADGE_NAME);
	assert_int_equal(p->weight, 400);
	assert_int_equal(p->lines, 1);
	assert_string_equal(p->font, "sans-serif");
	assert_true(p->size > 8 && p->size < 9 && p->min_size == 2);
	assert_true(p->red == 0 && p->green == 0 && p->blue == 0);
	badge_template_free(t);
}

static void place__empty_text_or_no_slot__is_none(void **state)
{
	(void)state;
	struct badge_template *t;
	struct err e;
	assert_int_equal(read_text(&t, SLOT(BOX), &e), ERR_OK);
	assert_null(badge_template_place(t, &(struct badge){.name = ""}, BADGE_NAME));
	assert_null(badge_template_place(t, &(struct badge){.host = "x"}, BADGE_HOST));
	badge_template_free(t);
}

static char *artwork(const struct badge_template *t, const struct badge *b)
{
	unsigned char *svg;
	size_t len;
	assert_int_equal(badge_template_artwork(t, b, &svg, &len, NULL), ERR_OK);
	return (char *)svg;
}

static void artwork__never_holds_a_slot__and_show_if_is_obeyed(void **state)
{
	(void)state;
	struct badge_template *t;
	struct err e;
	assert_int_equal(
	    read_text(&t,
		HEAD "<g data-show-if=\"escort\"><circle r=\"1\"/><g><rect id=\"slot-escort\" " BOX
		     "/></g></g>"
		     "<line id=\"kept\"/><g data-show-if=\"host\"><rect id=\"slot-name\" " BOX
		     "/></g>" TAIL,
		&e),
	    ERR_OK);
	const struct badge with = {.escort = "ESCORT", .name = "x", .host = "y"},
			   without = {.name = "x"};
	char *svg = artwork(t, &with);
	assert_null(strstr(svg, "slot-"));
	assert_non_null(strstr(svg, "circle"));
	assert_non_null(strstr(svg, "kept"));
	xmlFree(svg);
	svg = artwork(t, &without);
	assert_null(strstr(svg, "circle"));
	assert_non_null(strstr(svg, "kept"));
	xmlFree(svg);
	assert_non_null(badge_template_place(t, &with, BADGE_NAME));
	assert_null(badge_template_place(t, &without, BADGE_NAME)); /* its group asks for a host */
	assert_null(badge_template_place(t, &without, BADGE_ESCORT));
	badge_template_free(t);
}

static void read__bad_slot__is_named_with_its_line(void **state)
{
	(void)state;
	static const struct {
		const char *text, *message;
	} bad[] = {
	    {SLOT("x=\"4\" y=\"5\" width=\"0\" height=\"10\""),
		"t.svg:2: a slot needs a width and a height"},
	    {SLOT("x=\"4\" y=\"5\" width=\"30\""), "t.svg:2: a slot needs a width and a height"},
	    {SLOT("x=\"-1\" y=\"5\" width=\"30\" height=\"10\""), "t.svg:2: x: must be a number"},
	    {SLOT("x=\"4\" y=\"5\" width=\"30mm\" height=\"10\""),
		"t.svg:2: width: must be a number"},
	    {SLOT("x=\"4\" y=\"5\" width=\"50%\" height=\"10\""),
		"t.svg:2: width: must be a number"},
	    {SLOT("x=\"nan\" y=\"5\" width=\"inf\" height=\"0x1\""),
		"t.svg:2: x: must be a number"},
	    {SLOT("x=\"40\" y=\"5\" width=\"30\" height=\"10\""), "beyond the page of 62 x 100 mm"},
	    {SLOT(BOX "transform=\"rotate(90)\""), "t.svg:2: slot-name: must not be transformed"},
	    {SLOT(BOX "style=\"fill:red;transform: scale(2)\""), "must not be transformed"},
	    {SLOT(BOX "data-algin=\"end\""), "t.svg:2: data-algin: no option of a slot"},
	    {SLOT(BOX "data-align=\"left\""), "data-align: must be start, middle or end"},
	    {SLOT(BOX "data-valign=\"\""), "data-valign: must be top, middle or bottom"},
	    {SLOT(BOX "data-colour=\"red\""), "data-colour: must be #rrggbb"},
	    {SLOT(BOX "data-colour=\"#12345g\""), "data-colour: must be #rrggbb"},
	    {SLOT(BOX "data-weight=\"bold\""), "data-weight: must be a number from 100 to 1000"},
	    {SLOT(BOX "data-lines=\"0\""), "data-lines: must be a number from 1 to 9"},
	    {SLOT(BOX "data-size=\"3\" data-min-size=\"4\""), "data-min-size: above the size"},
	    {HEAD "\n<g transform=\"translate(1)\">\n<rect id=\"slot-name\" " BOX "/></g>" TAIL,
		"t.svg:4: slot-name: must stand in"},
	    {HEAD "<defs><rect id=\"slot-name\" " BOX "/></defs>" TAIL,
		"must stand in the page or in groups"},
	    {HEAD "<svg x=\"9\"><rect id=\"slot-name\" " BOX "/></svg>" TAIL,
		"must stand in the page or in groups"},
	    {HEAD "<text id=\"slot-name\">x</text>" TAIL, "t.svg:2: slot-name: a slot is a <rect>"},
	    {HEAD "<rect id=\"slot-nmae\" " BOX "/>" TAIL,
		"t.svg:2: slot-nmae: there is no such slot"},
	    {HEAD "<rect id=\"slot-name\" " BOX "/>\n<rect id=\"slot-name\" " BOX "/>" TAIL,
		"t.svg:3: slot-name: a second one"},
	    {HEAD "<g data-show-if=\"visitor\"/>" TAIL, "data-show-if: \"visitor\" is no slot"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		expect_bad(bad[i].text, bad[i].message);
}

static void read__bad_page__is_refused(void **state)
{
	(void)state;
	static const struct {
		const char *text, *message;
	} bad[] = {
	    {"", "t.svg:"},
	    {"x", "t.svg:1: "},
	    {"<svg", "t.svg:1: "},
	    {"\xff\xfe<svg/>", "t.svg:1: "},
	    {HEAD "\x1b]0;x\x07" TAIL, "t.svg:2: "},
	    {HEAD "<a>" TAIL, "t.svg:"},
	    {HEAD "&unknown;" TAIL, "t.svg:2: "},
	    {"<html xmlns=\"http://www.w3.org/1999/xhtml\"/>", "not an SVG drawing"},
	    {"<svg width=\"62mm\" height=\"100mm\" viewBox=\"0 0 62 100\"/>", "not an SVG drawing"},
	    {"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 62 100\"/>",
		"width and height: must be millimetres"},
	    {"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"62px\" height=\"100mm\" "
	     "viewBox=\"0 0 62 100\"/>",
		"must be millimetres"},
	    {"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"6200mm\" height=\"100mm\" "
	     "viewBox=\"0 0 6200 100\"/>",
		"must be millimetres"},
	    {"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"62mm\" height=\"100mm\"/>",
		"viewBox: must be \"0 0 62 100\""},
	    {"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"62mm\" height=\"100mm\" "
	     "viewBox=\"0 0 620 1000\"/>",
		"viewBox: must be"},
	    {"<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"62mm\" height=\"100mm\" "
	     "viewBox=\"0 0 62 100\" transform=\"scale(2)\"/>",
		"must not be transformed"},
	};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		expect_bad(bad[i].text, bad[i].message);
}

static void read__doctype_and_entities__are_refused(void **state)
{
	(void)state;
	/* libxml2 stops this one itself */
	expect_bad("<!DOCTYPE svg [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b "
		   "\"&a;&a;&a;&a;&a;&a;&a;&a;\"><!ENTITY c \"&b;&b;&b;&b;&b;&b;\">]>" HEAD
		   "<text>&c;</text>" TAIL,
	    "t.svg:2: ");
	expect_bad(
	    "<!DOCTYPE svg [<!ENTITY a \"aaaaaaaaaa\">]>" HEAD "<text>&a;</text>" TAIL, "DOCTYPE");
	expect_bad("<!DOCTYPE svg [<!ENTITY x SYSTEM \"file:///etc/passwd\">]>" HEAD
		   "<text>&x;</text>" TAIL,
	    "DOCTYPE");
	expect_bad("<!DOCTYPE svg SYSTEM \"http://127.0.0.1:1/x.dtd\">" HEAD TAIL, "DOCTYPE");
}

static void read__nested_too_deep_or_too_long__is_refused(void **state)
{
	(void)state;
	struct str_buf b = STR_BUF_INIT;
	struct badge_template *t;
	struct err e;
	str_buf_print(&b, "%s", HEAD);
	for (int i = 0; i < 40; i++)
		str_buf_print(&b, "<g>");
	for (int i = 0; i < 40; i++)
		str_buf_print(&b, "</g>");
	str_buf_print(&b, "%s", TAIL);
	expect_bad(b.data, "inside each other");
	str_buf_clear(&b);
	str_buf_print(&b, "%s", HEAD);
	while (b.len <= BADGE_FILE_MAX)
		str_buf_print(&b, "<line x1=\"0123456789012345678901234567890123456789\"/>");
	str_buf_print(&b, "%s", TAIL);
	assert_int_equal(read_text(&t, b.data, &e), ERR_TOO_LONG);
	str_buf_fini(&b);
}

static void load__shipped_templates__are_good(void **state)
{
	(void)state;
	static const char *const paths[] = {
	    "etc/badge/visitor-62x100.svg", "etc/badge/visitor-a6.svg"};
	struct badge full = {.name = "a",
	    .company = "b",
	    .host = "c",
	    .type = "d",
	    .escort = "e",
	    .expiry = "f",
	    .daymark = "g",
	    .pass = "h",
	    .code = "8K3M 9QPT",
	    .door_code = "1"};
	for (size_t i = 0; i < 2; i++) {
		struct badge_template *t;
		struct err e = {0};
		if (badge_template_load(&t, paths[i], &e) != ERR_OK)
			fail_msg("%s", e.msg);
		for (int s = 0; s < BADGE_SLOTS; s++)
			assert_non_null(badge_template_place(t, &full, (enum badge_slot)s));
		badge_template_free(t);
	}
}

static void load__missing_file__is_not_found(void **state)
{
	(void)state;
	struct badge_template *t = (struct badge_template *)state;
	struct err e;
	assert_int_equal(badge_template_load(&t, "etc/badge/none.svg", &e), ERR_NOT_FOUND);
	assert_null(t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(read__slot__place_and_style),
	    cmocka_unit_test(read__slot_without_style__defaults_fill_the_height),
	    cmocka_unit_test(place__empty_text_or_no_slot__is_none),
	    cmocka_unit_test(artwork__never_holds_a_slot__and_show_if_is_obeyed),
	    cmocka_unit_test(read__bad_slot__is_named_with_its_line),
	    cmocka_unit_test(read__bad_page__is_refused),
	    cmocka_unit_test(read__doctype_and_entities__are_refused),
	    cmocka_unit_test(read__nested_too_deep_or_too_long__is_refused),
	    cmocka_unit_test(load__shipped_templates__are_good),
	    cmocka_unit_test(load__missing_file__is_not_found),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
