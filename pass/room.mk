# pass/: the signed pass, its keys, and codes drawn.
pass_src  := pass/token.c pass/key.c pass/key_file.c pass/seal.c pass/layout.c pass/qr.c pass/qr_png.c
pass_pkgs := libsodium libqrencode libpng
pass_testlib := tests/unit/pass/help.c
