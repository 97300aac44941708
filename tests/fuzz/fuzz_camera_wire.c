// rooms: scan pass base
/* Frames of a hostile camera: whatever is taken can be written again, byte for byte. */
#include "scan/camera_wire.h"

#include <stdlib.h>
#include <string.h>

static enum err_code put_again(struct str_buf *out, const struct camera_frame *f)
{
	static struct camera_cell cells[CAMERA_COLS_MAX * CAMERA_ROWS_MAX];
	switch (f->kind) {
	case CAMERA_CODE: return camera_put_code(out, f->code, f->code_len, NULL);
	case CAMERA_MANY: return camera_put_many(out, NULL);
	case CAMERA_PDF417: return camera_put_pdf417(out, f->code, f->code_len, NULL);
	case CAMERA_STRAY: return camera_put_stray(out, f->code, f->code_len, NULL);
	case CAMERA_OUTLINE: return camera_put_outline(out, &f->outline, NULL);
	case CAMERA_MRZ: return camera_put_mrz(out, (const char *)f->code, f->code_len, NULL);
	case CAMERA_STATE: return camera_put_state(out, f->word, NULL);
	case CAMERA_PREVIEW:
		for (int row = 0; row < f->rows; row++)
			for (int col = 0; col < f->cols; col++)
				cells[row * f->cols + col] = camera_frame_cell(f, col, row);
		return camera_put_preview(out, f->cols, f->rows, cells, NULL);
	}
	abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct camera_reader r = {0};
	struct camera_frame f;
	struct str_buf again = STR_BUF_INIT;
	size_t step = len > 0 ? data[0] % 64 + 1u : 1;
	for (size_t at = 0; at < len; at += step) {
		if (camera_reader_feed(&r, data + at, len - at < step ? len - at : step, NULL) !=
		    ERR_OK)
			break;
		int rc;
		while ((rc = camera_reader_next(&r, &f, NULL)) > 0)
			if (put_again(&again, &f) != ERR_OK)
				abort();
		if (rc < 0)
			break;
	}
	if (again.len > len || (again.len > 0 && memcmp(again.data, data, again.len) != 0))
		abort();
	camera_reader_fini(&r);
	str_buf_fini(&again);
	return 0;
}
