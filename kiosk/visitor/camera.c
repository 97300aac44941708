#include "kiosk/visitor/camera.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/log.h"
#include "base/path.h"
#include "base/str.h"

enum {
	AGAIN_FIRST_MS = 1000,
	AGAIN_MAX_MS = 30 * 1000,
	READS = 8,
	STEP_MS = 1000, /* at most between two steps while a child runs */
	SILENT_MOST_MS = 3000, /* a child that looks says so each second */
	OPENING_MOST_MS = 60 * 1000, /* a driver may take its time with its device */
};

void camera_init(struct camera *c, const char *program, const char *device)
{
	*c = (struct camera){
	    .fd = -1, .orders = -1, .columns = 44, .rows = 11, .backoff_ms = AGAIN_FIRST_MS};
	str_copy(c->program, sizeof c->program, program);
	str_copy(c->device, sizeof c->device, device);
}

bool camera_configured(const struct camera *c)
{
	return c->device[0] != '\0';
}

/* A process that hangs in its device's driver ends when that lets go of it: nobody waits here. */
static void reap(struct camera *c)
{
	if (c->ending > 0 && waitpid(c->ending, NULL, WNOHANG) != 0)
		c->ending = 0;
}

static void stop(struct camera *c)
{
	if (c->pid > 0) {
		kill(c->pid, SIGKILL); /* it holds nothing that needs a goodbye */
		c->ending = c->pid;
	}
	reap(c);
	if (c->fd >= 0)
		close(c->fd);
	if (c->orders >= 0)
		close(c->orders);
	c->pid = 0;
	c->fd = c->orders = -1;
	c->told = c->again = false; /* the next one has seen nothing */
	str_copy(c->state, sizeof c->state, "gone"); /* until the next one says another word */
	camera_reader_fini(&c->reader);
	explicit_bzero(&c->preview, sizeof c->preview);
}

void camera_fini(struct camera *c)
{
	stop(c);
	explicit_bzero(c, sizeof *c);
	c->fd = c->orders = -1;
}

static void stop_and_wait(struct camera *c, const char *why, int64_t now_ms)
{
	log_warn("camera: %s; started again in %d ms", why, (int)c->backoff_ms);
	stop(c);
	c->again_ms = now_ms + c->backoff_ms;
	c->backoff_ms = c->backoff_ms * 2 < AGAIN_MAX_MS ? c->backoff_ms * 2 : AGAIN_MAX_MS;
}

static _Noreturn void child(
    const struct camera *c, const char *path, const int ends[2], pid_t parent)
{
	char columns[16], rows[16];
	sigset_t none;
	int nul = open("/dev/null", O_RDWR | O_CLOEXEC);
	sigemptyset(&none);
	str_print(columns, sizeof columns, "%d", c->columns);
	str_print(rows, sizeof rows, "%d", c->rows);
	bool ok = nul >= 0 && dup2(ends[0], 0) >= 0 && dup2(ends[1], 1) >= 0;
	if (ok && isatty(2))
		ok = dup2(nul, 2) >= 0; /* nobody writes over the screen */
	if (ok && prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent &&
	    sigprocmask(SIG_SETMASK, &none, NULL) == 0)
		execl(path, c->program, "--device", c->device, "--columns", columns, "--rows", rows,
		    (char *)NULL);
	_exit(127);
}

static enum err_code start(struct camera *c, struct err *e)
{
	char path[PATH_MAX];
	int frames[2] = {-1, -1}, orders[2] = {-1, -1};
	enum err_code rc = path_program(path, c->program, e);
	if (rc != ERR_OK)
		return rc;
	if (pipe2(frames, O_CLOEXEC) < 0)
		return err_errno(e, ERR_IO, "pipe");
	if (pipe2(orders, O_CLOEXEC) < 0 || fcntl(frames[0], F_SETFL, O_NONBLOCK) < 0 ||
	    fcntl(orders[1], F_SETFL, O_NONBLOCK) < 0) {
		rc = err_errno(e, ERR_IO, "pipe");
		goto out;
	}
	pid_t parent = getpid(), pid = fork();
	if (pid == 0)
		child(c, path, (const int[]){orders[0], frames[1]}, parent);
	if (pid < 0) {
		rc = err_errno(e, ERR_IO, "fork");
		goto out;
	}
	c->pid = pid;
	c->fd = frames[0];
	c->orders = orders[1];
	c->silent_ms = 0;
	frames[0] = orders[1] = -1;
out:
	for (int i = 0; i < 2; i++) {
		if (frames[i] >= 0)
			close(frames[i]);
		if (orders[i] >= 0)
			close(orders[i]);
	}
	return rc;
}

static bool say(const struct camera *c, const char *line)
{
	return c->orders >= 0 && write(c->orders, line, strlen(line)) == (ssize_t)strlen(line);
}

/* A pipe that is full, or nobody's any more, gets it at the next step, or the next child does. */
static void tell(struct camera *c)
{
	if (c->told != c->document && say(c, c->document ? "document\n" : "code\n"))
		c->told = c->document;
	if (c->again && say(c, "again\n"))
		c->again = false;
}

void camera_want(struct camera *c, bool document)
{
	if (c->document != document)
		explicit_bzero(&c->preview, sizeof c->preview);
	c->document = document;
	tell(c);
}

void camera_again(struct camera *c)
{
	c->again = c->pid > 0;
	tell(c);
}

/*
 * A child that hangs: over a picture, in its driver, stopped. A leap between two steps is time in which nobody listened, of the machine or of
 * ourselves: only a step's own time counts.
 */
static void judge_silence(struct camera *c, int64_t now_ms)
{
	const int64_t since_ms = now_ms - c->stepped_ms;
	const bool looks = str_eq(c->state, "ok");
	c->stepped_ms = now_ms;
	if (c->pid <= 0)
		return;
	c->silent_ms += since_ms < STEP_MS ? since_ms : STEP_MS;
	if (c->silent_ms >= (looks ? SILENT_MOST_MS : OPENING_MOST_MS))
		stop_and_wait(c, "it says nothing any more", now_ms);
}

void camera_step(struct camera *c, int64_t now_ms)
{
	struct err e;
	reap(c);
	judge_silence(c, now_ms);
	if (!camera_configured(c) || c->pid > 0 || now_ms < c->again_ms)
		return;
	if (c->ending > 0) /* it has the device still */
		c->again_ms = now_ms + AGAIN_FIRST_MS;
	else if (start(c, &e) != ERR_OK)
		stop_and_wait(c, e.msg, now_ms);
	else
		tell(c);
}

int64_t camera_next_ms(const struct camera *c)
{
	if (!camera_configured(c))
		return INT64_MAX;
	return c->pid == 0 ? c->again_ms : c->stepped_ms + STEP_MS;
}

/* One that was on its way when a document began to be wanted is let go. */
static void take_preview(struct camera *c, const struct camera_frame *f)
{
	if (c->document)
		return;
	c->preview.cols = f->cols;
	c->preview.rows = f->rows;
	for (int row = 0; row < f->rows; row++)
		for (int col = 0; col < f->cols; col++)
			c->preview.cells[row * f->cols + col] = camera_frame_cell(f, col, row);
}

static void take_code(const struct camera_frame *f, camera_code *on_code, void *arg)
{
	char text[CAMERA_CODE_MAX + 1];
	size_t n = 0;
	for (size_t i = 0; i < f->code_len; i++)
		if (f->code[i] != 0)
			text[n++] = (char)f->code[i];
	text[n] = '\0';
	on_code(arg, text, f->kind != CAMERA_CODE);
	explicit_bzero(text, sizeof text);
}

/* Every whole frame. ERR_PROTOCOL in e ends the child. */
static void take_frames(struct camera *c, camera_code *on_code, void *arg, struct err *e)
{
	struct camera_frame f;
	while (camera_reader_next(&c->reader, &f, e) > 0) {
		c->backoff_ms = AGAIN_FIRST_MS;
		switch (f.kind) {
		case CAMERA_CODE:
		case CAMERA_PDF417:
		case CAMERA_MRZ: take_code(&f, on_code, arg); break;
		case CAMERA_MANY: on_code(arg, NULL, false); break;
		case CAMERA_STRAY: on_code(arg, NULL, true); break;
		case CAMERA_PREVIEW: take_preview(c, &f); break;
		case CAMERA_OUTLINE:
			if (c->document)
				c->preview.outline = f.outline;
			break;
		case CAMERA_STATE: str_copy(c->state, sizeof c->state, f.word); break;
		}
	}
}

void camera_read(struct camera *c, camera_code *on_code, void *arg, int64_t now_ms)
{
	uint8_t buf[16 * 1024];
	struct err e = {0};
	for (int i = 0; i < READS && c->fd >= 0; i++) {
		ssize_t n = read(c->fd, buf, sizeof buf);
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (n <= 0) {
			stop_and_wait(c, "it ended", now_ms);
		} else if (camera_reader_feed(&c->reader, buf, (size_t)n, &e) != ERR_OK) {
			stop_and_wait(c, e.msg, now_ms);
		} else {
			c->silent_ms = 0;
			take_frames(c, on_code, arg, &e);
			if (e.code != ERR_OK)
				stop_and_wait(c, e.msg, now_ms);
		}
	}
	explicit_bzero(buf, sizeof buf);
}

const char *camera_health(const struct camera *c)
{
	if (!camera_configured(c))
		return "none";
	return c->pid > 0 && (c->state[0] == '\0' || str_eq(c->state, "ok")) ? "ok" : "gone";
}
