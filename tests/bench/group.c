// rooms: kiosk base
/*
 * group GUESTS FIRST COUNT EACH SOCKET...: a whole group stands at the kiosks at once. Every kiosk (its SOCKET, with EACH connections) takes the next
 * guest as soon as it has welcomed one. A time runs from the moment that all of them stand there to the guest's own welcome; what a kiosk
 * waited for one answer is told beside it.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/bench/lib_bench.h"
#include "tests/bench/lib_wire.h"

enum { WIRES_MOST = 128 };

struct group {
	struct wire wires[WIRES_MOST];
	int64_t asked_ns[WIRES_MOST];
	struct pollfd polls[WIRES_MOST];
	int n, busy;
	const struct guest *guests;
	int64_t next, count;
	char version[65];
	struct uuid_gen keys;
	struct clock clock;
};

static void ask_next(struct group *g, int i)
{
	struct str_buf body = STR_BUF_INIT;
	char key[UUID_TEXT_SZ];
	g->polls[i].fd = -1;
	if (g->next == g->count)
		return;
	struct uuid id = uuid_new(&g->keys, clock_wall(&g->clock));
	guest_body(&body, &g->guests[g->next++], g->version);
	g->asked_ns[i] = bench_ns();
	wire_send(&g->wires[i], "POST", "/v1/checkins", uuid_print(key, &id), body.data);
	str_buf_fini(&body);
	g->polls[i].fd = g->wires[i].fd;
	g->busy++;
}

static void welcome(const struct wire *w)
{
	if (w->http.status != 201 || strstr(w->body.data, "\"outcome\":\"welcome\"") == NULL)
		bench_die("a guest was not welcome: %d %s", w->http.status, w->body.data);
}

static void run(struct group *g)
{
	struct bench_times waits = {0}, answers = {0};
	int64_t start = bench_ns();
	for (int i = 0; i < g->n; i++)
		ask_next(g, i);
	while (g->busy > 0) {
		if (poll(g->polls, (nfds_t)g->n, 60000) <= 0)
			bench_die("poll: %s", strerror(errno));
		for (int i = 0; i < g->n; i++) {
			if (g->polls[i].fd < 0 || g->polls[i].revents == 0 ||
			    !wire_step(&g->wires[i]))
				continue;
			int64_t now = bench_ns();
			welcome(&g->wires[i]);
			bench_add(&waits, now - start);
			bench_add(&answers, now - g->asked_ns[i]);
			g->busy--;
			ask_next(g, i);
		}
	}
	bench_say("foyer", &waits, NULL);
	bench_say("answer", &answers, NULL);
}

int main(int argc, char **argv)
{
	if (argc < 6)
		bench_die("group GUESTS FIRST COUNT EACH SOCKET...");
	struct group *g = mem_new(1, sizeof *g);
	int64_t each = bench_number(argv[4]);
	g->count = bench_number(argv[3]);
	struct guest *guests = guests_read(argv[1], bench_number(argv[2]), g->count);
	g->guests = guests;
	g->keys.random = random_system();
	g->clock = clock_system();
	for (int i = 5; i < argc; i++) {
		for (int64_t k = 0; k < each && g->n < WIRES_MOST; k++, g->n++) {
			wire_open(&g->wires[g->n], argv[i]);
			g->polls[g->n].events = POLLIN;
		}
	}
	agreement_version(&g->wires[0], g->version, sizeof g->version);
	run(g);
	for (int i = 0; i < g->n; i++)
		wire_close(&g->wires[i]);
	free(guests);
	free(g);
	return 0;
}
