/* Replays a corpus through a fuzz harness without a fuzzer: each argument a file or a folder of files. */
#include <dirent.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { MOST = 1 << 20 };

static int replay_file(const char *path)
{
	FILE *f = fopen(path, "rb");
	if (f == NULL)
		return perror(path), 1;
	uint8_t *data = malloc(MOST);
	size_t n = data == NULL ? 0 : fread(data, 1, MOST, f);
	int bad = data == NULL || ferror(f);
	(void)fclose(f);
	/* An exact copy, so that a sanitiser sees a read past the end. */
	uint8_t *exact = malloc(n > 0 ? n : 1);
	if (!bad && exact != NULL) {
		for (size_t i = 0; i < n; i++)
			exact[i] = data[i];
		(void)LLVMFuzzerTestOneInput(exact, n);
	}
	free(exact);
	free(data);
	return bad;
}

int main(int argc, char **argv)
{
	int bad = 0;
	for (int i = 1; i < argc; i++) {
		struct stat st;
		if (stat(argv[i], &st) != 0)
			return perror(argv[i]), 1;
		if (!S_ISDIR(st.st_mode)) {
			bad |= replay_file(argv[i]);
			continue;
		}
		struct dirent **names;
		int n = scandir(argv[i], &names, NULL, alphasort);
		for (int k = 0; k < n; k++) {
			char path[PATH_MAX];
			if (names[k]->d_name[0] != '.' &&
			    snprintf(path, sizeof path, "%s/%s", argv[i], names[k]->d_name) <
				(int)sizeof path)
				bad |= replay_file(path);
			free(names[k]);
		}
		if (n >= 0)
			free(names);
	}
	return bad;
}
