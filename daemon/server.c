#include "daemon/server.h"

#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "daemon/duty.h"
#include "daemon/http.h"
#include "daemon/jobs.h"
#include "daemon/mend.h"
#include "daemon/reader.h"
#include "db/book.h"

int64_t foyerd_now(const struct foyerd *d)
{
	int64_t wall = clock_wall(&d->clock);
	return d->book ? db_clock_floor(d->book, wall) : wall;
}

static void failed(struct foyerd *d, enum err_code c)
{
	if (c == ERR_NO_SPACE && d->duty)
		duty_no_space(d->duty);
	foyerd_check(d);
}

enum err_code foyerd_begin(struct foyerd *d, struct err *e)
{
	if (d->closed)
		return err_set(
		    e, ERR_IO, "the book is closed until it was opened again and verified");
	enum err_code c = book_begin(d->book, clock_wall(&d->clock), e);
	if (c)
		failed(d, c);
	return c;
}

enum err_code foyerd_end(struct foyerd *d, enum err_code c, struct err *e)
{
	if (c)
		book_rollback(d->book);
	else
		c = book_commit(d->book, e);
	if (c)
		failed(d, c);
	else if (d->duty)
		duty_committed(d->duty);
	return c;
}

void foyerd_look(struct foyerd *d)
{
	struct err e;
	if (!d->closed && book_look(d->book, &e))
		foyerd_check(d);
}

void foyerd_check(struct foyerd *d)
{
	if (d->closed || !book_is_poisoned(d->book))
		return;
	switch (book_place(d->book)) {
	case BOOK_IN_PLACE: d->closed_why = "it could not be written, or is damaged"; break;
	case BOOK_MOVED: d->closed_why = "it was moved away or replaced while foyerd had it"; break;
	case BOOK_WRITTEN: d->closed_why = "somebody else wrote to it while foyerd had it"; break;
	}
	log_error("the book is closed, and no visitors are taken: %s", d->closed_why);
	d->closed = true;
	if (d->http)
		http_hang_up_kiosks(d->http);
	if (d->mend)
		mend_begin(d->mend);
}

void foyerd_wake(struct foyerd *d)
{
	if (d->jobs)
		jobs_wake(d->jobs);
	if (d->duty)
		duty_wake(d->duty);
}

struct kiosk_seen *foyerd_kiosk_seen(struct foyerd *d, const char *kiosk)
{
	struct kiosk_seen *free_slot = NULL, *oldest = &d->seen[0];
	for (int i = 0; i < CONF_KIOSKS; i++) {
		struct kiosk_seen *s = &d->seen[i];
		if (str_eq(s->kiosk, kiosk))
			return s;
		if (!s->kiosk[0] && !free_slot)
			free_slot = s;
		if (s->at_ms < oldest->at_ms)
			oldest = s;
	}
	struct kiosk_seen *s = free_slot ? free_slot : oldest;
	*s = (struct kiosk_seen){0};
	str_copy(s->kiosk, sizeof s->kiosk, kiosk);
	return s;
}

void foyerd_layout_seen(struct foyerd *d, const char *kiosk, enum pass_layout l)
{
	struct kiosk_seen *s = foyerd_kiosk_seen(d, kiosk);
	s->has_layout = true;
	s->layout = l;
}
