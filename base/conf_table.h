/*
 * The options of foyer.conf, section by section: names, bounds, what is left out means. Each table is ended by a NULL name.
 */
#ifndef BASE_CONF_TABLE_H
#define BASE_CONF_TABLE_H

#include "base/conf_read.h"

extern const struct conf_option conf_table_languages[]; /* struct conf_site: read first */
extern const struct conf_option conf_table_demo[]; /* struct conf */
extern const struct conf_option conf_table_site[];
extern const struct conf_option conf_table_paths[];
extern const struct conf_option conf_table_mail[];
extern const struct conf_option conf_table_retention[];
extern const struct conf_option conf_table_kiosk[];
extern const struct conf_option conf_table_printer[];
extern const struct conf_option conf_table_controller[];
extern const struct conf_option conf_table_group[];
extern const struct conf_option conf_table_agreement[];
extern const struct conf_option conf_table_disabled[]; /* bool */
extern const struct conf_option conf_table_type[];
extern const struct conf_option conf_table_field[];
extern const struct conf_option conf_table_role[];

#endif
