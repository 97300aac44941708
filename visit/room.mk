# visit/: the house rules, pure.
visit_src := visit/visit.c visit/words.c visit/right.c
visit_testlib := tests/unit/visit/guest.c
