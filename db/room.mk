# db/: the book. The only room with <sqlite3.h>.
db_src  := db/book.c db/book_open.c db/book_backup.c db/book_log.c db/migration.c db/statement.c db/query.c db/lookup.c \
           db/host.c db/staff.c db/visitor.c db/erase.c db/visits.c db/visit_list.c db/visit_search.c db/stay.c db/field.c db/document.c \
           db/invitation.c db/badge.c db/agreement.c db/credential.c db/card.c db/profile.c db/waiting.c \
           db/job.c db/job_lease.c db/job_list.c db/idempotency.c db/journal.c db/journal_verify.c \
           db/retention.c db/retention_classes.c db/stats.c db/export.c db/fallback.c db/shm.c db/place.c
db_pkgs := sqlite3 libsodium

# The migrations are embedded by the assembler (.incbin), which -MMD does not see.
$(O)/db/migration.o: $(wildcard db/migrations/*.sql)
db_testlib := tests/unit/db/rig.c
