################################################################################
#
# sinf
#
################################################################################

SINF_VERSION = $(call qstrip,$(BR2_PACKAGE_SINF_VERSION))
SINF_SITE = $(call qstrip,$(BR2_PACKAGE_SINF_ARCHIVES))
SINF_SITE_METHOD = file
ifeq ($(BR2_aarch64),y)
SINF_ARCHIVE_ARCH = arm64
else ifeq ($(BR2_arm),y)
SINF_ARCHIVE_ARCH = armhf
else
SINF_ARCHIVE_ARCH = amd64
endif
SINF_SOURCE = sinf-$(SINF_VERSION)-$(SINF_ARCHIVE_ARCH).tar.xz
SINF_LICENSE = Apache-2.0 (sinf), LGPL-2.1+ (glibc), IJG and BSD-3-Clause (libjpeg-turbo), libpng-2.0, Zlib, ISC (libsodium)
SINF_LICENSE_FILES = share/doc/sinf/LICENSE share/doc/sinf/copyright

# Paths of the archive are those below /usr/local.
define SINF_INSTALL_TARGET_CMDS
	$(INSTALL) -D -m 755 $(@D)/bin/sinf $(TARGET_DIR)/usr/bin/sinf
	$(INSTALL) -D -m 644 $(@D)/share/sinf/cifar100.sinf $(TARGET_DIR)/usr/share/sinf/cifar100.sinf
	$(INSTALL) -d -m 755 $(TARGET_DIR)/etc/sinf
	sed 's,/usr/local/,/usr/,' $(@D)/share/doc/sinf/sinf.toml > $(TARGET_DIR)/etc/sinf/sinf.toml
endef

define SINF_INSTALL_INIT_SYSTEMD
	$(INSTALL) -d -m 755 $(TARGET_DIR)/usr/lib/systemd/system
	sed 's,/usr/local/,/usr/,' $(@D)/share/doc/sinf/sinf.service \
		> $(TARGET_DIR)/usr/lib/systemd/system/sinf.service
endef

define SINF_USERS
	sinf -1 sinf -1 * - - - Picture labels
endef

define SINF_PERMISSIONS
	/srv/sinf d 755 root root - - - - -
	/srv/sinf/frames d 2775 sinf sinf - - - - -
	/srv/sinf/failed d 2775 sinf sinf - - - - -
endef

$(eval $(generic-package))
