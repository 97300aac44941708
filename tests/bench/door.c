// rooms: kiosk access base
/*
 * door SOCKET GUESTS FIRST COUNT PORT SERIAL: guests check in at a kiosk one after another; a time runs from the welcome, which is said after the
 * commit, to the word "open" on the visit's progress stream, which is said when the right was read back from the controller and that was
 * committed too. Beside it, in turn: one bare question and answer of the controller's protocol over the same loopback.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "access/uhppote_wire.h"
#include "base/clock.h"
#include "tests/bench/lib_bench.h"
#include "tests/bench/lib_wire.h"

struct doors {
	const char *socket;
	struct wire kiosk;
	char version[65];
	struct uuid_gen keys;
	struct clock clock;
	int udp;
	uint32_t serial;
};

static int udp_open(int64_t port)
{
	struct sockaddr_in a = {.sin_family = AF_INET,
	    .sin_port = htons((in_port_t)port),
	    .sin_addr = {htonl(INADDR_LOOPBACK)}};
	struct timeval patience = {.tv_sec = 5};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, (struct sockaddr *)&a, sizeof a) != 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience) != 0)
		bench_die("udp: %s", strerror(errno));
	return fd;
}

static int64_t trip(const struct doors *d)
{
	struct uhppote_frame f;
	uhppote_frame_init(&f, UHPPOTE_GET_TIME, d->serial);
	int64_t start = bench_ns();
	if (send(d->udp, f.b, sizeof f.b, 0) != sizeof f.b ||
	    recv(d->udp, f.b, sizeof f.b, 0) != sizeof f.b)
		bench_die("the controller does not answer: %s", strerror(errno));
	return bench_ns() - start;
}

static void check_in(struct doors *d, const struct guest *g, char token[33])
{
	struct str_buf body = STR_BUF_INIT;
	char key[UUID_TEXT_SZ];
	struct uuid id = uuid_new(&d->keys, clock_wall(&d->clock));
	guest_body(&body, g, d->version);
	wire_ask(&d->kiosk, 201, "POST", "/v1/checkins", uuid_print(key, &id), body.data);
	json_t *answer = wire_json(&d->kiosk);
	const char *doors = json_string_value(json_object_get(answer, "doors"));
	const char *progress = json_string_value(json_object_get(answer, "progress"));
	if (!str_eq(doors, "pending") || progress == NULL || !str_copy(token, 33, progress))
		bench_die("no right is on its way: %s", d->kiosk.body.data);
	json_decref(answer);
	str_buf_fini(&body);
}

/* As the kiosk does: a second connection, for the stream alone. */
static int64_t until_open(struct doors *d, const char *token)
{
	struct wire stream;
	char target[64];
	int64_t start = bench_ns();
	(void)str_print(target, sizeof target, "/v1/progress/%s", token);
	wire_open(&stream, d->socket);
	wire_send(&stream, "GET", target, NULL, NULL);
	bool over = false;
	while (stream.body.data == NULL || strstr(stream.body.data, "\"open\"") == NULL) {
		if (over)
			bench_die("the doors did not open: %s", stream.body.data);
		over = wire_step(&stream);
	}
	int64_t took = bench_ns() - start;
	wire_close(&stream);
	return took;
}

int main(int argc, char **argv)
{
	if (argc != 7)
		bench_die("door SOCKET GUESTS FIRST COUNT PORT SERIAL");
	struct doors d = {.socket = argv[1],
	    .keys = {.random = random_system()},
	    .clock = clock_system(),
	    .udp = udp_open(bench_number(argv[5])),
	    .serial = (uint32_t)bench_number(argv[6])};
	struct bench_times foyer = {0}, bare = {0};
	char token[33];
	int64_t count = bench_number(argv[4]);
	struct guest *guests = guests_read(argv[2], bench_number(argv[3]), count);
	wire_open(&d.kiosk, argv[1]);
	agreement_version(&d.kiosk, d.version, sizeof d.version);
	for (int64_t i = 0; i < count; i++) {
		check_in(&d, &guests[i], token);
		bench_add(&foyer, until_open(&d, token));
		bench_add(&bare, trip(&d));
	}
	bench_say("foyer", &foyer, NULL);
	bench_say("bare", &bare, NULL);
	wire_close(&d.kiosk);
	(void)close(d.udp);
	free(guests);
	return 0;
}
