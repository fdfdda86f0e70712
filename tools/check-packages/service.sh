#!/bin/sh
# Stands in for systemctl in a root without a running systemd: notes how it is called. A unit that is
# enabled, as the links of deb-systemd-helper say, is taken to run.
echo "$*" >> /var/log/systemctl.calls
case "$*" in
  *is-enabled* | *is-active*) [ -e /etc/systemd/system/multi-user.target.wants/sinf.service ] ;;
esac
