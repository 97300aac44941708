#include "tests/unit/kiosk/scenes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/str.h"

static void welcome(struct stage *s)
{
	(void)s;
}

static void scan(struct stage *s)
{
	stage_press(s, "Enter");
}

static void scan_camera(struct stage *s)
{
	static struct preview p = {.cols = 20, .rows = 6};
	for (int i = 0; i < p.cols * p.rows; i++)
		p.cells[i] = (struct camera_cell){.ch = i % 3 ? 0x2580 : ' ',
		    .fg = {(uint8_t)(i * 2), 0, 0},
		    .bg = {0, (uint8_t)(i * 2), 0}};
	s->f->camera = true;
	s->f->preview = &p;
	stage_press(s, "Enter");
}

static void scan_camera_blind(struct stage *s)
{
	static const struct preview none;
	s->f->camera = true;
	s->f->preview = &none;
	stage_press(s, "Enter");
}

/* A passport reader beside the camera: both are named. */
static void both_eyes(struct stage *s)
{
	static const struct preview none;
	s->f->camera = s->f->reader = true;
	s->f->preview = &none;
}

static void reader_alone(struct stage *s)
{
	s->f->reader = true;
}

static void scan_both(struct stage *s)
{
	both_eyes(s);
	stage_press(s, "Enter");
}

static void leaving_reader(struct stage *s)
{
	reader_alone(s);
	stage_type(s, "3");
}

static void code(struct stage *s)
{
	stage_press(s, "Enter");
	stage_type(s, "8K3M");
	stage_press(s, "Enter");
}

static void type(struct stage *s)
{
	stage_type(s, "2");
}

/* As many types as are asked for, in a house like the first one. */
static void types(struct stage *s, int n)
{
	struct api_kiosk *k = mem_new(1, sizeof *k);
	*k = *s->f->info;
	for (k->n_types = 0; k->n_types < n; k->n_types++) {
		struct api_type *t = &k->types[k->n_types];
		*t = (struct api_type){.walk_in = true};
		str_print(t->name, sizeof t->name, "Type %d", k->n_types + 1);
	}
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_ONLINE, .own_info = k});
	stage_type(s, "2");
}

static void type_four(struct stage *s)
{
	types(s, 4);
}

static void type_five(struct stage *s)
{
	types(s, 5);
	stage_press(s, "Up"); /* the last */
}

static void type_many(struct stage *s)
{
	types(s, API_TYPES);
	for (int i = 0; i < 16; i++)
		stage_press(s, "Down");
}

void scene_details(struct stage *s)
{
	stage_to_details(s);
	stage_type(s, "Zo\xc3\xab M\xc3\xbcller");
	stage_press(s, "Tab");
	stage_press(s, "Tab");
	stage_type(s, "zoe@example.org");
	stage_press(s, "Tab");
}

static void details_wrong(struct stage *s)
{
	scene_details(s);
	stage_type(s, "x");
	stage_touch(s, ACT_BUTTON, 1);
}

static void details_cjk(struct stage *s)
{
	stage_to_details(s);
	stage_type(s, "\xe5\xb1\xb1\xe7\x94\xb0 \xe5\xa4\xaa\xe9\x83\x8e e\xcc\x81");
	stage_press(s, "Tab");
	stage_type(s, "\xe6\xa0\xaa\xe5\xbc\x8f\xe4\xbc\x9a\xe7\xa4\xbe");
}

static void details_long(struct stage *s)
{
	stage_to_details(s);
	for (int i = 0; i < 6; i++)
		stage_type(s, "Wolfeschlegelsteinhausen-");
	stage_press(s, "Tab");
}

static void document(struct stage *s)
{
	stage_to_document(s);
	stage_press(s, "Right");
}

static void document_camera(struct stage *s)
{
	s->f->camera = true;
	stage_to_document(s);
}

static void held_up(struct stage *s, enum camera_sharpness state)
{
	static struct preview p;
	p = (struct preview){
	    .outline = {state, {{16000, 20000}, {50000, 14000}, {52000, 45000}, {18000, 52000}}}};
	document_camera(s);
	s->f->preview = &p;
}

static void document_nothing_held(struct stage *s)
{
	static const struct preview none;
	document_camera(s);
	s->f->preview = &none;
}

static void document_blurred(struct stage *s)
{
	held_up(s, CAMERA_BLURRED);
}

static void document_sharp(struct stage *s)
{
	held_up(s, CAMERA_SHARP);
}

static void document_again(struct stage *s)
{
	stage_to_document(s);
	stage_scan(s, "half a document");
}

static void document_reception(struct stage *s)
{
	document_camera(s);
	for (int i = 0; i < FLOW_DOCUMENT_TRIES; i++)
		stage_scan(s, "half a document");
}

static void document_read_well(struct stage *s)
{
	stage_to_document(s);
	stage_scan(s, house_passport);
}

static void document_long(struct stage *s)
{
	stage_to_document(s);
	stage_scan(s,
	    "@\n\x1e\rANSI 636000080002DL00410278ZV03190008DLDAQT1\nDCSFreifrau von und zu "
	    "Hohenstein-Langenfeld-Wolfeschlegelsteinhausen-Bergerdorff-Schlegelmilch\nDDEN\nDAC"
	    "Maximiliane Alexandra Wilhelmina Theodora\nDADCharlotte Adelheid Friederike von "
	    "Toggenburg\nDBB06061986\nDBA12102034\nDCGUSA\n");
}

static void document_both(struct stage *s)
{
	both_eyes(s);
	stage_to_document(s);
}

static void keep_parts(struct stage *s)
{
	static const int64_t ms[API_ID_PARTS] = {
	    30 * 24 * (int64_t)HOUSE_WALL_HOUR, 12 * HOUSE_WALL_HOUR, 0, 24 * HOUSE_WALL_HOUR};
	memcpy(s->f->info->types[0].id_keep_ms, ms, sizeof ms);
}

static void document_kept(struct stage *s)
{
	stage_to_document(s);
	keep_parts(s);
}

static void document_kept_camera(struct stage *s)
{
	document_nothing_held(s);
	keep_parts(s);
}

static void document_notice(struct stage *s)
{
	stage_to_document(s);
	keep_parts(s);
	s->f->info->n_privacy = 1;
	str_copy(s->f->info->privacy[0].lang, TEXT_LANG_SZ, "en");
	str_copy(s->f->info->privacy[0].text, API_NOTICE_SZ, "What the house has to say.");
	stage_press(s, "F3");
}

static void document_notice_none_kept(struct stage *s)
{
	document_notice(s);
	memset(s->f->info->types[0].id_keep_ms, 0, sizeof s->f->info->types[0].id_keep_ms);
}

static void document_reader(struct stage *s)
{
	reader_alone(s);
	stage_to_document(s);
}

static void document_elsewhere(struct stage *s)
{
	stage_scan(s, house_licence);
}

static void document_waiting(struct stage *s)
{
	document_read_well(s);
	stage_press(s, "Enter");
	stage_answer(s, 200,
	    "{\"name\":\"visitor\",\"version\":\"1\",\"lang\":\"en\",\"title\":\"T\",\"text\":"
	    "\"x\"}");
	stage_press(s, "Left");
	stage_press(s, "Enter");
	stage_answer(s, 201,
	    "{\"outcome\":\"reception\",\"reason\":\"id\",\"number\":\"000042\",\"name\":"
	    "\"Anna\"}");
}

static void host(struct stage *s)
{
	stage_to_host(s);
	stage_type(s, "ann");
	stage_wait(s, 600);
	stage_answer(s, 200,
	    "{\"items\":[{\"id\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"name\":\"Anna "
	    "Schmidt\",\"department\":\"Sales\"},"
	    "{\"id\":\"01890a5d-ac96-774b-bcce-b302099a8058\",\"name\":\"Hanna "
	    "Gro\xc3\x9f\",\"department\":\"Finance\"},"
	    "{\"id\":\"01890a5d-ac96-774b-bcce-b302099a8058\",\"name\":\"Ann With A Name That Is "
	    "Much Too Long For Its Line And Goes On\",\"department\":\"Research and "
	    "Development\"}]}");
	stage_press(s, "Down");
}

static void host_five(struct stage *s)
{
	struct str_buf b = STR_BUF_INIT;
	stage_to_host(s);
	stage_type(s, "ann");
	stage_wait(s, 600);
	str_buf_print(&b, "%s", "{\"items\":[");
	for (int i = 0; i < API_HOSTS; i++)
		str_buf_print(&b,
		    "%s{\"id\":\"01890a5d-ac96-774b-bcce-b302099a8057\",\"name\":\"Anna %c\"}",
		    i > 0 ? "," : "", 'A' + i);
	str_buf_print(&b, "%s", "]}");
	stage_answer(s, 200, b.data);
	str_buf_fini(&b);
}

static void host_none(struct stage *s)
{
	stage_to_host(s);
	stage_type(s, "xyz");
	stage_wait(s, 600);
	stage_answer(s, 200, "{\"items\":[]}");
}

static void you(struct stage *s)
{
	stage_to_you(s, "arrive");
}

static void you_long(struct stage *s)
{
	stage_scan(s, "FOYERX");
	stage_answer(s, 200,
	    "{\"what\":\"return\",\"name\":\"Maximiliane Alexandra Freifrau von und zu "
	    "Hohenstein-Langenfeld-Wolfeschlegelsteinhausen\",\"company\":"
	    "\"\xe5\xb1\xb1\xe7\x94\xb0"
	    "\xe9\x9b\xbb\xe6\xa9\x9f\xe6\xa0\xaa\xe5\xbc\x8f\xe4\xbc\x9a\xe7\xa4\xbe\",\"host\":"
	    "\"\xe4\xbd\x90\xe8\x97\xa4\",\"until_ms\":1795610000000,\"type\":\"guest\"}");
}

static void agreement(struct stage *s)
{
	struct str_buf b = STR_BUF_INIT;
	stage_to_agreement(s);
	str_buf_print(&b, "%s", s->f->v.agreement.text);
	for (int i = 1; i < 20; i++)
		str_buf_print(&b, "\n\n%d. Photographs need the consent of everybody in them.", i);
	str_copy(s->f->v.agreement.text, sizeof s->f->v.agreement.text, b.data);
	str_buf_fini(&b);
	stage_press(s, "Down");
}

static void busy(struct stage *s)
{
	stage_to_agreement(s);
	stage_press(s, "Left");
	stage_press(s, "Enter");
}

void scene_progress(struct stage *s)
{
	busy(s);
	stage_answer(s, 201,
	    "{\"outcome\":\"welcome\",\"number\":\"000042\",\"name\":\"Max "
	    "Mustermann\",\"escort\":true,\"badge\":\"printing\",\"doors\":\"none\",\"host\":"
	    "\"sending\","
	    "\"until_ms\":1795440000000,\"progress\":\"00\"}");
}

static void progress_good(struct stage *s)
{
	scene_progress(s);
	s->f->v.checkin.escort = false;
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_PROGRESS,
			  .progress = &(struct api_progress){API_BADGE_PRINTED, API_DOORS_OPEN,
			      API_HOST_SENT, house_wall_ms + 8 * HOUSE_WALL_HOUR}});
}

static void progress_trouble(struct stage *s)
{
	progress_good(s);
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_PROGRESS,
			  .progress = &(struct api_progress){
			      API_BADGE_TROUBLE, API_DOORS_TROUBLE, API_HOST_TROUBLE, 0}});
}

/* No printer, no doors, no mail. */
static void progress_bare(struct stage *s)
{
	busy(s);
	stage_answer(s, 201,
	    "{\"outcome\":\"welcome\",\"number\":\"000042\",\"name\":\"Max "
	    "Mustermann\",\"escort\":true,\"badge\":\"none\",\"doors\":\"none\",\"host\":"
	    "\"none\",\"progress\":\"00\"}");
}

static void progress_again(struct stage *s)
{
	stage_to_you(s, "return");
	stage_press(s, "Enter");
	stage_answer(s, 201,
	    "{\"outcome\":\"welcome\",\"number\":\"000042\",\"name\":\"Max "
	    "Mustermann\",\"escort\":false,\"badge\":\"none\",\"doors\":\"none\",\"host\":"
	    "\"none\",\"progress\":\"00\"}");
}

static void signout(struct stage *s)
{
	stage_to_you(s, "leave");
}

static void goodbye(struct stage *s)
{
	signout(s);
	stage_press(s, "Enter");
	stage_answer(s, 200,
	    "{\"outcome\":\"goodbye\",\"name\":\"Zo\xc3\xab "
	    "M\xc3\xbcller\",\"until_ms\":1795446000000}");
}

static void sorry(struct stage *s)
{
	stage_scan(s, "FOYERX");
	stage_answer(s, 422, "{\"error\":\"too-early\",\"from_ms\":1795426200000}");
}

static void sorry_expired(struct stage *s)
{
	stage_scan(s, "FOYERX");
	stage_answer(s, 422, "{\"error\":\"expired\"}");
}

static void sorry_unsure(struct stage *s)
{
	busy(s);
	for (int i = 0; i < 40 && s->f->screen == FLOW_AGREEMENT; i++) {
		stage_answer(s, 0, NULL);
		stage_wait(s, 450);
	}
}

static void waiting(struct stage *s)
{
	busy(s);
	stage_answer(s, 201,
	    "{\"outcome\":\"reception\",\"reason\":\"needs-approval\",\"number\":\"000042\","
	    "\"name\":\"Max\"}");
}

static void help(struct stage *s)
{
	stage_press(s, "F1");
	stage_answer(s, 201, "{\"waiting\":\"x\",\"reception\":\"+49 30 1234567\"}");
}

static void notice(struct stage *s)
{
	stage_press(s, "F3");
}

static void still_there(struct stage *s)
{
	scene_details(s);
	stage_wait(s, 45000);
}

static void offline(struct stage *s)
{
	scene_details(s);
	stage_step(s, &(struct flow_event){.kind = FLOW_EV_OFFLINE});
}

const struct scene scenes[SCENES] = {{"welcome", welcome, false}, {"scan", scan, false},
    {"scan with a camera", scan_camera, true},
    {"scan with a blind camera", scan_camera_blind, false},
    {"welcome, camera and reader", both_eyes, false}, {"welcome, reader", reader_alone, false},
    {"scan, camera and reader", scan_both, false}, {"leaving, reader", leaving_reader, false},
    {"code", code, false}, {"type", type, false}, {"type, four", type_four, false},
    {"type, five", type_five, false}, {"type, many", type_many, false},
    {"details", scene_details, false}, {"details, something wrong", details_wrong, false},
    {"details, CJK", details_cjk, false}, {"details, long", details_long, true},
    {"document", document, false}, {"document, camera", document_camera, false},
    {"document, nothing held up", document_nothing_held, false},
    {"document, blurred", document_blurred, false}, {"document, sharp", document_sharp, false},
    {"document, again", document_again, false}, {"document, reception", document_reception, false},
    {"document, read", document_read_well, false}, {"document, a long name", document_long, false},
    {"document, waiting", document_waiting, false},
    {"document, elsewhere", document_elsewhere, false},
    {"document, camera and reader", document_both, false},
    {"document, reader", document_reader, false}, {"document, parts kept", document_kept, false},
    {"document, parts kept, camera", document_kept_camera, false},
    {"document, notice", document_notice, false},
    {"document, notice, nothing kept", document_notice_none_kept, false}, {"host", host, true},
    {"host, five", host_five, true}, {"host, none", host_none, false}, {"you", you, false},
    {"you, a long name", you_long, false}, {"agreement", agreement, false},
    {"one moment", busy, true}, {"progress", scene_progress, false},
    {"progress, all well", progress_good, false}, {"progress, trouble", progress_trouble, false},
    {"progress, nobody told", progress_bare, false},
    {"progress, back again", progress_again, false}, {"signout", signout, false},
    {"goodbye", goodbye, false}, {"sorry, early", sorry, false},
    {"sorry, expired", sorry_expired, false}, {"sorry, unsure", sorry_unsure, false},
    {"waiting", waiting, false}, {"help", help, false}, {"notice", notice, false},
    {"still there?", still_there, false}, {"offline", offline, false}};
