#include "base/conf_tree.h"

#include "check.h"

#include "base/str.h"

static struct conf_tree *parse(const char *text)
{
	struct conf_tree *t = NULL;
	struct err e = {0};
	if (conf_tree_parse(&t, "f", text, strlen(text), &e) != ERR_OK)
		fail_msg("%s", e.msg);
	return t;
}

static void refuses(const char *text, const char *want)
{
	struct conf_tree *t = NULL;
	struct err e = {0};
	assert_int_equal(conf_tree_parse(&t, "f", text, strlen(text), &e), ERR_CONFIG);
	assert_null(t);
	if (!str_starts(e.msg, want))
		fail_msg("\"%s\" is not \"%s\"", e.msg, want);
}

static void conf_tree__parse__sections_options_lists(void **state)
{
	(void)state;
	struct conf_tree *t =
	    parse("# a comment\n"
		  "site { name = \"A \\\"B\\\" \\\\ C\" # \"not a string\n"
		  "  list={\"x\",\n\"y\",} none = { } }\r\n"
		  "type \"guest\" { field \"phone\" { kind = \"te\" \"xt\"\n \"\\nmore\" } }\n"
		  "type \"other\"{}");
	const struct conf_node *site = conf_node_find(&t->root, "site", ""), *n;
	assert_non_null(site);
	assert_true(site->section);
	assert_int_equal(site->line, 2);
	n = conf_node_find(site, "name", "");
	assert_string_equal(n->values[0], "A \"B\" \\ C");
	n = conf_node_find(site, "list", "");
	assert_true(n->list && n->n_values == 2 && n->line == 3);
	assert_string_equal(n->values[1], "y");
	n = conf_node_find(site, "none", "");
	assert_true(n->list && n->n_values == 0);
	n = conf_node_find(&t->root, "type", "guest");
	n = conf_node_find(conf_node_find(n, "field", "phone"), "kind", "");
	assert_string_equal(n->values[0], "text\nmore");
	assert_non_null(conf_node_find(&t->root, "type", "other"));
	assert_null(conf_node_find(&t->root, "type", "none"));
	conf_tree_free(t);
	t = parse("");
	conf_tree_free(t);
	t = parse(" \n\t# only this");
	conf_tree_free(t);
}

static void conf_tree__parse__names_file_and_line(void **state)
{
	(void)state;
	refuses("\n\nsite {\n x = y }", "f:4: a value is missing; allowed is a \"string\"");
	refuses("site {\n\n", "f:1: a section is opened here");
	refuses("site { a = \"x\" }\n}", "f:2: neither a name nor }");
	refuses("site { a = \"x\n\" }", "f:1: a string must end on its line");
	refuses("site { a = \"x", "f:1: the file ends inside a string");
	refuses("site { a = \"\\", "f:1: unknown escape");
	refuses("site { a = \"\\x41\" }", "f:1: unknown escape");
	refuses("a \"t\" = \"x\"", "f:1: = or { is missing");
	refuses("site { a += \"x\" }", "f:1: = or { is missing");
	refuses("site = 5", "f:1: a value is missing");
	refuses("include(\"/etc/passwd\")", "f:1: = or { is missing");
	refuses("Site { }", "f:1: neither a name");
	refuses("a { b { c { } } }", "f:1: = is missing; sections do not nest");
	refuses("a = { \"x\" \"y\" \"z\" ; }", "f:1: a list goes on with , or ends");
	refuses("a = { { } }", "f:1: a value is missing");
	refuses("a = { \"x\"", "f:1: a list goes on");
	refuses("a = { \"x\",", "f:1: a value is missing");
}

static void conf_tree__parse__nothing_is_expanded(void **state)
{
	(void)state;
	refuses("a = \"${HOME}\"", "f:1: ${ has no meaning");
	refuses("a = \"$\\{HOME}\"", "f:1: unknown escape");
	struct conf_tree *t = parse("a = \"$HOME $ {x} %s ~\" # ${fine in a comment}");
	assert_string_equal(conf_node_find(&t->root, "a", "")->values[0], "$HOME $ {x} %s ~");
	conf_tree_free(t);
	refuses("a = \"$\" \"{HOME}\"\nb",
	    "f:2: = or {"); /* joined they are no expansion either: there is none */
}

static void conf_tree__parse__nothing_twice(void **state)
{
	(void)state;
	refuses(
	    "s {\n a = \"x\"\n b = \"x\"\n a = \"y\" }", "f:4: a: stands here for the second time");
	refuses("s { }\ns { }", "f:2: s: stands here");
	refuses("s \"t\" { }\ns \"u\" { }\ns \"t\" { }", "f:3: s t: stands here");
	refuses("s { }\ns = \"x\"", "f:2: s: stands here");
	struct conf_tree *t = parse("s \"t\" { a = \"x\" } s \"u\" { a = \"x\" } s { }");
	conf_tree_free(t);
}

static void conf_tree__parse__titles_name_files(void **state)
{
	(void)state;
	static const char *const bad[] = {
	    "", ".", "..", ".x", "-x", "a/b", "a b", "ä", "a\\nb", "../../x"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char text[64];
		(void)str_print(text, sizeof text, "kiosk \"%s\" { }", bad[i]);
		refuses(text, "f:1: not a title");
	}
	char longer[200] = "kiosk \"";
	memset(longer + 7, 'a', 65);
	memcpy(longer + 72, "\" { }", 6);
	refuses(longer, "f:1: not a title");
}

static void conf_tree__parse__values_are_clean(void **state)
{
	(void)state;
	static const char *const bad[] = {
	    "\x1b[2J", "\xff", "\xe2\x80\xae", "\xe2\x80\x8b", "\x07", "\xc2\x9b"};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		char text[64];
		(void)str_print(text, sizeof text, "a = \"x%sx\"", bad[i]);
		refuses(text, "f:1: a value holds control");
	}
	struct conf_tree *t = NULL;
	assert_int_equal(conf_tree_parse(&t, "f", "a = \"x\0y\"", 9, NULL), ERR_CONFIG);
	assert_int_equal(conf_tree_parse(&t, "f", "a\0= \"x\"", 8, NULL), ERR_CONFIG);
	t = parse("a = \"Zoe\xcc\x88  \"");
	assert_string_equal(conf_node_find(&t->root, "a", "")->values[0], "Zoë");
	conf_tree_free(t);
}

static void conf_tree__parse__bounded(void **state)
{
	(void)state;
	struct str_buf b = STR_BUF_INIT;
	assert_true(str_buf_print(&b, "a = \""));
	for (int i = 0; i < 8192; i++)
		(void)str_buf_add(&b, "x", 1);
	assert_true(str_buf_print(&b, "\""));
	refuses(b.data, "f:1: a value is too long");
	str_buf_clear(&b);
	assert_true(str_buf_print(&b, "a = {"));
	for (int i = 0; i < 257; i++)
		(void)str_buf_print(&b, "\"%d\",", i);
	assert_true(str_buf_print(&b, "}"));
	refuses(b.data, "f:1: a list is too long");
	str_buf_clear(&b);
	for (int i = 0; i < CONF_TREE_NODES + 1; i++)
		(void)str_buf_print(&b, "a%d=\"\"\n", i);
	refuses(b.data, "f:8193: too many options");
	str_buf_clear(&b);
	for (int i = 0; i < 100; i++)
		(void)str_buf_print(&b, "a");
	refuses(b.data, "f:1: a name is too long");
	str_buf_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(conf_tree__parse__sections_options_lists),
	    cmocka_unit_test(conf_tree__parse__names_file_and_line),
	    cmocka_unit_test(conf_tree__parse__nothing_is_expanded),
	    cmocka_unit_test(conf_tree__parse__nothing_twice),
	    cmocka_unit_test(conf_tree__parse__titles_name_files),
	    cmocka_unit_test(conf_tree__parse__values_are_clean),
	    cmocka_unit_test(conf_tree__parse__bounded),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
