/*
 * No memory image. It hides prctl and the limit: who holds names, passes or keys leaves no core file when it crashes, and nobody of
 * the same user reads its memory.
 *
 * The kernel takes half of it back when a program becomes another user or starts another program (prctl(2), PR_SET_DUMPABLE): it is
 * said again after each. It cannot fail in a way that a caller could mend.
 */
#ifndef BASE_DUMP_H
#define BASE_DUMP_H

void dump_forbid(void);

#endif
