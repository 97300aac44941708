# visit/: the house rules, pure.
visit_src := visit/visit.c visit/words.c visit/right.c
