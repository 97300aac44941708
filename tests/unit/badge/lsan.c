/* Fontconfig keeps its fonts in caches that LeakSanitizer cannot follow; what we leak ourselves
 * it still tells. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfontconfig.so\n";
}
