#include "tests/sim/door_wire.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"
#include "tests/sim/door_event.h"

static const struct {
	const char *name;
	uint8_t fn;
} names[] = {
    {"set-time", UHPPOTE_SET_TIME},
    {"get-time", UHPPOTE_GET_TIME},
    {"put-card", UHPPOTE_PUT_CARD},
    {"delete-card", UHPPOTE_DELETE_CARD},
    {"get-cards", UHPPOTE_GET_CARDS},
    {"get-card", UHPPOTE_GET_CARD},
    {"get-card-at", UHPPOTE_GET_CARD_AT},
    {"set-profile", UHPPOTE_SET_PROFILE},
    {"get-profile", UHPPOTE_GET_PROFILE},
    {"get-controller", UHPPOTE_GET_CONTROLLER},
    {"get-status", UHPPOTE_GET_STATUS},
    {"open-door", DOOR_OPEN},
    {"get-event", DOOR_GET_EVENT},
    {"set-event-index", DOOR_SET_EVENT_INDEX},
    {"get-event-index", DOOR_GET_EVENT_INDEX},
};

bool door_wire_fault(enum door_fault *f, const char *name)
{
	static const struct {
		const char *name;
		enum door_fault fault;
	} plain[] = {
	    {"none", DOOR_FAULT_NONE},
	    {"silent", DOOR_FAULT_SILENT},
	    {"wrong-serial", DOOR_FAULT_WRONG_SERIAL},
	    {"wrong-function", DOOR_FAULT_WRONG_FUNCTION},
	    {"other-card", DOOR_FAULT_OTHER_CARD},
	    {"garbage", DOOR_FAULT_GARBAGE},
	    {"short", DOOR_FAULT_SHORT},
	    {"long", DOOR_FAULT_LONG},
	    {"random", DOOR_FAULT_RANDOM},
	};
	for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
		if (!str_eq(plain[i].name, name))
			continue;
		*f = plain[i].fault;
		return true;
	}
	return false;
}

uint8_t door_wire_fn(const char *name)
{
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (str_eq(names[i].name, name))
			return names[i].fn;
	}
	return 0;
}

json_t *door_wire_asked(const struct door_wire *w)
{
	json_t *all = json_object();
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		json_object_set_new(all, names[i].name, json_integer(w->asked[names[i].fn]));
	return all;
}

enum err_code door_wire_open(struct door_wire *w, in_port_t port, struct err *e)
{
	struct sockaddr_in self = {
	    .sin_family = AF_INET,
	    .sin_port = htons(port),
	    .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t n = sizeof self;
	*w = (struct door_wire){.clock = clock_system(), .random = random_system()};
	w->fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (w->fd < 0)
		return err_errno(e, ERR_IO, "socket");
	if (bind(w->fd, (struct sockaddr *)&self, sizeof self) != 0 ||
	    getsockname(w->fd, (struct sockaddr *)&self, &n) != 0) {
		enum err_code rc = err_errno(e, ERR_IO, "port %d", port);
		door_wire_close(w);
		return rc;
	}
	w->port = ntohs(self.sin_port);
	return ERR_OK;
}

void door_wire_close(struct door_wire *w)
{
	if (w->fd >= 0)
		(void)close(w->fd);
	w->fd = -1;
}

/* UDP: what cannot be sent is lost. */
static void send_bytes(
    const struct door_wire *w, const struct sockaddr_in *to, const void *bytes, size_t n)
{
	(void)!sendto(w->fd, bytes, n, MSG_DONTWAIT, (const struct sockaddr *)to, sizeof *to);
}

static void send_garbage(
    struct door_wire *w, const struct sockaddr_in *to, struct uhppote_frame *reply)
{
	switch (w->garbage++ % 3) {
	case 0: send_bytes(w, to, reply->b, 10); return;
	case 1: reply->b[0] = 0x47; break;
	default: memset(reply->b + 8, 0xff, sizeof reply->b - 8); break;
	}
	send_bytes(w, to, reply->b, sizeof reply->b);
}

static void send_longer(
    const struct door_wire *w, const struct sockaddr_in *to, const struct uhppote_frame *reply)
{
	uint8_t longer[UHPPOTE_FRAME_SZ + 1] = {0};
	memcpy(longer, reply->b, sizeof reply->b);
	send_bytes(w, to, longer, sizeof longer);
}

static void send_reply(
    struct door_wire *w, const struct sockaddr_in *to, struct uhppote_frame *reply)
{
	switch (w->fault) {
	case DOOR_FAULT_NONE: break;
	case DOOR_FAULT_SILENT: return;
	case DOOR_FAULT_WRONG_SERIAL: reply->b[4] ^= 1; break;
	case DOOR_FAULT_LATE:
		if (w->n_late < DOOR_WIRE_LATE)
			w->late[w->n_late++] =
			    (struct door_late){clock_mono(&w->clock) + w->late_ms, *to, *reply};
		return;
	case DOOR_FAULT_GARBAGE: send_garbage(w, to, reply); return;
	case DOOR_FAULT_WRONG_FUNCTION:
		reply->b[1] ^= 2;
		break; /* 0x50 put-card ↔ 0x52 delete-card */
	case DOOR_FAULT_OTHER_CARD: uhppote_number_put(reply, uhppote_number_get(reply) + 1); break;
	case DOOR_FAULT_SHORT: send_bytes(w, to, reply->b, sizeof reply->b - 1); return;
	case DOOR_FAULT_LONG: send_longer(w, to, reply); return;
	case DOOR_FAULT_RANDOM: random_fill(&w->random, reply->b, sizeof reply->b); break;
	case DOOR_FAULT_LOSE:
		if (uhppote_frame_fn(reply) != w->lose_fn)
			break;
		w->fault = DOOR_FAULT_NONE;
		return;
	}
	send_bytes(w, to, reply->b, sizeof reply->b);
}

void door_wire_serve(struct door_wire *w, struct door_board *b)
{
	struct sockaddr_in from;
	socklen_t len = sizeof from;
	uint8_t bytes[UHPPOTE_FRAME_SZ + 1];
	ssize_t n = recvfrom(w->fd, bytes, sizeof bytes, 0, (struct sockaddr *)&from, &len);
	struct uhppote_frame q, reply;
	if (n < 0 || uhppote_frame_parse(&q, bytes, (size_t)n, NULL) != ERR_OK)
		return;
	w->asked[uhppote_frame_fn(&q)]++;
	if (w->fault == DOOR_FAULT_SILENT)
		return;
	if (door_board_answer(b, &q, clock_wall(&w->clock), &reply))
		send_reply(w, &from, &reply);
}

int door_wire_flush(struct door_wire *w)
{
	int64_t now = clock_mono(&w->clock), next = -1;
	for (int i = 0; i < w->n_late;) {
		int64_t left = w->late[i].due_ms - now;
		if (left > 0) {
			next = next < 0 || left < next ? left : next;
			i++;
			continue;
		}
		send_bytes(w, &w->late[i].to, w->late[i].reply.b, sizeof w->late[i].reply.b);
		w->n_late--;
		memmove(&w->late[i], &w->late[i + 1], (size_t)(w->n_late - i) * sizeof w->late[0]);
	}
	return (int)next;
}
