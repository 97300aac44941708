# notify/: the host told, the guest invited: composing, SMTP. Holds foyer-notify.
notify_src  := notify/template.c notify/rfc2047.c notify/html.c notify/ical.c notify/job.c notify/message.c notify/smtp.c \
               notify/outcome.c
notify_pkgs := libcurl libical
notify_testlib := tests/unit/notify/smtp_script.c

PROGRAMS += foyer-notify
foyer-notify_room := notify
foyer-notify_src  := notify/foyer-notify.c
foyer-notify_uses := notify pass base
