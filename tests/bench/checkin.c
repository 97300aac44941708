// rooms: kiosk base
/*
 * checkin SOCKET GUESTS FIRST COUNT WARM: so many guests check in at a kiosk one after another, on its kept connection; the
 * first WARM of them are not counted. A time runs from the request to the whole answer, which foyerd gives after the commit.
 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "tests/bench/lib_bench.h"
#include "tests/bench/lib_wire.h"

int main(int argc, char **argv)
{
	if (argc != 6)
		bench_die("checkin SOCKET GUESTS FIRST COUNT WARM");
	int64_t count = bench_number(argv[4]), warm = bench_number(argv[5]);
	struct guest *guests = guests_read(argv[2], bench_number(argv[3]), count + warm);
	struct clock clock = clock_system();
	struct uuid_gen keys = {.random = random_system()};
	struct str_buf body = STR_BUF_INIT;
	struct bench_times times = {0};
	struct wire w;
	char version[65], key[UUID_TEXT_SZ];
	wire_open(&w, argv[1]);
	agreement_version(&w, version, sizeof version);
	for (int64_t i = 0; i < warm + count; i++) {
		struct uuid id = uuid_new(&keys, clock_wall(&clock));
		guest_body(&body, &guests[i], version);
		int64_t start = bench_ns();
		wire_ask(&w, 201, "POST", "/v1/checkins", uuid_print(key, &id), body.data);
		int64_t took = bench_ns() - start;
		if (strstr(w.body.data, "\"outcome\":\"welcome\"") == NULL)
			bench_die("a guest was not welcome: %s", w.body.data);
		if (i >= warm)
			bench_add(&times, took);
	}
	bench_say("foyer", &times, NULL);
	wire_close(&w);
	str_buf_fini(&body);
	free(guests);
	return 0;
}
