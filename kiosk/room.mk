# kiosk/: programs at a terminal. client: foyerd's API; ui: curses; visitor: the lobby's screen.
kiosk_src  := kiosk/client/http.c kiosk/client/sse.c kiosk/client/client.c kiosk/client/client_call.c
kiosk_src  += kiosk/ui/ui.c kiosk/ui/shade.c kiosk/ui/draw.c kiosk/ui/field.c kiosk/ui/guard.c
kiosk_src  += kiosk/visitor/action.c kiosk/visitor/api_read.c kiosk/visitor/api_write.c kiosk/visitor/flow.c kiosk/visitor/turn.c kiosk/visitor/turn_steps.c \
              kiosk/visitor/turn_document.c kiosk/visitor/screen_document.c kiosk/visitor/keeps.c \
              kiosk/visitor/answer.c kiosk/visitor/form.c kiosk/visitor/calls.c kiosk/visitor/parts.c kiosk/visitor/frame.c \
              kiosk/visitor/screen_welcome.c kiosk/visitor/screen_scan.c kiosk/visitor/screen_form.c kiosk/visitor/screen_you.c \
              kiosk/visitor/screen_read.c kiosk/visitor/screen_end.c kiosk/visitor/kiosk_conf.c kiosk/visitor/camera.c kiosk/visitor/cell.c \
              kiosk/visitor/readers.c kiosk/visitor/app.c
kiosk_pkgs := ncursesw libutf8proc jansson
PROGRAMS   += foyer-kiosk
foyer-kiosk_room := kiosk
foyer-kiosk_src  := kiosk/visitor/main.c
foyer-kiosk_uses := kiosk scan pass base

# kiosk/cli: foyer, the command line. Of curses it takes terminfo(5) alone.
kiosk_src  += $(filter-out kiosk/cli/main.c,$(wildcard kiosk/cli/*.c))
PROGRAMS   += foyer
foyer_room := kiosk
foyer_src  := kiosk/cli/main.c
foyer_uses := kiosk scan pass base
kiosk_testlib += tests/unit/kiosk/house.c tests/unit/kiosk/scenes.c tests/unit/kiosk/theatre.c
kiosk_testlib += tests/unit/kiosk/cli_rig.c
