# match/: are these two names one person? The folding key and the score. Pure; no list of people in it.
match_src  := match/fold.c match/nickname.c match/word.c match/score.c
match_pkgs := icu-i18n icu-uc
