/* Questions and answers over UDP: what is taken for an answer, what is not, and for how long somebody waits. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "access/uhppote_link.h"
#include "tests/unit/access/peer.h"

enum { CARD = 10058400, OTHER = 10058401, TIMEOUT_MS = 150, REPEAT_MS = 600, PLENTY_MS = 5000 };

static struct uhppote_link link_to(const char *address, int timeout_ms, int retries)
{
	struct uhppote_link l = {.serial = PEER_SERIAL,
	    .timeout_ms = timeout_ms,
	    .retries = retries,
	    .clock = clock_system()};
	struct err e = {0};
	assert_int_equal(uhppote_link_init(&l, address, &e), ERR_OK);
	return l;
}

static struct uhppote_frame frame(uint8_t fn, uint32_t serial, uint32_t number)
{
	struct uhppote_frame f;
	uhppote_frame_init(&f, fn, serial);
	uhppote_number_put(&f, number);
	return f;
}

static enum err_code ask_card(
    const struct uhppote_link *l, uint32_t card, struct uhppote_frame *a, struct err *e)
{
	struct uhppote_frame q = frame(UHPPOTE_GET_CARD, PEER_SERIAL, card);
	return uhppote_link_ask(l, &q, a, e);
}

static void reply(
    int fd, const struct sockaddr_in *to, uint8_t fn, uint32_t serial, uint32_t number)
{
	struct uhppote_frame f = frame(fn, serial, number);
	peer_put(fd, f.b, sizeof f.b, to);
}

/* --- what is not the answer is passed over ----------------------------------------------- */

static void script_strays(int fd, void *shared)
{
	(void)shared;
	struct uhppote_frame q;
	struct sockaddr_in from;
	peer_get(fd, &q, &from);
	PEER_CHECK(uhppote_frame_fn(&q) == UHPPOTE_GET_CARD && uhppote_number_get(&q) == CARD);
	uint8_t longer[UHPPOTE_FRAME_SZ + 1] = {0};
	memcpy(longer, q.b, sizeof q.b);
	peer_put(fd, longer, sizeof longer, &from);
	peer_put(fd, q.b, 0, &from);
	peer_put(fd, q.b, 8, &from);
	reply(fd, &from, UHPPOTE_GET_CARD, PEER_SERIAL + 1, 0); /* another controller's */
	reply(fd, &from, UHPPOTE_GET_TIME, PEER_SERIAL, 0); /* another question's */
	reply(fd, &from, UHPPOTE_GET_CARD, PEER_SERIAL, OTHER); /* another card's */
	reply(fd, &from, UHPPOTE_GET_CARD, PEER_SERIAL, CARD);
}

static void ask__strays__passed_over(void **state)
{
	(void)state;
	struct peer p;
	struct uhppote_frame a;
	struct err e = {0};
	peer_start(&p, script_strays, NULL);
	struct uhppote_link l = link_to(p.address, PLENTY_MS, 0);
	assert_int_equal(ask_card(&l, CARD, &a, &e), ERR_OK);
	assert_int_equal(uhppote_number_get(&a), CARD);
	peer_end(&p);
}

static void script_profile(int fd, void *shared)
{
	(void)shared;
	struct uhppote_frame q, a;
	struct sockaddr_in from;
	peer_get(fd, &q, &from);
	uhppote_frame_init(&a, UHPPOTE_GET_PROFILE, PEER_SERIAL);
	uhppote_byte_put(&a, 100);
	peer_put(fd, a.b, sizeof a.b, &from);
	uhppote_byte_put(&a, 101);
	peer_put(fd, a.b, sizeof a.b, &from);
}

static void ask__another_profile__passed_over(void **state)
{
	(void)state;
	struct peer p;
	struct uhppote_frame q, a;
	struct err e = {0};
	peer_start(&p, script_profile, NULL);
	struct uhppote_link l = link_to(p.address, PLENTY_MS, 0);
	uhppote_frame_init(&q, UHPPOTE_GET_PROFILE, PEER_SERIAL);
	uhppote_byte_put(&q, 101);
	assert_int_equal(uhppote_link_ask(&l, &q, &a, &e), ERR_OK);
	assert_int_equal(uhppote_byte_get(&a), 101);
	peer_end(&p);
}

/* --- repeats and late answers ------------------------------------------------------------ */

static void script_second(int fd, void *shared)
{
	(void)shared;
	struct uhppote_frame q;
	struct sockaddr_in from;
	peer_get(fd, &q, &from);
	peer_get(fd, &q, &from);
	PEER_CHECK(ntohs(from.sin_port) != UHPPOTE_PORT);
	reply(fd, &from, UHPPOTE_GET_CARD, PEER_SERIAL, CARD);
}

static void ask__lost__repeated(void **state)
{
	(void)state;
	struct peer p;
	struct uhppote_frame a;
	struct err e = {0};
	peer_start(&p, script_second, NULL);
	struct uhppote_link l = link_to(p.address, REPEAT_MS, 1);
	assert_int_equal(ask_card(&l, CARD, &a, &e), ERR_OK);
	peer_end(&p);
}

/* "Not there" about one card arrives while another card's question is out: it must not be believed. */
static void script_late(int fd, void *shared)
{
	(void)shared;
	struct uhppote_frame q;
	struct sockaddr_in first, second;
	peer_get(fd, &q, &first);
	peer_get(fd, &q, &second);
	PEER_CHECK(uhppote_number_get(&q) == OTHER);
	reply(fd, &first, UHPPOTE_GET_CARD, PEER_SERIAL, 0);
	reply(fd, &second, UHPPOTE_GET_CARD, PEER_SERIAL, OTHER);
}

static void ask__late_answer__not_the_next_one(void **state)
{
	(void)state;
	struct peer p;
	struct uhppote_frame a;
	struct err e = {0};
	peer_start(&p, script_late, NULL);
	struct uhppote_link l = link_to(p.address, TIMEOUT_MS, 0);
	assert_int_equal(ask_card(&l, CARD, &a, &e), ERR_TIMEOUT);
	l.timeout_ms = PLENTY_MS;
	assert_int_equal(ask_card(&l, OTHER, &a, &e), ERR_OK);
	assert_int_equal(uhppote_number_get(&a), OTHER);
	peer_end(&p);
}

/* --- no answer --------------------------------------------------------------------------- */

static void script_count(int fd, void *shared)
{
	for (;;) {
		struct uhppote_frame q;
		struct sockaddr_in from;
		peer_get(fd, &q, &from);
		++*(volatile int *)shared;
	}
}

static void ask__silence__ends_in_time(void **state)
{
	(void)state;
	struct peer p;
	struct uhppote_frame a;
	struct err e = {0};
	int *asked = peer_shared(sizeof *asked);
	peer_start(&p, script_count, asked);
	struct uhppote_link l = link_to(p.address, TIMEOUT_MS, 2);
	int64_t before = clock_mono(&l.clock);
	assert_int_equal(ask_card(&l, CARD, &a, &e), ERR_TIMEOUT);
	int64_t took = clock_mono(&l.clock) - before;
	assert_in_range(took, 3 * TIMEOUT_MS, 3 * TIMEOUT_MS + 2000);
	assert_non_null(strstr(e.msg, "within 450 ms"));
	peer_stop(&p);
	assert_int_equal(*asked, 3);
}

static void ask__nobody__unreachable_at_once(void **state)
{
	(void)state;
	char address[PEER_ADDRESS_SZ];
	struct uhppote_frame a;
	struct err e = {0};
	peer_nobody(address);
	struct uhppote_link l = link_to(address, PLENTY_MS, 1);
	int64_t before = clock_mono(&l.clock);
	assert_int_equal(ask_card(&l, CARD, &a, &e), ERR_UNREACHABLE);
	assert_true(clock_mono(&l.clock) - before < PLENTY_MS);
}

static void script_garbage(int fd, void *shared)
{
	(void)shared;
	for (;;) {
		struct uhppote_frame q;
		struct sockaddr_in from;
		peer_get(fd, &q, &from);
		q.b[0] = 0x47;
		peer_put(fd, q.b, sizeof q.b, &from);
	}
}

static void ask__garbage__is_a_protocol_error(void **state)
{
	(void)state;
	struct peer p;
	struct uhppote_frame a;
	struct err e = {0};
	peer_start(&p, script_garbage, NULL);
	struct uhppote_link l = link_to(p.address, TIMEOUT_MS, 1);
	assert_int_equal(ask_card(&l, CARD, &a, &e), ERR_PROTOCOL);
	assert_non_null(strstr(e.msg, "0x47"));
	peer_stop(&p);
}

/* The right controller, and never the right answer. */
static void script_beside_the_point(int fd, void *shared)
{
	const bool *other_card = shared;
	for (;;) {
		struct uhppote_frame q;
		struct sockaddr_in from;
		peer_get(fd, &q, &from);
		if (*other_card)
			reply(fd, &from, UHPPOTE_GET_CARD, PEER_SERIAL, OTHER);
		else
			reply(fd, &from, UHPPOTE_GET_CARDS, PEER_SERIAL, CARD);
	}
}

static void ask__another_answer__is_a_protocol_error(void **state)
{
	(void)state;
	bool *other_card = peer_shared(sizeof *other_card);
	for (int i = 0; i < 2; i++) {
		struct peer p;
		struct uhppote_frame a;
		struct err e = {0};
		*other_card = i == 1;
		peer_start(&p, script_beside_the_point, other_card);
		struct uhppote_link l = link_to(p.address, TIMEOUT_MS, 0);
		assert_int_equal(ask_card(&l, CARD, &a, &e), ERR_PROTOCOL);
		assert_non_null(strstr(e.msg, "another question"));
		peer_stop(&p);
	}
}

static void script_stranger(int fd, void *shared)
{
	(void)shared;
	for (;;) {
		struct uhppote_frame q;
		struct sockaddr_in from;
		peer_get(fd, &q, &from);
		reply(fd, &from, UHPPOTE_GET_CARD, PEER_SERIAL - 1, CARD);
	}
}

static void ask__stranger__says_so(void **state)
{
	(void)state;
	struct peer p;
	struct uhppote_frame a;
	struct err e = {0};
	peer_start(&p, script_stranger, NULL);
	struct uhppote_link l = link_to(p.address, TIMEOUT_MS, 0);
	assert_int_equal(ask_card(&l, CARD, &a, &e), ERR_TIMEOUT);
	assert_non_null(strstr(e.msg, "another serial number"));
	peer_stop(&p);
}

/* A peer that never stops talking does not keep anybody. */
static void script_flood(int fd, void *shared)
{
	(void)shared;
	struct uhppote_frame q;
	struct sockaddr_in from;
	peer_get(fd, &q, &from);
	for (;;) /* until the port at the other end is closed */
		if (sendto(fd, q.b, 8, 0, (struct sockaddr *)&from, sizeof from) < 0)
			_exit(0);
}

static void ask__flood__ends_in_time(void **state)
{
	(void)state;
	struct peer p;
	struct uhppote_frame a;
	struct err e = {0};
	peer_start(&p, script_flood, NULL);
	struct uhppote_link l = link_to(p.address, TIMEOUT_MS, 0);
	int64_t before = clock_mono(&l.clock);
	assert_int_equal(ask_card(&l, CARD, &a, &e), ERR_PROTOCOL);
	assert_in_range(clock_mono(&l.clock) - before, TIMEOUT_MS, TIMEOUT_MS + 2000);
	peer_stop(&p);
}

/* --- where to and where from ------------------------------------------------------------- */

static void init__address__bad_ones(void **state)
{
	(void)state;
	static const char *const bad[] = {"", ":", "127.0.0.1", "127.0.0.1:", ":60000",
	    "127.0.0.1:0", "127.0.0.1:65536x", "127.0.0.1:port", "::1:60000", "[::1]:60000",
	    "no such host:60000", "127.0.0.1:60000\n"};
	struct uhppote_link l;
	struct err e;
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		assert_int_equal(uhppote_link_init(&l, bad[i], &e), ERR_CONFIG);
	char longest[10001];
	memset(longest, 'a', sizeof longest - 1);
	longest[sizeof longest - 1] = '\0';
	assert_int_equal(uhppote_link_init(&l, longest, &e), ERR_CONFIG);
	assert_int_equal(uhppote_link_init(&l, "127.0.0.1:60000", &e), ERR_OK);
	assert_int_equal(ntohs(l.to.sin_port), 60000);
}

/* A network of our own whose ephemeral ports are 60000 and 60001. False: this machine lets us have none. */
static bool network_of_two_ports(void)
{
	struct ifreq lo = {.ifr_name = "lo", .ifr_flags = IFF_UP};
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0 && unshare(CLONE_NEWNET) != 0)
		return false;
	int range = open("/proc/sys/net/ipv4/ip_local_port_range", O_WRONLY | O_CLOEXEC);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ok = range >= 0 && fd >= 0 && write(range, "60000 60001", 11) == 11 &&
		  ioctl(fd, SIOCSIFFLAGS, &lo) == 0;
	(void)close(range);
	(void)close(fd);
	return ok;
}

enum { NO_NETWORK = 77, ROUNDS = 40 };

static void script_port(int fd, void *shared)
{
	(void)shared;
	for (int i = 0; i < ROUNDS; i++) {
		struct uhppote_frame q;
		struct sockaddr_in from;
		peer_get(fd, &q, &from);
		PEER_CHECK(ntohs(from.sin_port) == 60001);
		reply(fd, &from, UHPPOTE_GET_CARD, PEER_SERIAL, CARD);
	}
}

static void ask__never_from_port_60000(void **state)
{
	(void)state;
	pid_t pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		if (!network_of_two_ports())
			_exit(NO_NETWORK);
		struct peer p;
		struct uhppote_frame a;
		struct err e;
		int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		struct sockaddr_in self = {.sin_family = AF_INET,
		    .sin_port = htons(50000),
		    .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
		PEER_CHECK(bind(fd, (struct sockaddr *)&self, sizeof self) == 0);
		p.pid = fork();
		if (p.pid == 0) {
			(void)alarm(10);
			script_port(fd, NULL);
			_exit(0);
		}
		struct uhppote_link l = {
		    .serial = PEER_SERIAL, .timeout_ms = PLENTY_MS, .clock = clock_system()};
		PEER_CHECK(uhppote_link_init(&l, "127.0.0.1:50000", &e) == ERR_OK);
		for (int i = 0; i < ROUNDS; i++)
			PEER_CHECK(ask_card(&l, CARD, &a, &e) == ERR_OK);
		int status = -1;
		PEER_CHECK(waitpid(p.pid, &status, 0) == p.pid && status == 0);
		_exit(0);
	}
	int status = -1;
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == NO_NETWORK)
		skip(); /* no network namespaces for this user */
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(ask__strays__passed_over),
	    cmocka_unit_test(ask__another_profile__passed_over),
	    cmocka_unit_test(ask__lost__repeated),
	    cmocka_unit_test(ask__late_answer__not_the_next_one),
	    cmocka_unit_test(ask__silence__ends_in_time),
	    cmocka_unit_test(ask__nobody__unreachable_at_once),
	    cmocka_unit_test(ask__garbage__is_a_protocol_error),
	    cmocka_unit_test(ask__another_answer__is_a_protocol_error),
	    cmocka_unit_test(ask__stranger__says_so),
	    cmocka_unit_test(ask__flood__ends_in_time),
	    cmocka_unit_test(init__address__bad_ones),
	    cmocka_unit_test(ask__never_from_port_60000),
	};
	return cmocka_run_group_tests(tests, NULL, NULL);
}
