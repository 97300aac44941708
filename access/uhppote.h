/*
 * The driver for UHPPOTE UT0311-L0x controllers and their many brothers: access/driver.h over UDP. It hides the order of questions.
 */
#ifndef ACCESS_UHPPOTE_H
#define ACCESS_UHPPOTE_H

#include "access/driver.h"

extern const struct access_driver uhppote_driver;

#endif
